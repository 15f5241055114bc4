"""The embedded store in trouble: a lock, a full disk, a file that is gone, damaged or another's; who waits is told."""

from __future__ import annotations

import asyncio
import os
import resource
import sqlite3
import stat
import threading
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from gateway.errors import LimitsUnavailable
from gateway.rates import Ask
from gateway.throttle.cells import Cells
from gateway.throttle.sqlite import FILE, SqliteLimits
from tests.unit.throttle.contract import DAY, NEW, RECIPIENTS, START, Clock, charge, people, used

LONG = 30.0
Opener = Callable[..., SqliteLimits]


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Opener]:
    made: list[SqliteLimits] = []

    def make(
        *, timeout: float = LONG, queue: int = 100, most: int = 10_000, clock: Clock | None = None
    ) -> SqliteLimits:
        store = SqliteLimits(tmp_path, timeout=timeout, queue=queue, most=most, clock=clock or Clock())
        made.append(store)
        return store

    yield make
    for store in made:
        await store.close()


def hurry(store: SqliteLimits, seconds: float) -> None:
    """From here on an answer is due within so many seconds."""
    store._timeout, store._alarm = seconds, None


class Blocked:
    """Keeps the store's thread busy while it is entered."""

    def __init__(self, store: SqliteLimits) -> None:
        self._store, self._free, self._busy = store, threading.Event(), threading.Event()
        self._task: asyncio.Task[None] | None = None

    def _work(self, old: bytes | None, _now: float) -> tuple[bytes | None, None]:
        self._busy.set()
        self._free.wait(LONG)
        return old, None

    async def __aenter__(self) -> None:
        self._task = asyncio.create_task(self._store.change("blocked", 1, self._work))
        await asyncio.to_thread(self._busy.wait, LONG)

    async def __aexit__(self, *_: object) -> None:
        self._free.set()
        assert self._task is not None
        await asyncio.gather(self._task, return_exceptions=True)


async def counts(store: SqliteLimits) -> bool:
    """Whether it counts."""
    account = charge((RECIPIENTS, DAY, 1))
    return (await store.reserve(Ask((account,), people(2)))).granted == (True, False)


async def test_before_it_is_started_and_after_it_is_closed(opened: Opener) -> None:
    store = opened()
    with pytest.raises(LimitsUnavailable):
        await counts(store)
    await store.start()
    assert await counts(store)
    await store.close()
    await store.close()
    with pytest.raises(LimitsUnavailable):
        await counts(store)
    await store.start()
    assert await counts(store)


async def test_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    store = SqliteLimits(tmp_path / "later" / FILE, timeout=LONG)
    try:
        with pytest.raises(LimitsUnavailable):
            await store.start()
        with pytest.raises(LimitsUnavailable):
            await counts(store)
        (tmp_path / "later").mkdir()
        with capture_logs() as logs:
            assert await counts(store)
        assert [entry["event"] for entry in logs] == ["limits.recovered"]
    finally:
        await store.close()


async def test_is_not_for_other_users_and_names_nobody(opened: Opener, tmp_path: Path) -> None:
    store = opened()
    await store.start()
    account = charge((NEW, DAY, 9), who="canbo.an@tinh.example")
    grant = await store.reserve(Ask((account,), ("banbe@xa.example",)))
    await store.settle([grant.hold], ("banbe@xa.example",))
    for path in tmp_path.glob(f"{FILE}*"):
        assert not stat.S_IMODE(path.stat().st_mode) & stat.S_IRWXO
        assert b"canbo" not in path.read_bytes()
        assert b"banbe" not in path.read_bytes()


async def test_locked_by_another(opened: Opener, tmp_path: Path) -> None:
    store = opened()
    await store.start()
    store._timeout = 0.4
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LimitsUnavailable):
            await counts(store)
        other.execute("ROLLBACK")
    finally:
        other.close()
    store._timeout = LONG
    for _ in range(100):
        try:
            assert await counts(store)
            return
        except LimitsUnavailable:
            await asyncio.sleep(0.05)
    pytest.fail("it does not recover")


async def test_a_full_disk(opened: Opener) -> None:
    store = opened()
    await store.start()
    account = charge((RECIPIENTS, DAY, 10))
    await store.reserve(Ask((account,), people(4)))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (256 * 1024, hard))  # SQLite hears that the file cannot grow
    try:
        with pytest.raises(LimitsUnavailable):
            for number in range(2000):
                await store.change(f"v{number}", 60, lambda *_: (b"x" * 1000, None))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert await counts(store)
    assert used(await store.usage([account])) == [[4]]


