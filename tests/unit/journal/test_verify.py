"""Every promise of the verification, by really tampering."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gateway.journal import Note
from gateway.journal.chain import START, Key, digest, load_key, row_id, split_id
from gateway.journal.heads import head_files, read_head
from gateway.journal.payload import encode, extract, record_of
from gateway.journal.verify import Anchor, merged, without
from tests.unit.journal.support import check, decision, names, raw, refusal, running, wrote


@pytest.fixture
async def written(tmp_path: Path) -> Path:
    """Two chains: rows 1-6 in the first (row 3 a refusal), rows 1-2 in the second."""
    await wrote(tmp_path, decision(), decision(), refusal(), decision(), decision(), decision())
    await wrote(tmp_path, decision(), refusal())
    return tmp_path


def _sql(folder: Path, *statements: str) -> None:
    with raw(folder) as connection:
        for statement in statements:
            assert connection.execute(statement).rowcount != 0, statement


def test_untouched_is_sound(written: Path) -> None:
    report = check(written)
    assert (report.total, report.chains, report.rows, report.pruned) == (0, 2, 10, 0)


async def test_sound_while_it_is_written(tmp_path: Path) -> None:
    async with running(tmp_path) as journal:
        for _ in range(20):
            journal.append(decision())
            await journal.commit(refusal())
            assert check(tmp_path).total == 0
    assert check(tmp_path).rows == 41


ROW = row_id(1, 3)
_EDITS = {
    "payload": (f"UPDATE decisions SET payload = replace(payload, '552', '250') WHERE id = {ROW}", "payload-edited"),
    "payload gone": (f"UPDATE decisions SET payload = NULL WHERE id = {ROW}", "columns-edited"),
    "payload another type": (
        f"UPDATE decisions SET payload = CAST(payload AS TEXT) WHERE id = {ROW}",
        "payload-edited",
    ),
    "payload a number": (f"UPDATE decisions SET payload = 7 WHERE id = {ROW}", "payload-edited"),
    "hash another type": (f"UPDATE decisions SET hash = 'x' WHERE id = {ROW}", "forged"),
    "payload no JSON": (f"UPDATE decisions SET payload = x'00ff' WHERE id = {ROW}", "payload-edited"),
    "digest": (f"UPDATE decisions SET payload_digest = zeroblob(32) WHERE id = {ROW}", "forged"),
    "hash": (f"UPDATE decisions SET hash = zeroblob(32) WHERE id = {ROW}", "forged"),
    "row removed": (f"DELETE FROM decisions WHERE id = {ROW}", "row-removed"),
    "first row removed": (f"DELETE FROM decisions WHERE id = {row_id(1, 0)}", "row-removed"),
    "row moved to another chain": (f"UPDATE decisions SET id = {row_id(9, 0)} WHERE id = {ROW}", "chain-unknown"),
    "tail removed": (f"DELETE FROM decisions WHERE id BETWEEN {row_id(1, 5)} AND {row_id(2, 0) - 1}", "tail-removed"),
    "chain's rows removed": (f"DELETE FROM decisions WHERE id < {row_id(2, 0)}", "chain-removed"),
    "recipient hidden": (
        f"DELETE FROM decision_recipients WHERE decision = {ROW} AND address LIKE 'b%'",
        "index-edited",
    ),
    "recipient added": (f"INSERT INTO decision_recipients VALUES ('x@y.example', 1, {ROW})", "index-edited"),
    "finding hidden": (f"DELETE FROM decision_findings WHERE decision = {ROW}", "index-edited"),
    "chain renamed": ("UPDATE journal_chains SET node = 'gw2' WHERE number = 2", "chain-edited"),
    "chain's key changed": ("UPDATE journal_chains SET key_id = 'abc' WHERE number = 1", "other-key"),
}


@pytest.mark.parametrize("edit", _EDITS, ids=lambda name: name.replace(" ", "-"))
def test_an_edit_is_found(written: Path, edit: str) -> None:
    statement, name = _EDITS[edit]
    _sql(written, statement)
    assert name in names(check(written))


@pytest.mark.parametrize(
    "column", ["kind", "time", "reference", "about", "action", "stage", "listener", "reverse_path", "size", "rules"]
)
def test_every_edited_column_is_found_and_named(written: Path, column: str) -> None:
    value = 5 if column in ("time", "size") else "'x'"
    _sql(written, f"UPDATE decisions SET {column} = {value} WHERE id = {ROW}")
    (problem,) = check(written).problems
    assert (problem.name, problem.seq, problem.text) == ("columns-edited", 3, f"edited: {column}")


def test_one_edit_is_one_problem_and_says_where(written: Path) -> None:
    _sql(written, f"UPDATE decisions SET payload_digest = zeroblob(32) WHERE id = {ROW}")
    problems = [p for p in check(written).problems if p.name == "forged"]
    assert [(p.seq, p.chain.startswith("gw1-w0-")) for p in problems] == [(3, True)]


def test_a_removed_row_says_how_many(written: Path) -> None:
    _sql(written, f"DELETE FROM decisions WHERE id IN ({row_id(1, 2)}, {ROW})")
    (problem,) = [p for p in check(written).problems if p.name == "row-removed"]
    assert (problem.seq, problem.text) == (2, "2 rows removed from here")


def test_swapped_rows_are_found(written: Path) -> None:
    one, other, aside = row_id(1, 2), row_id(1, 4), row_id(1, 99)
    _sql(
        written,
        f"UPDATE decisions SET id = {aside} WHERE id = {one}",
        f"UPDATE decisions SET id = {one} WHERE id = {other}",
        f"UPDATE decisions SET id = {other} WHERE id = {aside}",
        f"UPDATE decision_recipients SET decision = {aside} WHERE decision = {one}",
        f"UPDATE decision_recipients SET decision = {one} WHERE decision = {other}",
        f"UPDATE decision_recipients SET decision = {other} WHERE decision = {aside}",
    )
    assert {p.seq for p in check(written).problems if p.name == "forged"} >= {2, 4}


def _append(folder: Path, key: Key, chain: int, seq: int) -> None:
    """A row as somebody with another key would make it."""
    with raw(folder) as connection:
        before = connection.execute("SELECT hash FROM decisions WHERE id = ?", (row_id(chain, seq - 1),)).fetchone()[0]
        payload, record = encode(record_of(decision(recipients=[])))
        own = digest(payload)
        values = (row_id(chain, seq), *extract(record).columns, payload, own, key.row(before, seq, own))
        connection.execute(f"INSERT INTO decisions VALUES ({', '.join('?' * 14)})", values)


def test_a_forged_row_at_the_end_is_found(written: Path) -> None:
    _append(written, Key(b"guessed"), 1, 7)
    assert [(p.name, p.seq) for p in check(written).problems] == [("forged", 7)]


def test_a_row_of_ours_after_the_head_is_sound(written: Path) -> None:
    """A crash between commit and head: the row is ours, and that is no problem."""
    _append(written, load_key(written), 1, 7)
    assert check(written).total == 0


def test_a_removed_chain_is_found_by_its_head(written: Path) -> None:
    _sql(
        written,
        f"DELETE FROM decisions WHERE id >= {row_id(2, 0)}",
        "DELETE FROM journal_chains WHERE number = 2",
        f"DELETE FROM decision_recipients WHERE decision >= {row_id(2, 0)}",
        f"DELETE FROM decision_findings WHERE decision >= {row_id(2, 0)}",
    )
    (problem,) = check(written).problems
    assert (problem.name, problem.text) == ("chain-removed", "the whole chain is gone; its head file knows 3 rows")


def _forget_chain(folder: Path, number: int) -> None:
    with raw(folder) as connection:
        name = connection.execute("SELECT name FROM journal_chains WHERE number = ?", (number,)).fetchone()[0]
        span = f"BETWEEN {row_id(number, 0)} AND {row_id(number + 1, 0) - 1}"
        connection.execute(f"DELETE FROM decisions WHERE id {span}")
        connection.execute(f"DELETE FROM decision_recipients WHERE decision {span}")
        connection.execute(f"DELETE FROM decision_findings WHERE decision {span}")
        connection.execute("DELETE FROM journal_chains WHERE number = ?", (number,))
    (folder / "journal-heads" / f"{name}.head").unlink()


def test_a_chain_removed_with_its_head_is_found_by_the_chain_after_it(written: Path) -> None:
    _forget_chain(written, 1)
    assert names(check(written)) == {"row-removed"}


def test_the_last_chain_removed_with_its_head_is_found_by_an_anchor(written: Path) -> None:
    with raw(written) as connection:
        name, hash_ = connection.execute(
            "SELECT name, hash FROM journal_chains, decisions WHERE number = 2 AND id = ?", (row_id(2, 2),)
        ).fetchone()
    anchor = Anchor(name, 2, 2, hash_)
    assert check(written, anchors=(anchor,)).total == 0
    _forget_chain(written, 2)
    assert check(written).total == 0  # the documented limit
    assert names(check(written, anchors=(anchor,))) == {"row-removed"}


def test_a_removed_head_file_is_found(written: Path) -> None:
    next(head_files(written)).unlink()
    assert names(check(written)) == {"head-missing"}


def test_an_edited_head_file_is_found(written: Path) -> None:
    path = next(head_files(written))
    path.write_bytes(path.read_bytes().replace(b'"seq":', b'"seq":1'))
    assert names(check(written)) == {"head-broken"}


def test_a_head_from_an_older_moment_is_no_help(written: Path) -> None:
    """Rows replaced by others of ours are seen by the head."""
    _sql(written, f"DELETE FROM decisions WHERE id = {row_id(1, 6)}")
    _append(written, load_key(written), 1, 6)
    assert "row-replaced" in names(check(written))


async def test_an_older_copy_of_the_database_is_found(tmp_path: Path) -> None:
    await wrote(tmp_path, decision())
    shutil.copy(tmp_path / "congthu.db", tmp_path / "old.db")
    await wrote(tmp_path, decision(), decision())
    shutil.copy(tmp_path / "old.db", tmp_path / "congthu.db")
    assert "chain-removed" in names(check(tmp_path))


def test_blanked_without_pruning_is_found(written: Path) -> None:
    blank = "kind='pruned', time=0, reference=NULL, action='accept', stage='', listener='', reverse_path='', size=0"
    _sql(
        written,
        f"UPDATE decisions SET payload=NULL, rules='', {blank} WHERE id IN ({ROW}, {row_id(1, 4)})",
        f"DELETE FROM decision_recipients WHERE decision IN ({ROW}, {row_id(1, 4)})",
        f"DELETE FROM decision_findings WHERE decision = {ROW}",
    )
    (problem,) = check(written).problems
    assert (problem.name, problem.seq) == ("blanked", 3)
    assert problem.text.startswith("2 rows")


def test_another_machines_key_is_said(written: Path) -> None:
    (written / "journal.key").write_bytes(b"k" * 32)
    assert names(check(written)) >= {"other-key", "head-broken"}


async def test_only_one_nodes_chains(tmp_path: Path) -> None:
    await wrote(tmp_path, decision())
    await wrote(tmp_path, decision(), node="gw2")
    _sql(tmp_path, f"DELETE FROM decisions WHERE id = {row_id(2, 1)}")
    assert check(tmp_path, node="gw1").total == 0
    assert check(tmp_path, node="gw2").total == 1


async def test_notes_are_part_of_the_chain(tmp_path: Path) -> None:
    async with running(tmp_path) as journal:
        journal.append(Note("review", "R", "đúng", by="lan", time=5.0))
    assert check(tmp_path).total == 0
    _sql(tmp_path, "UPDATE decisions SET payload = replace(payload, 'lan', 'hoa') WHERE kind = 'review'")
    assert names(check(tmp_path)) == {"payload-edited"}


def test_a_head_tells_the_last_row(written: Path) -> None:
    key = load_key(written)
    with raw(written) as connection:
        for path in head_files(written):
            head = read_head(path, key)
            last, hash_ = connection.execute(
                "SELECT id, hash FROM decisions WHERE id BETWEEN ? AND ? ORDER BY id DESC",
                (row_id(head.number, 0), row_id(head.number + 1, 0) - 1),
            ).fetchone()
            assert (split_id(last)[1], hash_) == (head.seq, head.hash)
            assert hash_ != START


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], []),
        ([(5, 6), (1, 2), (3, 4)], [(1, 6)]),
        ([(1, 9), (2, 3)], [(1, 9)]),
        ([(1, 1), (3, 3)], [(1, 1), (3, 3)]),
    ],
)
def test_spans_are_merged(spans: list[tuple[int, int]], expected: list[tuple[int, int]]) -> None:
    assert merged(spans) == expected


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [
        ([], [(5, 9)]),
        ([(1, 20)], []),
        ([(5, 5), (9, 9)], [(6, 8)]),
        ([(7, 7)], [(5, 6), (8, 9)]),
        ([(10, 12)], [(5, 9)]),
    ],
)
def test_what_no_pruning_allows(allowed: list[tuple[int, int]], expected: list[tuple[int, int]]) -> None:
    assert list(without(5, 9, allowed)) == expected
