"""The watch never waits and never raises, loses nothing that it need not lose, and tells of everybody once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from gateway.conduct import watch
from gateway.conduct.score import Judgement, Level
from gateway.conduct.watch import Conduct, conduct_of, key_of
from gateway.errors import LimitsUnavailable
from gateway.throttle.sqlite import SqliteLimits
from tests.unit.conduct.support import deed

BAD = {"new": 1, "unknown": 3, "spam": True, "client": "185.9.4.4"}


class Told:
    """Who was told of; it can fail."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, Judgement]] = []
        self.failures = 0

    async def __call__(self, who: str, judgement: Judgement) -> None:
        if self.failures:
            self.failures -= 1
            raise OSError("no database")
        self.seen.append((who, judgement))


class Away(SqliteLimits):
    """A store that can be out of reach, and counts the changes."""

    away = False
    changes = 0

    async def change(self, key, keep, work):  # type: ignore[no-untyped-def]
        if self.away:
            raise LimitsUnavailable("it is away")
        self.changes += 1
        return await super().change(key, keep, work)


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Away]:
    made = Away(tmp_path, timeout=20)
    await made.start()
    yield made
    await made.close()


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
async def conduct(store: Away, told: Told, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Conduct]:
    monkeypatch.setattr(watch, "_AGAIN", 0.01)
    made = Conduct(store, told, gather=0.01)
    await made.start()
    yield made
    await made.close(0.2)


async def test_who_stands_out_is_told_of_once(conduct: Conduct, store: Away, told: Told) -> None:
    for _ in range(40):
        conduct.note(deed(**BAD))
        conduct.note(deed(who="good@x.example"))
    await until(lambda: bool(told.seen) and not conduct.waiting)
    for _ in range(5):
        conduct.note(deed(**BAD))
    await conduct.close(20)
    ((who, judgement),) = told.seen
    assert (who, judgement.level) == ("an@x.example", Level.BLOCK)
    assert json.dumps(judgement.evidence)
    seen = await conduct_of(store, "an@x.example")
    assert seen is not None
    assert seen.level is Level.BLOCK
    good = await conduct_of(store, "good@x.example")
    assert good is not None
    assert good.level is Level.FINE
    assert await conduct_of(store, "nobody@x.example") is None


async def test_deeds_that_wait_together_are_one_change(conduct: Conduct, store: Away) -> None:
    for _ in range(100):
        conduct.note(deed())
    await until(lambda: not conduct.waiting)
    assert store.changes == 1


async def test_a_looking_at_conduct_is_not_a_change(conduct: Conduct, store: Away) -> None:
    conduct.note(deed())
    await conduct.close(20)
    blobs: list[bytes | None] = []

    def read(blob: bytes | None, now: float) -> tuple[bytes | None, None]:
        blobs.append(blob)
        return blob, None

    await store.change(key_of("an@x.example"), watch.KEEP, read)
    await conduct_of(store, "an@x.example")
    await store.change(key_of("an@x.example"), watch.KEEP, read)
    assert blobs[0] == blobs[1] is not None


async def test_what_comes_while_the_store_is_away_is_taken_later(conduct: Conduct, store: Away, told: Told) -> None:
    store.away = True
    for _ in range(20):
        conduct.note(deed(**BAD))
    await until(lambda: conduct.failed == "it is away")
    for _ in range(20):
        conduct.note(deed(**BAD))
    assert conduct.waiting == 40
    store.away = False
    await until(lambda: bool(told.seen))
    assert (conduct.waiting, conduct.dropped, conduct.failed) == (0, 0, "")


async def test_what_waits_is_bounded(conduct: Conduct, store: Away) -> None:
    store.away = True
    for number in range(300):
        conduct.note(deed(who="one@x.example"))
        conduct.note(deed(who=f"{number}@x.example"))
    await until(lambda: conduct.failed != "")
    for _ in range(300):
        conduct.note(deed(who="one@x.example"))
    await asyncio.sleep(0.05)
    assert conduct.dropped == 200
    assert conduct.waiting == 700
    for number in range(20_000):
        conduct.note(deed(who=f"{number}@y.example"))
    assert conduct.waiting == 10_000
    store.away = False


async def test_a_verdict_that_could_not_be_told_is_told_again(conduct: Conduct, told: Told) -> None:
    told.failures = 3
    for _ in range(40):
        conduct.note(deed(**BAD))
    await until(lambda: bool(told.seen))
    assert told.failures == 0


async def test_a_bug_with_one_sender_does_not_stop_the_others(store: Away, told: Told) -> None:
    def released(who: str) -> float:
        if who == "an@x.example":
            raise ZeroDivisionError
        return 0.0

    conduct = Conduct(store, told, released=released, gather=0.0)
    await conduct.start()
    for _ in range(40):
        conduct.note(deed(**BAD))
        conduct.note(deed(who="other@x.example", **BAD))
    await conduct.close(20)
    assert [who for who, _judgement in told.seen] == ["other@x.example"]
    assert conduct.dropped == 40


async def test_who_is_exempt_is_not_watched(store: Away, told: Told) -> None:
    conduct = Conduct(store, told, exempt=lambda who: who == "an@x.example", gather=0.0)
    await conduct.start()
    for _ in range(40):
        conduct.note(deed(**BAD))
    await conduct.close(20)
    assert told.seen == []
    assert store.changes == 0


async def test_closing_takes_what_waits_and_gives_up_in_time(store: Away, told: Told) -> None:
    conduct = Conduct(store, told, gather=60)
    await conduct.start()
    for _ in range(40):
        conduct.note(deed(**BAD))
    await conduct.close(20)
    assert told.seen
    gone = Conduct(store, told, gather=60)
    store.away = True
    await gone.start()
    gone.note(deed())
    await gone.close(timeout=0.1)
    assert gone.waiting == 1
    await Conduct(store, told).close()  # never begun


async def test_two_workers_share_what_they_know(store: Away, tmp_path: Path, told: Told) -> None:
    other_store = SqliteLimits(tmp_path, timeout=20)
    await other_store.start()
    watches = [Conduct(store, told, gather=0.0), Conduct(other_store, told, gather=0.0)]
    for one in watches:
        await one.start()
    for number in range(60):
        watches[number % 2].note(deed(**BAD))
        await asyncio.sleep(0)
    for one in watches:
        await one.close(20)
    await other_store.close()
    assert [judgement.level for _who, judgement in told.seen].count(Level.BLOCK) == 1


async def test_hostile_names(conduct: Conduct, store: Away) -> None:
    names = ["", "\0", "a\nb", "\ud800", "x" * 100_000, "' OR 1=1"]
    for name in names:
        conduct.note(deed(who=name, likeness=name, client=name))
    await until(lambda: not conduct.waiting)
    await conduct.close(20)
    assert conduct.dropped == 0
    for name in names:
        assert await conduct_of(store, name) is not None
