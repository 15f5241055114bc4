"""What the journal promises, on whatever database. A subclass gives the fixture `url`."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from blockbuster import blockbuster_ctx

from gateway.errors import JournalFull, JournalUnavailable
from gateway.journal import Note, new_reference
from gateway.journal.payload import decode
from tests.unit.journal.support import (
    check,
    decision,
    held,
    references,
    refusal,
    running,
    sql,
    until,
)


class JournalContract:
    """Durable, in order, and never silent."""

    async def test_a_commit_that_returned_is_in_the_store(self, url: str, tmp_path: Path) -> None:
        async with running(tmp_path, url, commit_interval=60) as journal:
            accepted, refused = decision(), refusal()
            journal.append(accepted)
            await journal.commit(refused)
            assert references(tmp_path, url) == {accepted.reference, refused.reference}

    async def test_an_appended_row_is_written_soon(self, url: str, tmp_path: Path) -> None:
        async with running(tmp_path, url, commit_interval=0.01) as journal:
            one = decision()
            journal.append(one)
            await until(lambda: journal.written == 1)
            assert references(tmp_path, url) == {one.reference}
            assert journal.queued == 0
            assert journal.lag_seconds == 0.0

    async def test_close_writes_what_waits(self, url: str, tmp_path: Path) -> None:
        made = [decision() for _ in range(3000)]
        async with running(tmp_path, url, commit_interval=60) as journal:
            for one in made:
                journal.append(one)
        assert references(tmp_path, url) == {one.reference for one in made}
        assert check(tmp_path, url).total == 0

    async def test_many_refusals_at_once_share_commits(self, url: str, tmp_path: Path) -> None:
        async with running(tmp_path, url) as journal:
            await asyncio.gather(*(journal.commit(refusal()) for _ in range(500)))
            assert journal.written == 500
        assert check(tmp_path, url).rows == 501

    async def test_nothing_blocks_the_event_loop(self, url: str, tmp_path: Path) -> None:
        async with running(tmp_path, url) as journal:
            with blockbuster_ctx(scanned_modules="gateway"):
                journal.append(decision())
                await journal.commit(refusal())
                assert journal.room()

    async def test_no_room_when_the_queue_is_full(self, url: str, tmp_path: Path) -> None:
        async with running(tmp_path, url, queue=3, commit_interval=60) as journal:
            for _ in range(3):
                assert journal.room()
                journal.append(decision())
            await until(lambda: not journal._intake._idle)
            assert not journal.room()
            with pytest.raises(JournalFull):
                await journal.commit(refusal())
            late = decision()
            journal.append(late)  # its message was already on the way to the next hop
        assert late.reference in references(tmp_path, url)

    async def test_a_lock_that_ends_in_time_is_no_error(self, url: str, tmp_path: Path) -> None:
        async with running(tmp_path, url) as journal:
            with held(url, tmp_path):
                waiting = asyncio.ensure_future(journal.commit(refusal()))
                await asyncio.sleep(0.3)
            await waiting
            assert journal.healthy

    async def test_a_commit_that_is_cancelled_is_on_record_as_not_told(self, url: str, tmp_path: Path) -> None:
        async with running(tmp_path, url) as journal:
            with held(url, tmp_path):
                refused = refusal()
                waiting = asyncio.ensure_future(journal.commit(refused))
                await asyncio.sleep(0.1)
                waiting.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await waiting
            await until(lambda: journal.written >= 1)
        rows = [bytes(row[0]) for row in sql(url, tmp_path, "SELECT payload FROM decisions")]
        [told] = [row for row in rows if b"client was told 451" in row]
        assert refused.reference.encode() in told

    async def test_a_poison_row_does_not_stop_the_others(self, url: str, tmp_path: Path) -> None:
        async with running(tmp_path, url, commit_interval=60) as journal:
            first = refusal()
            await journal.commit(first)
            good = [decision() for _ in range(9)]
            for one in good[:5]:
                journal.append(one)
            journal.append(decision(reference=first.reference))
            for one in good[5:]:
                journal.append(one)
            results = await asyncio.gather(
                journal.commit(refusal(reference=first.reference)),
                journal.commit(refusal()),
                return_exceptions=True,
            )
            assert isinstance(results[0], JournalUnavailable)
            assert results[1] is None
            assert journal.failed == 2
            assert journal.healthy
            assert {one.reference for one in good} < references(tmp_path, url)
        assert check(tmp_path, url).total == 0

    @pytest.mark.parametrize(
        "change", [{"time": float("nan")}, {"size": 2**70}, {"recipients": [None]}, {"action": None}]
    )
    async def test_a_row_of_nonsense_is_told_and_counted(
        self, url: str, tmp_path: Path, change: dict[str, Any]
    ) -> None:
        async with running(tmp_path, url) as journal:
            with pytest.raises(JournalUnavailable):
                await journal.commit(decision(**change))
            await journal.commit(refusal())
            assert journal.failed == 1
        assert check(tmp_path, url).rows == 2

    async def test_what_strangers_send_is_stored(self, url: str, tmp_path: Path) -> None:
        async with running(tmp_path, url) as journal:
            await journal.commit(
                decision(helo="\x00\ud800\x1b[31m", reverse_path="\udcff\x00@x", recipients=["\x00", "İ@ß"])
            )
            assert journal.failed == 0
        assert check(tmp_path, url).total == 0

    async def test_notes_follow_their_decision(self, url: str, tmp_path: Path) -> None:
        async with running(tmp_path, url) as journal:
            one = decision()
            await journal.commit(one)
            journal.append(Note("outcome", one.reference, "delivered, client not told", time=1.0))
        found = sql(url, tmp_path, "SELECT kind FROM decisions WHERE about = :about", about=one.reference)
        assert found == [("outcome",)]

    async def test_each_start_is_a_chain_that_names_the_one_before(self, url: str, tmp_path: Path) -> None:
        for _ in range(3):
            async with running(tmp_path, url) as journal:
                await journal.commit(refusal())
        rows = sql(url, tmp_path, "SELECT payload FROM decisions WHERE kind = 'genesis' ORDER BY id")
        told = [decode(row[0]) for row in rows]
        assert told[0]["predecessor"] is None
        assert [one["predecessor"]["chain"] for one in told[1:]] == [one["chain"] for one in told[:2]]
        assert {one["node"] for one in told} == {"gw1"}
        assert check(tmp_path, url).chains == 3

    async def test_after_close_nothing_is_taken(self, url: str, tmp_path: Path) -> None:
        async with running(tmp_path, url) as journal:
            pass
        assert not journal.room()
        assert not journal.healthy
        with pytest.raises(JournalUnavailable):
            await journal.commit(refusal())

    async def test_a_note_without_a_time_is_from_now(self, url: str, tmp_path: Path) -> None:
        async with running(tmp_path, url) as journal:
            one = decision()
            await journal.commit(one)
            before = time.time()
            journal.append(Note("review", one.reference, "seen"))
            journal.append(Note("review", one.reference, "seen long ago", time=5.0))
        rows = sql(url, tmp_path, "SELECT time, reference FROM decisions WHERE about IS NOT NULL ORDER BY id")
        assert before <= rows[0][0] / 1e6 <= time.time()
        assert rows[1][0] == 5_000_000
        assert rows[0][1][:6] == new_reference(rows[0][0] / 1e6)[:6]  # its first letters are the time, too
        assert check(tmp_path, url).total == 0
