"""A message that proved a mailbox proves it once."""

from __future__ import annotations

import pytest

from gateway.authentication.replay import ReplayCache, SignatureMemory
from gateway.errors import InFlight

DAY = 86400.0


async def test_a_delivered_message_is_remembered() -> None:
    memory: SignatureMemory = ReplayCache(DAY)
    assert await memory.claim(("a", "b"), 0.0) == frozenset()
    await memory.settle(("a", "b"), delivered=True, now=1.0)
    assert await memory.claim(("a",), DAY) == {"a"}
    assert await memory.claim(("a",), DAY + 1.5) == frozenset()


async def test_one_that_was_not_delivered_may_come_again() -> None:
    memory = ReplayCache(DAY)
    await memory.claim(("a",), 0.0)
    await memory.settle(("a",), delivered=False, now=1.0)
    assert await memory.claim(("a",), 2.0) == frozenset()


async def test_of_a_copy_of_one_in_flight_nothing_is_known_yet() -> None:
    memory = ReplayCache(DAY)
    assert await memory.claim(("a", "b"), 0.0) == frozenset()
    with pytest.raises(InFlight):
        await memory.claim(("b", "c"), 1.0)
    assert await memory.claim(("c",), 2.0) == frozenset(), "none of the copy's was taken"
    await memory.settle(("a", "b"), delivered=True, now=2.0)
    assert await memory.claim(("a", "b"), 3.0) == {"a", "b"}


async def test_a_claim_that_nobody_settled_ends() -> None:
    memory = ReplayCache(DAY)
    await memory.claim(("a",), 0.0)
    with pytest.raises(InFlight):
        await memory.claim(("a",), 899.0)
    assert await memory.claim(("a",), 901.0) == frozenset()


async def test_a_message_names_a_key_twice() -> None:
    memory = ReplayCache(DAY)
    assert await memory.claim(("a", "a"), 0.0) == frozenset()
    await memory.settle(("a", "a"), delivered=True, now=0.0)
    assert len(memory) == 1


async def test_a_full_memory_takes_everything_for_seen() -> None:
    memory = ReplayCache(DAY, most=3)
    for key in "abc":
        assert await memory.claim((key,), 0.0) == frozenset()
        await memory.settle((key,), delivered=True, now=0.0)
    assert await memory.claim(("d",), 1.0) == {"d"}
    assert len(memory) == 3
    assert await memory.claim(("d",), DAY + 1.0) == frozenset()


async def test_a_clock_that_goes_back() -> None:
    memory = ReplayCache(DAY)
    await memory.claim(("a",), 1000.0)
    await memory.settle(("a",), delivered=True, now=1000.0)
    assert await memory.claim(("a",), 0.0) == {"a"}
