"""What people said of decisions, and did with the gateway: rows of the journal beside the decisions. Reads only."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from gateway.console.rows import text
from gateway.journal.paging import Place
from gateway.journal.payload import storable
from gateway.journal.query import Found, record_in
from gateway.journal.schema import decisions

_STRETCH: Final = 1000  # rows at once where most are passed over
_BUDGET: Final = 0.5  # seconds


@dataclass(frozen=True, slots=True)
class Said:
    """One note. `time`: seconds since the epoch; `place`: where a page of notes goes on after it."""

    time: float
    kind: str
    what: str
    about: str
    by: str
    client: str
    text: str
    place: Place


def said(found: Found) -> Said:
    """From a row of the journal."""
    record = found.record
    kind, what, about = (text(record, name) for name in ("kind", "what", "about"))
    by, client, words = (text(record, name) for name in ("by", "client", "text"))
    return Said(found.time / 1e6, kind, what, about, by, client, words, (found.time, found.number))


def verdicts(connection: sa.Connection, references: Sequence[str]) -> dict[str, str]:
    """The last verdict about each of these that has one."""
    wanted = [storable(reference) for reference in references if reference]
    query = sa.select(decisions.c.id, decisions.c.time, decisions.c.payload)
    query = query.where(decisions.c.about.in_(wanted), decisions.c.kind == "review", decisions.c.payload.is_not(None))
    found: dict[str, str] = {}
    if wanted:
        with connection.begin():
            for number, moment, payload in connection.execute(query.order_by(decisions.c.time, decisions.c.id)):
                one = said(Found(number, record_in(payload, moment)))
                found[one.about] = one.what or "reviewed"
    return found


def notes(
    connection: sa.Connection, *, kinds: Sequence[str], limit: int, after: Place | None = None, by: str = ""
) -> tuple[list[Said], Place | None]:
    """What people did, newest first, at most `limit` before `after`; and where to go on, None at the end.

    With `by`, rows of others are passed over, however many there are: for at most half a second at a time.
    """
    found: list[Said] = []
    until, stretch = time.monotonic() + _BUDGET, _STRETCH if by else limit
    with connection.begin():
        while True:
            rows = _stretch(connection, kinds, stretch, after)
            for row in rows:
                after = row.time, row.number
                if not by or text(row.record, "by") == by:
                    found.append(said(row))
                if len(found) == limit:
                    return found, after
            if len(rows) < stretch:
                return found, None
            if time.monotonic() > until:
                return found, after


def _stretch(connection: sa.Connection, kinds: Sequence[str], limit: int, after: Place | None) -> list[Found]:
    """The next rows of these kinds, newest first."""
    found: list[Found] = []
    for kind in kinds:
        query = sa.select(decisions.c.id, decisions.c.time, decisions.c.payload)
        query = query.where(decisions.c.kind == kind, decisions.c.about.is_not(None), decisions.c.payload.is_not(None))
        if after is not None:
            query = query.where(sa.tuple_(decisions.c.time, decisions.c.id) < sa.tuple_(*map(sa.literal, after)))
        query = query.order_by(decisions.c.time.desc(), decisions.c.id.desc()).limit(limit)
        found += [Found(number, record_in(payload, moment)) for number, moment, payload in connection.execute(query)]
    return sorted(found, key=lambda row: (row.time, row.number), reverse=True)[:limit]
