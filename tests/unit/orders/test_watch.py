"""The orders in memory follow the store; an outage changes nothing, a day's end does."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator, Callable

import pytest

from gateway.directory.errors import DirectoryUnavailable
from gateway.errors import StartError
from gateway.orders.values import Orders
from gateway.orders.watch import Watch
from tests.unit.orders.contract import DAY, exemption, mode


class Source:
    """A record in memory, which can be down."""

    def __init__(self) -> None:
        self.held: tuple[int, Orders] = (1, ())
        self.error: Exception | None = None

    def prepare(self) -> None:
        if self.error is not None:
            raise self.error

    def version(self) -> int:
        self.prepare()
        return self.held[0]

    def standing(self) -> tuple[int, Orders]:
        self.prepare()
        return self.held


class Rules:
    """Whoever builds the rules."""

    def __init__(self) -> None:
        self.made = 0
        self.error: Exception | None = None
        self.today = DAY

    async def put(self) -> None:
        if self.error is not None:
            raise self.error
        self.made += 1


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def rules() -> Rules:
    return Rules()


@pytest.fixture
async def watch(source: Source, rules: Rules) -> AsyncIterator[Watch]:
    made = Watch(source, rules.put, lambda: rules.today, every=0.01)
    yield made
    await made.close()


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came")


async def test_the_first_orders_are_there_at_the_start(source: Source, rules: Rules, watch: Watch) -> None:
    source.held = (2, (mode(),))
    await watch.start(remote=False)
    assert (watch.current, watch.seen, rules.made) == ((mode(),), True, 0)


async def test_a_new_order_is_put_once(source: Source, rules: Rules, watch: Watch) -> None:
    await watch.start(remote=False)
    source.held = (2, (mode(),))
    await until(lambda: rules.made == 1)
    assert watch.current == (mode(),)
    await asyncio.sleep(0.05)
    assert rules.made == 1


async def test_an_outage_changes_nothing(source: Source, rules: Rules, watch: Watch) -> None:
    source.held = (2, (mode(),))
    await watch.start(remote=True)
    source.error = DirectoryUnavailable("away")
    with pytest.raises(DirectoryUnavailable):
        await watch.look()
    source.error, source.held = None, (0, ())
    with pytest.raises(DirectoryUnavailable, match="is gone"):
        await watch.look()
    assert (watch.current, rules.made) == ((mode(),), 0)


async def test_the_day_ends_without_a_word_in_the_store(source: Source, rules: Rules, watch: Watch) -> None:
    source.held = (2, (exemption(),))
    await watch.start(remote=True)
    source.error, rules.today = DirectoryUnavailable("away"), DAY + datetime.timedelta(days=1)
    await until(lambda: rules.made == 1)
    assert watch.current == ()


async def test_rules_that_cannot_be_made_are_tried_again(source: Source, rules: Rules, watch: Watch) -> None:
    await watch.start(remote=False)
    rules.error, source.held = ValueError("no"), (2, (mode(),))
    await asyncio.sleep(0.05)
    rules.error = None
    await until(lambda: rules.made == 1)


async def test_a_server_that_is_away_at_the_start(source: Source, rules: Rules, watch: Watch) -> None:
    source.error = DirectoryUnavailable("away")
    await watch.start(remote=True)
    assert not watch.seen
    source.error = None
    await until(lambda: watch.seen)
    assert rules.made == 1  # the rules were made before what was ordered was known


async def test_a_file_that_cannot_be_read_is_no_start(source: Source, watch: Watch) -> None:
    source.error = DirectoryUnavailable("no file")
    with pytest.raises(StartError, match="data_dir"):
        await watch.start(remote=False)
