"""`congthu mailboxes list` and `changes`: what the directory says, and how it came to say so."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.mailboxes_common import directory, iso, known_unit, local, step_line
from gateway.cli.options import config_option, json_option
from gateway.cli.output import print_json, print_table, safe
from gateway.directory.columns import fold
from gateway.directory.entry import Snapshot, key_of, record_of
from gateway.directory.plan import Step
from gateway.lifecycle.stages import Phase
from gateway.who import Kind, Mailbox, State

if TYPE_CHECKING:
    from gateway.directory.store import Change

_HEADING = ("address", "kind", "unit", "holder", "state", "created", "aliases")
_KINDS = click.Choice([str(kind) for kind in Kind])
_STATES = click.Choice([str(state) for state in State])
_PHASES = click.Choice([str(phase) for phase in Phase])


@click.command("list")
@config_option
@click.option("--kind", type=_KINDS, help="Of this kind.")
@click.option("--state", type=_STATES, help="In this state.")
@click.option("--unit", default="", help="Of this unit, by its code.")
@click.option("--below", is_flag=True, help="With --unit: of the units below it, too.")
@click.option("--text", default="", help="With these words in an address, the holder's name or the note; marks apart.")
@click.option("--exempt", is_flag=True, help="Only those that the lifecycle spares today.")
@click.option("--use", "with_use", is_flag=True, help="Show their lives: phase, unused since, how full.")
@click.option("--phase", type=_PHASES, help="Only those in this phase; as --use.")
@click.option("--idle-months", type=click.IntRange(1, 120), help="Only those proved unused for so long; as --use.")
@click.option("--full", is_flag=True, help="Only those that are full or past a threshold (80 %); as --use.")
@click.option("--limit", type=click.IntRange(min=0), default=0, help="At most so many; 0: all.")
@json_option
def list_command(
    config: Path | None,
    with_use: bool,
    phase: str | None,
    idle_months: int | None,
    full: bool,
    limit: int,
    as_json: bool,
    **filters: Any,
) -> None:
    """List mailboxes.

    With --use, --phase, --idle-months or --full what is kept of their use is read, too: some seconds for 50,000.
    """
    if with_use or phase or idle_months or full:
        from gateway.cli.mailboxes_used import Wanted, show_used
        from gateway.cli.use_common import use

        opened = use(config)
        snapshot = opened.store.snapshot()
        wanted = Wanted(phase, idle_months, full)
        show_used(opened, snapshot, list(_chosen(snapshot, **filters)), wanted, limit, as_json=as_json)
        return
    snapshot = directory(config)[1].snapshot()
    found = list(_chosen(snapshot, **filters))[: limit or None]
    if as_json:
        print_json([record_of(mailbox) for mailbox in found])
    else:
        print_table(_HEADING, map(_cells, found), whole=("address",))


def _chosen(
    snapshot: Snapshot, *, kind: str | None, state: str | None, unit: str, below: bool, text: str, exempt: bool
) -> Iterator[Mailbox]:
    known_unit(snapshot, unit)
    units = _below(snapshot, unit) if below else {unit}
    today = datetime.datetime.now().astimezone().date()
    spared = {one.key for one in snapshot.exemptions if one.holds(today)}
    words = fold(text)
    for mailbox in snapshot.mailboxes:
        if (kind and mailbox.kind != kind) or (state and mailbox.state != state):
            continue
        if (unit and mailbox.unit not in units) or (exempt and mailbox.key not in spared):
            continue
        if not words or words in fold(" ".join((mailbox.address, mailbox.holder, mailbox.note, *mailbox.aliases))):
            yield mailbox


def _below(snapshot: Snapshot, code: str) -> set[str]:
    """A unit and every unit under it."""
    found = {code}
    while more := {unit.code for unit in snapshot.units if unit.parent in found} - found:
        found |= more
    return found


def _cells(mailbox: Mailbox) -> tuple[object, ...]:
    created = mailbox.created.isoformat() if mailbox.created else ""
    aliases = ", ".join(mailbox.aliases)
    return mailbox.address, mailbox.kind, mailbox.unit, mailbox.holder, mailbox.state, created, aliases


@click.command("changes")
@click.argument("key", default="")
@config_option
@click.option("--limit", type=click.IntRange(min=0), default=50, show_default=True, help="At most so many; 0: all.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="From this day on.")
@json_option
def changes_command(key: str, config: Path | None, limit: int, since: datetime.datetime | None, as_json: bool) -> None:
    """Show what was changed, when and by whom, newest first; KEY: of one address or unit."""
    store = directory(config)[1]
    start = since.astimezone().timestamp() if since else 0
    found = store.changes(key=key.lower() if "@" in key else key, since=start, limit=limit)
    if as_json:
        print_json(list(map(change_json, found)))
        return
    for change in found:
        click.echo(change_line(change))


def change_json(change: Change) -> dict[str, Any]:
    """A change as JSON has it."""
    return {
        "number": change.number,
        "version": change.version,
        "time": iso(change.time),
        "who": change.who,
        "source": change.source,
        "what": str(change.what),
        "key": change.key,
        "action": change.action,
        "before": None if change.before is None else record_of(change.before),
        "after": None if change.after is None else record_of(change.after),
    }


def change_line(change: Change) -> str:
    """A change for people, one line."""
    entry = change.after or change.before
    assert entry is not None
    step = Step(change.what, key_of(entry), change.before, change.after)
    return f"{local(change.time)}  {safe(change.who)}  {safe(change.source)}  {step_line(step)}"
