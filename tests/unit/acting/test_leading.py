"""The lease: one of two leads, the other takes over; on a real store of counters."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from gateway.acting.leading import Leader
from gateway.errors import LimitsUnavailable
from gateway.throttle.lease import Lease
from gateway.throttle.sqlite import SqliteLimits

SHORT = 2.0


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteLimits]:
    made = SqliteLimits(tmp_path, timeout=30.0)
    await made.start()
    yield made
    await made.close()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.02)


async def test_one_leads_and_the_other_takes_over_when_it_ends(store: SqliteLimits) -> None:
    first, second = (Leader(Lease(store, "x", name, SHORT), "x") for name in ("a", "b"))
    first.start()
    await until(lambda: first.held)
    second.start()
    await asyncio.sleep(SHORT * 1.5)
    assert (first.held, second.held) == (True, False), "renewed in time"
    assert second.unled < SHORT
    await first.close()
    assert not first.held
    await until(lambda: second.held)
    await second.close()


async def test_one_that_dies_is_followed_after_the_lease(store: SqliteLimits) -> None:
    first, second = (Leader(Lease(store, "x", name, SHORT), "x") for name in ("a", "b"))
    first.start()
    await until(lambda: first.held)
    assert first._task is not None
    first._task.cancel()  # as a process that is killed: nothing is given back
    second.start()
    await until(lambda: second.held)
    assert not first.held, "it knows without asking"
    await second.close()


async def test_a_store_that_is_away_ends_it_and_it_comes_back(store: SqliteLimits) -> None:
    leader = Leader(Lease(store, "x", "a", SHORT), "x")
    leader.start()
    await until(lambda: leader.held)
    real = store.change

    async def away(*_: object, **__: object) -> None:
        raise LimitsUnavailable("away")

    store.change = away  # type: ignore[assignment,method-assign]
    await until(lambda: not leader.held)
    await asyncio.sleep(0.1)
    assert leader.unled > 0
    store.change = real  # type: ignore[method-assign]
    await until(lambda: leader.held)
    assert leader.unled == 0
    store.change = away  # type: ignore[assignment,method-assign]
    await leader.close()
