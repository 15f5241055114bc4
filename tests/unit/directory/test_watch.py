"""The directory in memory follows the store, off the loop, and stays as it was while the store is down."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from gateway.directory.entry import Snapshot
from gateway.directory.errors import DirectoryUnavailable
from gateway.directory.index import Directory
from gateway.directory.plan import Wanted, diff
from gateway.directory.store import DirectoryStore
from gateway.directory.watch import Watcher, breathe
from gateway.who import NO_DIRECTORY, Kind, Lookup, Mailbox


class Store:
    """A source in memory, which can be down; it knows the threads that asked it."""

    def __init__(self) -> None:
        self.held = Snapshot(1, (), (Mailbox("a@x.example", Kind.UNIT),))
        self.error: Exception | None = None
        self.reads = 0
        self.threads: set[int] = set()

    def version(self) -> int:
        self.threads.add(threading.get_ident())
        if self.error is not None:
            raise self.error
        return self.held.version

    def snapshot(self) -> Snapshot:
        self.threads.add(threading.get_ident())
        self.reads += 1
        return self.held


def build(snapshot: Snapshot) -> Lookup:
    return Directory.build(snapshot, pause=breathe)


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came")


@pytest.fixture
async def running() -> AsyncIterator[tuple[Store, Watcher]]:
    store = Store()
    watcher = Watcher(store, build, every=0.01)
    await watcher.start()
    task = asyncio.create_task(watcher.run())
    yield store, watcher
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_before_the_first_look_nobody_is_known() -> None:
    assert Watcher(Store(), build).current is NO_DIRECTORY


async def test_a_start_without_the_store_says_so() -> None:
    store = Store()
    store.error = DirectoryUnavailable("down")
    watcher = Watcher(store, build)
    with pytest.raises(DirectoryUnavailable):
        await watcher.start()
    assert watcher.current is NO_DIRECTORY
    assert watcher.checked == 0


async def test_a_change_is_followed_and_what_was_taken_stays(running: tuple[Store, Watcher]) -> None:
    store, watcher = running
    before = watcher.current
    assert (before.version, store.reads) == (1, 1)
    store.held = Snapshot(2, (), (Mailbox("b@x.example", Kind.UNIT),))
    await until(lambda: watcher.current.version == 2)
    assert watcher.current.find("b@x.example") is not None
    assert watcher.current.find("a@x.example") is None
    assert before.find("a@x.example") is not None
    assert store.reads == 2


async def test_no_change_is_not_read_again(running: tuple[Store, Watcher]) -> None:
    store, watcher = running
    first, looked = watcher.current, watcher.checked
    await until(lambda: watcher.checked > looked + 0.03)
    assert watcher.current is first
    assert store.reads == 1


async def test_an_older_version_is_followed_too(running: tuple[Store, Watcher]) -> None:
    store, watcher = running  # a store that was put back from a copy
    store.held = Snapshot(0)
    await until(lambda: watcher.current.version == 0)
    assert watcher.current.size == 0


@pytest.mark.parametrize("error", [DirectoryUnavailable("the store is down"), RuntimeError("a bug")])
async def test_a_store_that_is_down_leaves_the_last_one(running: tuple[Store, Watcher], error: Exception) -> None:
    store, watcher = running
    store.error = error
    await until(lambda: watcher.failed != "")
    assert watcher.current.find("a@x.example") is not None
    store.held = Snapshot(5)
    store.error = None
    await until(lambda: watcher.current.version == 5)
    await until(lambda: watcher.failed == "")


async def test_the_loop_does_none_of_the_work(running: tuple[Store, Watcher]) -> None:
    store, _ = running
    assert threading.get_ident() not in store.threads


async def test_a_rebuild_asks_nobody(running: tuple[Store, Watcher]) -> None:
    store, watcher = running
    before, reads = watcher.current, store.reads
    store.error = DirectoryUnavailable("down")
    await watcher.rebuild()
    assert watcher.current is not before
    assert watcher.current.find("a@x.example") is not None
    assert store.reads == reads


async def test_a_rebuild_before_the_first_look_does_nothing() -> None:
    watcher = Watcher(Store(), build)
    await watcher.rebuild()
    assert watcher.current is NO_DIRECTORY


async def test_every_worker_follows_the_real_store(tmp_path: Path) -> None:
    store = DirectoryStore("sqlite:///congthu.db", tmp_path)
    store.prepare()
    watchers = [Watcher(DirectoryStore("sqlite:///congthu.db", tmp_path), build, every=0.02) for _ in range(2)]
    for watcher in watchers:
        await watcher.start()
    tasks = [asyncio.create_task(watcher.run()) for watcher in watchers]
    try:
        assert [watcher.current.size for watcher in watchers] == [0, 0]
        wanted = Wanted(mailboxes=(Mailbox("a@x.example", Kind.UNIT),))
        await asyncio.to_thread(lambda: store.apply(diff(store.snapshot(), wanted), who="test"))
        await until(lambda: all(watcher.current.find("A@x.example") is not None for watcher in watchers))
        assert {watcher.failed for watcher in watchers} == {""}
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
