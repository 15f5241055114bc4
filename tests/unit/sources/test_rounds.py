"""Sources that are asked in turns: each by itself, failures counted and told once, only where it is our turn."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pytest

from gateway.access import Coverage, Source
from gateway.sources import rounds
from gateway.sources.rounds import Reader, Rounds, apart
from gateway.sources.told import Told

A = "an@tinh.example"
COVERED = {A: Coverage(A, Source.LAST_LOGIN, 1.0, 2.0)}


class AwayError(Exception):
    """A server that is gone."""


@dataclass
class Desk:
    """What a test sees of one Rounds."""

    ours: bool = True
    kept: list[tuple[Told, float]] = field(default_factory=list)
    store_down: bool = False

    def __post_init__(self) -> None:
        self.rounds = Rounds(self.keep, self.covered, lambda: self.ours, every=0.0, clock=lambda: 100.0)

    async def keep(self, told: Told, now: float) -> None:
        if self.store_down:
            raise OSError("/mot/duong/dan")
        self.kept.append((told, now))

    async def covered(self, source: Source) -> Mapping[str, Coverage]:
        assert source is Source.LAST_LOGIN
        return COVERED


def reader(name: str, *answers: Told | Exception, source: Source | None = None) -> Reader:
    """One that gives these answers, the last again and again."""
    waiting = list(answers)

    async def read(_: Mapping[str, Coverage], __: float) -> Told:
        await asyncio.sleep(0)
        made = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(made, Exception):
            raise made
        return made

    return Reader(name, source, read, (AwayError,))


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What is logged: event and reason."""
    found: list[tuple[str, str]] = []

    class Log:
        def warning(self, event: str, **words: str) -> None:
            found.append((event, words["reason"]))

        def info(self, event: str, **words: str) -> None:
            found.append((event, words["source"]))

    monkeypatch.setattr(rounds, "_log", Log())
    return found


async def test_a_reading_is_kept_and_counted() -> None:
    desk = Desk()
    told = Told(problems={"clock": 2})
    assert await desk.rounds.once(reader("last-login", told, source=Source.LAST_LOGIN))
    assert desk.kept == [(told, 100.0)]
    assert desk.rounds.counted == {("last-login", "read"): 1, ("last-login", "clock"): 2}
    assert desk.rounds.read_at == {"last-login": 100.0}


async def test_coverage_goes_on_from_what_is_kept() -> None:
    seen: list[Mapping[str, Coverage]] = []

    async def read(covered: Mapping[str, Coverage], _: float) -> Told:
        seen.append(covered)
        return Told()

    desk = Desk()
    await desk.rounds.once(Reader("x", Source.LAST_LOGIN, read))
    await desk.rounds.once(Reader("y", None, read))
    assert seen == [COVERED, {}]


async def test_coverage_that_is_kept_already_is_not_kept_again() -> None:
    desk, longer = Desk(), Coverage(A, Source.LAST_LOGIN, 1.0, 3.0)
    for made, kept in ((COVERED[A], ()), (longer, (longer,))):
        await desk.rounds.once(reader("x", Told(coverage=(made,)), source=Source.LAST_LOGIN))
        assert desk.kept[-1][0].coverage == kept


async def test_failures_are_told_once_a_change(lines: list[tuple[str, str]]) -> None:
    """A bug's or a store's words are not: they may hold anything."""
    desk = Desk()
    one = reader(
        "x",
        AwayError("no route"),
        AwayError("no route"),
        AwayError("refused"),
        ValueError("password=mk"),
        Told(),
        Told(),
    )
    results = [await desk.rounds.once(one) for _ in range(6)]
    assert results == [False, False, False, False, True, True]
    assert desk.rounds.counted == {("x", "failed"): 4, ("x", "read"): 2}
    assert lines == [
        ("sources.failed", "no route"),
        ("sources.failed", "refused"),
        ("sources.failed", "ValueError"),
        ("sources.read_again", "x"),
    ]


async def test_what_cannot_be_kept_was_not_read(lines: list[tuple[str, str]]) -> None:
    desk = Desk(store_down=True)
    assert not await desk.rounds.once(reader("x", Told()))
    assert desk.rounds.read_at == {}
    assert lines == [("sources.failed", "OSError")]


async def test_a_look_at_some_mailboxes(lines: list[tuple[str, str]]) -> None:
    """Whose turn it is does not matter; one that can asks for these only; one that fails hinders no other."""
    asked: list[object] = []

    async def of(mailboxes: Collection[str]) -> Told:
        asked.append(mailboxes)
        return Told()

    async def whole(*_: object) -> Told:
        asked.append("whole")
        return Told()

    desk = Desk(ours=False)
    desk.rounds.readers = (
        reader("bad", AwayError("x")),
        Reader("some", None, whole, of=of),
        Reader("all", None, whole),
    )
    await desk.rounds.look([A])
    assert asked == [[A], "whole"]
    assert len(desk.kept) == 2


async def test_each_by_itself_and_only_in_our_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "_LOOK", 0.0)

    async def for_ever(_: Mapping[str, Coverage], __: float) -> Told:
        await asyncio.Event().wait()
        return Told()

    desk = Desk(ours=False)
    await desk.rounds.begin([Reader("stuck", None, for_ever), reader("bad", AwayError()), reader("good", Told())])
    for _ in range(20):
        await asyncio.sleep(0)
    assert desk.rounds.counted == {}
    desk.ours = True
    async with asyncio.timeout(10):
        while not (desk.rounds.counted["good", "read"] > 3 and desk.rounds.counted["bad", "failed"] > 3):
            await asyncio.sleep(0)
    await desk.rounds.end()
    assert desk.rounds.readers == ()
    before = len(desk.kept)
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(desk.kept) == before


async def test_a_thread_that_nobody_waits_for() -> None:
    assert await apart(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        await apart(lambda: 1 // 0)
    held = threading.Event()
    task = asyncio.create_task(apart(held.wait))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    held.set()
    await asyncio.sleep(0.05)  # its late answer hurts nobody


def test_a_loop_that_ended_meanwhile() -> None:
    held, done = threading.Event(), threading.Event()

    def work() -> None:
        held.wait()
        done.set()

    async def leave() -> None:
        task = asyncio.create_task(apart(work))
        await asyncio.sleep(0)
        task.cancel()

    asyncio.run(leave())
    held.set()
    assert done.wait(10)
