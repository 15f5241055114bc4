"""Questions that are answered together: each gets its own answer, read after it was asked, or the failure."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Collection, Mapping

import pytest

from gateway.upkeep.gathering import Gathering


class Store:
    """Answers with the name in upper case; `gate` holds a reading up."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.error: Exception | None = None

    def read(self, names: Collection[str]) -> Mapping[str, str]:
        self.asked.append(sorted(names))
        assert self.gate.wait(20)
        if self.error is not None:
            raise self.error
        return {name: name.upper() for name in names if name != "nobody"}


async def until_asked(store: Store, times: int) -> None:
    async with asyncio.timeout(20):
        while len(store.asked) < times:
            await asyncio.sleep(0.001)


async def test_what_comes_meanwhile_is_asked_together() -> None:
    store = Store()
    gathering = Gathering(store.read)
    store.gate.clear()
    first = asyncio.create_task(gathering.ask("a"))
    await until_asked(store, 1)
    rest = [asyncio.create_task(gathering.ask(name)) for name in ("a", "b", "nobody", "b")]
    await asyncio.sleep(0)
    store.gate.set()
    assert await first == "A"
    assert await asyncio.gather(*rest) == ["A", "B", None, "B"]
    assert store.asked == [["a"], ["a", "b", "nobody"]], "a was asked again: its answer may have changed"


async def test_a_failure_is_everybodys_and_the_next_one_asks_again() -> None:
    store = Store()
    gathering = Gathering(store.read)
    store.error = ValueError("away")
    found = await asyncio.gather(gathering.ask("a"), gathering.ask("b"), return_exceptions=True)
    assert [str(one) for one in found] == ["away", "away"]
    store.error = None
    assert await gathering.ask("a") == "A"


async def test_who_gives_up_holds_nobody_up() -> None:
    store = Store()
    gathering = Gathering(store.read)
    store.gate.clear()
    gone, stays = asyncio.create_task(gathering.ask("a")), asyncio.create_task(gathering.ask("a"))
    await until_asked(store, 1)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    store.gate.set()
    assert await stays == "A"


def test_a_loop_after_another() -> None:
    gathering = Gathering(Store().read)
    assert [asyncio.run(gathering.ask(name)) for name in ("a", "b")] == ["A", "B"]
