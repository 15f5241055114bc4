"""Filters, paging, the whole story, export, retention, migrations."""

from __future__ import annotations

import contextlib
import csv
import datetime
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from gateway.errors import JournalUnavailable
from gateway.journal import Note, query
from gateway.journal.export import COLUMNS, csv_lines, jsonl_lines
from gateway.journal.migrate import HEAD
from gateway.journal.moments import microseconds
from gateway.journal.prune import prune
from gateway.journal.query import Filter, Found, search, story
from gateway.journal.reader import open_reader
from gateway.journal.schema import VERSION_TABLE, metadata
from gateway.model import Attachment
from tests.unit.journal.support import URL, check, decision, finding, names, raw, refusal, running, wrote

_BASE = 1_790_000_000.0


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """Ten decisions a second apart; number 3 and 7 are refusals, 5 is from the null path, 9 is another listener's."""
    made = [decision(time=_BASE + n, reference=f"REF-{n}", recipients=[f"u{n}@tinh.example"]) for n in range(10)]
    for number, rule, clause in ((3, "attachment-cap", "Q4 4.2"), (7, "own-domain", "AG 10.2d")):
        made[number] = refusal(
            time=_BASE + number,
            reference=f"REF-{number}",
            findings=[finding(rule, (clause,))],
            message_id=f"<{number}@x>",
        )
    made[5].reverse_path, made[9].listener = "", "submission"
    await wrote(tmp_path, *made)
    return tmp_path


@contextlib.contextmanager
def reading(folder: Path) -> Iterator[sa.Connection]:
    with contextlib.closing(open_reader(URL, folder)) as connection:
        yield connection


def _numbers(folder: Path, **wanted: Any) -> list[int]:
    with reading(folder) as connection:
        return [int(found.record["reference"][4:]) for found in search(connection, Filter(**wanted))]


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({}, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]),
        ({"since": int((_BASE + 8) * 1e6)}, [9, 8]),
        ({"until": int((_BASE + 2) * 1e6)}, [1, 0]),
        ({"action": "reject"}, [7, 3]),
        ({"action": "accept", "listener": "submission"}, [9]),
        ({"rule": "own-domain"}, [7]),
        ({"clause": "Q4 4.2"}, [3]),
        ({"rule": "own-domain", "clause": "Q4 4.2"}, []),
        ({"sender": "<>"}, [5]),
        ({"sender": "AN@so.tinh.example", "action": "reject"}, [7, 3]),
        ({"sender": "*@SO.tinh.example", "until": int((_BASE + 2) * 1e6)}, [1, 0]),
        ({"sender": "_n@so.tinh.example"}, []),
        ({"recipient": "U4@tinh.example"}, [4]),
        ({"recipient": "binh@tinh.example"}, [7, 3]),
        ({"recipient": "u*@tinh.example", "listener": "submission"}, [9]),
        ({"reference": "ref-6"}, [6]),
        ({"text": "BÁO CÁO"}, [7, 3]),
        ({"text": "<7@x>"}, [7]),
        ({"text": "reference"}, []),
    ],
)
def test_filters(folder: Path, wanted: dict[str, Any], numbers: list[int]) -> None:
    assert _numbers(folder, **wanted) == numbers


@pytest.mark.parametrize("page", [1, 2, 3, 100])
def test_paging_misses_and_repeats_nothing(folder: Path, page: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query, "_PAGE", page)
    assert _numbers(folder) == list(range(9, -1, -1))
    assert _numbers(folder, recipient="chi@tinh.example") == [7, 3]
    with reading(folder) as connection:
        oldest = [found.record["reference"] for found in search(connection, Filter(), oldest_first=True)]
        assert oldest == [f"REF-{n}" for n in range(10)]
        assert len(list(search(connection, Filter(), limit=4))) == 4


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
def test_filters_use_their_index(folder: Path, wanted: dict[str, Any], index: str) -> None:
    made = query._query(Filter(**wanted), None, False)
    with reading(folder) as connection, connection.begin():
        text = str(made.compile(connection, compile_kwargs={"literal_binds": True}))
        plan = "\n".join(str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}"))
    assert index in plan
    if "sender" in wanted or "recipient" in wanted or not wanted:
        assert "TEMP B-TREE" not in plan


