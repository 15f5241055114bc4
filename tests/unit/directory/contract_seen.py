"""What the memory of signatures promises, on whatever database. A subclass gives the fixture `url`."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from gateway.directory.database import Database
from gateway.directory.seen import CLAIM, SharedMemory
from gateway.errors import InFlight


class SeenContract:
    """What proved a mailbox once proves none again, for all workers and nodes of a store."""

    @pytest.fixture
    def database(self, url: str, tmp_path: Path) -> Database:
        made = Database(url, tmp_path)
        made.prepare()
        return made

    async def test_once_only(self, database: Database) -> None:
        here, there = SharedMemory(database, 1000.0), SharedMemory(database, 1000.0)
        assert await here.claim(["a", "b", "a"], 1.0) == frozenset()
        with pytest.raises(InFlight):
            await there.claim(["b", "c"], 2.0)
        assert await there.claim(["c"], 2.0) == frozenset(), "none of the copy's was taken"
        await there.settle(["c"], delivered=False, now=3.0)
        await here.settle(["a", "b"], delivered=True, now=3.0)
        assert await there.claim(["a", "b", "c"], 1002.0) == {"a", "b"}
        assert await there.claim(["a"], 1004.0) == frozenset(), "forgotten once it is no longer fresh"

    async def test_what_was_not_delivered_may_come_again(self, database: Database) -> None:
        memory = SharedMemory(database, 1000.0)
        await memory.claim(["a"], 1.0)
        await memory.settle(["a"], delivered=False, now=2.0)
        assert await memory.claim(["a"], 3.0) == frozenset()

    async def test_a_worker_that_died_does_not_hold_a_key_for_ever(self, database: Database) -> None:
        memory = SharedMemory(database, 1000.0)
        await memory.claim(["a"], 1.0)
        with pytest.raises(InFlight):
            await memory.claim(["a"], CLAIM)
        assert await memory.claim(["a"], CLAIM + 2) == frozenset()

    async def test_of_many_at_once_one_wins(self, database: Database) -> None:
        asked = (SharedMemory(database, 9.0).claim(["a", str(n)], 1.0) for n in range(12))
        told = await asyncio.gather(*asked, return_exceptions=True)
        assert [one for one in told if not isinstance(one, InFlight)] == [frozenset()]
