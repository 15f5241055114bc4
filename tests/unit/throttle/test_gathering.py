"""Questions that go to the store's thread together: none is lost, none overtakes, and who is alone does not wait."""

from __future__ import annotations

import asyncio

import pytest

from gateway.throttle import gathering
from gateway.throttle.gathering import Gathering


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that stands still for a moment makes no difference."""
    monkeypatch.setattr(gathering, "_BUSY", 60.0)


class Store:
    """Keeps what it is given, and answers when it is told to."""

    def __init__(self, most: int = 100) -> None:
        self.given: list[list[int]] = []
        self.gathering = Gathering[int](asyncio.get_running_loop(), self.given.append, most)

    def answer(self, batch: int = -1) -> None:
        self.gathering.answered(len(self.given[batch]))

    async def gathered(self, batches: int) -> list[list[int]]:
        """So many batches, once they are there."""
        async with asyncio.timeout(30):
            while len(self.given) < batches:
                await asyncio.sleep(0.001)
        return self.given


async def test_the_first_does_not_wait() -> None:
    store = Store()
    store.gathering.put(1)
    assert store.given == [[1]]
    assert len(store.gathering) == 0


async def test_what_comes_while_others_are_asked_goes_together_and_in_order() -> None:
    store = Store()
    for number in range(5):
        store.gathering.put(number)
    await asyncio.sleep(0.05)
    assert store.given == [[0]]
    assert len(store.gathering) == 4
    store.answer()
    assert await store.gathered(2) == [[0], [1, 2, 3, 4]]


async def test_just_after_answers_others_are_waited_for() -> None:
    store = Store()
    store.gathering.put(0)
    store.answer()
    store.gathering.put(1)
    store.gathering.put(2)
    assert store.given == [[0]]
    assert await store.gathered(2) == [[0], [1, 2]]


async def test_whoever_is_always_alone_is_not_kept_waiting_for_ever() -> None:
    store = Store()
    waited = 0
    for number in range(30):
        before = len(store.given)
        store.gathering.put(number)
        waited += len(store.given) == before
        await store.gathered(before + 1)
        store.answer()
    assert store.given == [[number] for number in range(30)]
    assert 3 <= waited < 15


async def test_no_more_than_the_most_at_once() -> None:
    store = Store(most=3)
    for number in range(7):
        store.gathering.put(number)
    assert store.given == [[0], [1, 2, 3], [4, 5, 6]]
    assert len(store.gathering) == 0


async def test_flush_hands_over_whatever_waits() -> None:
    store = Store()
    store.gathering.put(0)
    store.gathering.put(1)
    store.gathering.flush()
    store.gathering.flush()
    assert store.given == [[0], [1]]
    store.answer(0)
    store.answer(1)
    store.gathering.put(2)
    store.gathering.flush()
    await asyncio.sleep(0.02)
    assert store.given == [[0], [1], [2]]


async def test_answers_that_nobody_asked_for_do_no_harm() -> None:
    store = Store()
    store.gathering.answered(5)
    store.gathering.put(0)
    assert await store.gathered(1) == [[0]]
    store.gathering.put(1)
    await asyncio.sleep(0.02)
    assert store.given == [[0]]
