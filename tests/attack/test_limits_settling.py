"""What is given back twice, never, or too late."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

from gateway.charging import Charging
from gateway.rates import Ask, Charge, Limit, Measure, Scope
from gateway.rules.compiled import Known
from gateway.throttle.sqlite import SqliteLimits
from tests.attack.test_limits_accounts import AN, gate, message, own
from tests.smtp.conftest import Start
from tests.smtp.test_limits import settled

CHARGE = (Charge(Scope.MAILBOX, AN, (Limit(Measure.RECIPIENTS, 3600, 10),)),)


async def used(store: SqliteLimits) -> int:
    ((usage,),) = await store.usage(CHARGE)
    return usage.used


async def test_a_slow_disk_gives_nothing_back_twice(tmp_path: Path) -> None:
    """A commit that takes longer than the time-out is done all the same; trying again gives back what others hold."""
    store = SqliteLimits(tmp_path, timeout=30)
    charging = Charging(store, Known())
    await charging.start()
    try:
        kept = (await store.reserve(Ask(CHARGE, ("a", "b", "c", "d", "e"), 1))).hold
        given_up = (await store.reserve(Ask(CHARGE, ("f", "g", "h", "i", "j"), 1))).hold
        assert store._clerk is not None
        cells = store._clerk._cells
        swap, slow = cells.swap, [True]

        def stalls(*arguments: Any) -> bool:
            done = swap(*arguments)
            if slow:
                slow.clear()
                time.sleep(0.9)  # fsync of a busy disk
            return done

        cells.swap = stalls  # type: ignore[method-assign]
        store._timeout = 0.4
        charging.ended([given_up], ())
        async with asyncio.timeout(10):
            while charging.unsettled:
                await asyncio.sleep(0.05)
        store._timeout = 30
        charging.ended([kept], ("a", "b", "c", "d", "e"))
        now = await used(store)
        more = (await store.reserve(Ask(CHARGE, tuple("uvwxyz1234"), 1))).granted.count(True)
        assert not slow
        assert (now, more) == (5, 5), f"5 were delivered, {now} are counted: {more} more pass a limit of 10"
    finally:
        await charging.close()


async def test_who_leaves_as_the_answer_comes_holds_nothing(tmp_path: Path) -> None:
    """The connection is lost in the turn of the loop in which the store's answer arrives."""
    store = SqliteLimits(tmp_path, timeout=30.0)
    await store.start()
    told = store._told
    task: asyncio.Task[object] | None = None

    def and_leaves(jobs: object) -> None:
        told(jobs)  # type: ignore[arg-type]
        if task is not None:
            task.cancel()

    try:
        store._told = and_leaves  # type: ignore[method-assign]
        assert store._clerk is not None
        store._clerk._told = and_leaves
        task = asyncio.create_task(store.reserve(Ask(CHARGE, ("a", "b", "c"), 1)))
        await asyncio.gather(task, return_exceptions=True)
        left, task = task, None
        assert left.cancelled()
        await asyncio.sleep(0.3)
        assert await used(store) == 0, "held by nobody, until its windows pass"
    finally:
        await store.close()


class Forgetful:
    """A next hop that keeps the message, and is gone before it says so."""

    def __init__(self) -> None:
        self.kept = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hop ESMTP\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                writer.write(b"354 go\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                self.kept += 1
                break
            writer.write(b"250-hop\r\n250 PIPELINING\r\n" if verb == b"EHLO" else b"250 ok\r\n")
        writer.close()


async def test_what_was_perhaps_delivered_counts(start: Start) -> None:
    hop = Forgetful()
    server = await asyncio.start_server(hop.serve, "127.0.0.1", 0)
    where = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    running = await gate(start, upstream={"box": {"hosts": [where]}}, limits={"unknown": own("2/hour")})
    try:
        for _ in range(6):
            client = await running.ready("submission")
            await message(client, AN)
            await settled(running)
        assert hop.kept <= 2, f"{hop.kept} messages are at the next hop, where 2 an hour are allowed"
    finally:
        server.close()


async def test_one_verdict_that_cannot_be_told_stops_no_other() -> None:
    from gateway.conduct.score import Judgement, Level
    from gateway.conduct.watch import Conduct
    from gateway.rates import Deed

    told: list[str] = []

    async def tell(who: str, _judgement: Judgement) -> None:
        if who == "poison":
            raise ValueError("a name that no letter can hold")
        told.append(who)

    class Store:
        async def change(self, key: str, keep: float, work: object) -> Judgement:
            return Judgement(2.0, Level.BLOCK, ("spam",), {})

    conduct = Conduct(Store(), tell, gather=0.01)  # type: ignore[arg-type]
    await conduct.start()
    conduct.note(Deed("poison", 0.0, recipients=1))
    await asyncio.sleep(0.2)
    conduct.note(Deed("thief", 0.0, recipients=1))
    async with asyncio.timeout(60):
        while "thief" not in told:
            await asyncio.sleep(0.05)
    await conduct.close(0.2)
    assert "thief" in told, "one sender that cannot be told keeps every other from being blocked"
