"""`congthu mailboxes exempt` and `handover`: what the office does by hand to one mailbox, on record."""

from __future__ import annotations

import datetime
import time
from pathlib import Path

import click

from gateway.cli.mailboxes_common import directory, plan_json, show_plan, who, writer
from gateway.cli.options import config_option, json_option
from gateway.cli.output import print_json, say
from gateway.directory import deeds
from gateway.directory.entry import clean_address
from gateway.directory.plan import Plan
from gateway.directory.store import DirectoryStore
from gateway.upkeep.hand import spared_no_more
from gateway.upkeep.life import LifeStore
from gateway.upkeep.store import UseStore


@click.command("exempt")
@click.argument("address")
@config_option
@click.option("--reason", default="", help="Why; required, and kept.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day; without it until it is taken back.")
@click.option("--end", is_flag=True, help="Take the exemption back.")
@json_option
def exempt_command(
    address: str, config: Path | None, reason: str, until: datetime.datetime | None, end: bool, as_json: bool
) -> None:
    """Spare a mailbox from being locked and reclaimed while nobody uses it (Q4 8.1: a reason was given)."""
    if end == bool(reason.strip()):
        raise click.UsageError("say --reason WHY, or --end to take an exemption back")
    store, day = directory(config, make=True)[1], until.date() if until else None
    if end:
        plan = _ended(store, address)
    else:
        plan = deeds.exempt(store.snapshot(), address, reason, day)
        store.apply(plan, who=who(), source="exempt")
    if as_json:
        print_json({"version": store.version(), "plan": plan_json(plan)})
        return
    show_plan(plan)
    if not plan.steps:
        say("there is no exemption to take back" if end else "the directory is like that already", err=True)
    elif day is not None and not end and day < datetime.datetime.now().astimezone().date():
        say(f"{day} is past: this exemption spares nothing", style="doubt", err=True)


def _ended(store: DirectoryStore, address: str) -> Plan:
    """Take it back; the mailbox's periods begin with its end."""
    use = UseStore(store.database)
    use.prepare()
    return spared_no_more(store, LifeStore(use.tables), address, who(), time.time())


@click.command("handover")
@click.argument("address")
@config_option
@click.option("--to", "holder", required=True, help="The new head's name.")
@click.option("--to-mailbox", default="", help="The new head's own mailbox: it gets the notice, too.")
@click.option("--dry-run", is_flag=True, help="Show what would be done.")
@json_option
def handover_command(
    address: str, config: Path | None, holder: str, to_mailbox: str, dry_run: bool, as_json: bool
) -> None:
    """Hand a unit's mailbox over to a new head (Q4 12.2).

    Delegations are revoked; a notice asks the new head to take the password and the content over and to change the
    password.
    """
    if to_mailbox:
        try:
            to_mailbox = clean_address(to_mailbox)
        except ValueError as error:
            raise click.UsageError(f"--to-mailbox: {error}") from error
    settings, store = directory(config, make=not dry_run)
    snapshot = store.snapshot()
    plan, before, now = deeds.handover(snapshot, address, holder, to_mailbox)
    notices = writer(settings).handover(snapshot, before, now, to_mailbox)
    version = snapshot.version
    if not dry_run:
        version = store.apply(plan, who=who(), source="handover", notices=notices)
    if as_json:
        readers = [notice.recipient for notice in notices]
        print_json({"applied": not dry_run, "version": version, "plan": plan_json(plan), "notices": readers})
        return
    show_plan(plan)
    if now.forwards:
        say(f"the mail server still forwards its mail to {', '.join(now.forwards)}", style="doubt", err=True)
    if not dry_run:
        say(f"done: notices to {', '.join(notice.recipient for notice in notices)}", style="good")
