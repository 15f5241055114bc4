"""`congthu mailboxes list`, `show` and `changes`: what the directory says, and how it came to say so."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.mailboxes_common import directory, iso, known_unit, local, step_line
from gateway.cli.options import config_option, json_option
from gateway.cli.output import print_json, print_table, safe, say
from gateway.directory.columns import fold
from gateway.directory.entry import Snapshot, key_of, record_of
from gateway.directory.plan import Step
from gateway.directory.request_store import RequestStore
from gateway.who import Kind, Mailbox, State

if TYPE_CHECKING:
    from gateway.directory.store import Change

_HEADING = ("address", "kind", "unit", "holder", "state", "created", "aliases")
_KINDS = click.Choice([str(kind) for kind in Kind])
_STATES = click.Choice([str(state) for state in State])


@click.command("list")
@config_option
@click.option("--kind", type=_KINDS, help="Of this kind.")
@click.option("--state", type=_STATES, help="In this state.")
@click.option("--unit", default="", help="Of this unit, by its code.")
@click.option("--below", is_flag=True, help="With --unit: of the units below it, too.")
@click.option("--text", default="", help="With these words in an address, the holder's name or the note; marks apart.")
@click.option("--exempt", is_flag=True, help="Only those that the lifecycle spares today.")
@click.option("--limit", type=click.IntRange(min=0), default=0, help="At most so many; 0: all.")
@json_option
def list_command(config: Path | None, limit: int, as_json: bool, **filters: Any) -> None:
    """List mailboxes."""
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


@click.command("show")
@click.argument("address")
@config_option
@json_option
def show_command(address: str, config: Path | None, as_json: bool) -> None:
    """Show everything about one mailbox. Exit code 1: there is none with this address."""
    store = directory(config)[1]
    snapshot = store.snapshot()
    mailbox = snapshot.mailbox(address)
    if mailbox is None:
        say(f"congthu: the directory has no mailbox {address}", err=True)
        sys.exit(1)
    changes = store.changes(key=mailbox.key, limit=50)
    requests = RequestStore(store.database).list(mailbox=mailbox.address, limit=50)
    about = _about(snapshot, mailbox)
    if as_json:
        asked = [{"reference": one.seen.reference, "time": iso(one.seen.when)} for one in requests]
        print_json({**record_of(mailbox), **about, "changes": list(map(change_json, changes)), "requests": asked})
        return
    for name, value in {**record_of(mailbox), **about}.items():
        click.echo(f"  {name:<12} {safe(', '.join(map(str, value)) if isinstance(value, list) else value)}")
    for one in requests:
        click.echo(
            f"  {'request':<12} {safe(one.seen.reference)} {local(one.seen.when)} {safe(' '.join(one.seen.kinds))}"
        )
    for change in changes:
        click.echo(f"  {'changed':<12} {_change_line(change)}")


def _about(snapshot: Snapshot, mailbox: Mailbox) -> dict[str, Any]:
    """What others say of a mailbox."""
    names = {mailbox.key, *(alias.lower() for alias in mailbox.aliases)}
    unit = snapshot.unit(mailbox.unit)
    groups = [group.address for group in snapshot.groups if any(member.lower() in names for member in group.members)]
    sends_as = [one.address for one in snapshot.mailboxes if any(other.lower() in names for other in one.delegates)]
    exemption = next((one for one in snapshot.exemptions if one.key == mailbox.key), None)
    made: dict[str, Any] = {
        "unit_name": unit.name if unit else "",
        "groups": groups,
        "may_send_as": sends_as,
        "exempt": f"{exemption.reason} (until {exemption.until or 'taken back'})" if exemption else "",
    }
    return {name: value for name, value in made.items() if value}


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
        click.echo(_change_line(change))


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


def _change_line(change: Change) -> str:
    entry = change.after or change.before
    assert entry is not None
    step = Step(change.what, key_of(entry), change.before, change.after)
    return f"{local(change.time)}  {safe(change.who)}  {safe(change.source)}  {step_line(step)}"
