"""Whether a mailbox was read when its regulation asks: three verdicts, for each window of each working day. Pure.

Q4 8.2a: a unit's mailbox twice a day, at the start of the morning and of the afternoon. AG 10.1: officials' and units'
mailboxes four times, at the start and in the middle of both. Neither text gives hours: they are the office's.

"Not checked" needs proof like a lock does: that nobody opened the mailbox although it would have been seen. Where no
message waited, or nobody polled at the window's edges, it is "not observable", which is nobody's fault.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from gateway.access import Coverage, Evidence, Kind, Source, Strength
from gateway.errors import RegulationError
from gateway.lifecycle.calendar import Calendar
from gateway.lifecycle.days import HOUR, after_days, day_of, moment
from gateway.lifecycle.profile import Proof
from gateway.lifecycle.silence import silences, supposed
from gateway.lifecycle.spans import Span
from gateway.regulations import Regulation
from gateway.who import Kind as MailboxKind

GRACE: Final = 600.0  # seconds beside an edge in which a poll still is at the edge
_MOST_DAYS: Final = 400
_SESSION: Final = 12 * HOUR  # by how long before a window a session may have begun that still is open in it


@dataclass(frozen=True, slots=True)
class Window:
    """A time of the working day, on the wall. `name`: stable, as in reports."""

    name: str
    opens: datetime.time
    closes: datetime.time

    def on(self, day: datetime.date) -> Span:
        """The same on that day, in seconds since the epoch."""
        return Span(moment(day, self.opens), moment(day, self.closes))


@dataclass(frozen=True, slots=True)
class Reading:
    """A regulation's windows. `kinds`: whose mailboxes; `clause`: where it stands."""

    windows: tuple[Window, ...] = ()
    kinds: frozenset[MailboxKind] = frozenset({MailboxKind.UNIT})
    clause: str = ""


class Verdict(StrEnum):
    """Stable names, as in reports."""

    CHECKED = "checked"
    NOT_CHECKED = "not-checked"
    NOT_OBSERVABLE = "not-observable"


class Why(StrEnum):
    """Why it is not observable. Stable names."""

    NONE = ""
    NOBODY_LOOKED = "nobody-looked"  # no observation on both sides of the window
    NOTHING_WAITING = "nothing-waiting"  # polled, and no unclaimed message was there
    WIDE = "between-two-looks"  # used, in the window or beside it
    WEAK = "weak-evidence"
    AUTOMATIC = "only-automatic"  # a program that stays connected; whether somebody read, nobody knows
    POLLING_ONLY = "polling-only"  # polling says not, and it does not see clients that only ever look (EXAMINE)
    SESSION = "session-may-be-open"  # it was opened earlier that day, and nothing tells when it was closed


@dataclass(frozen=True, slots=True)
class Checked:
    """The verdict on one window of one day."""

    day: datetime.date
    window: str
    verdict: Verdict
    why: Why = Why.NONE


def reading_of(regulation: Regulation) -> Reading:
    """A regulation's windows: the table `reading`, else the usual hours for as many as `reading_windows` says.

    RegulationError for a window that is none, or that overlaps another.
    """
    table = regulation.parameters.get("reading", {})
    usual = _USUAL.get(regulation.parameters.get("lifecycle", {}).get("reading_windows", 0), Reading())
    try:
        windows = tuple(_window(one) for one in table["windows"]) if "windows" in table else usual.windows
        kinds = frozenset(MailboxKind(kind) for kind in table["kinds"]) if "kinds" in table else usual.kinds
    except (TypeError, ValueError, KeyError) as error:
        raise RegulationError(f"parameters.reading: {error}") from error
    ordered = tuple(sorted(windows, key=lambda window: window.opens))
    if any(one.opens >= one.closes for one in ordered) or any(
        one.closes > after.opens for one, after in itertools.pairwise(ordered)
    ):
        raise RegulationError("parameters.reading.windows: each ends after it begins, and before the next begins")
    return Reading(ordered, kinds, str(table.get("clause", usual.clause)))


def _window(one: dict[str, Any]) -> Window:
    return Window(str(one["name"]), datetime.time.fromisoformat(one["from"]), datetime.time.fromisoformat(one["to"]))


_MORNING: Final = Window("morning-start", datetime.time(6, 30), datetime.time(9))
_AFTERNOON: Final = Window("afternoon-start", datetime.time(12, 30), datetime.time(14, 30))
_USUAL: Final = {
    2: Reading((_MORNING, _AFTERNOON), clause="Q4 8.2a"),
    4: Reading(
        (
            _MORNING,
            Window("morning-middle", datetime.time(9, 10), datetime.time(11, 30)),
            _AFTERNOON,
            Window("afternoon-middle", datetime.time(14, 40), datetime.time(17)),
        ),
        frozenset({MailboxKind.UNIT, MailboxKind.PERSONAL}),
        "AG 10.1",
    ),
}


