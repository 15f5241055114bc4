"""Retention: takes the content of old rows away and keeps their digests and hashes, so that the chains still verify.

Each step is recorded in a chain as a row of its own, in the same transaction: a row that was blanked by anything else
is noticed. The command may run while the gateway does.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from gateway.errors import JournalUnavailable
from gateway.journal.chain import SEQ_BITS, Key, load_key, split_id
from gateway.journal.incarnation import Identity, Incarnation
from gateway.journal.payload import Columns, decode, encode, extract
from gateway.journal.retention import Cutoffs, Sort, everything, is_of, sort_of
from gateway.journal.schema import chains, decisions, findings, recipients
from gateway.journal.store import Store, line_of, resolve_url

BLANK: Final = Columns("pruned", 0, None, None, "accept", "", "", "", 0, "")
COMMAND: Final = -1  # the worker's number of a command
_PAGE: Final = 1_000  # rows looked at in one reading, without their content
_STEP: Final = 200  # rows blanked in one transaction: the gateway's own commits go in between
_REST: Final = 0.005  # seconds of rest at least, after a reading and after a step
_LONGEST_REST: Final = 1.0  # and at most, where a step waited long itself


@dataclass(frozen=True, slots=True)
class Pruned:
    """How far it has come: rows blanked, and the newest time among them (microseconds)."""

    rows: int
    newest: int


def count_prunable(connection: sa.Connection, before: int | Cutoffs, key_id: str = "") -> int:
    """Rows that are over and still have content; `key_id`: only of chains with this key."""
    limits = everything(before) if isinstance(before, int) else before
    due = sa.or_(sa.false(), *(sa.and_(decisions.c.time < limit, is_of(sort)) for sort, limit in limits.items()))
    query = sa.select(sa.func.count()).where(*_with_content(max(limits.values(), default=0)), due)
    if key_id:
        place = decisions.c.id.op(">>")(sa.literal_column(str(SEQ_BITS)))
        query = query.where(place.in_(sa.select(chains.c.number).where(chains.c.key_id == key_id)))
    with connection.begin():
        return int(connection.execute(query).scalar_one())


def prune(url: str, data_dir: Path, node: str, before: int | Cutoffs) -> Generator[Pruned, None, None]:
    """Blank every row that is over, a step at a time; yields after each step that is durable.

    `before`: microseconds, for every class or by class. Only rows of chains with the key in `data_dir`: on another
    node's no proof would find our record of it. JournalUnavailable, StartError.
    """
    limits = everything(before) if isinstance(before, int) else before
    key = load_key(data_dir)
    store = Store(resolve_url(url, data_dir), data_dir)
    chain = Incarnation(store, data_dir, key, Identity(node, COMMAND, _version()))
    try:
        store.open()
        if store.dialect == "sqlite":
            store.connection.exec_driver_sql("PRAGMA secure_delete=ON")
            store.connection.rollback()
        yield from _steps(store, chain, limits, _chains_of(store, key))
    except (sa.exc.SQLAlchemyError, OSError) as error:
        raise JournalUnavailable(f"pruning stopped: {line_of(error)}") from error
    finally:
        chain.close()
        store.close()


def _chains_of(store: Store, key: Key) -> frozenset[int]:
    with store.connection.begin():
        found = store.connection.execute(sa.select(chains.c.number).where(chains.c.key_id == key.id))
        return frozenset(found.scalars())


def _steps(store: Store, chain: Incarnation, limits: Cutoffs, ours: frozenset[int]) -> Iterator[Pruned]:
    """One walk by time over all that is older than the latest limit; a page without work leaves nothing behind."""
    done, place = 0, (0, 0)
    while page := _page(store, place, max(limits.values(), default=0)):
        place = (page[-1].time, page[-1].number)
        due = [row for row in page if split_id(row.number)[0] in ours and row.is_over(limits)]
        time.sleep(_REST)
        for start in range(0, len(due), _STEP):
            rows, began = due[start : start + _STEP], time.monotonic()
            if not chain.number:
                chain.attach()
            _step(store, chain, rows, limits)
            done += len(rows)
            took = time.monotonic() - began
            yield Pruned(done, rows[-1].time)
            # SQLite's write lock is not fair: who waits for it looks ever more seldom. Rest as long as it was held.
            time.sleep(min(max(took, _REST), _LONGEST_REST))


class _Old(NamedTuple):
    """A row that may be over."""

    number: int
    time: int
    sort: Sort | None

    def is_over(self, limits: Cutoffs) -> bool:
        return self.sort is not None and self.time < limits.get(self.sort, 0)


def _page(store: Store, after: tuple[int, int], latest: int) -> Sequence[_Old]:
    table = decisions.c
    query = sa.select(table.id, table.time, table.kind, table.action, table.rules)
    later = sa.tuple_(table.time, table.id) > sa.tuple_(*map(sa.literal, after))
    query = query.where(*_with_content(latest), table.time >= after[0], later).order_by(table.time, table.id)
    with store.connection.begin():
        found = store.connection.execute(query.limit(_PAGE))
        return [_Old(row[0], row[1], sort_of(*row[2:5])) for row in found]


def _with_content(latest: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (decisions.c.time >= 1, decisions.c.time < latest, decisions.c.payload.is_not(None))


def _step(store: Store, chain: Incarnation, rows: Sequence[_Old], limits: Cutoffs) -> None:
    numbers = sorted(row.number for row in rows)
    sorts = {row.sort for row in rows if row.sort is not None}
    told = {sort.value: limits[sort] for sort in sorted(sorts)}
    record = {
        "kind": "prune",
        "time": int(time.time() * 1e6),
        "before": max((limits[sort] for sort in sorts - {Sort.ACTIONS}), default=0),  # figures of mail ask for it
        "classes": told,
        "rows": list(spans(numbers)),
    }
    payload, record = encode(record)

    def blank() -> None:
        _forget_indexes(store.connection, numbers)
        values: dict[str, Any] = {**BLANK._asdict(), "payload": None}
        store.connection.execute(sa.update(decisions).where(decisions.c.id.in_(numbers)).values(values))

    chain.write([(payload, extract(record))], also=blank)


def _forget_indexes(connection: sa.Connection, numbers: Sequence[int]) -> None:
    people, cited = [], []
    query = sa.select(decisions.c.id, decisions.c.time, decisions.c.payload).where(decisions.c.id.in_(numbers))
    for number, moment, payload in connection.execute(query.where(decisions.c.payload.is_not(None))).all():
        extracted = extract(decode(bytes(payload)))
        people += [{"a": address, "t": moment, "d": number} for address in extracted.recipients]
        cited += [{"r": rule, "c": clause, "t": moment, "d": number} for rule, clause in extracted.clauses]
    table = recipients.c
    same = (table.address == sa.bindparam("a")) & (table.time == sa.bindparam("t"))
    if people:
        connection.execute(sa.delete(recipients).where(same & (table.decision == sa.bindparam("d"))), people)
    other = findings.c
    same = (other.rule == sa.bindparam("r")) & (other.time == sa.bindparam("t"))
    same &= (other.clause == sa.bindparam("c")) & (other.decision == sa.bindparam("d"))
    if cited:
        connection.execute(sa.delete(findings).where(same), cited)


def spans(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Sorted numbers as (first, last) runs without holes."""
    if not numbers:
        return
    first = numbers[0]
    for one, other in pairwise(numbers):
        if other != one + 1:
            yield first, one
            first = other
    yield first, numbers[-1]


def _version() -> str:
    try:
        return version("congthu")
    except PackageNotFoundError:  # run from a source folder that was never installed
        return "unknown"
