"""Proving the journal: every row against its payload, its chain, its indexes and the heads kept outside the database.

Reads one snapshot; the gateway may be running. Finds edited payloads and columns, rows that were removed, swapped,
forged or blanked without being pruned, tails cut off, whole chains removed, and index rows that hide or invent one.
What it cannot find: a database and its head files put back together to an older state; for that the anchors in the log
are compared (`anchors`). Whoever has the key can forge everything, so the key belongs to the gateway alone.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from gateway.journal.chain import SEQ_MASK, START, Key, digest, row_id, split_id
from gateway.journal.heads import Head, head_files, read_head
from gateway.journal.index_check import IndexCheck
from gateway.journal.payload import Extracted, Record, decode, extract
from gateway.journal.prune import BLANK
from gateway.journal.schema import chains, decisions

_PAGE: Final = 1000
_MOST_PROBLEMS: Final = 1000
_EMPTY: Final = tuple(BLANK)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that must not be: a stable name, where it stands, and a sentence about it."""

    name: str
    chain: str
    seq: int
    reference: str
    text: str


@dataclass(slots=True)
class Report:
    """What was looked at and what was found; `problems` is bounded, `total` is not."""

    chains: int = 0
    rows: int = 0
    pruned: int = 0
    total: int = 0
    problems: list[Problem] = field(default_factory=list)

    def add(self, name: str, chain: str, seq: int, text: str, reference: str = "") -> None:
        """Note a problem."""
        self.total += 1
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(Problem(name, chain, seq, reference, text))


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a chain stood once, as a line of the log tells it."""

    chain: str
    number: int
    seq: int
    hash: bytes


def verify(
    connection: sa.Connection,
    data_dir: Path,
    key: Key,
    *,
    node: str = "",
    anchors: Iterable[Anchor] = (),
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Check everything, or the chains of one `node`. `progress` gets the number of rows seen."""
    heads, broken = read_heads(data_dir, key)  # before the snapshot: rows are committed before their head is written
    with connection.begin():
        return _Verifier(connection, data_dir, key, node, progress).run(heads, broken, anchors)


def read_heads(data_dir: Path, key: Key) -> tuple[dict[str, Head], dict[str, str]]:
    """Heads by chain, and what is wrong with the files that cannot be believed."""
    heads, broken = {}, {}
    for path in head_files(data_dir):
        try:
            heads[path.stem] = read_head(path, key)
        except (ValueError, KeyError, TypeError, OSError) as error:
            broken[path.stem] = str(error)
    return heads, broken


