"""Nobody keeps the children for himself: turns go round among those who wait, and slow ones leave one child free."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.contents import Why
from gateway.inspection import turns
from gateway.inspection.inspector import Inspector, Result
from gateway.inspection.turns import Line, Shares
from tests.unit.inspection.support import FILES, inspector, mail, part, scan, zipped

_KEYS = st.sampled_from("abc")


async def told(made: Inspector, subject: str, key: str) -> Result:
    """Have the naughty child do something on somebody's behalf."""
    raw = mail(part(zipped([("b.txt", b"hello")]), "a.zip"), subject=subject)
    return await made.inspect(raw, scan(raw), FILES, key=key)


def anybody(_key: str) -> bool:
    return True


@given(keys=st.lists(_KEYS, max_size=30))
@settings(max_examples=100, deadline=None)
def test_everybody_has_a_turn_and_nobody_two_before_another_has_one(keys: list[str]) -> None:
    line: Line[int] = Line()
    for number, key in enumerate(keys):
        line.join(key, number)
    assert len(line) == len(keys)
    served = []
    while (found := line.next(anybody)) is not None:
        served.append(found)
    assert sorted(number for _key, number in served) == list(range(len(keys)))
    assert all(keys[number] == key for key, number in served)
    counts = Counter(keys)
    for at, (key, _number) in enumerate(served):  # before its n-th turn each other key had n of them, or n - 1
        turn = [other for other, _ in served[:at]].count(key)
        before = Counter(other for other, _ in served[:at])
        assert all(min(counts[other], turn) <= before[other] <= turn + 1 for other in counts if other != key)
    for key in counts:
        mine = [number for other, number in served if other == key]
        assert mine == sorted(mine)
    assert len(line) == 0


@given(steps=st.lists(st.tuples(_KEYS, st.integers(0, 9)), max_size=40))
@settings(max_examples=100, deadline=None)
def test_who_leaves_has_no_turn(steps: list[tuple[str, int]]) -> None:
    line: Line[int] = Line()
    waiting: set[tuple[str, int]] = set()
    for key, number in steps:
        if (key, number) in waiting:
            line.leave(key, number)
            waiting.discard((key, number))
        else:
            line.join(key, number)
            waiting.add((key, number))
        assert len(line) == len(waiting)
    assert line.next(lambda key: key == "x") is None
    left = set()
    while (found := line.next(anybody)) is not None:
        left.add(found)
    assert left == waiting


def test_the_longest_line_makes_room_and_only_for_a_shorter_one() -> None:
    line: Line[int] = Line()
    for number, key in enumerate("aaab"):
        line.join(key, number)
    assert line.last_of_longest("a") is None
    assert line.last_of_longest("b") == 2
    assert line.last_of_longest("b") is None and line.last_of_longest("c") == 1
    assert line.clear() == [0, 3] and len(line) == 0 and line.last_of_longest("a") is None


