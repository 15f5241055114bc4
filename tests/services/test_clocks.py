"""A node's clock is held against a real Redis' and a real PostgreSQL's, and one that is days ahead is told so."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.acting.clocks import Clocks
from gateway.directory.database import Database
from gateway.throttle.redis import RedisLimits
from gateway.upkeep.records import Upkeep
from tests.support.redis import RedisServer

DAYS = 3 * 86_400.0


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with RedisServer() as made:
        yield made


def clocks(url: str, folder: Path, ahead: float, counters: RedisLimits | None = None) -> Clocks:
    tables = Upkeep(Database(url, folder)).use.tables
    return Clocks(lambda: time.time() + ahead, tables, counters)


@pytest.mark.parametrize("ahead", [DAYS, -DAYS, 0.0])
async def test_a_postgresql_tells_the_time(url: str, tmp_path: Path, ahead: float) -> None:
    found = await clocks(url, tmp_path, ahead).off()
    assert (found is not None) is bool(ahead)
    if found is not None:
        assert found.other == "the store (store.url)"
        assert abs(found.seconds - ahead) < 300


@pytest.mark.parametrize("ahead", [DAYS, -DAYS, 0.0])
async def test_a_redis_tells_the_time(redis: RedisServer, tmp_path: Path, ahead: float) -> None:
    counters = RedisLimits(redis.url, timeout=30)
    await counters.start()
    try:
        found = await clocks("sqlite:///congthu.db", tmp_path, ahead, counters).off()
    finally:
        await counters.close()
    assert (found is not None) is bool(ahead)
    if found is not None:
        assert found.other == "the store of counters (store.shared)"
        assert abs(found.seconds - ahead) < 300
