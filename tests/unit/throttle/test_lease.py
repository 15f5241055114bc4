"""A lease over a store's `change`: one holder at a time, taken over after its end, whatever the value or the clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.rates import Ask, Charge, Grant, Hold, Usage
from gateway.throttle.lease import Holding, Lease, read

T = TypeVar("T")


class Memory:
    """Values and a clock that the test moves. Only `change` is there: the stores themselves are tested elsewhere."""

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}
        self.now = 1_000_000.0
        self.here = 50.0

    async def change(self, key: str, keep: float, work: Callable[[bytes | None, float], tuple[bytes | None, T]]) -> T:
        """As the protocol says, but that nothing is forgotten."""
        assert keep > 0
        value, result = work(self.values.get(key), self.now)
        if value is None:
            self.values.pop(key, None)
        else:
            self.values[key] = value
        return result

    def lease(self, owner: str, seconds: float = 30.0) -> Lease:
        """A lease whose own clock is `here`."""
        return Lease(self, "poll", owner, seconds, clock=lambda: self.here)

    def sleep(self, seconds: float) -> None:
        """Both clocks go on."""
        self.now += seconds
        self.here += seconds

    async def start(self) -> None: ...
    async def close(self) -> None: ...
    async def reserve(self, ask: Ask) -> Grant:
        raise NotImplementedError

    async def settle(self, holds: Sequence[Hold], delivered: Sequence[str]) -> None:
        raise NotImplementedError

    async def usage(self, charges: Sequence[Charge]) -> Sequence[Sequence[Usage]]:
        raise NotImplementedError


async def test_one_holds_it_and_the_next_after_its_end() -> None:
    store = Memory()
    one, two = store.lease("gw1:10"), store.lease("gw2:11")
    assert await one.acquire()
    assert one.held
    assert not await two.acquire()
    assert not two.held
    store.sleep(29)
    assert not await two.acquire()
    store.sleep(1)
    assert not one.held
    assert await two.acquire()
    assert (one.term, two.term) == (1, 2)
    assert not await one.renew()
    assert not await one.acquire()


async def test_renewed_it_stays() -> None:
    store = Memory()
    one, two = store.lease("gw1"), store.lease("gw2")
    assert await one.acquire()
    for _ in range(10):
        store.sleep(20)
        assert await one.renew()
        assert not await two.acquire()
        assert one.held
    assert one.term == 1


async def test_renewing_takes_nothing() -> None:
    store = Memory()
    one, two = store.lease("gw1"), store.lease("gw2")
    assert not await one.renew()
    assert await two.acquire()
    await two.release()
    assert not await one.renew()
    assert await one.acquire()


async def test_released_it_is_free_at_once() -> None:
    store = Memory()
    one, two = store.lease("gw1"), store.lease("gw2")
    assert await one.acquire()
    await two.release()  # not two's to give
    assert not await two.acquire()
    await one.release()
    assert not one.held
    assert await one.holder() is None
    assert await two.acquire()
    assert two.term == 2


async def test_who_comes_back_after_its_end_is_told() -> None:
    store = Memory()
    one = store.lease("gw1")
    assert await one.acquire()
    store.sleep(31)
    assert await one.renew()  # nobody came meanwhile
    store.sleep(31)
    assert await store.lease("gw2").acquire()
    assert not await one.renew()
    assert not one.held


async def test_the_holder_is_shown() -> None:
    store = Memory()
    one = store.lease("gw1")
    assert await one.holder() is None
    assert await one.acquire()
    assert await store.lease("gw2").holder() == Holding("gw1", store.now + 30, 1, 1)
    store.sleep(30)
    assert await one.holder() is None


async def test_the_stores_clock_jumps_back() -> None:
    store = Memory()
    one, two = store.lease("gw1"), store.lease("gw2")
    assert await one.acquire()
    store.now -= 100_000
    assert not await two.acquire()
    for _ in range(5):  # the holder lives: it stays his
        store.sleep(20)
        assert await one.renew()
        assert not await two.acquire()
    store.now -= 100_000
    store.sleep(29)
    assert not await two.acquire()  # seen for the first time a moment ago
    store.sleep(31)
    assert await two.acquire()


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"null",
        b"[]",
        b'"x"',
        b"\xff",
        b"{}",
        b"[" * 100_000,
        b'{"owner":1,"until":1,"term":1,"turn":1}',
        b'{"owner":"x","until":"nan?","term":1,"turn":1}',
        b'{"owner":"x","until":1e400,"term":"a","turn":1}',
    ],
)
async def test_a_value_that_is_no_lease_is_replaced(value: bytes) -> None:
    store = Memory()
    store.values["lease:poll"] = value
    one = store.lease("gw1")
    assert await one.holder() is None
    assert await one.acquire()


@given(st.binary())
def test_any_value_is_read(value: bytes) -> None:
    read(value)


_OWNERS = st.text(min_size=1, max_size=200)


@given(_OWNERS, _OWNERS)
async def test_owners_are_any_text(one: str, two: str) -> None:
    store = Memory()
    assert await store.lease(one).acquire()
    assert await store.lease(one).renew()
    assert await store.lease(two).acquire() == (one == two)


@pytest.mark.parametrize("owner", ["", "x" * 201])
def test_an_owner_has_a_name(owner: str) -> None:
    with pytest.raises(ValueError, match="owner"):
        Memory().lease(owner)
