"""Decisions of a period out of the journal, oldest first, a page at a time: some thousand rows are in memory at once.

Each page is read in a transaction of its own, so that a report over millions of rows holds up neither SQLite's
checkpoints nor PostgreSQL's vacuum. Rows that are written meanwhile are newer than the period's end, or at its end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
import sqlalchemy as sa

from gateway.journal.schema import HAS_ABOUT, NOT_ACCEPTED, chains, decisions
from gateway.reports.fates import Record

_PAGE: Final = 2_000
_TEXTS: Final = ("reference", "direction", "reverse_path", "user", "proved", "outcome", "message_id")
_UNREADABLE: Final[Record] = {"kind": "unreadable"}


@dataclass(frozen=True, slots=True)
class Pruned:
    """What retention took: content of rows older than `before` (seconds since the epoch), 0: nothing was ever taken."""

    before: float = 0.0


def stream(connection: sa.Connection, since: float, until: float) -> Iterator[tuple[float, Record]]:
    """(time, record) of every decision in `since` <= time < `until`, in seconds since the epoch."""
    after = (int(since * 1e6) or 1, -1)
    while True:
        with connection.begin():
            page = connection.execute(_query(after, int(until * 1e6))).all()
        for number, moment, payload in page:
            after = (moment, number)
            yield moment / 1e6, _record(payload)
        if len(page) < _PAGE:
            return


def _query(after: tuple[int, int], until: int) -> sa.Select[Any]:
    table = decisions.c
    key = sa.tuple_(table.time, table.id)
    query = sa.select(table.id, table.time, table.payload)
    query = query.where(table.kind == "decision", key > after, table.time >= after[0], table.time < until)
    return query.order_by(table.time, table.id).limit(_PAGE)


def _record(payload: bytes | memoryview | None) -> Record:
    """What a row says; of one that was tampered with only that it cannot be read."""
    try:
        record: Record = orjson.loads(payload or b"")
        return record if record["kind"] == "decision" and _is_ours(record) else _UNREADABLE
    except (ValueError, KeyError, TypeError, AttributeError):
        return _UNREADABLE


def _is_ours(record: Record) -> bool:
    """Whether what is read of it is of the kinds that the journal writes."""
    texts = (*record.get("recipients", ()), *(record.get(name, "") for name in _TEXTS))
    return (
        all(isinstance(one, str) for one in texts)
        and isinstance(record.get("size", 0), int)
        and all(_is_finding(one) for one in record.get("findings", ()))
    )


def _is_finding(one: Any) -> bool:
    return isinstance(one["rule"], str) and isinstance(one["clauses"], list) and isinstance(one["evidence"], dict)


def late_references(connection: sa.Connection, since: float) -> frozenset[str]:
    """Decisions of which a later word says that the client heard 451, whatever their row says."""
    table = decisions.c
    query = sa.select(table.about, table.payload).where(
        table.kind == "outcome", sa.text(HAS_ABOUT.text), table.time >= int(since * 1e6)
    )
    with connection.begin():
        found = connection.execute(query).all()
    return frozenset(str(about) for about, payload in found if b'"late:' in bytes(payload or b""))


def pruned(connection: sa.Connection) -> Pruned:
    """Up to where retention went, as the journal's own rows say."""
    table = decisions.c
    query = sa.select(table.payload).where(
        table.action == "", sa.text(f"decisions.{NOT_ACCEPTED.text}"), table.kind == "prune"
    )
    with connection.begin():
        found = [_before(row[0]) for row in connection.execute(query)]
    return Pruned(max(found, default=0) / 1e6)


def _before(payload: bytes | memoryview | None) -> int:
    try:
        return int(orjson.loads(payload or b"")["before"])
    except (ValueError, KeyError, TypeError):
        return 0


def starts(connection: sa.Connection, since: float, until: float) -> Sequence[tuple[float, str, int]]:
    """(time, node, worker) of each start of a writer of the journal in the period, oldest first."""
    table = chains.c
    moment = table.started
    query = sa.select(moment, table.node, table.worker).order_by(moment)
    with connection.begin():
        rows = connection.execute(query).all()
    return [(row[0] / 1e6, row[1], row[2]) for row in rows if since * 1e6 <= row[0] < until * 1e6]
