"""Retention: takes the content of old rows away and keeps their digests and hashes, so that the chains still verify.

Each step is recorded in a chain as a row of its own, in the same transaction: a row that was blanked by anything else
is noticed. The command may run while the gateway does.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from gateway.errors import JournalUnavailable
from gateway.journal.chain import load_key
from gateway.journal.incarnation import Identity, Incarnation
from gateway.journal.payload import Columns, decode, encode, extract
from gateway.journal.schema import decisions, findings, recipients
from gateway.journal.store import Store, resolve_url

BLANK: Final = Columns("pruned", 0, None, None, "accept", "", "", "", 0, "")
COMMAND: Final = -1  # the worker's number of a command
_STEP: Final = 500  # rows a transaction: the gateway's own commits go in between
_CONTENT: Final = ("decision", "outcome", "review")


@dataclass(frozen=True, slots=True)
class Pruned:
    """How far it has come: rows blanked, and the newest time among them (microseconds)."""

    rows: int
    newest: int


def count_prunable(connection: sa.Connection, before: int) -> int:
    """Rows older than `before` (microseconds) that still have content."""
    with connection.begin():
        return int(connection.execute(sa.select(sa.func.count()).where(*_old(before))).scalar_one())


def prune(url: str, data_dir: Path, node: str, before: int) -> Iterator[Pruned]:
    """Blank every row older than `before` (microseconds), a step at a time; yields after each step that is durable.

    JournalUnavailable, StartError.
    """
    store = Store(resolve_url(url, data_dir), data_dir)
    chain = Incarnation(store, data_dir, load_key(data_dir), Identity(node, COMMAND, _version()))
    try:
        store.open()
        if store.dialect == "sqlite":
            store.connection.exec_driver_sql("PRAGMA secure_delete=ON")
            store.connection.rollback()
        chain.attach()
        yield from _steps(store, chain, before)
    except (sa.exc.SQLAlchemyError, OSError) as error:
        raise JournalUnavailable(f"pruning stopped: {getattr(error, 'orig', None) or error}") from error
    finally:
        chain.close()
        store.close()


def _steps(store: Store, chain: Incarnation, before: int) -> Iterator[Pruned]:
    done = 0
    while rows := _next(store, before):
        _step(store, chain, rows, before)
        done += len(rows)
        yield Pruned(done, rows[-1][1])
        time.sleep(0.005)  # SQLite's write lock is not fair: let the gateway have it


def _next(store: Store, before: int) -> Sequence[tuple[int, int, bytes]]:
    query = sa.select(decisions.c.id, decisions.c.time, decisions.c.payload).where(*_old(before))
    with store.connection.begin():
        found = store.connection.execute(query.order_by(decisions.c.time, decisions.c.id).limit(_STEP))
        return [(row[0], row[1], bytes(row[2])) for row in found]


def _old(before: int) -> tuple[sa.ColumnElement[bool], ...]:
    moment = decisions.c.time
    return (moment >= 1, moment < before, decisions.c.kind.in_(_CONTENT), decisions.c.payload.is_not(None))


def _step(store: Store, chain: Incarnation, rows: Sequence[tuple[int, int, bytes]], before: int) -> None:
    numbers = sorted(row[0] for row in rows)
    record = {"kind": "prune", "time": int(time.time() * 1e6), "before": before, "rows": list(spans(numbers))}
    payload, record = encode(record)

    def blank() -> None:
        _forget_indexes(store.connection, rows)
        values: dict[str, Any] = {**BLANK._asdict(), "payload": None}
        store.connection.execute(sa.update(decisions).where(decisions.c.id.in_(numbers)).values(values))

    chain.write([(payload, extract(record))], also=blank)


def _forget_indexes(connection: sa.Connection, rows: Sequence[tuple[int, int, bytes]]) -> None:
    people, cited = [], []
    for number, moment, payload in rows:
        extracted = extract(decode(payload))
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
