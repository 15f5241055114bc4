"""The store of limits on a real Redis: the contract of all stores, over TCP, and what only a server can do to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from gateway.rates import LimitStore
from gateway.throttle.redis import RedisLimits
from tests.support.redis import RedisServer
from tests.unit.throttle.contract import Clock, NewContract, StoreContract
from tests.unit.throttle.contract_machine import check
from tests.unit.throttle.contract_settle import (
    ClockContract,
    CrowdContract,
    KeyContract,
    SettleContract,
    ValueContract,
)

pytestmark = pytest.mark.service("redis")


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with RedisServer() as made:
        yield made


class MadeOnRedis:
    """Stores on one server, with a clock of the test's."""

    def __init__(self, place: str) -> None:
        self.clock = Clock()
        self.place = place
        self._opened: list[RedisLimits] = []

    async def open(self) -> LimitStore:
        """One more."""
        store = RedisLimits(self.place, timeout=30, clock=self.clock)
        await store.start()
        self._opened.append(store)
        return store

    def asked(self, store: LimitStore) -> int:
        """Its questions."""
        assert isinstance(store, RedisLimits)
        return store.asked

    async def close(self) -> None:
        """All of them."""
        for store in self._opened:
            await store.close()


@pytest.fixture
async def made(server: RedisServer) -> AsyncIterator[MadeOnRedis]:
    stores = MadeOnRedis(server.url)
    yield stores
    await stores.close()


class TestStore(StoreContract):
    """Over TCP."""


class TestNew(NewContract):
    """Over TCP."""


class TestSettle(SettleContract):
    """Over TCP."""


class TestClock(ClockContract):
    """Over TCP."""


class TestKeys(KeyContract):
    """Over TCP."""


class TestValues(ValueContract):
    """Over TCP."""


class TestCrowd(CrowdContract):
    """Over TCP."""


def test_answers_like_the_reference(server: RedisServer) -> None:
    stores = MadeOnRedis(server.unix_url)
    with asyncio.Runner() as runner:
        try:
            check(stores, runner.run)
        finally:
            runner.run(stores.close())