class _Verifier:
    """One run over one snapshot."""

    def __init__(
        self, connection: sa.Connection, data_dir: Path, key: Key, node: str, progress: Callable[[int], None] | None
    ) -> None:
        self._connection, self._data_dir, self._key, self._node = connection, data_dir, key, node
        self._progress = progress
        self._report = Report()
        self._index = IndexCheck()
        self._names: dict[int, str] = {}
        self._blank: list[tuple[int, int]] = []
        self._pruned: list[tuple[int, int]] = []
        self._expected: list[tuple[int, int, bytes, str, str]] = []  # number, seq, hash, chain's name, who says so

    def run(self, heads: dict[str, Head], broken: dict[str, str], anchors: Iterable[Anchor]) -> Report:
        """Chains first, then what connects them."""
        known = {row.number: row for row in self._connection.execute(sa.select(chains))}
        self._names = {number: row.name for number, row in known.items()}
        skipped = {row.name for row in known.values() if self._node and row.node != self._node}
        for name, text in broken.items():
            if name not in skipped:
                self._report.add("head-broken", name, 0, f"the head file cannot be believed: {text}")
        for number in sorted(known.keys() | set(self._numbers_in_use())):
            row = known.get(number)
            if row is None:
                self._report.add("chain-unknown", str(number), 0, "rows of a chain that was never registered")
            elif row.name not in skipped:
                self._chain(row, heads, broken)
        self._without_chain(heads)
        self._connections(anchors)
        self._retention()
        if not skipped:
            self._indexes()
        return self._report

    def _numbers_in_use(self) -> Iterator[int]:
        """Every chain that has rows: one look at the index for each."""
        position = -(2**63)
        while (found := self._connection.execute(_first_from(position)).scalar()) is not None:
            number = split_id(found)[0]
            yield number
            position = row_id(number + 1, 0)

    def _chain(self, row: Any, heads: dict[str, Head], broken: dict[str, str]) -> None:
        self._report.chains += 1
        if row.key_id != self._key.id:
            text = (
                f"signed with another key ({row.key_id}, node {row.node}): check it there, or name the node with --node"
            )
            self._report.add("other-key", row.name, 0, text)
            return
        head = heads.pop(row.name, None)
        if head is None and row.name not in broken:
            head = self._head_now(row.name)
        walk = _Walk(self._report, self._key, row, head)
        for number, columns, payload, payload_digest, hash_ in self._rows(row.number):
            extracted, record = walk.row(number, columns, payload, payload_digest, hash_)
            self._collect(number, extracted, record, payload, walk)
        walk.end(believed=row.name not in broken)

    def _head_now(self, name: str) -> Head | None:
        """A chain that began while we were reading the heads."""
        heads, _ = read_heads(self._data_dir, self._key)
        return heads.get(name)

    def _collect(
        self, number: int, extracted: Extracted | None, record: Record | None, payload: bytes | None, walk: _Walk
    ) -> None:
        if payload is None:
            _extend(self._blank, number)
        if extracted is None or record is None:
            return
        self._index.expect(number, extracted)
        if walk.trusted:
            self._believe(record, walk.name)

    def _believe(self, record: Record, name: str) -> None:
        """What genesis and prune rows say about other rows."""
        if record["kind"] == "genesis" and (before := record.get("predecessor")):
            told = f"the first row of {name}"
            expected = (before["number"], before["seq"], bytes.fromhex(before["hash"]), before["chain"], told)
            self._expected.append(expected)
        if record["kind"] == "prune":
            self._pruned += [(first, last) for first, last in record["rows"]]

    def _rows(self, chain: int) -> Iterator[tuple[int, tuple[Any, ...], bytes | None, bytes, bytes]]:
        position, end = row_id(chain, 0), row_id(chain, SEQ_MASK)
        report, progress = self._report, self._progress
        while True:
            query = sa.select(decisions).where(decisions.c.id.between(position, end))
            page = self._connection.execute(query.order_by(decisions.c.id).limit(_PAGE)).all()
            for row in page:
                payload = None if row[11] is None else _octets(row[11])
                yield row[0], tuple(row[1:11]), payload, _octets(row[12]), _octets(row[13])
            report.rows += len(page)
            if progress is not None:
                progress(report.rows)
            if len(page) < _PAGE:
                return
            position = page[-1][0] + 1

    def _without_chain(self, heads: dict[str, Head]) -> None:
        """Heads that no registered chain has taken."""
        for name, head in heads.items():
            if name in self._names.values() or head.seq < 0:
                continue
            text = f"the whole chain is gone; its head file knows {head.seq + 1} rows"
            self._report.add("chain-removed", name, 0, text)

    def _connections(self, anchors: Iterable[Anchor]) -> None:
        """What other chains and the log say about where a chain once stood."""
        said = [(a.number, a.seq, a.hash, a.chain, "an anchor in the log") for a in anchors]
        for number, seq, hash_, name, told in self._expected + said:
            query = sa.select(decisions.c.hash).where(decisions.c.id == row_id(number, seq))
            found = self._connection.execute(query).scalar()
            if found is None or self._names.get(number) != name:
                self._report.add("row-removed", name, seq, f"{told} knows this row, and it is gone")
            elif not hmac.compare_digest(_octets(found), hash_):
                self._report.add("row-replaced", name, seq, f"{told} knows this row with another hash")

    def _retention(self) -> None:
        """A blank row must stand in the record of a pruning."""
        allowed = merged(self._pruned)
        for first, last in merged(self._blank):
            self._report.pruned += last - first + 1
            for lone_first, lone_last in without(first, last, allowed):
                chain, seq = split_id(lone_first)
                text = f"{lone_last - lone_first + 1} rows from here were blanked, and no pruning is on record for them"
                self._report.add("blanked", self._names.get(chain, str(chain)), seq, text)

    def _indexes(self) -> None:
        for name, number, text in self._index.compare(self._connection):
            chain, seq = split_id(number)
            self._report.add(name, self._names.get(chain, str(chain)), seq, text)


