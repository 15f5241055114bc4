"""What an inspection's archive promises, over every store: it proves itself, and whatever is done to it is seen."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import orjson
import pytest

from gateway.journal import Note
from gateway.journal.chain import Key, load_key
from gateway.journal.prune import prune
from gateway.reports import archive as archive_module
from gateway.reports.archive import Written, export
from gateway.reports.archive_check import Checked, check
from gateway.reports.archive_form import CHAIN, FILES, MANIFEST, README, ROWS, TABLE
from tests.unit.reports.contract import mixed
from tests.unit.reports.support import HOSTILE, INSIDE, PERIOD, Office, at, decision

Members = dict[str, bytes]


def take(office: Office, out: Path) -> Written:
    """The archive of the quarter."""
    since, until = int(PERIOD.since * 1e6), int(PERIOD.until * 1e6)
    with office.sources.journal() as connection:
        return export(connection, load_key(office.folder), "gw.tinh.example", since, until, out)


def opened(path: Path) -> Members:
    """What is in it."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path: Path, members: Mapping[str, bytes]) -> Path:
    """Another one of these."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def resealed(members: Members) -> Members:
    """With the manifest's digests as an editor without the key would make them."""
    manifest = orjson.loads(members[MANIFEST])
    for name in FILES:
        manifest["files"][name]["sha256"] = hashlib.sha256(members[name]).hexdigest()
    return {**members, MANIFEST: orjson.dumps(manifest)}


def names(found: Checked) -> set[str]:
    """The kinds of problems."""
    return {one.name for one in found.report.problems}