async def test_a_file_that_was_removed(opened: Opener, tmp_path: Path) -> None:
    store, account = opened(), charge((RECIPIENTS, DAY, 10))
    await store.start()
    await store.reserve(Ask((account,), people(4)))
    (tmp_path / FILE).unlink()
    await asyncio.sleep(0.15)  # it looks ten times a second
    assert used(await store.usage([account])) == [[0]]
    await store.reserve(Ask((account,), people(2)))
    await store.close()
    again = opened()
    await again.start()
    assert used(await again.usage([account])) == [[2]]


@pytest.mark.parametrize("content", [b"not a database " * 1000, b"SQLite format 3\0" + b"\xff" * 9000])
async def test_a_damaged_file_at_the_start(opened: Opener, tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    store = opened()
    with capture_logs() as logs:
        await store.start()
    assert [entry["event"] for entry in logs] == ["limits.damaged"]
    assert (tmp_path / f"{FILE}.damaged").read_bytes() == content
    assert await counts(store)


async def test_anothers_database(opened: Opener, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / FILE)
    other.execute("CREATE TABLE cells (name TEXT)")
    other.close()
    store = opened()
    await store.start()
    assert (tmp_path / f"{FILE}.damaged").exists()
    assert await counts(store)


async def test_damaged_while_it_runs(opened: Opener, tmp_path: Path) -> None:
    store, second = opened(), opened()
    await store.start()
    for number in range(300):
        await store.change(f"v{number}", 60, lambda *_: (b"x" * 1000, None))
    await store.close()
    await store.start()
    await second.start()
    with (tmp_path / FILE).open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(300_000))
    with capture_logs() as logs:
        for number in range(300):
            try:
                await store.change(f"v{number}", 60, lambda *_: (b"y", None))
            except LimitsUnavailable:
                break
    assert "limits.damaged" in [entry["event"] for entry in logs]
    assert await counts(store)
    assert await counts(second)  # the other one sees that the file is another, and harms it not
    assert await counts(store)


async def test_each_who_waits_is_told_in_its_own_time(opened: Opener) -> None:
    store, account = opened(), charge((RECIPIENTS, DAY, 10))
    await store.start()
    async with Blocked(store):
        hurry(store, 0.2)
        asks = []
        for _ in range(2):
            asks.append(asyncio.create_task(store.reserve(Ask((account,), people(1)))))
            await asyncio.sleep(0.1)
        async with asyncio.timeout(LONG / 2):  # the alarm of before the hurry comes at LONG
            told = await asyncio.gather(*asks, return_exceptions=True)
    assert [type(one) for one in told] == [LimitsUnavailable] * 2


async def test_who_waits_too_long_is_told_and_not_counted(opened: Opener) -> None:
    store, account = opened(), charge((RECIPIENTS, DAY, 10))
    await store.start()
    async with Blocked(store):
        hurry(store, 0.2)
        with pytest.raises(LimitsUnavailable):
            await store.reserve(Ask((account,), people(4)))
        store._timeout = LONG
    assert used(await store.usage([account])) == [[0]]


async def test_too_many_wait(opened: Opener) -> None:
    store, account = opened(queue=20), charge((RECIPIENTS, DAY, 100))
    await store.start()
    async with Blocked(store):
        asks = [asyncio.create_task(store.reserve(Ask((account,), people(1)))) for _ in range(50)]
        await asyncio.sleep(0)
        refused = sum(ask.done() and isinstance(ask.exception(), LimitsUnavailable) for ask in asks)
        assert refused == 30
    answers = await asyncio.gather(*asks, return_exceptions=True)
    assert sum(not isinstance(answer, BaseException) for answer in answers) == 20
    assert used(await store.usage([account])) == [[20]]


async def test_what_nobody_waits_for_any_more_is_given_back(opened: Opener) -> None:
    store, account = opened(), charge((RECIPIENTS, DAY, 100))
    await store.start()
    for _ in range(20):
        ask = asyncio.create_task(store.reserve(Ask((account,), people(3))))
        await asyncio.sleep(0)
        time.sleep(0.01)  # the store's thread does it, and we do not hear of it
        ask.cancel()
        with pytest.raises(asyncio.CancelledError):
            await ask
    for _ in range(3):
        await store.usage([account])
    assert used(await store.usage([account])) == [[0]]


