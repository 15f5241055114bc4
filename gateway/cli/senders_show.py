"""`congthu senders show`: everything that is known of one sender, so that a person can judge it."""

from __future__ import annotations

import contextlib
import datetime
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click

from gateway.blocks.rows import Change
from gateway.cli.mailboxes_common import iso, local
from gateway.cli.options import config_option, json_option
from gateway.cli.output import hang, print_json, safe, say
from gateway.cli.senders_common import COLOURS, block_json, change_json, sender_named, senders, ways
from gateway.cli.senders_usage import usage_json, usage_lines
from gateway.conduct.words import sentences
from gateway.config import Settings
from gateway.errors import JournalUnavailable
from gateway.rates import Block, Standing
from gateway.usage import counted
from gateway.who import Mailbox

_HISTORY: Final = 20
_DECISIONS: Final = 10
_DAYS: Final = 30  # decisions that are looked for
_INDENT: Final = 16


@click.command("show")
@click.argument("address")
@config_option
@json_option
def show_command(address: str, config: Path | None, as_json: bool) -> None:
    """Show everything about one sender: its standing, the evidence, its limits, what was refused.

    Exit code 1: nothing is known of it.
    """
    settings, snapshot, record = senders(config)
    who, mailbox = sender_named(settings, snapshot, record, address)
    block, history = record.find(who), record.history(who, limit=_HISTORY)
    usage = counted(settings, who, mailbox)
    decisions = _decisions(settings, who)
    others = ways(record, who)
    if not (block or history or mailbox or usage.known or decisions or others):
        say(f"congthu: nothing is known of {who}", err=True)
        sys.exit(1)
    if as_json:
        known = block_json(block) if block else {"who": who, "standing": None}
        more: dict[str, Any] = {"through_servers": list(map(block_json, others))}
        more |= {"history": list(map(change_json, history)), **usage_json(usage), "decisions": decisions}
        print_json({**known, **more})
        return
    _tell(who, mailbox, block, history)
    for other in others:
        _line("also", f"{other.who}  {other.standing.value} since {local(other.since)}")
    for line in usage_lines(usage):
        _line("counted", line)
    for decision in decisions:
        when = local(datetime.datetime.fromisoformat(decision["time"]).timestamp())
        _line("decision", f"{when}  {decision['reference']}  {decision['reply']}")
    if block and block.standing is not Standing.RELEASED:
        confirmed = "--confirmation NUMBER" if block.standing is Standing.LOCKED else '--reason "WHY"'
        say(f"congthu senders release {block.who} {confirmed}  releases it", style="dim")


def _tell(who: str, mailbox: Mailbox | None, block: Block | None, history: list[Change]) -> None:
    _line("sender", who)
    if mailbox is not None:
        _line("mailbox", "  ".join(filter(None, (str(mailbox.kind), mailbox.unit, mailbox.holder, str(mailbox.state)))))
    if block is None:
        say(f"  {'standing':<{_INDENT - 3}} stands well", style="good")
    else:
        _standing(block)
    for change in history:
        _line("history", _changed(change))


def _standing(block: Block) -> None:
    when = f"{block.standing.value} since {local(block.since)} by {block.by}"
    say(f"  {'standing':<{_INDENT - 3}} {when}", style=COLOURS[block.standing])
    if block.note:
        _line("note", block.note)
    if block.standing is Standing.RELEASED:
        return
    if block.reasons:
        _line("reasons", " ".join(block.reasons))
    for vietnamese, english in sentences(block.evidence):
        _line("evidence", vietnamese)
        _line("", english)


def _line(name: str, text: str) -> None:
    click.echo(hang(safe(f"  {name:<{_INDENT - 3}} {text}"), _INDENT))


def _changed(change: Change) -> str:
    before = change.before.value if change.before else "well"
    why = "; ".join(filter(None, (change.reason, change.confirmation and f"confirmation {change.confirmation}")))
    signs = " ".join(change.after.reasons)
    return f"{local(change.time)}  {before} -> {change.after.standing.value}  {change.after.by}  {why or signs}"


def _decisions(settings: Settings, who: str) -> list[dict[str, Any]]:
    """What was refused or put off of this sender lately; where the journal cannot be read, that is said."""
    found: list[dict[str, Any]] = []
    try:
        for action in ("reject", "tempfail"):
            found += _of_action(settings, who, action)
    except JournalUnavailable as error:
        say(f"decisions are not shown: {error}", style="doubt", err=True)
    return sorted(found, key=lambda one: str(one["time"]), reverse=True)[:_DECISIONS]


def _of_action(settings: Settings, who: str, action: str) -> Iterator[dict[str, Any]]:
    from sqlalchemy.exc import SQLAlchemyError

    from gateway.journal.query import Filter, search
    from gateway.journal.reader import open_reader

    since = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=_DAYS)
    wanted = Filter(since=int(since.timestamp() * 1e6), action=action, sender=who)
    with contextlib.closing(open_reader(settings.store.url, settings.gateway.data_dir)) as connection:
        try:
            for row in search(connection, wanted, limit=_DECISIONS):
                yield {
                    "time": iso(row.time / 1e6),
                    "reference": str(row.record.get("reference", "")),
                    "action": action,
                    "rules": sorted({item["rule"] for item in row.record.get("findings", ())}),
                    "recipients": len(row.record.get("recipients", ())),
                    "reply": str(row.record.get("reply", ""))[:300],
                }
        except SQLAlchemyError as error:
            line = str(getattr(error, "orig", None) or error).partition("\n")[0]
            raise JournalUnavailable(f"the journal cannot be read: {line}") from error
