"""The standings in memory follow the store, off the loop; an outage releases nobody."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from gateway.blocks.standings import Standings
from gateway.blocks.store import BlockStore
from gateway.blocks.watch import Watch
from gateway.directory.database import Database
from gateway.directory.errors import DirectoryUnavailable
from gateway.errors import StartError
from gateway.rates import Block, Standing
from tests.unit.blocks.contract import CASE

BLOCK = Block("a@x", Standing.LOCKED, 1.0)


class Source:
    """A record in memory, which can be down; it knows the threads that asked it."""

    def __init__(self) -> None:
        self.held = Standings(1)
        self.error: Exception | None = None
        self.prepared = self.reads = 0
        self.pruned: list[tuple[float, float]] = []
        self.threads: set[int] = set()

    def _asked(self) -> None:
        self.threads.add(threading.get_ident())
        if self.error is not None:
            raise self.error

    def prepare(self) -> None:
        self._asked()
        self.prepared += 1

    def version(self) -> int:
        self._asked()
        return self.held.version

    def snapshot(self) -> Standings:
        self._asked()
        self.reads += 1
        return self.held

    def prune(self, before: float, now: float) -> int:
        self._asked()
        self.pruned.append((before, now))
        return 0


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.fixture
async def running() -> AsyncIterator[tuple[Source, Watch, list[Standings]]]:
    source, put = Source(), list[Standings]()
    watch = Watch(source, put.append, every=0.01)
    await watch.start(remote=True)
    yield source, watch, put
    await watch.close()


async def test_it_reads_once_and_then_asks_for_the_version(running: tuple[Source, Watch, list[Standings]]) -> None:
    source, watch, put = running
    await until(lambda: bool(source.pruned))
    await asyncio.sleep(0.05)
    assert (source.reads, source.prepared, watch.missing, put) == (1, 1, "", [source.held])
    assert len(source.pruned) == 1
    assert source.pruned[0][1] - source.pruned[0][0] == pytest.approx(400 * 86400)
    assert threading.get_ident() not in source.threads


async def test_a_change_comes_by_itself(running: tuple[Source, Watch, list[Standings]]) -> None:
    source, watch, put = running
    source.held = Standings(2, [BLOCK])
    await until(lambda: watch.current is source.held)
    assert put[-1] is source.held
    source.held = Standings(1, [Block("a@x", Standing.RELEASED, 9.0)])  # an older copy was put back
    await until(lambda: watch.current is source.held)
    assert watch.released("A@x") == 9.0


@pytest.mark.parametrize("error", [DirectoryUnavailable("down"), ZeroDivisionError()])
async def test_an_outage_releases_nobody(running: tuple[Source, Watch, list[Standings]], error: Exception) -> None:
    source, watch, _ = running
    source.held = Standings(2, [BLOCK])
    await until(lambda: len(watch.current) == 1)
    source.error = error
    await asyncio.sleep(0.05)
    assert watch.current.find("a@x") is BLOCK
    source.held, source.error = Standings(3), None
    await until(lambda: len(watch.current) == 0)


async def test_tables_that_are_taken_away_release_nobody(running: tuple[Source, Watch, list[Standings]]) -> None:
    source, watch, _ = running
    source.held = Standings(2, [BLOCK])
    await until(lambda: len(watch.current) == 1)
    source.held = Standings(0)
    with pytest.raises(DirectoryUnavailable, match="gone"):
        await watch.look()
    assert watch.current.find("a@x") is BLOCK
    assert source.prepared == 1


async def test_a_server_that_is_away_at_the_start_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.blocks.watch._SOON", 0.01)
    source = Source()
    source.error = DirectoryUnavailable("down")
    watch = Watch(source, every=60)
    await watch.start(remote=True)
    assert watch.missing
    source.held, source.error = Standings(1, [BLOCK]), None
    await until(lambda: not watch.missing)
    assert watch.current.find("a@x") is BLOCK
    await watch.close()


async def test_a_file_that_cannot_be_read_ends_the_start() -> None:
    source = Source()
    source.error = DirectoryUnavailable("read-only")
    with pytest.raises(StartError, match=r"read-only; gateway\.data_dir must be writable"):
        await Watch(source).start(remote=False)


async def test_two_processes_of_one_store(tmp_path: Path) -> None:
    one, other = (BlockStore(Database("sqlite:///congthu.db", tmp_path)) for _ in range(2))
    watch = Watch(one, every=0.01)
    await watch.start(remote=False)
    await asyncio.to_thread(other.block, "a@x", CASE, 1.0)
    await until(lambda: watch.current.find("a@x") is not None)
    await asyncio.to_thread(lambda: other.release("a@x", "lan", reason="a mistake"))
    await until(lambda: watch.current.find("a@x") is None)
    assert watch.released("a@x") > 0
    await watch.close()