async def test_what_comes_too_late_in_the_turn_of_the_cancelling_is_given_back_once(opened: Opener) -> None:
    store, account = opened(), charge((RECIPIENTS, DAY, 100))
    await store.start()
    await store.reserve(Ask((account,), people(5)))
    hurry(store, 0.2)
    free, done = threading.Event(), threading.Event()

    def slowly(old: bytes | None, _now: float) -> tuple[bytes | None, None]:
        done.set()
        free.wait(LONG)
        return old, None

    async with Blocked(store):  # then both are of one transaction, of which the first waits for the second
        ask = asyncio.create_task(store.reserve(Ask((account,), people(3))))
        other = asyncio.create_task(store.change("slow", 1, slowly))
        await asyncio.sleep(0)
    clerk = store._clerk
    assert clerk is not None
    assert await asyncio.to_thread(done.wait, LONG)  # the questions go from the loop, a moment later
    before, end = clerk.served, time.monotonic() + LONG

    def finish() -> None:
        """In the turn in which the time is over."""
        free.set()
        while clerk.served == before and time.monotonic() < end:
            time.sleep(0.001)
        ask.cancel()

    asyncio.get_running_loop().call_later(0.2, finish)
    time.sleep(0.3)
    store._timeout = LONG
    await asyncio.gather(ask, other, return_exceptions=True)
    for _ in range(3):
        await store.usage([account])
    assert used(await store.usage([account])) == [[5]]


async def test_what_waits_at_the_close_is_done(opened: Opener) -> None:
    store, account = opened(), charge((RECIPIENTS, DAY, 100))
    await store.start()
    asks = [asyncio.create_task(store.reserve(Ask((account,), people(1)))) for _ in range(10)]
    await asyncio.sleep(0)
    await store.close()
    assert [ask.result().granted for ask in asks] == [(True,)] * 10


class TestBounds:
    """A million senders: what is kept is bounded, and what has ended goes."""

    async def test_accounts_end(self, opened: Opener, tmp_path: Path) -> None:
        clock = Clock()
        store = opened(clock=clock)
        await store.start()
        await crowd(store, 3000)
        assert rows(tmp_path) == 3000
        clock.now += 2 * DAY
        await crowd(store, 2000)
        assert rows(tmp_path) <= 2500

    async def test_no_more_than_so_many(self, opened: Opener, tmp_path: Path) -> None:
        clock = Clock()
        store = opened(most=3000, clock=clock)
        await store.start()
        kept = charge((RECIPIENTS, DAY, 10**6))
        for _ in range(30):
            await crowd(store, 500)
            await store.reserve(Ask((kept,), people(1)))
            clock.now += 10
        assert rows(tmp_path) <= 4000
        assert used(await store.usage([kept])) == [[30]]  # those go that were not used for the longest time


async def crowd(store: SqliteLimits, size: int) -> None:
    """So many senders that nobody has seen before."""
    limits = charge((RECIPIENTS, DAY, 9)).limits
    asks = [Ask((charge(*((one.measure, one.seconds, one.count) for one in limits)),), people(1)) for _ in range(size)]
    for start in range(0, size, 100):
        await asyncio.gather(*(store.reserve(ask) for ask in asks[start : start + 100]))


def rows(folder: Path) -> int:
    """Cells in the file."""
    connection = sqlite3.connect(folder / FILE)
    try:
        (found,) = connection.execute("SELECT count(*) FROM cells WHERE id != 0").fetchone()  # but the file's turn
        return int(found)
    finally:
        connection.close()


def test_tidying_samples_the_whole_table(tmp_path: Path) -> None:
    cells = Cells(tmp_path / FILE, wait=1, most=1000)
    cells.open()
    step = 2**64 // 4000
    cells.begin()
    cells.write([(number * step - 2**63, number, int(START), b"x") for number in range(4000)])
    for _ in range(100):
        cells.tidy(0, 0)
    cells.commit()
    left = rows(tmp_path)
    cells.begin()
    for _ in range(100):
        cells.tidy(int(START) + 1, 0)
    cells.commit()
    assert 750 <= left <= 1200
    assert rows(tmp_path) == 0
    cells.close()
