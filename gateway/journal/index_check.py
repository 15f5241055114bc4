"""Comparing the tables that find decisions with what the payloads say, in bounded memory.

Each bucket of rows has a sum of hashes, made once from the payloads and once from the tables; only buckets that differ
are looked at closely. Python's string hash is keyed anew for each process, so nobody can aim at a collision.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import sqlalchemy as sa

from gateway.journal.payload import Extracted, decode, extract
from gateway.journal.schema import decisions, findings, recipients

_BUCKET: Final = 12  # bits: 4,096 rows a bucket
_MASK: Final = (1 << 64) - 1
_CLOSELY: Final = 20  # buckets a table that are looked at closely
_FETCH: Final = 5000

Sums = dict[int, int]


class IndexCheck:
    """Collects while the rows are walked, compares at the end."""

    def __init__(self) -> None:
        self._people: Sums = {}
        self._cited: Sums = {}

    def expect(self, number: int, extracted: Extracted) -> None:
        """A row whose payload was read."""
        moment = extracted.columns[1]
        for address in extracted.recipients:
            _add(self._people, number, (address, moment, number))
        for rule, clause in extracted.clauses:
            _add(self._cited, number, (rule, clause, moment, number))

    def compare(self, connection: sa.Connection) -> Iterator[tuple[str, int, str]]:
        """(problem's name, row's number, text) for every difference."""
        for table, expected in ((recipients, self._people), (findings, self._cited)):
            actual: Sums = {}
            found = connection.execute(sa.select(*table.columns), execution_options={"yield_per": _FETCH})
            for row in found:
                _add(actual, row[-1], tuple(row))
            buckets = sorted(b for b in expected.keys() | actual.keys() if expected.get(b) != actual.get(b))
            for bucket in buckets[:_CLOSELY]:
                yield from _closely(connection, table, bucket)
            if len(buckets) > _CLOSELY:
                yield "index-edited", buckets[_CLOSELY] << _BUCKET, f"{table.name}: more differences from here on"


def _add(sums: Sums, number: int, value: tuple[Any, ...]) -> None:
    bucket = number >> _BUCKET
    sums[bucket] = (sums.get(bucket, 0) + (hash(value) | 1)) & _MASK


def _closely(connection: sa.Connection, table: sa.Table, bucket: int) -> Iterator[tuple[str, int, str]]:
    first, last = bucket << _BUCKET, ((bucket + 1) << _BUCKET) - 1
    query = sa.select(decisions.c.id, decisions.c.payload).where(decisions.c.id.between(first, last))
    expected: set[tuple[Any, ...]] = set()
    for number, payload in connection.execute(query.where(decisions.c.payload.is_not(None))):
        expected.update(_rows(table, number, payload))
    own = sa.select(*table.columns).where(table.c.decision.between(first, last))
    actual = {tuple(row) for row in connection.execute(own)}
    for row in sorted(expected - actual, key=_place)[:_CLOSELY]:
        yield "index-edited", row[-1], f"{table.name}: the row for {row[0]!r} was removed"
    for row in sorted(actual - expected, key=_place)[:_CLOSELY]:
        yield "index-edited", row[-1], f"{table.name}: a row for {row[0]!r} was added"


def _place(row: Sequence[Any]) -> tuple[int, str]:
    return row[-1], str(row[0])


def _rows(table: sa.Table, number: int, payload: bytes) -> Iterator[tuple[Any, ...]]:
    try:
        extracted = extract(decode(payload))
    except (ValueError, KeyError, TypeError):  # an edited payload; reported for itself
        return
    moment = extracted.columns.time
    if table is recipients:
        yield from ((address, moment, number) for address in extracted.recipients)
    else:
        yield from ((rule, clause, moment, number) for rule, clause in extracted.clauses)
