"""`congthu mailboxes sync`: the directory from LDAP, as a plan that is shown, and done whole or not at all."""

from __future__ import annotations

import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.mailboxes_common import directory, plan_json, progress, show_plan, who
from gateway.cli.options import config_option, json_option
from gateway.cli.output import print_json, say
from gateway.errors import StartError

if TYPE_CHECKING:
    from gateway.config_identity import Ldap
    from gateway.directory.ldap import LdapServer
    from gateway.directory.store import DirectoryStore
    from gateway.directory.sync import Sync


@click.command("sync")
@config_option
@click.option("--dry-run", is_flag=True, help="Show every difference and change nothing.")
@click.option("--keep-missing", is_flag=True, help="Remove nothing that the server does not name.")
@click.option(
    "--max-removed", type=click.FloatRange(0, 100), help="Percent of mailboxes that may go. Default: ldap.max_removed."
)
@click.option("--reopen", is_flag=True, help="A mailbox that is locked here and active there becomes active here.")
@click.option("--yes", is_flag=True, help="Do not ask: for a timer.")
@json_option
def command(
    config: Path | None,
    dry_run: bool,
    keep_missing: bool,
    max_removed: float | None,
    reopen: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Take the directory from LDAP: OpenLDAP, Zimbra or Active Directory, as [ldap] says.

    What the server does not know stays as it is. Exit code 1: it would remove too much, or an entry is lost.
    """
    if as_json and not (dry_run or yes):
        raise click.UsageError("--json asks nothing: say --dry-run or --yes")
    settings, store = directory(config, make=not dry_run)
    if not settings.ldap.url or not settings.ldap.base:
        raise click.UsageError("ldap.url and ldap.base are not set: see docs/ldap.md")
    share = (settings.ldap.max_removed if max_removed is None else max_removed) / 100
    made = _plan(settings.ldap, store, remove_missing=not keep_missing, share=share, reopen=reopen)
    apply = not (dry_run or made.stop or made.plan.flaws) and bool(made.plan.steps)
    if not as_json:
        _tell(made, whole=dry_run)
        if apply and not yes:
            click.confirm("Do it?", abort=True)
    if apply:
        with progress("writing") as tell:
            store.apply(made.plan, who=who(), source=f"ldap {settings.ldap.url}"[:200], progress=tell)
    _finish(made, applied=apply, as_json=as_json, version=store.version())
    lost = any(problem.fatal for problem in made.problems)
    sys.exit(1 if made.stop or made.plan.flaws or lost else 0)


def _plan(ldap: Ldap, store: DirectoryStore, *, remove_missing: bool, share: float, reopen: bool) -> Sync:
    from gateway.directory.ldap import read_all
    from gateway.directory.sync import plan_sync

    server = _server(ldap)
    patterns = [pattern.lower() for pattern in ldap.unit_addresses]
    return plan_sync(
        store.snapshot(),
        read_all(server),
        server.map,
        is_unit=lambda address: any(fnmatchcase(address.lower(), pattern) for pattern in patterns),
        remove_missing=remove_missing,
        max_removed=share,
        reopen=reopen,
    )


def _server(ldap: Ldap) -> LdapServer:
    """A usage error where a file or a name is wrong."""
    from gateway.pulling import ldap_server

    try:
        return ldap_server(ldap)
    except StartError as error:
        raise click.UsageError(str(error)) from error


def _tell(made: Sync, *, whole: bool) -> None:
    from gateway.directory.sync import problem_lines

    for line in problem_lines(made.problems):
        say(line, style="doubt", err=True)
    for flaw in made.plan.flaws:
        say(str(flaw), style="bad", err=True)
    show_plan(made.plan, most=0 if whole else 20)


def _way(made: Sync) -> str:
    """What goes on in spite of a stop: a share that is too large can be allowed, a reading with holes cannot."""
    if any(problem.fatal for problem in made.problems):
        return ", or let --keep-missing remove nothing"
    return ", --max-removed allows more" if made.mailboxes else ""


def _finish(made: Sync, *, applied: bool, as_json: bool, version: int) -> None:
    if as_json:
        problems = [
            {"dn": one.dn, "attribute": one.attribute, "reason": one.reason, "fatal": one.fatal}
            for one in made.problems
        ]
        flaws = [{"what": str(one.what), "key": one.key, "reason": one.reason} for one in made.plan.flaws]
        known = {"mailboxes": made.mailboxes, "groups": made.groups}
        state = {"applied": applied, "version": version, "stop": made.stop}
        print_json({**state, **known, "problems": problems, "flaws": flaws, "plan": plan_json(made.plan)})
    elif made.stop:
        say(f"stopped: {made.stop}; look at the server first{_way(made)}", style="bad", err=True)
    elif made.plan.flaws:
        say("nothing was changed: the directory would contradict itself", style="bad", err=True)
    elif applied:
        say(f"done: {made.mailboxes:,} mailboxes and {made.groups:,} groups read, version {version}", style="good")
    elif not made.plan.steps:
        say("the directory is like that already", style="good")
