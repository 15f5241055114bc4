"""The rest of the contract: giving back, clocks, hostile keys, small values, many at once. See `contract`."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from gateway.rates import Ask, Charge, Scope
from tests.unit.throttle.contract import (
    BYTES,
    DAY,
    HOSTILE,
    HOUR,
    MESSAGES,
    MINUTE,
    NEW,
    RECIPIENTS,
    START,
    Made,
    charge,
    name,
    people,
    used,
)

ROOT = Path(__file__).parents[3]


class SettleContract:
    """What was not delivered counts no more."""

    async def test_all_delivered_is_no_question(self, made: Made) -> None:
        store, account = await made.open(), charge((RECIPIENTS, DAY, 9), (NEW, DAY, 9))
        grant = await store.reserve(Ask((account,), people(2), messages=1, size=5))
        await store.settle([grant.hold], people(2))
        grant = await store.reserve(Ask((account,), people(2), messages=1, size=5))
        refused = await store.reserve(Ask((account,), people(9)))
        empty = await store.reserve(Ask((account,)))
        before = made.asked(store)
        await store.settle([grant.hold, empty.hold], (*people(2), "other@xa.example"))
        await store.settle([], people(2))
        await store.settle([empty.hold], ())
        assert made.asked(store) == before
        await store.settle([refused.hold], ())
        assert made.asked(store) == before + 1
        assert used(await store.usage([account])) == [[4, 2]]

    async def test_some_and_nothing_delivered(self, made: Made) -> None:
        store = await made.open()
        limits = ((RECIPIENTS, DAY, 9), (MESSAGES, DAY, 9), (BYTES, DAY, 99))
        own, unit = charge(*limits), charge(*limits, scope=Scope.UNIT)
        first = (await store.reserve(Ask((own, unit), people(3), messages=1, size=5))).hold
        more = (await store.reserve(Ask((own, unit), people(2, 5), size=7))).hold
        await store.settle([first, more], people(1))
        assert used(await store.usage([own, unit])) == [[1, 1, 12]] * 2
        third = (await store.reserve(Ask((own, unit), people(3), messages=1, size=5))).hold
        fourth = (await store.reserve(Ask((own, unit), size=6))).hold
        await store.settle([third, fourth], ())
        assert used(await store.usage([own, unit])) == [[1, 1, 12]] * 2

    async def test_into_the_window_from_which_it_was_taken(self, made: Made) -> None:
        store, account = await made.open(), charge((RECIPIENTS, MINUTE, 4), (RECIPIENTS, HOUR, 99))
        held = (await store.reserve(Ask((account,), people(2)))).hold
        made.clock.now += 30
        await store.reserve(Ask((account,), people(2)))
        await store.settle([held], ())
        assert used(await store.usage([account])) == [[2, 2]]
        made.clock.now = START + 66  # what was given back does not leave a second time
        assert used(await store.usage([account])) == [[2, 2]]
        assert sum((await store.reserve(Ask((account,), people(5)))).granted) == 2
        made.clock.now = START + 96
        assert sum((await store.reserve(Ask((account,), people(5)))).granted) == 2

    async def test_of_a_window_that_is_gone_nothing(self, made: Made) -> None:
        store, account = await made.open(), charge((RECIPIENTS, MINUTE, 4), (RECIPIENTS, HOUR, 99))
        held = (await store.reserve(Ask((account,), people(2)))).hold
        made.clock.now += 600
        await store.reserve(Ask((account,), people(4)))
        await store.settle([held], ())
        assert used(await store.usage([account])) == [[4, 4]]
        made.clock.now += 400 * DAY
        await store.settle([held], ())
        assert used(await store.usage([account])) == [[0, 0]]

    async def test_never_below_nothing(self, made: Made) -> None:
        store, account = await made.open(), charge((RECIPIENTS, DAY, 9), (BYTES, DAY, 9), (MESSAGES, DAY, 9))
        held = (await store.reserve(Ask((account,), people(3), messages=1, size=9))).hold
        for _ in range(3):
            await store.settle([held, held], ())
            assert used(await store.usage([account])) == [[0, 0, 0]]
        assert sum((await store.reserve(Ask((account,), people(20)))).granted) == 9

    async def test_twice_the_same_recipient(self, made: Made) -> None:
        store, account = await made.open(), charge((RECIPIENTS, DAY, 9))
        held = (await store.reserve(Ask((account,), (*people(1), *people(2))))).hold
        await store.settle([held], people(1, 1))
        assert used(await store.usage([account])) == [[1]]


class ClockContract:
    """Clocks jump."""

    async def test_a_small_step_back(self, made: Made) -> None:
        store, account = await made.open(), charge((RECIPIENTS, MINUTE, 4))
        await store.reserve(Ask((account,), people(2)))
        made.clock.now -= 40
        grant = await store.reserve(Ask((account,), people(9)))
        assert (sum(grant.granted), grant.hold.at) == (2, START)
        assert grant.exceeded[0].retry_after == 65
        await store.settle([grant.hold], ())
        assert used(await store.usage([account])) == [[2]]

    @pytest.mark.parametrize("jump", [61, HOUR, 7 * HOUR, DAY, 400 * DAY, START - 5])
    async def test_a_jump_back(self, made: Made, jump: float) -> None:
        store, account = await made.open(), charge((RECIPIENTS, MINUTE, 4), (RECIPIENTS, DAY, 10))
        await store.reserve(Ask((account,), people(4)))
        made.clock.now -= jump
        assert used(await store.usage([account])) == [[4, 4]]
        for _ in range(14):  # it asks again and again, and is not made to wait longer for it
            assert not any((await store.reserve(Ask((account,), people(2)))).granted)
            made.clock.now += 4
        made.clock.now = START - jump + 70
        other = await made.open()  # which has seen nothing of it
        assert (await other.reserve(Ask((account,), people(4)))).granted == (True,) * 4
        made.clock.now = START - jump + 140
        grant = await store.reserve(Ask((account,), people(4)))
        assert grant.granted == (True, True, False, False)
        assert grant.exceeded[0].limit.seconds == DAY
        made.clock.now += DAY + 2 * HOUR
        assert (await store.reserve(Ask((account,), people(4)))).granted == (True,) * 4

    async def test_a_jump_forward_forgets(self, made: Made) -> None:
        store, account = await made.open(), charge((RECIPIENTS, DAY, 4))
        held = (await store.reserve(Ask((account,), people(4)))).hold
        made.clock.now = 4_000_000_000.0
        assert (await store.reserve(Ask((account,), people(9)))).hold.taken == people(4)
        made.clock.now = START
        assert not any((await store.reserve(Ask((account,), people(1)))).granted)
        await store.settle([held], ())
        assert min(used(await store.usage([account]))[0]) >= 0

    @pytest.mark.parametrize("now", [0.0, 0.75, 1.0, -5.0, 2.0**32, 2.0**33])
    async def test_a_senseless_clock(self, made: Made, now: float) -> None:
        store, account = await made.open(), charge((RECIPIENTS, MINUTE, 4), (NEW, DAY, 9))
        made.clock.now = now
        grant = await store.reserve(Ask((account,), people(9), messages=1))
        assert sum(grant.granted) == 4
        await store.settle([grant.hold], people(1))
        assert used(await store.usage([account])) == [[1, 1]]
        made.clock.now = START
        await store.reserve(Ask((account,), people(9)))
        assert used(await store.usage([account]))[0][0] <= 4


class KeyContract:
    """Names are text from strangers."""

    async def test_each_is_its_own(self, made: Made) -> None:
        store = await made.open()
        accounts = [charge((RECIPIENTS, DAY, 3), who=text) for text in HOSTILE]
        before = [one[0] for one in used(await store.usage(accounts))]
        for number, account in enumerate(accounts):
            await store.reserve(Ask((account,), people(number + 1), force=True))
        after = [one[0] for one in used(await store.usage(accounts))]
        assert [new - old for old, new in zip(before, after, strict=True)] == list(range(1, len(HOSTILE) + 1))

    async def test_scopes_do_not_share(self, made: Made) -> None:
        store, who = await made.open(), name()
        accounts = [charge((RECIPIENTS, DAY, 9), who=who, scope=scope) for scope in Scope]
        await store.reserve(Ask((accounts[0],), people(2)))
        assert used(await store.usage(accounts)) == [[2], *([[0]] * (len(accounts) - 1))]

    async def test_an_account_twice_in_one_ask(self, made: Made) -> None:
        store, account = await made.open(), charge((RECIPIENTS, DAY, 9))
        again = Charge(account.scope, account.who, account.limits)
        grant = await store.reserve(Ask((account, again, account), people(2), messages=1))
        assert grant.granted == (True, True)
        assert used(await store.usage([account])) == [[2]]  # one account is counted to once
        await store.settle([grant.hold], people(1))
        assert used(await store.usage([account, again])) == [[1], [1]]

    async def test_values_and_accounts_do_not_meet(self, made: Made) -> None:
        store, account = await made.open(), charge((RECIPIENTS, DAY, 9))
        await store.reserve(Ask((account,), people(2)))
        assert await store.change(account.key, 60, lambda old, _: (b"x", old)) is None
        assert used(await store.usage([account])) == [[2]]


class ValueContract:
    """`change`."""

    async def test_replaces(self, made: Made) -> None:
        store, key = await made.open(), name()
        assert await store.change(key, 60, lambda old, now: (b"\0one\xff", (old, now))) == (None, START)
        assert await store.change(key, 60, lambda old, _: (old, old)) == b"\0one\xff"
        assert await store.change(key, 60, lambda old, _: (b"", old)) == b"\0one\xff"
        assert await store.change(key, 60, lambda old, _: (None, old)) == b""
        assert await store.change(key, 60, lambda old, _: (None, old)) is None

    async def test_is_forgotten(self, made: Made) -> None:
        store, key = await made.open(), name()
        await store.change(key, 50.5, lambda *_: (b"one", None))
        made.clock.now += 50
        assert await store.change(key, 100, lambda old, _: (b"two", old)) == b"one"
        made.clock.now += 98
        assert await store.change(key, 100, lambda old, _: (old, old)) == b"two"

    async def test_is_gone_when_its_time_is_over(self, made: Made) -> None:
        store, key = await made.open(), name()
        await store.change(key, 50, lambda *_: (b"one", None))
        reader = await made.open()
        assert await reader.change(key, 50, lambda old, _: (old, old)) == b"one"
        made.clock.now += 51
        for one in (store, reader, await made.open()):
            assert await one.change(key, 50, lambda old, _: (old, old)) is None

    @pytest.mark.parametrize("key", HOSTILE)
    async def test_hostile_keys(self, made: Made, key: str) -> None:
        store = await made.open()
        await store.change(key, 60, lambda *_: (key.encode("utf-8", "replace"), None))
        assert await store.change(key, 60, lambda old, _: (None, old)) == key.encode("utf-8", "replace")

    async def test_an_error_in_the_work_is_its_askers(self, made: Made) -> None:
        store, key, account = await made.open(), name(), charge((RECIPIENTS, DAY, 9))

        def work(_old: bytes | None, _now: float) -> tuple[bytes | None, None]:
            raise KeyError("of the work")

        await store.change(key, 60, lambda *_: (b"one", None))
        answers = await asyncio.gather(
            store.reserve(Ask((account,), people(1))),
            store.change(key, 60, work),
            store.reserve(Ask((account,), people(1))),
            return_exceptions=True,
        )
        assert isinstance(answers[1], KeyError)
        assert used(await store.usage([account])) == [[2]]
        assert await store.change(key, 60, lambda old, _: (old, old)) == b"one"

    async def test_many_at_once(self, made: Made) -> None:
        stores, key = [await made.open() for _ in range(2)], name()

        def more(old: bytes | None, _now: float) -> tuple[bytes, None]:
            return str(int(old or b"0") + 1).encode(), None

        await asyncio.gather(*(stores[number % 2].change(key, 60, more) for number in range(100)))
        assert await stores[0].change(key, 60, lambda old, _: (old, old)) == b"100"


class CrowdContract:
    """Many at once, and from several processes."""

    async def test_two_hundred_at_once(self, made: Made) -> None:
        stores = [await made.open() for _ in range(2)]
        own = charge((RECIPIENTS, DAY, 150), (RECIPIENTS, MINUTE, 120), (MESSAGES, DAY, 130))
        unit = charge((RECIPIENTS, DAY, 10**6), scope=Scope.UNIT)
        asks = [Ask((own, unit), people(1, number), messages=1) for number in range(200)]
        grants = await asyncio.gather(*(stores[n % 2].reserve(ask) for n, ask in enumerate(asks)))
        assert sum(grant.granted[0] for grant in grants) == 120
        assert used(await stores[1].usage([own, unit])) == [[120, 120, 120], [120]]
        holds = [grant.hold for grant in grants if grant.granted[0]]
        await asyncio.gather(*(stores[n % 2].settle([hold], ()) for n, hold in enumerate(holds[:20])))
        assert used(await stores[0].usage([own, unit])) == [[100, 100, 100], [100]]

    async def test_processes_admit_exactly_the_limit(self, made: Made) -> None:
        store, who = await made.open(), name()
        account = charge((RECIPIENTS, DAY, 137), who=who)
        counts = await children(made, "all", who, 137, processes=3, each=100)
        assert sum(counts) == 137
        assert used(await store.usage([account])) == [[137]]

    async def test_a_crash_holds_only_what_it_held(self, made: Made) -> None:
        store, who = await made.open(), name()
        account = charge((RECIPIENTS, DAY, 100), who=who)
        (held,) = await children(made, "crash", who, 100, processes=1, each=30)
        assert held == 30
        assert sum((await store.reserve(Ask((account,), people(200)))).granted) == 70

    async def test_state_outlives_the_store(self, made: Made) -> None:
        store, account, key = await made.open(), charge((RECIPIENTS, DAY, 9), (NEW, DAY, 9)), name()
        grant = await store.reserve(Ask((account,), people(4)))
        await store.settle([grant.hold], people(3))
        await store.change(key, 60, lambda *_: (b"one", None))
        await store.close()
        store = await made.open()
        assert used(await store.usage([account])) == [[3, 3]]
        assert (await store.reserve(Ask((account,), people(4)))).hold.new == people(1, 3)
        assert await store.change(key, 60, lambda old, _: (old, old)) == b"one"


async def children(made: Made, how: str, who: str, limit: int, *, processes: int, each: int) -> Sequence[int]:
    """How many reservations each of some processes was granted; see `child`."""
    order = json.dumps({"place": made.place, "how": how, "who": who, "limit": limit, "each": each, "now": START})
    command = [sys.executable, "-m", "tests.unit.throttle.child", order]
    running = [
        await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
        for _ in range(processes)
    ]
    try:
        told = [await process.communicate() for process in running]
        return [int(out) for out, _ in told]
    finally:
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
