"""Children that misbehave in every way: the message is "not checked", and the next one finds a fresh child."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import suppress
from dataclasses import replace

import pytest
import structlog

from gateway.contents import ContainedFile, Unchecked, Why
from gateway.inspection import pool as pool_module
from gateway.inspection.inspector import Inspector, PoolLimits
from tests.support.processes import lives
from tests.unit.inspection.support import FILES, NAUGHTY, inspector, mail, part, reports, scan, surroundings, told

WELL = (ContainedFile("1", ("a.txt",), "text/plain", 439, ()),)
A_ZIP = ("a.zip",)


def lost(reason: Why) -> tuple[Unchecked, ...]:
    return (Unchecked("1.2", A_ZIP, reason),)


@pytest.mark.parametrize(
    ("subject", "reason"),
    [
        ("burn", Why.TIME),
        ("exhaust", Why.TOO_LARGE),
        ("recurse", Why.TOO_DEEP),
        ("raise", Why.DIED),
        ("segv", Why.DIED),
        ("abort", Why.DIED),
        ("exit", Why.DIED),
        ("garbage", Why.DIED),
        ("huge frame", Why.DIED),
        ("wrong shape", Why.DIED),
        ("wrong word", Why.DIED),
        ("wrong end", Why.DIED),
        ("shout", Why.TOO_LARGE),
        ("print", Why.DIED),
    ],
)
async def test_a_misbehaving_child_costs_its_message_only(subject: str, reason: Why) -> None:
    with structlog.testing.capture_logs() as lines:
        async with inspector(cpu_time=0.5 if subject == "burn" else 10.0, memory=128 << 20) as made:
            before = reports(await told(made, "pid"))["pid"]
            failed = await told(made, subject)
            assert failed.unchecked == lost(reason)
            assert failed.view is None
            assert reports(await told(made, "pid"))["pid"] != before
            assert (await told(made, "well")).unchecked == ()
    assert len(lines) < 40, "the log is bounded, whatever a child prints"
    assert not any("stranger" in repr(line) for line in lines), "nothing of a message reaches the log"


async def test_what_one_says_behind_its_answer_is_nobody_s() -> None:
    async with inspector() as made:
        pid = reports(await told(made, "pid"))["pid"]
        assert (await told(made, "twice")).files == ()
        await asyncio.sleep(0.5)  # what it says next may be a moment late on a busy machine
        after = await told(made, "pid")
        assert [file.kind for file in after.files] == ["report"]
        assert reports(after)["pid"] != pid


async def test_a_late_word_is_not_the_next_message_s_answer() -> None:
    async with inspector() as made:
        pid = reports(await told(made, "pid"))["pid"]
        await told(made, "owe")
        assert reports(await told(made, "pid"))["pid"] == pid, "its own answer is heard, what is behind it dropped"
        assert reports(await told(made, "pid"))["pid"] != pid, "one that talks out of turn is not asked again"


async def test_one_that_never_answers_is_ended_in_time() -> None:
    async with inspector() as made:
        await told(made, "well")  # starting one takes time, too
        patient, made.limits = made.limits, replace(made.limits, timeout=1.0)
        failed = await told(made, "sleep")
        assert failed.unchecked == lost(Why.TIME)
        made.limits = patient
        assert (await told(made, "well")).files


async def test_what_was_found_before_the_end_is_kept() -> None:
    async with inspector() as made:
        raw = mail(part(b"x" * 10, "a.zip"), part(b"y" * 10, "c.7z"), subject="half")
        found = await made.inspect(raw, scan(raw), FILES)
        assert found.files == (ContainedFile("2", ("b",), "x/y", 1),)
        assert found.unchecked == (Unchecked("1.2", A_ZIP, Why.DIED), Unchecked("1.3", ("c.7z",), Why.DIED))


async def test_a_message_without_attachments_is_unchecked_as_a_whole() -> None:
    async with inspector() as made:
        raw = mail(subject="abort")
        assert (await made.inspect(raw, scan(raw), FILES)).unchecked == (Unchecked("", (), Why.DIED),)


async def test_a_bug_on_our_side_is_not_a_message_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise KeyError("a bug")

    async with inspector() as made:
        with monkeypatch.context() as patched, structlog.testing.capture_logs() as lines:
            patched.setattr(made, "_request", broken)
            assert (await told(made, "well")).unchecked == lost(Why.DIED)
        assert [line["event"] for line in lines] == ["inspection.bug"]
        assert (await told(made, "well")).unchecked == ()


async def test_one_that_is_worn_or_was_used_enough_is_replaced() -> None:
    async with inspector(max_uses=3) as made:
        pids = [reports(await told(made, "pid"))["pid"] for _ in range(7)]
        assert [pids.count(pid) for pid in dict.fromkeys(pids)] == [3, 3, 1]
        await told(made, "worn")
        assert reports(await told(made, "pid"))["pid"] != pids[-1]


async def test_one_that_keeps_memory_is_replaced() -> None:
    async with inspector(memory=128 << 20) as made:
        pid = reports(await told(made, "pid"))["pid"]
        assert reports(await told(made, "pid"))["pid"] == pid
        assert (await told(made, "knot")).unchecked == ()
        assert reports(await told(made, "pid"))["pid"] == pid
        assert (await told(made, "keep")).unchecked == ()
        assert reports(await told(made, "pid"))["pid"] != pid


async def test_none_are_wanted() -> None:
    async with inspector(count=0) as made:
        assert (await told(made, "well")).unchecked == lost(Why.UNAVAILABLE)


async def test_messages_share_the_children_and_the_queue_is_bounded() -> None:
    async with inspector(count=2, queue=3) as made:
        results = await asyncio.gather(*(told(made, "nap") for _ in range(8)))
        reasons = [result.unchecked[0].reason if result.unchecked else None for result in results]
        assert reasons.count(Why.BUSY) == 8 - 3
        assert made.running == 2


async def test_waiting_for_a_child_ends_in_time() -> None:
    async with inspector(count=1, timeout=4.0) as made:
        await told(made, "well")
        first, second = await asyncio.gather(told(made, "sleep"), told(made, "well"))
        assert first.unchecked == lost(Why.TIME)
        assert second.unchecked == lost(Why.BUSY)


async def test_a_failing_message_does_not_touch_its_neighbour() -> None:
    async with inspector(count=2) as made:
        bad, good = await asyncio.gather(told(made, "segv"), told(made, "nap"))
        assert bad.unchecked == lost(Why.DIED)
        assert good.unchecked == ()


async def test_a_child_that_cannot_start_is_tried_less_and_less(monkeypatch: pytest.MonkeyPatch) -> None:
    starts: list[float] = []
    async with inspector(mode="start") as made:
        start = made._start_child

        async def counted() -> object:
            starts.append(time.monotonic())
            return await start()

        made._pool._start = counted  # type: ignore[assignment]
        monkeypatch.setattr(pool_module, "_FIRST_PAUSE", 0.2)
        end = time.monotonic() + 3
        while time.monotonic() < end or len(starts) < 2:
            assert (await told(made, "well")).unchecked == lost(Why.UNAVAILABLE)
            await asyncio.sleep(0.01)
    # Pauses that stay as they are would make room for a dozen. How long each was says more of the machine's load.
    assert 2 <= len(starts) <= 6


async def test_children_that_die_at_work_are_held_back_for_a_moment_only(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    original = pool_module.Pool._pause

    def noted(self: pool_module.Pool, count: int, longest: float) -> None:
        pauses.append(0.0 if count <= 0 else min(0.1 * 2.0 ** (count - 1), longest))
        original(self, count, longest)

    monkeypatch.setattr(pool_module.Pool, "_pause", noted)
    async with inspector() as made:
        for _ in range(5):
            assert (await told(made, "exit")).unchecked == lost(Why.DIED)
        assert pauses == [0.0, 0.0, 0.1, 0.2, 0.4]
        assert (await told(made, "well")).unchecked == ()  # it waited, and then was served
        await told(made, "exit")
        assert pauses[-1] == 0.0


async def test_a_cancelled_look_gives_its_child_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.inspection.inspector._GRACE", 30.0)
    async with inspector() as made:
        pid = reports(await told(made, "pid"))["pid"]
        task = asyncio.create_task(told(made, "nap"))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert reports(await told(made, "pid"))["pid"] == pid  # it finished in its time


async def test_a_cancelled_look_that_takes_long_costs_its_child() -> None:
    async with inspector() as made:
        pid = reports(await told(made, "pid"))["pid"]
        task = asyncio.create_task(told(made, "sleep"))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert reports(await told(made, "pid"))["pid"] != pid
        assert not made._tasks


async def test_a_cancelled_wait_leaves_the_queue() -> None:
    async with inspector() as made:
        await told(made, "well")
        working = asyncio.create_task(told(made, "nap"))
        await asyncio.sleep(0.05)
        waiting = [asyncio.create_task(told(made, "well")) for _ in range(3)]
        await asyncio.sleep(0.05)
        waiting[0].cancel()
        waiting[2].cancel()
        with suppress(asyncio.CancelledError):
            await waiting[0]
        assert (await waiting[1]).files
        assert (await working).unchecked == ()
        assert made._pool.waiting == 0


async def test_an_idle_child_that_is_killed_is_replaced() -> None:
    async with inspector(prewarm=True) as made:
        pid = int(reports(await told(made, "pid"))["pid"])
        os.kill(pid, signal.SIGKILL)
        while lives(pid):
            time.sleep(0.01)  # so that the loop cannot have heard of it
        assert int(reports(await told(made, "pid"))["pid"]) != pid


async def test_close_is_prompt_and_ends_everything() -> None:
    made = Inspector(PoolLimits(count=2, timeout=60), program=NAUGHTY, environment=surroundings(NAUGHTY=""))
    await made.start()
    pids = {int(reports(await told(made, "pid"))["pid"])}
    working = [asyncio.create_task(told(made, "sleep")) for _ in range(4)]
    while made._pool.waiting < 2 or made.running < 2:
        await asyncio.sleep(0.02)
    pids |= {child.pid for child in made._pool._children}
    await asyncio.wait_for(made.close(), 30)
    results = await asyncio.wait_for(asyncio.gather(*working), 30)
    assert all(result.unchecked for result in results)
    assert len(pids) == 2
    async with asyncio.timeout(30):  # what was killed is gone as soon as it is reaped
        while any(lives(pid) for pid in pids):
            await asyncio.sleep(0.02)
    assert (await told(made, "well")).unchecked == lost(Why.UNAVAILABLE)
    await made.close()


async def test_a_close_between_the_turn_and_the_question_checks_nothing() -> None:
    made = Inspector(PoolLimits(count=1, timeout=60), program=NAUGHTY, environment=surroundings(NAUGHTY=""))
    await made.start()
    await told(made, "well")
    working = asyncio.create_task(told(made, "well"))
    await asyncio.sleep(0)
    assert len(made._tasks) == 1, "the question is a task that has not run yet"
    await made.close()
    assert (await working).unchecked == lost(Why.UNAVAILABLE)


async def test_children_are_started_when_they_are_wanted_or_before() -> None:
    async with inspector(count=3) as lazy:
        await asyncio.sleep(0.2)
        assert lazy.running == 0
        await told(lazy, "well")
        assert lazy.running == 1
    async with inspector(count=3, prewarm=True) as eager:
        while eager.running < 3:
            await asyncio.sleep(0.05)
