"""Answers of a period as reports and commands show them: by mailbox, with the unit that the directory names. Blocking.

Q4 8.2, 12.4; AG 10.1. What is not answered by mail is not seen: figures for a talk with a unit, and no verdict.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.answers.store import AnswerTable
from gateway.directory.entry import Snapshot
from gateway.lifecycle.answers import Figures, Item, figures, worked_seconds
from gateway.lifecycle.calendar import Calendar
from gateway.who import Mailbox


@dataclass(frozen=True, slots=True)
class Row:
    """One unit mailbox. `unit`: the unit's code, "" where the mailbox has left the directory."""

    mailbox: str
    unit: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Open:
    """A message that nobody answered. `age`, `worked`: seconds since it came, by the clock and of working hours."""

    mailbox: str
    unit: str
    came: float
    age: float
    worked: float


def answered(
    table: AnswerTable,
    snapshot: Snapshot,
    calendar: Calendar,
    since: float,
    until: float,
    now: float,
    *,
    unit: str = "",
) -> list[Row]:
    """Figures of what came in (since, until], in order of address; of one unit or of all. DirectoryUnavailable."""
    kept = _of_unit(table.items("", since, until), snapshot, unit)
    return [Row(one.mailbox, _unit(snapshot, one.mailbox), one) for one in figures(kept, calendar, now)]


def waiting(
    table: AnswerTable,
    snapshot: Snapshot,
    calendar: Calendar,
    since: float,
    until: float,
    now: float,
    *,
    unit: str = "",
    least: float = 0.0,
) -> list[Open]:
    """What came in (since, until] and is open for `least` seconds or longer, the oldest first. DirectoryUnavailable."""
    kept = _of_unit(table.items("", since, until), snapshot, unit)
    return [
        Open(
            one.mailbox,
            _unit(snapshot, one.mailbox),
            one.came,
            now - one.came,
            worked_seconds(one.came, now, calendar),
        )
        for one in kept
        if one.answered is None and now - one.came >= least
    ]


def _of_unit(items: Sequence[Item], snapshot: Snapshot, unit: str) -> Sequence[Item]:
    if not unit:
        return items
    wanted = unit.strip().casefold()
    ours = {one.key for one in snapshot.mailboxes if one.unit.strip().casefold() == wanted}
    return [one for one in items if one.mailbox in ours]


def _unit(snapshot: Snapshot, address: str) -> str:
    mailbox: Mailbox | None = snapshot.mailbox(address)
    return "" if mailbox is None else mailbox.unit
