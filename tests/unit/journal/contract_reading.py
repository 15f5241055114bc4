"""What finding decisions promises, on whatever database. A subclass gives the fixture `url`."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gateway.journal import Note, query
from gateway.journal.prune import prune
from gateway.journal.query import Filter, search, story
from gateway.journal.reader import open_reader
from tests.unit.journal.support import check, decision, finding, names, refusal, running, sql, wrote

BASE = 1_790_000_000.0


@contextlib.contextmanager
def reading(url: str, folder: Path) -> Iterator[sa.Connection]:
    with contextlib.closing(open_reader(url, folder)) as connection:
        yield connection


def _numbers(url: str, folder: Path, **wanted: Any) -> list[int]:
    with reading(url, folder) as connection:
        return [int(found.record["reference"][4:]) for found in search(connection, Filter(**wanted))]


def _prune(url: str, folder: Path, number: int) -> int:
    return sum(1 for _ in prune(url, folder, "gw1", int((BASE + number) * 1e6)))


class ReadingContract:
    """Filters, paging, the whole story, retention."""

    @pytest.fixture
    async def folder(self, url: str, tmp_path: Path) -> Path:
        """Ten decisions a second apart; number 3 and 7 are refusals, 5 has the null path, 9 another listener."""
        made = [decision(time=BASE + n, reference=f"REF-{n}", recipients=[f"u{n}@tinh.example"]) for n in range(10)]
        for number, rule, clause in ((3, "attachment-cap", "Q4 4.2"), (7, "own-domain", "AG 10.2d")):
            made[number] = refusal(
                time=BASE + number,
                reference=f"REF-{number}",
                findings=[finding(rule, (clause,))],
                message_id=f"<{number}@x>",
            )
        made[5].reverse_path, made[9].listener = "", "submission"
        await wrote(tmp_path, *made, url=url)
        return tmp_path

    @pytest.mark.parametrize(
        ("wanted", "numbers"),
        [
            ({}, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]),
            ({"since": int((BASE + 8) * 1e6)}, [9, 8]),
            ({"until": int((BASE + 2) * 1e6)}, [1, 0]),
            ({"action": "reject"}, [7, 3]),
            ({"action": "accept", "listener": "submission"}, [9]),
            ({"rule": "own-domain"}, [7]),
            ({"clause": "Q4 4.2"}, [3]),
            ({"rule": "own-domain", "clause": "Q4 4.2"}, []),
            ({"sender": "<>"}, [5]),
            ({"sender": "AN@so.tinh.example", "action": "reject"}, [7, 3]),
            ({"sender": "*@SO.tinh.example", "until": int((BASE + 2) * 1e6)}, [1, 0]),
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
    def test_filters(self, url: str, folder: Path, wanted: dict[str, Any], numbers: list[int]) -> None:
        assert _numbers(url, folder, **wanted) == numbers

    @pytest.mark.parametrize("page", [1, 2, 3, 100])
    def test_paging_misses_and_repeats_nothing(
        self, url: str, folder: Path, page: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(query, "_PAGE", page)
        assert _numbers(url, folder) == list(range(9, -1, -1))
        assert _numbers(url, folder, recipient="chi@tinh.example") == [7, 3]
        with reading(url, folder) as connection:
            oldest = [found.record["reference"] for found in search(connection, Filter(), oldest_first=True)]
            assert oldest == [f"REF-{n}" for n in range(10)]
            assert len(list(search(connection, Filter(), limit=4))) == 4

    async def test_the_whole_story(self, url: str, folder: Path) -> None:
        async with running(folder, url) as journal:
            journal.append(Note("outcome", "REF-3", "first", time=1.0))
            journal.append(Note("review", "REF-3", "đúng quy định", by="lan", time=2.0))
        with reading(url, folder) as connection:
            found, notes = story(connection, "ref-3")
            assert found is not None
            assert found.record["findings"][0]["clauses"] == ["Q4 4.2"]
            assert [note.record["text"] for note in notes] == ["first", "đúng quy định"]
            assert story(connection, "nothing") == (None, [])

    def test_a_row_that_was_tampered_with_does_not_stop_the_list(self, url: str, folder: Path) -> None:
        sql(url, folder, "UPDATE decisions SET payload = payload_digest WHERE reference IN ('REF-3', 'REF-4')")
        with reading(url, folder) as reader:
            assert [found.record["kind"] for found in search(reader, Filter())].count("unreadable") == 2
        assert "payload-edited" in names(check(folder, url))

    def test_a_reader_cannot_write(self, url: str, folder: Path) -> None:
        with (
            reading(url, folder) as connection,
            pytest.raises(sa.exc.DBAPIError, match=r"read-?only"),
            connection.begin(),
        ):
            connection.execute(sa.text("DELETE FROM decisions"))

    def test_pruned_rows_are_gone_and_the_chain_still_verifies(
        self, url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("gateway.journal.prune._STEP", 2)
        assert _prune(url, folder, 5) == 3
        report = check(folder, url)
        assert (report.total, report.pruned) == (0, 5)
        assert _numbers(url, folder) == [9, 8, 7, 6, 5]
        assert _numbers(url, folder, recipient="u2@tinh.example") == []

    def test_tampering_after_pruning_is_still_found(self, url: str, folder: Path) -> None:
        _prune(url, folder, 5)
        sql(url, folder, "UPDATE decisions SET size = 1 WHERE kind = 'pruned'")
        assert names(check(folder, url)) == {"columns-edited"}

    def test_a_pruned_row_that_is_removed_is_found(self, url: str, folder: Path) -> None:
        _prune(url, folder, 5)
        sql(url, folder, "DELETE FROM decisions WHERE id = (SELECT max(id) FROM decisions WHERE kind = 'pruned')")
        assert "row-removed" in names(check(folder, url))

    def test_a_forged_pruning_allows_nothing(self, url: str, folder: Path) -> None:
        _prune(url, folder, 2)
        sql(url, folder, "UPDATE decisions SET hash = payload_digest WHERE kind = 'prune'")
        assert {"forged", "blanked"} <= names(check(folder, url))

    async def test_pruning_while_the_gateway_writes(self, url: str, tmp_path: Path) -> None:
        async with running(tmp_path, url) as journal:
            for number in range(50):
                await journal.commit(decision(time=BASE + number))
            for _ in prune(url, tmp_path, "gw1", int((BASE + 25) * 1e6)):
                await journal.commit(decision(time=BASE + 99))
        report = check(tmp_path, url)
        assert (report.total, report.pruned) == (0, 25)