def _swap(data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    lines[5], lines[6] = lines[6], lines[5]
    return b"".join(lines)


EDITS: Mapping[str, tuple[Callable[[Members], Members], set[str]]] = {
    "a row's content": (
        lambda m: {**m, ROWS: m[ROWS].replace(b'"size":', b'"size":1', 1)},
        {"payload-edited", "table-edited"},
    ),
    "the table": (lambda m: {**m, TABLE: m[TABLE].replace(b"reject", b"accept", 1)}, {"table-edited"}),
    "a row less": (
        lambda m: {
            **m,
            ROWS: b"".join(m[ROWS].splitlines(True)[1:]),
            CHAIN: b"".join(m[CHAIN].splitlines(True)[1:]),
        },
        {"row-removed"},
    ),
    "the last row less": (
        lambda m: {
            **m,
            ROWS: b"".join(m[ROWS].splitlines(True)[:-1]),
            CHAIN: b"".join(m[CHAIN].splitlines(True)[:-1]),
        },
        {"row-removed"},
    ),
    "a row more": (lambda m: {**m, ROWS: m[ROWS] + b"{}\n"}, {"row-added"}),
    "rows swapped": (lambda m: {**m, ROWS: _swap(m[ROWS]), CHAIN: _swap(m[CHAIN])}, {"row-removed"}),
    "another file": (lambda m: {**m, "more.txt": b"x"}, {"archive-files"}),
    "no manifest": (lambda m: {name: data for name, data in m.items() if name != MANIFEST}, {"archive-files"}),
    "no JSON": (lambda m: {**m, MANIFEST: b"[" * 100_000}, {"archive-broken"}),
    "a manifest of another form": (lambda m: {**m, MANIFEST: b'{"form": 99}'}, {"archive-form"}),
    "a manifest of nothing": (lambda m: {**m, MANIFEST: b"[]"}, {"archive-broken"}),
    "a line that is none": (lambda m: {**m, CHAIN: b"\xff\n" + m[CHAIN]}, {"archive-broken"}),
    "a line without an end": (lambda m: {**m, CHAIN: m[CHAIN] + b"x" * 3_000_000}, {"archive-broken"}),
    "the README": (lambda m: {**m, README: b"trust me"}, set()),
}


class ArchiveContract:
    """Subclasses say which store."""

    @pytest.fixture
    def office(self, tmp_path: Path, url: str) -> Office:
        made = Office(tmp_path, url)
        made.usual()
        return made

    def test_it_proves_itself(self, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(archive_module, "_PAGE", 7)
        rows = [*mixed(60), decision(reverse_path=HOSTILE, message_id="=1+1")]
        office.wrote(rows, [Note("review", rows[0].reference, "xem lại", by="an", time=INSIDE)])
        out = tmp_path / "a.zip"
        written = take(office, out)
        inside = [row for row in office.raw() if PERIOD.since * 1e6 <= row["time"] < PERIOD.until * 1e6]
        assert written.decisions == len(inside) > 20
        found = check(out, load_key(office.folder))
        assert (found.report.problems, found.proved, found.digest) == ([], True, written.digest)
        assert check(out, None).report.total == 0
        members = opened(out)
        assert hashlib.sha256(members[MANIFEST]).hexdigest() == written.digest
        told = list(csv.reader(io.StringIO(members[TABLE].decode("utf-8-sig"))))
        assert {line[1] for line in told[1:]} == {row["reference"] for row in inside}
        assert not [cell for line in told for cell in line if cell.startswith(("=", "+", "@"))]
        assert out.stat().st_mode & 0o007 == 0
        assert [path.name for path in tmp_path.glob(".congthu-*")] == []

    def test_rows_of_other_days_are_links_without_content(self, office: Office, tmp_path: Path) -> None:
        days = ("2026-07-02 09:00", "2026-06-02 09:00", "2026-09-02 09:00")
        office.wrote([decision(time=at(day), message_id=f"<{day}>") for day in days])
        written = take(office, tmp_path / "a.zip")
        assert (written.decisions, written.rows) == (2, 3)
        assert b"2026-06-02" not in opened(tmp_path / "a.zip")[ROWS]
        assert check(tmp_path / "a.zip", load_key(office.folder)).report.pruned == 1

    def test_an_archive_of_nothing(self, office: Office, tmp_path: Path) -> None:
        office.wrote([decision(time=at("2025-01-02 09:00"))])
        assert take(office, tmp_path / "a.zip").rows == 0
        assert check(tmp_path / "a.zip", load_key(office.folder)).report.total == 0

    def test_after_retention(self, office: Office, tmp_path: Path) -> None:
        office.wrote(mixed(60))
        for _ in prune(office.url, office.folder, "gw1", int(at("2026-08-01 00:00") * 1e6)):
            pass
        take(office, tmp_path / "a.zip")
        assert check(tmp_path / "a.zip", load_key(office.folder)).report.problems == []

    def test_two_writers(self, office: Office, tmp_path: Path) -> None:
        office.wrote(mixed(30, 1))
        office.wrote(mixed(30, 2))
        assert take(office, tmp_path / "a.zip").chains == 2
        assert check(tmp_path / "a.zip", load_key(office.folder)).report.problems == []

    def test_every_edit_is_seen(self, office: Office, tmp_path: Path) -> None:
        office.wrote(mixed(60))
        take(office, tmp_path / "a.zip")
        members, key = opened(tmp_path / "a.zip"), load_key(office.folder)
        for name, (edit, expected) in EDITS.items():
            edited = packed(tmp_path / "b.zip", edit(dict(members)))
            found = check(edited, None)
            assert found.report.total, name
            assert expected <= names(found), (name, names(found))
            with contextlib.suppress(KeyError, ValueError, TypeError):
                clever = packed(tmp_path / "c.zip", resealed(edit(dict(members))))
                assert names(check(clever, key)) & {"forged", "archive-files", "archive-form", "archive-broken"}, name

    def test_a_whole_forged_chain_is_seen_with_the_key_only(self, office: Office, tmp_path: Path) -> None:
        office.wrote(mixed(60))
        take(office, tmp_path / "a.zip")
        assert check(tmp_path / "a.zip", None).report.total == 0
        assert names(check(tmp_path / "a.zip", Key(b"x" * 32))) == {"other-key", "forged"}

    def test_what_is_no_archive(self, tmp_path: Path) -> None:
        for data in (b"", b"PK\x03\x04", b"x" * 5000):
            (tmp_path / "a.zip").write_bytes(data)
            assert names(check(tmp_path / "a.zip", None)) == {"archive-broken"}
