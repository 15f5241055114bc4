"""A page of decisions in bounded time, however many there are: for people who wait in front of a screen.

The most telling filter chooses the index that is walked, newest first; the other filters are applied to a stretch of
that walk at a time, until the page is full or the time is up. Then the page says how far it came, and the next request
goes on from there. Reads only.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

from gateway.journal.payload import storable
from gateway.journal.query import Filter, Found, folded, matches, mentions, record_in
from gateway.journal.schema import NOT_ACCEPTED, decisions, findings, recipients

BUDGET: Final = 0.2
"""Seconds after which a page is given as it is."""
_STRETCH: Final = 4000  # keys of the walked index at once where other filters apply in SQL
_READ: Final = 500  # rows at once where payloads are read for words
_SPARE: Final = 10  # keys beyond a page: some are of notes
_MOST_ADDRESSES: Final = 500

Place = tuple[int, int]
"""(time in microseconds, row's number): where a page ends and the next begins."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: a `Filter`, and what only pages ask.

    `anyone`: this address is the sender or a recipient; `addresses`: one of these is (a unit's); `reviewed`: "yes" or
    "no": whether a person judged it.
    """

    filter: Filter = field(default_factory=Filter)
    anyone: str = ""
    addresses: tuple[str, ...] = ()
    reviewed: str = ""

    def __post_init__(self) -> None:
        """As the `Filter` does."""
        object.__setattr__(self, "anyone", storable(self.anyone))
        object.__setattr__(self, "addresses", tuple(map(storable, self.addresses)))


@dataclass(frozen=True, slots=True)
class Slice:
    """A page. `after`: where the next one begins, None at the end; `short`: the time was up before it was full.

    `reached`: how far back it looked, microseconds since the epoch; 0 for everything.
    """

    rows: Sequence[Found]
    after: Place | None
    short: bool = False
    reached: int = 0


@dataclass(frozen=True, slots=True)
class _Walk:
    """The index that is walked: its table, its key, what of the filter it serves, and what is left."""

    table: sa.FromClause
    time: sa.ColumnElement[int]
    number: sa.ColumnElement[int]
    own: tuple[sa.ColumnElement[bool], ...]
    rest: tuple[sa.ColumnElement[bool], ...]


def page(
    connection: sa.Connection, wanted: Wanted, *, limit: int, after: Place | None = None, budget: float = BUDGET
) -> Slice:
    """At most `limit` decisions before `after`, newest first, within about `budget` seconds."""
    until = time.monotonic() + budget
    with connection.begin():
        if not wanted.anyone:
            return _page(connection, wanted, _walk(wanted), limit, after, until)
        both = [_page(connection, wanted, walk, limit, after, until) for walk in _sides(wanted)]
    return _joined(both, limit)


def _joined(both: Sequence[Slice], limit: int) -> Slice:
    """Two walks as one: nothing beyond the point that the shorter of them reached."""
    ends = [one.after for one in both if one.after is not None]
    border = max(ends, default=None)
    found = {(row.time, row.number): row for one in both for row in one.rows}
    keys = sorted((key for key in found if border is None or key >= border), reverse=True)
    if len(keys) > limit:
        border = keys[limit - 1]
    rows = [found[key] for key in keys[:limit]]
    short = any(one.short for one in both) and len(rows) < limit
    return Slice(rows, border, short, border[0] if short and border else 0)


def _page(
    connection: sa.Connection, wanted: Wanted, walk: _Walk, limit: int, after: Place | None, until: float
) -> Slice:
    words = folded(wanted.filter.text)
    rows: list[Found] = []
    while True:
        stretch = _READ if words else _STRETCH if walk.rest else limit + _SPARE
        end = _end(connection, wanted, walk, after, stretch)
        for number, moment, payload in _rows(connection, wanted, walk, after, end):
            if len(rows) == limit:
                return Slice(rows, (rows[-1].time, rows[-1].number))
            if (found := _said(number, moment, payload, words)) is not None:
                rows.append(found)
        if end is None:
            return Slice(rows, None)
        after = end
        if time.monotonic() > until:
            return Slice(rows, after, True, after[0])


def _end(connection: sa.Connection, wanted: Wanted, walk: _Walk, after: Place | None, stretch: int) -> Place | None:
    """The last key of the next stretch; None where fewer are left."""
    query = sa.select(walk.time, walk.number).select_from(walk.table)
    query = query.where(*walk.own, *_between(wanted, walk, after))
    query = query.order_by(walk.time.desc(), walk.number.desc()).offset(stretch - 1).limit(1)
    found = connection.execute(query).first()
    return None if found is None else (found[0], found[1])


def _rows(
    connection: sa.Connection, wanted: Wanted, walk: _Walk, after: Place | None, end: Place | None
) -> Iterator[tuple[int, int, bytes]]:
    query = sa.select(decisions.c.id, walk.time, decisions.c.payload).select_from(_with_rows(walk))
    query = query.where(decisions.c.kind == "decision", *walk.own, *walk.rest, *_between(wanted, walk, after, end))
    last = None
    for number, moment, payload in connection.execute(query.order_by(walk.time.desc(), walk.number.desc())):
        if number != last and payload is not None:  # a rule that cites two clauses stands twice in its index
            yield number, moment, bytes(payload)
        last = number


def _with_rows(walk: _Walk) -> sa.FromClause:
    if walk.table is decisions:
        return decisions
    return walk.table.join(decisions, decisions.c.id == walk.number)


def _between(
    wanted: Wanted, walk: _Walk, after: Place | None, end: Place | None = None
) -> list[sa.ColumnElement[bool]]:
    """The keys before `after` down to `end`.

    The bounds of the time alone say so again: SQLite walks its index on to the beginning where all that it is given is
    a pair (0.2 s in a million rows).
    """
    asked = wanted.filter
    lowest = max(asked.since, 1, end[0] if end else 0)  # 0: a row that retention has blanked
    made: list[sa.ColumnElement[bool]] = [walk.time >= lowest]
    if after is not None:
        made += [walk.time <= after[0], sa.tuple_(walk.time, walk.number) < sa.tuple_(*map(sa.literal, after))]
    elif asked.until:
        made.append(walk.time < asked.until)
    if end is not None:
        made.append(sa.tuple_(walk.time, walk.number) >= sa.tuple_(*map(sa.literal, end)))
    return made


def _said(number: int, moment: int, payload: bytes, words: str) -> Found | None:
    """The row, where it has the words. Most rows are told by their bytes, without being parsed."""
    if words and words.isalnum() and words not in folded(payload.decode("utf-8", "replace")):
        return None
    record = record_in(payload, moment)
    return Found(number, record) if not words or mentions(record, words) else None


def _walk(wanted: Wanted) -> _Walk:
    """The most telling filter is walked; what is left is asked of each row."""
    named = _named(wanted)
    order = ("reference", "recipient", "sender", "clause", "rule", "action")
    first = next((name for name in order if name in named and _exact(name, wanted.filter)), "")
    rest = tuple(condition for name, condition in named.items() if name != first)
    own = (named[first],) if first else ()
    if first == "recipient":
        own = (recipients.c.address == wanted.filter.recipient.lower(),)
        return _Walk(recipients, recipients.c.time, recipients.c.decision, own, rest)
    if first in ("clause", "rule"):
        own = (findings.c[first] == getattr(wanted.filter, first),)
        return _Walk(findings, findings.c.time, findings.c.decision, own, rest)
    return _Walk(decisions, decisions.c.time, decisions.c.id, own, rest)


def _sides(wanted: Wanted) -> tuple[_Walk, _Walk]:
    """The two walks of `anyone`: as the sender, as a recipient."""
    rest, address = tuple(_named(wanted).values()), wanted.anyone.lower()
    sent = _Walk(decisions, decisions.c.time, decisions.c.id, (decisions.c.reverse_path == address,), rest)
    got = _Walk(recipients, recipients.c.time, recipients.c.decision, (recipients.c.address == address,), rest)
    return sent, got


def _exact(name: str, wanted: Filter) -> bool:
    """Whether an index leads to the rows of this filter."""
    if name == "action":
        return wanted.action != "accept"
    return name not in ("sender", "recipient") or "*" not in getattr(wanted, name)


def _named(wanted: Wanted) -> dict[str, sa.ColumnElement[bool]]:
    """Each filter that is set as a condition on the row itself."""
    asked, made = wanted.filter, dict[str, sa.ColumnElement[bool]]()
    if asked.reference:
        made["reference"] = decisions.c.reference.in_((asked.reference, asked.reference.upper()))
    if asked.recipient:
        made["recipient"] = _among(recipients, matches(recipients.c.address, asked.recipient))
    if asked.sender:
        made["sender"] = matches(decisions.c.reverse_path, asked.sender)
    for name in ("clause", "rule"):
        if value := getattr(asked, name):
            made[name] = _among(findings, findings.c[name] == value)
    if asked.action:
        made["action"] = _action(asked.action)
    if asked.listener:
        made["listener"] = decisions.c.listener == asked.listener
    if wanted.addresses:
        made["addresses"] = _someone(wanted.addresses[:_MOST_ADDRESSES])
    if wanted.reviewed:
        made["reviewed"] = _judged() if wanted.reviewed == "yes" else ~_judged()
    return made


def _action(action: str) -> sa.ColumnElement[bool]:
    own = decisions.c.action == action
    if action == "accept":
        return own
    return sa.and_(own, sa.literal_column(f"decisions.{NOT_ACCEPTED.text}").self_group())  # names the partial index


def _among(table: sa.Table, condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Whether a row of another table about this decision is so: found by the decision's own time."""
    same = sa.and_(table.c.time == decisions.c.time, table.c.decision == decisions.c.id, condition)
    return sa.exists(sa.select(sa.literal(1)).select_from(table).where(same).correlate(decisions))


def _someone(addresses: Sequence[str]) -> sa.ColumnElement[bool]:
    lowered = [address.lower() for address in addresses]
    return sa.or_(decisions.c.reverse_path.in_(lowered), _among(recipients, recipients.c.address.in_(lowered)))


def _judged() -> sa.ColumnElement[bool]:
    later: Any = decisions.alias("later")
    about = sa.and_(later.c.about == decisions.c.reference, later.c.kind == "review")
    return sa.exists(sa.select(sa.literal(1)).select_from(later).where(about).correlate(decisions))
