"""What is put in is written in order, waits for a store that is away, and is counted where it is lost."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest
import structlog

from gateway import batching
from gateway.batching import BATCH, Batches


class AwayError(Exception):
    """The store does not answer."""


async def until(true: object) -> None:
    for _ in range(500):
        if true():  # type: ignore[operator]
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen")


async def test_everything_is_written_in_order_and_in_bounded_batches() -> None:
    got: list[Sequence[int]] = []
    made = Batches[int]("test", got.append, retry=AwayError)
    made.start()
    for number in range(BATCH + 5):
        assert made.put(number)
    await made.close()
    assert [one for batch in got for one in batch] == list(range(BATCH + 5))
    assert [len(batch) for batch in got] == [BATCH, 5]
    assert (made.written, made.dropped, made.waiting) == (BATCH + 5, 0, 0)


async def test_a_store_that_is_away_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "_FIRST_PAUSE", 0.001)
    tries: list[Sequence[int]] = []

    def write(batch: Sequence[int]) -> None:
        tries.append(batch)
        if len(tries) < 4:
            raise AwayError("no answer")

    made = Batches("test", write, retry=AwayError)
    made.start()
    made.put(1)
    await until(lambda: made.written == 1)
    assert tries == [[1]] * 4
    await made.close()


async def test_a_full_queue_drops_and_says_so_once() -> None:
    gate = threading.Event()
    made = Batches[int]("test", lambda _: gate.wait(10), retry=AwayError, queue=3)
    made.start()
    with structlog.testing.capture_logs() as logs:
        assert [made.put(number) for number in range(6)] == [True] * 3 + [False] * 3
    assert made.dropped == 3
    assert [one["event"] for one in logs] == ["batching.dropped"]
    gate.set()
    await made.close()
    assert made.written == 3
    assert not made.put(9)


async def test_a_bug_holds_nothing_up() -> None:
    got: list[int] = []

    def write(batch: Sequence[int]) -> None:
        if 13 in batch:
            raise ValueError("a bug")
        got.extend(batch)

    made = Batches("test", write, retry=AwayError)
    made.start()
    with structlog.testing.capture_logs() as logs:
        made.put(13)
        await until(lambda: made.dropped == 1)
        made.put(14)
        await made.close()
    assert got == [14]
    assert [one["event"] for one in logs] == ["batching.crashed"]


async def test_closing_ends_though_the_store_is_away() -> None:
    def write(_: Sequence[int]) -> None:
        raise AwayError("no answer")

    made = Batches("test", write, retry=AwayError)
    made.start()
    made.put(1)
    await made.close(0.2)
    assert (made.written, made.dropped, made.waiting) == (0, 1, 0)


async def test_lingering_gathers_and_closing_does_not_wait_for_it() -> None:
    got: list[Sequence[int]] = []
    made = Batches[int]("test", got.append, retry=AwayError, linger=60.0)
    made.start()
    made.put(1)
    await asyncio.sleep(0.05)
    made.put(2)
    assert got == []
    await asyncio.wait_for(made.close(), 5)
    assert got == [[1, 2]]


async def test_closed_before_it_was_started() -> None:
    made = Batches[int]("test", lambda _: None, retry=AwayError)
    made.put(1)
    await made.close()
    assert made.dropped == 1
