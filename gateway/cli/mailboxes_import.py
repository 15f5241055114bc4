"""`congthu mailboxes import`: a table becomes a plan, the plan is shown, and it is done whole or not at all."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from gateway.cli.mailboxes_common import directory, plan_json, progress, show_plan, who, writer
from gateway.cli.options import config_option, json_option
from gateway.cli.output import print_json, say
from gateway.directory.notices import Written
from gateway.directory.plan import SHARE, Plan, too_many_removals

if TYPE_CHECKING:
    from gateway.directory.intake import Import
    from gateway.directory.store import DirectoryStore

_FAULTS_SHOWN: Final = 200


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@config_option
@click.option("--dry-run", is_flag=True, help="Show every difference and change nothing.")
@click.option("--remove-missing", is_flag=True, help="Remove the mailboxes and groups that the file does not name.")
@click.option(
    "--max-removed",
    type=click.FloatRange(0, 100),
    default=SHARE * 100,
    show_default=True,
    help="Stop where more than these percent of the mailboxes would be removed.",
)
@click.option("--partial", is_flag=True, help="Take the rows that are right where others are wrong.")
@click.option("--notify", is_flag=True, help="Write the units notices of what is created and changed.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
def command(
    file: Path,
    config: Path | None,
    dry_run: bool,
    remove_missing: bool,
    max_removed: float,
    partial: bool,
    notify: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Take a table of mailboxes in: CSV or Excel.

    What a row does not say stays as it is. Exit code 1: the file has faults, or would remove too much.
    """
    if partial and remove_missing:
        raise click.UsageError("--partial leaves rows out, and --remove-missing would remove their mailboxes")
    if as_json and not (dry_run or yes):
        raise click.UsageError("--json asks nothing: say --dry-run or --yes")
    settings, store = directory(config, make=not dry_run)
    made = _read(file, store, remove_missing)
    blocked = bool(made.faults) and not (partial and made.rows)
    too_many = too_many_removals(made.plan, max_removed / 100)
    apply = not (dry_run or blocked or too_many) and bool(made.plan.steps)
    if not as_json:
        _tell(file, made, whole=dry_run, too_many=too_many)
        if apply and not yes:
            click.confirm("Do it?", abort=True)
    written = writer(settings).of_plan(store.snapshot(), made.plan) if apply and notify else Written()
    if apply:
        _apply(store, made.plan, file, written)
    _finish(made, written, applied=apply, as_json=as_json, dry_run=dry_run, version=store.version())
    sys.exit(1 if made.faults or too_many else 0)


def _read(file: Path, store: DirectoryStore, remove_missing: bool) -> Import:
    from gateway.directory.intake import plan_import
    from gateway.directory.table import read_table

    try:
        with progress("reading") as tell:
            table = read_table(file, tell)
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from error
    today = datetime.datetime.now().astimezone().date()
    return plan_import(store.snapshot(), table, today, remove_missing=remove_missing)


def _apply(store: DirectoryStore, plan: Plan, file: Path, written: Written) -> None:
    with progress("writing") as tell:
        store.apply(plan, who=who(), source=f"import {file.name}"[:200], notices=written.notices, progress=tell)


def _tell(file: Path, made: Import, *, whole: bool, too_many: bool) -> None:
    for fault in made.faults[:_FAULTS_SHOWN]:
        say(f"{file.name}: {fault}", style="bad", err=True)
    if len(made.faults) > _FAULTS_SHOWN:
        say(f"… and {len(made.faults) - _FAULTS_SHOWN:,} more; --json lists them all", style="bad", err=True)
    if made.plan.steps or not made.faults:
        show_plan(made.plan, most=0 if whole else 20)
    if too_many:
        share = f"{made.plan.removed_share:.0%}"
        say(
            f"{share} of the mailboxes would be removed: is the file whole? --max-removed allows it",
            style="bad",
            err=True,
        )


def _finish(made: Import, written: Written, *, applied: bool, as_json: bool, dry_run: bool, version: int) -> None:
    if as_json:
        faults = [
            {"sheet": one.sheet, "line": one.line, "column": one.column, "reason": one.reason} for one in made.faults
        ]
        print_json(
            {
                "applied": applied,
                "version": version,
                "rows": made.rows,
                "total": made.total,
                "faults": faults,
                "plan": plan_json(made.plan),
                "notices": len(written.notices),
                "units_without_mailbox": list(written.untold),
            }
        )
        return
    for unit in written.untold:
        say(f"unit {unit} has no mailbox of its own: nobody is told", style="doubt", err=True)
    if applied:
        told = f", {len(written.notices)} notices written" if written.notices else ""
        say(f"done: {made.rows:,} of {made.total:,} rows taken, version {version}{told}", style="good")
    elif made.faults and not dry_run:
        count, others = len(made.faults), "; --partial takes the other rows" if made.rows else ""
        say(f"nothing was changed: {count:,} fault{'s' if count != 1 else ''}{others}", style="bad", err=True)
    elif not made.plan.steps:
        say("the directory is like that already", style="good")