async def test_the_whole_story(folder: Path) -> None:
    async with running(folder) as journal:
        journal.append(Note("outcome", "REF-3", "first", time=1.0))
        journal.append(Note("review", "REF-3", "đúng quy định", by="lan", time=2.0))
    with reading(folder) as connection:
        found, notes = story(connection, "ref-3")
        assert found is not None
        assert found.record["findings"][0]["clauses"] == ["Q4 4.2"]
        assert [note.record["text"] for note in notes] == ["first", "đúng quy định"]
        assert story(connection, "nothing") == (None, [])


def test_a_row_that_was_tampered_with_does_not_stop_the_list(folder: Path) -> None:
    with raw(folder) as connection:
        connection.execute("UPDATE decisions SET payload = 'x' WHERE reference = 'REF-3'")
        connection.execute("UPDATE decisions SET payload = 5 WHERE reference = 'REF-4'")
    with reading(folder) as reader:
        assert [found.record["kind"] for found in search(reader, Filter())].count("unreadable") == 2
    assert "payload-edited" in names(check(folder))


def test_without_a_journal_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(JournalUnavailable, match="no journal yet"):
        open_reader(URL, tmp_path)
    (tmp_path / "congthu.db").touch()
    with pytest.raises(JournalUnavailable, match="no journal yet"):
        open_reader(URL, tmp_path)
    (tmp_path / "congthu.db").write_bytes(b"rubbish" * 1000)
    with pytest.raises(JournalUnavailable, match="cannot be read"):
        open_reader(URL, tmp_path)


def test_a_reader_cannot_write(folder: Path) -> None:
    with reading(folder) as connection, pytest.raises(sa.exc.OperationalError, match="readonly"), connection.begin():
        connection.execute(sa.text("DELETE FROM decisions"))


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


def _prune(folder: Path, number: int) -> int:
    return sum(1 for _ in prune(URL, folder, "gw1", int((_BASE + number) * 1e6)))


def test_pruned_rows_are_gone_and_the_chain_still_verifies(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.journal.prune._STEP", 2)
    assert _prune(folder, 5) == 3
    report = check(folder)
    assert (report.total, report.pruned) == (0, 5)
    assert _numbers(folder) == [9, 8, 7, 6, 5]
    assert _numbers(folder, recipient="u2@tinh.example") == []
    with raw(folder) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"u2@tinh.example" not in (folder / "congthu.db").read_bytes()
    assert b"u8@tinh.example" in (folder / "congthu.db").read_bytes()


def test_tampering_after_pruning_is_still_found(folder: Path) -> None:
    _prune(folder, 5)
    with raw(folder) as connection:
        connection.execute("UPDATE decisions SET size = 1 WHERE kind = 'pruned'")
    assert names(check(folder)) == {"columns-edited"}


def test_a_pruned_row_that_is_removed_is_found(folder: Path) -> None:
    _prune(folder, 5)
    with raw(folder) as connection:
        connection.execute("DELETE FROM decisions WHERE id = (SELECT max(id) FROM decisions WHERE kind = 'pruned')")
    assert "row-removed" in names(check(folder))


def test_a_forged_pruning_allows_nothing(folder: Path) -> None:
    _prune(folder, 2)
    with raw(folder) as connection:
        connection.execute("UPDATE decisions SET hash = zeroblob(32) WHERE kind = 'prune'")
    assert {"forged", "blanked"} <= names(check(folder))


async def test_pruning_while_the_gateway_writes(tmp_path: Path) -> None:
    async with running(tmp_path) as journal:
        for number in range(50):
            await journal.commit(decision(time=_BASE + number))
        for _ in prune(URL, tmp_path, "gw1", int((_BASE + 25) * 1e6)):
            await journal.commit(decision(time=_BASE + 99))
    report = check(tmp_path)
    assert (report.total, report.pruned) == (0, 25)


def test_migrations_make_the_tables_of_the_schema(folder: Path) -> None:
    with reading(folder) as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []


def test_the_newest_migration_is_the_one_this_version_wants() -> None:
    import gateway.journal.migrations as migrations

    assert ScriptDirectory(str(Path(migrations.__path__[0]))).get_current_head() == HEAD
