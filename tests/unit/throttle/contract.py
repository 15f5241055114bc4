"""What every store of limits does, whatever it is made of: one suite, run over each backend.

A backend's tests derive from these classes and give a fixture `made` (a `Made`). The clock is the tests'; accounts are
fresh in each test (`name()`), so that one store may serve them all.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Sequence
from typing import Protocol

import pytest

from gateway.rates import Ask, Charge, Hold, Limit, LimitStore, Measure, Scope, Usage

RECIPIENTS, MESSAGES, NEW, BYTES = Measure.RECIPIENTS, Measure.MESSAGES, Measure.NEW, Measure.BYTES
MINUTE, HOUR, DAY = 60, 3600, 86400
START = 1_700_000_000.0
"""A whole slot's beginning: 1,700,000,000 is 0 modulo 5, and 800 s into a slot of an hour."""

HOSTILE = [
    "",
    "\0",
    "a\0b",
    "a\r\nDEL *",
    "x" * 100_000,
    "\ud800\udfff",
    "mailbox:a@b.example",
    "{tag}",
    "%s%n*?[a-z]",
    "'; DROP TABLE cells; --",
    "ă" * 3,
    "a\u0306" * 3,
    "\U0010ffff",
    " ",
    "__proto__",
]


class Clock:
    """The store's time, as the test says."""

    def __init__(self, now: float = START) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Made(Protocol):
    """One backend, made ready for a test."""

    clock: Clock
    place: str
    """Where the counters are, for a child process; see `tests.unit.throttle.child`."""

    async def open(self) -> LimitStore:
        """A started store; a further one is as another process on the same counters. Closed by the fixture."""

    def asked(self, store: LimitStore) -> int:
        """How many questions this store has put to what holds the counters."""


_names = itertools.count()
_run = secrets.token_hex(4)


def name(domain: str = "tinh.example") -> str:
    """An account that nothing was ever counted to."""
    return f"n{next(_names)}.{_run}@{domain}"


def charge(*limits: tuple[Measure, int, int], who: str | None = None, scope: Scope = Scope.MAILBOX) -> Charge:
    """An account with limits, each (measure, seconds, count)."""
    return Charge(scope, name() if who is None else who, tuple(Limit(*limit) for limit in limits))


def people(count: int, start: int = 0) -> tuple[str, ...]:
    """So many different recipients."""
    return tuple(f"r{number}@xa.example" for number in range(start, start + count))


def used(found: Sequence[Sequence[Usage]]) -> list[list[int]]:
    """The numbers of a usage."""
    return [[one.used for one in account] for account in found]