class Clock:
    """Time that stands still."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 5000.0
        monkeypatch.setattr("gateway.inspection.turns.time.monotonic", lambda: self.now)

    def look(self, shares: Shares[int], key: str, seconds: float) -> None:
        """Hold one child for a while."""
        shares.give(key, -1)
        self.now += seconds
        shares.take_back(-1)
        shares.take_back(-1)


def test_slow_and_unknown_ones_leave_one_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    shares: Shares[int] = Shares(3)
    for key, seconds in (("quick", 0.1), ("slow", 2), ("", 9)):
        clock.look(shares, key, seconds)
    for number, key in enumerate(("quick", "slow", "new", "")):
        for child in range(2):
            assert shares.may_have(key)
            shares.give(key, 10 * number + child)
    assert [shares.may_have(key) for key in ("quick", "slow", "new", "")] == [True, False, False, True]
    shares.take_back(20)
    assert shares.may_have("new")
    shares.give("new", 20)
    assert shares.may_have("new")  # its first look was quick
    clock.now += 1.5  # but those that are under way take long
    assert [shares.may_have(key) for key in ("quick", "slow", "new", "")] == [False, False, False, True]


def test_a_long_look_is_forgiven(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    shares: Shares[int] = Shares(2)
    clock.look(shares, "slow", 2)
    clock.now += turns._LATELY - 1
    clock.look(shares, "slow", 0.5)
    clock.look(shares, "other", 0)
    shares.give("slow", 0)
    assert not shares.may_have("slow")
    clock.now += 0.6
    assert shares.may_have("slow")


def test_who_is_alone_has_all(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    shares: Shares[int] = Shares(2)
    clock.look(shares, "other", 0)
    clock.look(shares, "slow", 2)
    shares.give("slow", 0)
    assert not shares.may_have("slow")
    clock.now += turns._OTHERS
    assert shares.may_have("slow")


def test_one_child_is_everybodys() -> None:
    shares: Shares[int] = Shares(1)
    shares.give("b", 1)
    assert shares.may_have("a")


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    shares: Shares[int] = Shares(2)
    for number in range(turns._KEYS + 50):
        clock.look(shares, f"{number}", 2)
    assert len(shares._known) == turns._KEYS and len(shares._seen) == 2 and not shares._holds and not shares._held


async def test_many_of_one_do_not_keep_out_another() -> None:
    async with inspector(count=1) as made:
        await told(made, "well", "")
        order: list[str] = []

        async def one(key: str) -> None:
            assert not (await told(made, "nap", key)).unchecked
            order.append(key)

        crowd = [asyncio.create_task(one("crowd")) for _ in range(5)]
        while made._pool.waiting < 4:
            await asyncio.sleep(0.01)
        await one("other")
        assert order.count("crowd") <= 2
        await asyncio.gather(*crowd)


async def test_slow_messages_of_one_leave_a_child_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_LONG", 0.5)
    async with inspector(count=2, prewarm=True) as made:
        await told(made, "well", "other")
        await told(made, "nap", "slow")
        slow = [asyncio.create_task(told(made, "sleep", "slow")) for _ in range(3)]
        while made._pool.waiting < 2:
            await asyncio.sleep(0.01)
        for _ in range(3):
            assert (await told(made, "well", "other")).files
        assert made._pool.waiting == 2 and not any(task.done() for task in slow)
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)


async def test_slow_messages_have_all_children_where_nobody_else_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_LONG", 0.5)
    async with inspector(count=2, prewarm=True) as made:
        await told(made, "nap", "slow")
        slow = [asyncio.create_task(told(made, "nap", "slow")) for _ in range(2)]
        while made._pool.busy < 2:
            assert not all(task.done() for task in slow)
            await asyncio.sleep(0.01)
        await asyncio.gather(*slow)


async def test_a_full_line_has_room_for_others() -> None:
    async with inspector(count=1, queue=3) as made:
        await told(made, "well", "")
        crowd = [asyncio.create_task(told(made, "nap", "crowd")) for _ in range(4)]
        while made._pool.waiting < 3:
            await asyncio.sleep(0.01)
        late = await told(made, "well", "crowd")
        assert [one.reason for one in late.unchecked] == [Why.BUSY]
        assert (await told(made, "well", "other")).files
        results = await asyncio.gather(*crowd)
        assert [bool(result.unchecked) for result in results] == [False, False, False, True]
        assert results[3].unchecked[0].reason is Why.BUSY


async def test_a_child_that_died_while_it_waited_costs_nobody_a_turn() -> None:
    async with inspector(count=1) as made:
        await told(made, "well", "")
        first = asyncio.create_task(told(made, "exit", "a"))
        while not made._pool.busy and not first.done():
            await asyncio.sleep(0.01)
        others = [asyncio.create_task(told(made, "well", key)) for key in "aab"]
        assert [one.reason for one in (await first).unchecked] == [Why.DIED]
        assert all(result.files for result in await asyncio.gather(*others))
        assert made._pool.waiting == 0 and not made._pool._shares._held
