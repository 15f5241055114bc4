"""Writes a period's decisions with the proof of their chains into one archive, for an inspection (AG 11).

Streams: a page of rows is in memory at once. The archive appears under its name only when it is whole.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

import orjson
import sqlalchemy as sa

from gateway.journal.chain import SEQ_BITS, START, Key, row_id, split_id
from gateway.journal.export import csv_lines, iso
from gateway.journal.payload import decode, extract
from gateway.journal.query import Found
from gateway.journal.schema import chains, decisions
from gateway.reports.archive_form import CHAIN, FILES, FORM, MANIFEST, README, ROWS, TABLE, Link, seal
from gateway.reports.archive_text import readme

_PAGE: Final = 1_000
_BEFORE: Final = b"".join(csv_lines((), mark=True))


@dataclass(frozen=True, slots=True)
class Written:
    """What an archive holds. `digest`: SHA-256 of its manifest in hex: what is written into the minutes of handing it
    over, and whoever gets the archive compares.
    """

    rows: int
    decisions: int
    chains: int
    digest: str


def export(connection: sa.Connection, key: Key, host: str, since: int, until: int, out: Path) -> Written:
    """Write the rows of `since` <= time < `until` (microseconds since the epoch). `host`: whose journal it is.

    OSError where it cannot be written; SQLAlchemyError where the journal cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix=".congthu-", dir=out.parent) as folder:
        work = _Work(Path(folder), since, until)
        told = [work.chain(connection, first, last) for first, last in _ranges(connection, since, until)]
        work.close()
        manifest = _manifest(work, told, key, host)
        data = orjson.dumps(manifest, option=orjson.OPT_INDENT_2)
        digest = hashlib.sha256(data).hexdigest()
        aside = Path(folder) / "archive.zip"
        with zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in FILES:
                archive.write(work.folder / name, name)
            archive.writestr(MANIFEST, data)
        aside.chmod(0o640)
        aside.replace(out)
    return Written(work.rows, work.decisions, len(told), digest)


def _ranges(connection: sa.Connection, since: int, until: int) -> Sequence[tuple[int, int]]:
    """(first, last) row's number of each chain that has rows of the period."""
    table = decisions.c
    inside = sa.and_(table.time >= max(since, 1), table.time < until)
    chain = table.id.op("/")(sa.literal_column(str(1 << SEQ_BITS)))
    query = sa.select(sa.func.min(table.id), sa.func.max(table.id)).where(inside).group_by(chain)
    with connection.begin():
        return sorted((int(row[0]), int(row[1])) for row in connection.execute(query))


@dataclass(slots=True)
class _Work:
    """The files while they are written."""

    folder: Path
    since: int
    until: int
    rows: int = 0
    decisions: int = 0
    _files: dict[str, IO[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in (ROWS, CHAIN, TABLE):
            self._files[name] = (self.folder / name).open("wb")
        self._files[TABLE].write(_BEFORE)

    def close(self) -> None:
        """Everything is written."""
        for file in self._files.values():
            file.close()
        text = readme(iso(self.since), iso(self.until), self.decisions)
        (self.folder / README).write_text(text, encoding="utf-8", newline="\r\n")

    def chain(self, connection: sa.Connection, first: int, last: int) -> dict[str, Any]:
        """One chain's rows of the period, and what stands between them; what the manifest tells of it."""
        number, seq = split_id(first)
        before = _hash_before(connection, number, seq)
        for page in _pages(connection, first, last):
            for row in page:
                self._row(row)
        with connection.begin():
            told = connection.execute(sa.select(chains).where(chains.c.number == number)).first()
        about = {} if told is None else {"name": told.name, "node": told.node, "worker": told.worker}
        key_id = "" if told is None else told.key_id
        return {
            "number": number,
            **about,
            "key_id": key_id,
            "first": seq,
            "last": split_id(last)[1],
            "before": before.hex(),
        }

    def _row(self, row: Any) -> None:
        number, moment, payload, payload_digest, hash_ = row
        chain, seq = split_id(number)
        content = None if payload is None else bytes(payload)
        inside = self.since <= moment < self.until
        whole = content is not None and b"\n" not in content
        kept = content if inside and whole else b""
        raw = content if inside and not whole else None
        self._files[ROWS].write((kept or b"") + b"\n")
        self._files[CHAIN].write(Link(chain, seq, bytes(payload_digest), bytes(hash_), inside, raw).line())
        self.rows += 1
        if kept and (found := as_decision(kept)) is not None:
            self._files[TABLE].writelines(table_lines(found))
            self.decisions += 1


def as_decision(payload: bytes) -> Found | None:
    """The decision of a row's content; None for a row of another kind, or one that cannot be read."""
    try:
        record = decode(payload)
        extract(record)
    except (ValueError, KeyError, TypeError):
        return None
    return Found(0, record) if record["kind"] == "decision" else None


def table_lines(found: Found) -> Iterator[bytes]:
    """A decision as lines of the CSV, without a heading."""
    lines = csv_lines([found])
    next(lines), next(lines)  # no mark, and the heading
    yield from lines


def _pages(connection: sa.Connection, first: int, last: int) -> Iterator[Sequence[Any]]:
    table = decisions.c
    position = first
    while True:
        query = sa.select(table.id, table.time, table.payload, table.payload_digest, table.hash)
        query = query.where(table.id.between(position, last)).order_by(table.id).limit(_PAGE)
        with connection.begin():
            page = connection.execute(query).all()
        yield page
        if len(page) < _PAGE:
            return
        position = page[-1][0] + 1


def _hash_before(connection: sa.Connection, chain: int, seq: int) -> bytes:
    if seq == 0:
        return START
    with connection.begin():
        found = connection.execute(sa.select(decisions.c.hash).where(decisions.c.id == row_id(chain, seq - 1))).scalar()
    return bytes(found) if found is not None else b""


def _manifest(work: _Work, told: Sequence[dict[str, Any]], key: Key, host: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "form": FORM,
        "journal": host,
        "made": iso(int(time.time() * 1e6)),
        "since": iso(work.since),
        "until": iso(work.until),
        "rows": work.rows,
        "decisions": work.decisions,
        "key_id": key.id,
        "chains": list(told),
        "files": {name: _about(work.folder / name) for name in FILES},
    }
    return {**made, "seal": seal(made, key)}


def _about(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"sha256": digest, "bytes": os.stat(path).st_size}  # noqa: PTH116