def verdicts(
    reading: Reading,
    evidence: Iterable[Evidence],
    coverage: Iterable[Coverage],
    proof: Proof,
    calendar: Calendar,
    days: tuple[datetime.date, datetime.date],
    now: float,
    grace: float = GRACE,
) -> list[Checked]:
    """Judge every window that is over, of every working day from the first to the last (at most 400 days)."""
    told, covered = list(evidence), list(coverage)
    looks = _Looks(told, silences(told, covered, proof), supposed(told, covered, proof), covered, proof, grace)
    return [
        _judge(day, window, looks)
        for day in _days(days)
        if calendar.works(day)
        for window in reading.windows
        if window.on(day).until + grace <= now
    ]


@dataclass(frozen=True, slots=True)
class _Looks:
    told: Sequence[Evidence]
    silent: Mapping[Source, Sequence[Span]]
    supposed: Sequence[Span]
    covered: Sequence[Coverage]
    proof: Proof
    grace: float


def _days(days: tuple[datetime.date, datetime.date]) -> Iterable[datetime.date]:
    first, last = days
    for number in range(min((last - first).days + 1, _MOST_DAYS)):
        yield after_days(first, number)


def _judge(day: datetime.date, window: Window, looks: _Looks) -> Checked:
    span = window.on(day)
    wide = Span(span.since - looks.grace, span.until + looks.grace)
    uses = [one for one in looks.told if _is_reading(one) and _meets(one, span)]
    inside = [one for one in uses if one.strength is not Strength.WEAK and _within(one, wide)]
    if any(one.kind is Kind.ACCESS or looks.proof.automatic_reads for one in inside):
        return Checked(day, window.name, Verdict.CHECKED)
    if uses:
        return Checked(day, window.name, Verdict.NOT_OBSERVABLE, _unsure(uses, wide))
    if any(one.holds(span) for one in looks.silent[Source.IMAP]):
        return Checked(day, window.name, Verdict.NOT_CHECKED)
    if any(one.holds(span) for one in looks.silent.get(Source.DOVECOT_EVENTS, ())):
        earlier = Span(span.since - _SESSION, span.since)
        if any(_is_reading(one) and _meets(one, earlier) for one in looks.told):
            return Checked(day, window.name, Verdict.NOT_OBSERVABLE, Why.SESSION)
        return Checked(day, window.name, Verdict.NOT_CHECKED)
    if any(one.holds(span) for one in looks.supposed):
        return Checked(day, window.name, Verdict.NOT_OBSERVABLE, Why.POLLING_ONLY)
    polled = any(
        one.source is Source.IMAP and one.since <= span.since and span.until <= one.until for one in looks.covered
    )
    return Checked(day, window.name, Verdict.NOT_OBSERVABLE, Why.NOTHING_WAITING if polled else Why.NOBODY_LOOKED)


def _is_reading(one: Evidence) -> bool:
    return one.kind in (Kind.ACCESS, Kind.AUTOMATIC)


def _meets(one: Evidence, span: Span) -> bool:
    """Whether it may have been in the window. An exact moment has no length."""
    return (one.not_before < span.until and span.since < one.not_after) or span.since < one.not_before <= span.until


def _within(one: Evidence, span: Span) -> bool:
    return span.since <= one.not_before and one.not_after <= span.until


def _unsure(uses: Sequence[Evidence], wide: Span) -> Why:
    if all(one.strength is Strength.WEAK for one in uses):
        return Why.WEAK
    accesses = [one for one in uses if one.kind is Kind.ACCESS]
    if not accesses:
        return Why.AUTOMATIC
    return Why.WIDE


def edges(reading: Reading, calendar: Calendar, day: datetime.date, grace: float = GRACE) -> list[Span]:
    """When each mailbox under a window rule has to be polled once on this day: spans to spread the polls over.

    Just before a window opens and just after it closes, at most `grace` seconds away; where two windows are no further
    apart than that, one poll serves both. None on a free day.
    """
    if not calendar.works(day):
        return []
    wanted: list[Span] = []
    for window in reading.windows:
        span = window.on(day)
        for edge in (Span(span.since - grace, span.since), Span(span.until, span.until + grace)):
            both = Span(max(wanted[-1].since, edge.since), min(wanted[-1].until, edge.until)) if wanted else edge
            if wanted and both.since < both.until:
                wanted[-1] = both
            else:
                wanted.append(edge)
    return wanted


def next_edge(reading: Reading, calendar: Calendar, now: float, grace: float = GRACE) -> Span | None:
    """The span that runs now or comes next, None where none comes within 60 days."""
    if not reading.windows:
        return None
    today = day_of(now)
    for number in range(60):
        for span in edges(reading, calendar, after_days(today, number), grace):
            if span.until > now:
                return span
    return None
