"""What the writer of people's deeds promises, on whatever database. A subclass gives the fixture `url`."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path

import pytest

from gateway.journal.actions import Actions, recording
from gateway.journal.decision import Note
from gateway.journal.prune import prune
from gateway.journal.query import story
from gateway.journal.reader import open_reader
from tests.unit.journal.support import check, decision, sql


class ActionsContract:
    """On record in a chain of its own, before it is done, and covered by the verification."""

    @pytest.fixture
    def actions(self, url: str, tmp_path: Path) -> Actions:
        made = Actions(url, tmp_path, "gw", -2)
        made.prepare()
        return made

    def test_a_writer_that_writes_nothing_begins_no_chain(self, actions: Actions, url: str, tmp_path: Path) -> None:
        actions.close()
        assert sql(url, tmp_path, "SELECT count(*) FROM journal_chains") == [(0,)]

    def test_notes_and_decisions_stand_in_the_chain(self, actions: Actions, url: str, tmp_path: Path) -> None:
        actions.keep(decision(reference="REF-1", time=1_790_000_000.0))
        actions.record(
            Note("review", "REF-1", "đã gọi văn thư", by="an", what="reviewed", client="192.0.2.7"),
            Note("action", "p13@tinh.example", "mất quyền kiểm soát", by="an", what="sender-lock"),
        )
        report = check(tmp_path, url)
        assert (report.total, report.chains, report.rows) == (0, 1, 4)
        with contextlib.closing(open_reader(url, tmp_path)) as connection:
            found, notes = story(connection, "REF-1")
            about, _ = story(connection, "p13@tinh.example")
        assert found is not None and about is None
        (note,) = notes
        told = {name: note.record[name] for name in ("kind", "what", "by", "client", "text")}
        assert told == {
            "kind": "review",
            "what": "reviewed",
            "by": "an",
            "client": "192.0.2.7",
            "text": "đã gọi văn thư",
        }
        assert note.time > 1_700_000_000 * 10**6  # dated when it was written
        actions.close()

    @pytest.mark.parametrize(
        ("edit", "problem"),
        [
            ("DELETE FROM decisions WHERE about = 'second'", "row-removed"),
            (
                "UPDATE decisions SET payload = payload_digest WHERE about = 'second'",
                "payload-edited",
            ),
            ("UPDATE decisions SET about = 'another' WHERE about = 'second'", "columns-edited"),
            ("DELETE FROM decisions WHERE about = 'third'", "tail-removed"),
        ],
    )
    def test_a_tampered_action_is_noticed(
        self, actions: Actions, url: str, tmp_path: Path, edit: str, problem: str
    ) -> None:
        for about in ("first", "second", "third"):
            actions.record(Note("action", about, "vì sao", by="an", what="sender-lock"))
        actions.close()
        assert check(tmp_path, url).total == 0
        assert sql(url, tmp_path, edit) == [(1,)]
        assert problem in {one.name for one in check(tmp_path, url).problems}

    def test_threads_write_one_chain(self, actions: Actions, url: str, tmp_path: Path) -> None:
        def write(number: int) -> None:
            for _ in range(10):
                actions.record(Note("action", str(number), "", what="x"))

        threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        actions.close()
        report = check(tmp_path, url)
        assert (report.total, report.chains, report.rows) == (0, 1, 41)

    def test_retention_takes_their_text_and_the_chain_verifies(
        self, actions: Actions, url: str, tmp_path: Path
    ) -> None:
        actions.record(Note("action", "a", "cũ", what="x", time=1_790_000_000.0))
        actions.record(Note("action", "b", "mới", what="x", time=1_790_009_000.0))
        actions.close()
        assert [step.rows for step in prune(url, tmp_path, "gw", int(1_790_005_000 * 1e6))] == [1]
        report = check(tmp_path, url)
        assert (report.total, report.pruned) == (0, 1)

    def test_a_command_has_a_chain_of_its_own(self, actions: Actions, url: str, tmp_path: Path) -> None:
        actions.record(Note("action", "a", "", what="x"))
        with recording(url, tmp_path, "gw") as other:
            other.record(Note("action", "b", "", what="x"))
        actions.record(Note("action", "c", "", what="x"))
        actions.close()
        assert check(tmp_path, url).chains == 2