class _Walk:
    """One chain, row by row."""

    def __init__(self, report: Report, key: Key, row: Any, head: Head | None) -> None:
        self._report, self._key, self._row, self._head = report, key, row, head
        self.name: str = row.name
        self.trusted = False  # whether the row just seen was ours
        self._next = 0
        self._before: bytes | None = START
        self._at_head: bytes | None = None

    def row(
        self, number: int, columns: tuple[Any, ...], payload: bytes | None, payload_digest: bytes, hash_: bytes
    ) -> tuple[Extracted | None, Record | None]:
        """Check one row; what it says, where it can be read."""
        seq = split_id(number)[1]
        if seq != self._next:
            self._missing(seq)
        reference = str(columns[2] or "")
        self.trusted = self._linked(seq, payload_digest, hash_, reference)
        self._next, self._before = seq + 1, hash_
        if self._head is not None and seq == self._head.seq:
            self._at_head = hash_
        if payload is None:
            self._blank(seq, columns)
            return None, None
        if digest(payload) != payload_digest:
            self.trusted = False
            self._add("payload-edited", seq, "the content is not what was written", reference)
            return None, None
        return self._content(seq, columns, payload, reference)

    def _missing(self, seq: int) -> None:
        count = seq - self._next
        self._add("row-removed", self._next, f"{count} row{'s' if count > 1 else ''} removed from here")
        self._before = None

    def _linked(self, seq: int, payload_digest: bytes, hash_: bytes, reference: str) -> bool:
        """After a gap the row's own link cannot be computed; the gap is reported, and the next row is checked again."""
        if self._before is None:
            return False
        if hmac.compare_digest(self._key.row(self._before, seq, payload_digest), hash_):
            return True
        self._add("forged", seq, "not written by this gateway, or moved from another place", reference)
        return False

    def _blank(self, seq: int, columns: tuple[Any, ...]) -> None:
        if columns != _EMPTY:
            self._add("columns-edited", seq, "a pruned row has content in its columns")

    def _content(
        self, seq: int, columns: tuple[Any, ...], payload: bytes, reference: str
    ) -> tuple[Extracted | None, Record | None]:
        try:
            record = decode(payload)
            extracted = extract(record)
        except (ValueError, KeyError, TypeError):
            self._add("unreadable", seq, "the content cannot be read by this version", reference)
            return None, None
        if tuple(extracted.columns) != columns:
            names = [n for n, a, b in zip(extracted.columns._fields, extracted.columns, columns, strict=True) if a != b]
            own = str(extracted.columns.reference or reference)
            self._add("columns-edited", seq, f"edited: {', '.join(names)}", own)
        if record["kind"] == "genesis":
            self._genesis(seq, record)
        return extracted, record

    def _genesis(self, seq: int, record: Record) -> None:
        row = self._row
        told = (record["chain"], record["number"], record["node"], record["worker"], seq)
        if told != (row.name, row.number, row.node, row.worker, 0):
            self._add("chain-edited", seq, "the chain's registration is not what its first row says")

    def end(self, *, believed: bool) -> None:
        """Compare with the head."""
        head = self._head
        if head is None:
            if believed:
                self._add("head-missing", max(self._next - 1, 0), "the head file is gone: a cut tail could not be seen")
        elif head.seq >= self._next:
            count = head.seq + 1 - self._next
            name = "tail-removed" if self._next else "chain-removed"
            self._add(name, self._next, f"{count} row{'s' if count > 1 else ''} removed at the end")
        elif head.seq >= 0 and self._at_head is not None and not hmac.compare_digest(self._at_head, head.hash):
            self._add("row-replaced", head.seq, "the head file knows this row with another hash")
        elif not self._next:
            self._add("chain-removed", 0, "all rows of a registered chain are gone")

    def _add(self, name: str, seq: int, text: str, reference: str = "") -> None:
        self._report.add(name, self.name, seq, text, reference)


def _octets(value: object) -> bytes:
    """SQLite stores whatever type it is given: what is no bytes was not written by us, and matches nothing."""
    return bytes(value) if isinstance(value, bytes | memoryview) else b""


def _first_from(position: int) -> sa.Select[Any]:
    return sa.select(decisions.c.id).where(decisions.c.id >= position).order_by(decisions.c.id).limit(1)


def _extend(spans: list[tuple[int, int]], number: int) -> None:
    if spans and spans[-1][1] == number - 1:
        spans[-1] = (spans[-1][0], number)
    else:
        spans.append((number, number))


def merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans (first, last) in order, those that touch joined."""
    made: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if made and first <= made[-1][1] + 1:
            made[-1] = (made[-1][0], max(made[-1][1], last))
        else:
            made.append((first, last))
    return made


def without(first: int, last: int, allowed: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The parts of first..last outside the merged spans."""
    for start, end in allowed:
        if end < first:
            continue
        if start > last:
            break
        if start > first:
            yield first, start - 1
        first = max(first, end + 1)
    if first <= last:
        yield first, last
