"""`congthu mailboxes show`: everything about one mailbox, what is known of its use and what follows from that too."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any, Final

import click

from gateway.cli.mailboxes_common import iso, local
from gateway.cli.mailboxes_life import Life, life_of
from gateway.cli.mailboxes_list import change_json, change_line
from gateway.cli.options import config_option, json_option
from gateway.cli.output import hang, print_json, safe, say
from gateway.cli.use_common import use
from gateway.directory.entry import Snapshot, record_of
from gateway.directory.request_store import RequestStore
from gateway.who import Mailbox

_INDENT: Final = 15


@click.command("show")
@click.argument("address")
@config_option
@json_option
def show_command(address: str, config: Path | None, as_json: bool) -> None:
    """Show everything about one mailbox: last use, its life, quota, reading windows, what was changed.

    Exit code 1: there is none with this address.
    """
    opened = use(config)
    store = opened.store
    snapshot = store.snapshot()
    mailbox = snapshot.mailbox(address)
    if mailbox is None:
        say(f"congthu: the directory has no mailbox {address}", err=True)
        sys.exit(1)
    life = life_of(opened, snapshot, mailbox, time.time())
    changes = store.changes(key=mailbox.key, limit=50)
    requests = RequestStore(store.database).list(mailbox=mailbox.address, limit=50)
    about = _about(snapshot, mailbox)
    if as_json:
        asked = [{"reference": one.seen.reference, "time": iso(one.seen.when)} for one in requests]
        history = list(map(change_json, changes))
        print_json({**record_of(mailbox), **about, **life.json(), "changes": history, "requests": asked})
        return
    for name, value in {**record_of(mailbox), **about}.items():
        _line(name, ", ".join(map(str, value)) if isinstance(value, list) else str(value))
    _tell(life)
    for one in requests:
        _line("request", f"{one.seen.reference} {local(one.seen.when)} {' '.join(one.seen.kinds)}")
    for change in changes:
        _line("changed", change_line(change))


def _tell(life: Life) -> None:
    """Each sentence in Vietnamese, and below it in English."""
    for name, words, style in life.lines():
        _line(name, words.vi, style)
        if words.en != words.vi:
            _line("", words.en, style)


def _line(name: str, text: str, style: str = "") -> None:
    colours = {"good": "green", "bad": "red", "doubt": "yellow", "dim": "bright_black"}
    made = hang(safe(f"  {name:<{_INDENT - 3}} {text}"), _INDENT)
    click.echo(click.style(made, fg=colours[style]) if style else made)


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