class StoreContract:
    """The suite."""

    async def test_admits_exactly_the_limit(self, made: Made) -> None:
        store, account = await made.open(), charge((RECIPIENTS, MINUTE, 5))
        for number in range(5):
            grant = await store.reserve(Ask((account,), people(1, number)))
            assert (grant.granted, grant.fits, grant.exceeded) == ((True,), True, ())
            assert grant.hold == Hold((account,), people(1, number), (), 0, 0, START)
        grant = await store.reserve(Ask((account,), people(1, 9), messages=1, size=9))
        assert grant.granted == (False,)
        assert grant.fits
        assert [(one.scope, one.who, one.limit, one.used) for one in grant.exceeded] == [
            (Scope.MAILBOX, account.who, account.limits[0], 5)
        ]
        assert grant.hold == Hold((account,), (), (), 0, 0, START)

    @pytest.mark.parametrize(("window", "wait"), [(MINUTE, 65), (HOUR, 3700), (DAY, 89_200), (10, 15), (7200, 10_000)])
    async def test_says_when_there_is_room_again(self, made: Made, window: int, wait: int) -> None:
        store, account = await made.open(), charge((RECIPIENTS, window, 2))
        await store.reserve(Ask((account,), people(2)))
        made.clock.now += 3
        grant = await store.reserve(Ask((account,), people(1)))
        assert grant.exceeded[0].retry_after == wait - 3
        made.clock.now = START + wait - 0.25
        assert not (await store.reserve(Ask((account,), people(1)))).granted[0]
        made.clock.now = START + wait
        assert (await store.reserve(Ask((account,), people(2)))).granted == (True, True)

    async def test_the_wait_is_for_as_much_as_is_asked(self, made: Made) -> None:
        store, account = await made.open(), charge((BYTES, MINUTE, 100))
        for size in (40, 30, 30):
            await store.reserve(Ask((account,), messages=1, size=size))
            made.clock.now += 10
        grant = await store.reserve(Ask((account,), size=40))
        assert (grant.fits, grant.exceeded[0].used, grant.exceeded[0].retry_after) == (False, 100, 35)
        grant = await store.reserve(Ask((account,), size=41))
        assert grant.exceeded[0].retry_after == 45
        grant = await store.reserve(Ask((account,), size=101))
        assert grant.exceeded[0].retry_after == 60  # never: the longest honest answer

    async def test_windows_of_several_lengths(self, made: Made) -> None:
        store = await made.open()
        account = charge((RECIPIENTS, MINUTE, 10), (RECIPIENTS, HOUR, 15), (RECIPIENTS, DAY, 20))
        assert sum((await store.reserve(Ask((account,), people(30)))).granted) == 10
        made.clock.now += 65
        grant = await store.reserve(Ask((account,), people(30)))
        assert sum(grant.granted) == 5
        assert (grant.exceeded[0].limit.seconds, grant.exceeded[0].used) == (HOUR, 15)
        made.clock.now = START + 3700
        made.clock.now += 200
        grant = await store.reserve(Ask((account,), people(30)))
        assert sum(grant.granted) == 5
        assert (grant.exceeded[0].limit.seconds, grant.exceeded[0].used) == (DAY, 20)
        assert used(await store.usage([account])) == [[5, 5, 20]]

    async def test_the_first_limit_of_each_account_is_told(self, made: Made) -> None:
        store = await made.open()
        own = charge((RECIPIENTS, HOUR, 2), (RECIPIENTS, MINUTE, 1))
        unit = charge((RECIPIENTS, MINUTE, 2), scope=Scope.UNIT, who=name())
        domain = charge((RECIPIENTS, MINUTE, 100), scope=Scope.DOMAIN, who=name())
        ask = Ask((unit, own, domain), people(3))
        grant = await store.reserve(ask)
        assert grant.granted == (True, False, False)
        assert [(one.scope, one.limit.seconds, one.used) for one in grant.exceeded] == [(Scope.MAILBOX, MINUTE, 1)]
        made.clock.now += 65
        grant = await store.reserve(Ask((unit, own, domain), people(3), force=True))
        assert grant.granted == (True, False, False)
        assert [(one.scope, one.limit.seconds, one.used) for one in grant.exceeded] == [(Scope.MAILBOX, HOUR, 2)]
        grant = await store.reserve(ask)
        assert [(one.scope, one.limit.seconds, one.used) for one in grant.exceeded] == [
            (Scope.UNIT, MINUTE, 3),
            (Scope.MAILBOX, HOUR, 4),
        ]

    async def test_to_all_accounts_or_to_none(self, made: Made) -> None:
        store = await made.open()
        unit = charge((RECIPIENTS, HOUR, 3), (MESSAGES, HOUR, 100), scope=Scope.UNIT)
        first, second = (charge((RECIPIENTS, HOUR, 9), (MESSAGES, HOUR, 9)) for _ in range(2))
        await store.reserve(Ask((first, unit), people(2), messages=1))
        grant = await store.reserve(Ask((second, unit), people(3), messages=1))
        assert grant.granted == (True, False, False)
        assert grant.hold.taken == people(1)
        assert used(await store.usage([first, second, unit])) == [[2, 1], [1, 1], [3, 2]]
        await store.reserve(Ask((second, unit), people(3), messages=1))
        assert used(await store.usage([first, second, unit])) == [[2, 1], [1, 1], [3, 2]]

    async def test_messages_and_size(self, made: Made) -> None:
        store = await made.open()
        account = charge((MESSAGES, HOUR, 2), (BYTES, HOUR, 1000), (RECIPIENTS, HOUR, 2))
        grant = await store.reserve(Ask((account,), people(1), messages=1, size=999))
        assert (grant.hold.messages, grant.hold.size) == (1, 999)
        grant = await store.reserve(Ask((account,), people(2), messages=1, size=2))
        assert (grant.granted, grant.fits, grant.hold.messages, grant.hold.size) == ((False, False), False, 0, 0)
        assert [(one.limit.measure, one.used) for one in grant.exceeded] == [(BYTES, 999)]
        assert (await store.reserve(Ask((account,), size=1))).fits
        assert (await store.reserve(Ask((account,), people(2), messages=1))).granted == (True, False)
        assert (await store.reserve(Ask((account,), messages=1))).exceeded[0].limit.measure is MESSAGES
        assert used(await store.usage([account])) == [[2, 1000, 2]]

    async def test_a_message_without_a_recipient_counts_nothing(self, made: Made) -> None:
        store, account = await made.open(), charge((RECIPIENTS, HOUR, 0), (MESSAGES, HOUR, 5), (BYTES, HOUR, 50))
        grant = await store.reserve(Ask((account,), people(2), messages=1, size=5))
        assert (grant.granted, grant.fits) == ((False, False), True)
        assert (grant.hold.taken, grant.hold.messages, grant.hold.size) == ((), 0, 0)
        assert used(await store.usage([account])) == [[0, 0, 0]]
        assert grant.exceeded[0].retry_after == HOUR

    async def test_forced(self, made: Made) -> None:
        store, account = await made.open(), charge((RECIPIENTS, HOUR, 2), (MESSAGES, HOUR, 1), (BYTES, HOUR, 10))
        await store.reserve(Ask((account,), people(1), messages=1, size=10))
        grant = await store.reserve(Ask((account,), people(2, 5), messages=1, size=3, force=True))
        assert (grant.granted, grant.fits) == ((False, False), False)
        assert (grant.hold.taken, grant.hold.messages, grant.hold.size) == (people(2, 5), 1, 3)
        assert [one.limit.measure for one in grant.exceeded] == [MESSAGES]
        assert used(await store.usage([account])) == [[3, 2, 13]]
        grant = await store.reserve(Ask((account,), people(1), force=True))
        assert (grant.granted, grant.exceeded[0].used, grant.hold.taken) == ((False,), 3, people(1))

    async def test_what_is_not_asked_needs_no_room(self, made: Made) -> None:
        store, account = await made.open(), charge((MESSAGES, HOUR, 1), (BYTES, HOUR, 100), (RECIPIENTS, HOUR, 9))
        await store.reserve(Ask((account,), people(1), messages=5, force=True))
        assert (await store.reserve(Ask((account,), people(1), size=1))).granted == (True,)
        assert (await store.reserve(Ask((account,), people(1)))).granted == (True,)
        assert not (await store.reserve(Ask((account,), messages=1))).fits

    async def test_no_account_and_nothing_asked(self, made: Made) -> None:
        store = await made.open()
        grant = await store.reserve(Ask((), people(3), messages=1, size=1))
        assert (grant.granted, grant.fits, grant.exceeded) == ((True, True, True), True, ())
        assert grant.hold == Hold((), people(3), (), 1, 1, START)
        account = charge((RECIPIENTS, HOUR, 2))
        grant = await store.reserve(Ask((account,)))
        assert (grant.granted, grant.fits, grant.hold.taken) == ((), True, ())
        assert await store.usage([]) == []

    async def test_without_limits_all_is_counted_nevertheless(self, made: Made) -> None:
        store, who = await made.open(), name()
        await store.reserve(Ask((charge(who=who),), people(3), messages=1, size=7))
        after = charge((RECIPIENTS, MINUTE, 4), (BYTES, DAY, 8), (MESSAGES, HOUR, 9), who=who)
        assert used(await store.usage([after])) == [[3, 7, 1]]  # the configuration was changed meanwhile
        assert (await store.reserve(Ask((after,), people(2)))).granted == (True, False)

    async def test_a_changed_window_finds_what_was_counted(self, made: Made) -> None:
        store, who = await made.open(), name()
        await store.reserve(Ask((charge((RECIPIENTS, DAY, 99), who=who),), people(3)))
        made.clock.now += 70
        after = charge((RECIPIENTS, MINUTE, 2), (RECIPIENTS, 600, 4), (RECIPIENTS, 43_200, 99), who=who)
        assert used(await store.usage([after])) == [[0, 3, 3]]
        assert (await store.reserve(Ask((after,), people(3)))).granted == (True, False, False)

    @pytest.mark.parametrize("seconds", [0, -1, 86401, 2**40])
    async def test_a_window_that_is_not_kept(self, made: Made, seconds: int) -> None:
        store = await made.open()
        with pytest.raises(ValueError, match="window"):
            await store.reserve(Ask((charge((RECIPIENTS, seconds, 1)),), people(1)))
        with pytest.raises(ValueError, match="window"):
            await store.usage([charge((RECIPIENTS, seconds, 1))])

    async def test_huge_numbers(self, made: Made) -> None:
        store, account = await made.open(), charge((BYTES, DAY, 2**62), (MESSAGES, DAY, 2**62))
        for _ in range(3):
            assert (await store.reserve(Ask((account,), messages=2**31, size=2**60))).fits
        assert not (await store.reserve(Ask((account,), messages=1, size=2**61))).fits
        ((messages_bytes, messages),) = used(await store.usage([account]))
        assert messages_bytes == 3 * 2**60
        assert messages >= 2**32 - 1  # counters may stop there, they never start again
        exact = charge((BYTES, DAY, 2**40))
        for size in (2**39, 2**39 - 1):
            assert (await store.reserve(Ask((exact,), size=size))).fits
        assert not (await store.reserve(Ask((exact,), size=2))).fits
        assert (await store.reserve(Ask((exact,), size=1))).fits


