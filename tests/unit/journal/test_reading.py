"""Filters, paging, the whole story, export, retention, migrations."""

from __future__ import annotations

import csv
import datetime
import io
from pathlib import Path
from typing import Any

import orjson
import pytest
from alembic.script import ScriptDirectory

from gateway.errors import JournalUnavailable
from gateway.journal import query
from gateway.journal.export import COLUMNS, csv_lines, jsonl_lines
from gateway.journal.migrate import HEAD
from gateway.journal.moments import microseconds
from gateway.journal.prune import prune
from gateway.journal.query import Filter, Found
from gateway.journal.reader import open_reader
from gateway.model import Attachment
from tests.unit.journal.contract_reading import BASE, ReadingContract, reading
from tests.unit.journal.support import URL, raw


def test_without_a_journal_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(JournalUnavailable, match="no journal yet"):
        open_reader(URL, tmp_path)
    (tmp_path / "congthu.db").touch()
    with pytest.raises(JournalUnavailable, match="no journal yet"):
        open_reader(URL, tmp_path)
    (tmp_path / "congthu.db").write_bytes(b"rubbish" * 1000)
    with pytest.raises(JournalUnavailable, match="cannot be read"):
        open_reader(URL, tmp_path)


def _found(**changes: Any) -> Found:
    return Found(1, {"kind": "decision", "time": 1_790_000_000_000_000, "reference": "R", "size": 5, **changes})


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1"])
def test_csv_runs_no_formula(text: str) -> None:
    heading, row = csv.reader(io.StringIO(b"".join(csv_lines([_found(reply=text)])).decode()))
    assert heading == list(COLUMNS)
    assert row[COLUMNS.index("reply")].startswith("'")


def test_csv_has_one_line_a_decision() -> None:
    item = Attachment('báo "cáo",\r\n\x1b[31m.docx', "", "", 1, "")
    made = _found(attachments=[{"filename": item.filename}], recipients=["a@b", "c@d"], size=-5)
    data = b"".join(csv_lines([made], mark=True))
    assert data.startswith(b"\xef\xbb\xbftime,")
    _, row = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    assert row[COLUMNS.index("attachments")] == 'báo "cáo",   [31m.docx'
    assert row[COLUMNS.index("recipients")] == "a@b; c@d"
    assert row[COLUMNS.index("size")] == "-5"
    assert data.count(b"\n") == 2


def test_jsonl_is_the_record() -> None:
    (line,) = jsonl_lines([_found(reply="dòng\n")])
    assert orjson.loads(line) == {**_found(reply="dòng\n").record, "time": "2026-09-21T14:13:20.000+00:00"}
    assert line.count(b"\n") == 1


_NOW = datetime.datetime(2026, 3, 10, 12, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=7)))


@pytest.mark.parametrize(
    ("text", "end", "expected"),
    [
        ("2026-03-01", False, "2026-03-01T00:00:00+07:00"),
        ("2026-03-01", True, "2026-03-02T00:00:00+07:00"),
        ("2026-03-01 14:30", True, "2026-03-01T14:30:00+07:00"),
        ("2026-03-01T14:30:00Z", False, "2026-03-01T14:30:00+00:00"),
        ("2d", False, "2026-03-08T12:00:00+07:00"),
        ("90 m", True, "2026-03-10T10:30:00+07:00"),
    ],
)
def test_moments(text: str, end: bool, expected: str) -> None:
    assert microseconds(text, _NOW, end=end) == datetime.datetime.fromisoformat(expected).timestamp() * 1e6


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "7y"])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(ValueError, match="write a date"):
        microseconds(text, _NOW)


def test_the_newest_migration_is_the_one_this_version_wants() -> None:
    import gateway.journal.migrations as migrations

    assert ScriptDirectory(str(Path(migrations.__path__[0]))).get_current_head() == HEAD


@pytest.fixture
def url() -> str:
    return URL


class TestSqlite(ReadingContract):
    """Every promise, and what only a file shows."""

    @pytest.mark.parametrize(
        ("wanted", "index"),
        [
            ({}, "ix_decisions_time"),
            ({"action": "reject"}, "ix_decisions_action"),
            ({"sender": "a@b.example"}, "ix_decisions_sender"),
            ({"reference": "X"}, "ix_decisions_reference"),
            ({"recipient": "a@b.example"}, "SEARCH decision_recipients USING PRIMARY KEY (address=?"),
            ({"clause": "Q4 4.2"}, "ix_decision_findings_clause"),
        ],
    )
    def test_filters_use_their_index(self, url: str, folder: Path, wanted: dict[str, Any], index: str) -> None:
        made = query._query(Filter(**wanted), None, False)
        with reading(url, folder) as connection, connection.begin():
            text = str(made.compile(connection, compile_kwargs={"literal_binds": True}))
            plan = "\n".join(str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}"))
        assert index in plan
        if "sender" in wanted or "recipient" in wanted or not wanted:
            assert "TEMP B-TREE" not in plan

    def test_what_was_pruned_is_not_in_the_file(self, url: str, folder: Path) -> None:
        for _ in prune(url, folder, "gw1", int((BASE + 5) * 1e6)):
            pass
        with raw(folder) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert b"u2@tinh.example" not in (folder / "congthu.db").read_bytes()
        assert b"u8@tinh.example" in (folder / "congthu.db").read_bytes()
