"""Proves an inspection's archive, without the gateway and its database. Streams; nothing is unpacked to disk.

Without the journal's key: every file is what the manifest says, every row's content has its digest, no row is missing
between two others, and the table says what the rows say. With it: that this journal wrote each row at its place, and
the manifest too. An archive is a stranger's file: whatever is in it ends in a problem, never in an exception.
"""

from __future__ import annotations

import hashlib
import hmac
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

import orjson

from gateway.journal.chain import Key, digest
from gateway.journal.verify import Report
from gateway.reports.archive import _BEFORE, as_decision, table_lines
from gateway.reports.archive_form import CHAIN, FILES, FORM, MANIFEST, ROWS, TABLE, Link, seal

_LONGEST: Final = 2 * 2**20  # octets of a line: a row has 256 KiB at most
_MANIFEST: Final = 4 * 2**20
_CHUNK: Final = 2**18
_PACKED: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, KeyError)


@dataclass(slots=True)
class Checked:
    """What was found. `digest`: of the manifest, to be compared with the minutes; `proved`: the key was there."""

    report: Report
    digest: str = ""
    proved: bool = False
    manifest: dict[str, Any] = field(default_factory=dict)


def check(path: Path, key: Key | None) -> Checked:
    """Check everything. OSError where the file cannot be opened; its content raises nothing."""
    found = Checked(Report(), proved=key is not None)
    with path.open("rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                _check(archive, key, found)
        except (*_BROKEN, TypeError, RecursionError, OverflowError) as error:
            found.report.add("archive-broken", path.name, 0, f"cannot be read: {error or type(error).__name__}"[:300])
    return found


def _check(archive: zipfile.ZipFile, key: Key | None, found: Checked) -> None:
    names = sorted(archive.namelist())
    if names != sorted((*FILES, MANIFEST)):
        found.report.add(
            "archive-files", MANIFEST, 0, f"holds other files than it should: {', '.join(names[:10])}"[:300]
        )
        return
    if any(one.compress_type not in _PACKED for one in archive.infolist()):  # LZMA names 4 GiB that it wants to have
        found.report.add("archive-files", MANIFEST, 0, "is not packed as this program packs it")
        return
    data = _limited(archive, MANIFEST)
    manifest = orjson.loads(data)
    found.digest, found.manifest = hashlib.sha256(data).hexdigest(), manifest
    if manifest["form"] != FORM:
        found.report.add(
            "archive-form", MANIFEST, 0, f"is of form {manifest['form']!r}, this version knows {FORM}"[:200]
        )
        return
    if not all(isinstance(manifest[name], str) for name in ("journal", "since", "until")):
        raise ValueError("the manifest does not say what it is of")
    if key is not None:
        _sealed(manifest, key, found.report)
    for name in FILES:
        if _digest(archive, name) != manifest["files"][name]["sha256"]:
            found.report.add("file-edited", name, 0, "is not the file that the manifest tells of")
    _Walk(found.report, key, manifest).run(archive)


def _limited(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as file:
        data = file.read(_MANIFEST + 1)
    if len(data) > _MANIFEST:
        raise ValueError(f"{name} is too long")
    return data


def _digest(archive: zipfile.ZipFile, name: str) -> str:
    made = hashlib.sha256()
    with archive.open(name) as file:
        while chunk := file.read(_CHUNK):
            made.update(chunk)
    return made.hexdigest()


def _sealed(manifest: dict[str, Any], key: Key, report: Report) -> None:
    if manifest["key_id"] != key.id:
        report.add(
            "other-key", MANIFEST, 0, "was sealed with another key: take the key of the journal that it tells of"
        )
    elif not hmac.compare_digest(str(manifest["seal"]).encode(), seal(manifest, key).encode()):
        report.add("forged", MANIFEST, 0, "was not written by this journal, or was edited")


class _Walk:
    """All rows in their order."""

    def __init__(self, report: Report, key: Key | None, manifest: dict[str, Any]) -> None:
        self._report, self._key = report, key
        self._manifest = manifest
        self._chains = {int(one["number"]): one for one in manifest["chains"]}
        self._next: dict[int, int] = {number: int(one["first"]) for number, one in self._chains.items()}
        self._before: dict[int, bytes] = {n: bytes.fromhex(one["before"]) for n, one in self._chains.items()}
        self._table = hashlib.sha256(_BEFORE)
        self._decisions = 0

    def run(self, archive: zipfile.ZipFile) -> None:
        """Both files side by side."""
        with archive.open(ROWS) as rows, archive.open(CHAIN) as chain:
            contents = _lines(rows)
            for line in _lines(chain):
                self._row(Link.read(line), next(contents, None))
            if next(contents, None) is not None:
                self._report.add("row-added", ROWS, 0, "holds rows that are in no chain")
        self._end(archive)

    def _row(self, link: Link, content: bytes | None) -> None:
        self._report.rows += 1
        name = self._name(link.chain)
        expected = self._next.get(link.chain)
        if expected is None:
            self._report.add("chain-unknown", name, link.seq, "a row of a chain that the manifest does not know")
            return
        if link.seq != expected:
            self._report.add("row-removed", name, expected, f"the next row is {link.seq}")
            self._before.pop(link.chain, None)
        self._linked(link, name)
        self._next[link.chain], self._before[link.chain] = link.seq + 1, link.hash
        payload = link.raw if link.raw is not None else content
        if payload is None:
            self._report.add("row-removed", name, link.seq, "its content is not in the archive")
        elif payload:
            self._content(link, payload, name)
        elif link.inside:
            self._report.add("row-removed", name, link.seq, "its content is not in the archive")
        else:
            self._report.pruned += 1

    def _linked(self, link: Link, name: str) -> None:
        before = self._before.get(link.chain)
        if self._key is None or before is None:
            return
        if not hmac.compare_digest(self._key.row(before, link.seq, link.digest), link.hash):
            self._report.add("forged", name, link.seq, "not written by this journal, or moved from another place")

    def _content(self, link: Link, payload: bytes, name: str) -> None:
        if digest(payload) != link.digest:
            self._report.add("payload-edited", name, link.seq, "the content is not what was written")
        found = as_decision(payload) if link.raw is None else None
        if found is not None:
            self._decisions += 1
            for line in table_lines(found):
                self._table.update(line)

    def _end(self, archive: zipfile.ZipFile) -> None:
        self._report.chains = len(self._chains)
        for number, one in self._chains.items():
            if self._next[number] != int(one["last"]) + 1:
                self._report.add("row-removed", self._name(number), self._next[number], "rows at the end are missing")
        if (self._report.rows, self._decisions) != (self._manifest["rows"], self._manifest["decisions"]):
            self._report.add("row-removed", MANIFEST, 0, "tells of another number of rows")
        if self._table.hexdigest() != _digest(archive, TABLE):
            self._report.add("table-edited", TABLE, 0, "says something else than the rows")

    def _name(self, number: int) -> str:
        return str(self._chains.get(number, {}).get("name") or number)[:200]


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    while line := file.readline(_LONGEST):
        if not line.endswith(b"\n"):
            raise ValueError("a line that is too long, or has no end")
        yield line[:-1]