class NewContract:
    """Recipients that an account has not written to lately."""

    async def test_new_until_delivered(self, made: Made) -> None:
        store, account = await made.open(), charge((NEW, DAY, 3))
        grant = await store.reserve(Ask((account,), people(2)))
        assert grant.hold.new == people(2)
        await store.settle([grant.hold], people(1))  # the second was refused
        assert used(await store.usage([account])) == [[1]]
        grant = await store.reserve(Ask((account,), people(5)))
        assert grant.granted == (True, True, True, False, False)
        assert grant.hold.new == ("r1@xa.example", "r2@xa.example")
        assert (grant.exceeded[0].limit.measure, grant.exceeded[0].used) == (NEW, 3)
        grant = await store.reserve(Ask((account,), (*people(1, 7), *people(1))))
        assert grant.granted == (False, True)

    async def test_forgotten_after_90_days(self, made: Made) -> None:
        store, account = await made.open(), charge((NEW, DAY, 3))
        grant = await store.reserve(Ask((account,), people(1)))
        await store.settle([grant.hold], people(1))
        made.clock.now = START + 90 * DAY
        assert (await store.reserve(Ask((account,), people(1)))).hold.new == ()
        made.clock.now = START + 180 * DAY  # 90 days after it was last written to
        assert (await store.reserve(Ask((account,), people(1)))).hold.new == ()
        made.clock.now = START + 271 * DAY
        assert (await store.reserve(Ask((account,), people(1)))).hold.new == people(1)

    async def test_twice_in_one_ask(self, made: Made) -> None:
        store, account = await made.open(), charge((NEW, DAY, 1), (RECIPIENTS, DAY, 9))
        names = (*people(1), *people(1), *people(1, 1), *people(1, 1))
        grant = await store.reserve(Ask((account,), names))
        assert grant.granted == (True, True, False, False)
        assert grant.hold.new == people(1)
        grant = await store.reserve(Ask((account,), names, force=True))
        assert (grant.granted, grant.hold.new) == ((False, True, False, True), people(2))

    async def test_two_transactions_at_once(self, made: Made) -> None:
        store, account = await made.open(), charge((NEW, DAY, 9))
        one, two = [(await store.reserve(Ask((account,), people(3)))).hold for _ in range(2)]
        assert used(await store.usage([account])) == [[6]]
        await store.settle([one], people(3))
        await store.settle([two], people(2))
        assert used(await store.usage([account])) == [[3]]

    async def test_one_transaction_in_several_steps(self, made: Made) -> None:
        store, account = await made.open(), charge((NEW, DAY, 9), (MESSAGES, DAY, 9), (RECIPIENTS, DAY, 99))
        holds = [(await store.reserve(Ask((account,), people(2), int(not n)))).hold for n in range(3)]
        await store.settle(holds, people(2))
        assert used(await store.usage([account])) == [[2, 1, 6]]

    async def test_whose_acquaintance_counts(self, made: Made) -> None:
        store, unit = await made.open(), charge((NEW, DAY, 3), scope=Scope.UNIT)
        client = charge((RECIPIENTS, DAY, 99), scope=Scope.CLIENT)
        one, two = charge((NEW, DAY, 9)), charge((NEW, DAY, 9))
        grant = await store.reserve(Ask((client, one, unit), people(2)))
        await store.settle([grant.hold], people(2))
        grant = await store.reserve(Ask((client, two, unit), people(2)))  # of the first account that limits new ones
        assert grant.hold.new == people(1)
        assert used(await store.usage([one, two, unit])) == [[2], [1], [3]]
        grant = await store.reserve(Ask((client, one, unit), people(2)))
        assert (grant.granted, grant.hold.new) == ((True, True), ())

    async def test_without_a_limit_nobody_is_new(self, made: Made) -> None:
        store, account = await made.open(), charge((RECIPIENTS, DAY, 9))
        grant = await store.reserve(Ask((account,), people(2)))
        assert grant.hold.new == ()
        before = made.asked(store)
        await store.settle([grant.hold], people(2))
        assert made.asked(store) == before

    async def test_hostile_recipients(self, made: Made) -> None:
        store, account = await made.open(), charge((NEW, DAY, 99))
        grant = await store.reserve(Ask((account,), tuple(HOSTILE)))
        assert grant.hold.new == tuple(HOSTILE)
        await store.settle([grant.hold], HOSTILE)
        assert (await store.reserve(Ask((account,), tuple(HOSTILE)))).hold.new == ()

    async def test_the_oldest_are_forgotten(self, made: Made) -> None:
        store, account = await made.open(), charge((NEW, DAY, 10**6))
        for day in range(8):
            names = people(1000, 1000 * day)
            grant = await store.reserve(Ask((account,), names))
            await store.settle([grant.hold], names)
            made.clock.now += DAY / 4
        news = [len((await store.reserve(Ask((account,), people(1000, 1000 * day)))).hold.new) for day in range(8)]
        assert news[-4:] == [0, 0, 0, 0]
        assert news[0] == 1000
        assert sum(news) >= 3000  # at most 5,000 are known
