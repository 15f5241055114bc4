"""An account's bytes and slots, and the promise of the window: never more than the limit, nor for much longer."""

from __future__ import annotations

import itertools
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.rates import Ask, Charge, Limit, Measure, Scope
from gateway.throttle import bill as bills
from gateway.throttle.account import KEEP, Account
from gateway.throttle.bill import Bill, bill, distinct
from gateway.throttle.decide import Decision, plain_grant, time_of
from gateway.throttle.slots import LATEST, TIERS, gauge, second_of
from tests.unit.throttle.reference import width_of

NOW = 1_700_000_000
MOST = 8 + 24 * sum(tier.most for tier in TIERS)
AMOUNTS = (1, 1, 1, 10)
R60 = gauge(Limit(Measure.RECIPIENTS, 60, 5))


def told(account: Account, second: int) -> list[int]:
    """Everything that an account's windows hold."""
    limits = itertools.product(Measure, (1, 60, 600, 3600, 86400))
    return [account.used(gauge(Limit(measure, window, 1)), second) for measure, window in limits]


class TestBytes:
    @given(st.lists(st.integers(0, 200_000), max_size=60), st.booleans())
    def test_there_and_back(self, steps: list[int], summed: bool) -> None:
        account, now = Account(), NOW
        for step in steps:
            now += step
            account.add(now, AMOUNTS)
            if summed:
                account.add_up()
            assert len(account.pack()) <= MOST
            again = Account.read(account.pack())
            assert (again.last, told(again, now)) == (account.last, told(account, now))
        assert told(account, now + KEEP) == [0] * 20

    @given(st.binary(max_size=2000))
    def test_any_bytes(self, junk: bytes) -> None:
        for state in (junk, b"\1" + junk, b"\1" + b"\0" * 4 + b"\1\1\1" + junk[:72].ljust(72, b"\xff")):
            account = Account.read(state)
            account.date(NOW)
            account.add(NOW, AMOUNTS)
            assert all(used >= 0 for used in told(account, NOW))
            assert len(account.pack()) <= MOST

    @pytest.mark.parametrize(
        "rows", [[(9, 1), (8, 1)], [(8, 1), (8, 1)], [(2**32 - 1, 1)], [(n, 1) for n in range(14)]]
    )
    def test_slots_that_cannot_be(self, rows: list[tuple[int, int]]) -> None:
        slots = b"".join(struct.pack("<IIIId", index, count, count, count, count) for index, count in rows)
        account = Account.read(struct.pack("<BIBBB", 1, 100, len(rows), 0, 0) + slots)
        assert told(account, 100) == [0] * 20
        assert account.last == 0

    def test_another_version_is_an_empty_account(self) -> None:
        account = Account()
        account.add(NOW, AMOUNTS)
        state = account.pack()
        assert told(Account.read(b"\2" + state[1:]), NOW) == [0] * 20
        assert told(Account.read(state + b"\0"), NOW) == [0] * 20
        assert told(Account.read(state), NOW)[:2] == [1, 1]

    def test_full_counters_stay_full(self) -> None:
        account = Account()
        for _ in range(3):
            account.add(NOW, (2**31, 2**31, 2**31, 2**60))
        again = Account.read(account.pack())
        assert again.used(R60, NOW) == 2**32 - 1
        assert again.used(gauge(Limit(Measure.BYTES, 60, 1)), NOW) == 3 * 2**60


class TestLeft:
    """What is remembered of an account for a second is what a look at its bytes says."""

    LIMITS = tuple(
        gauge(Limit(measure, window, 20))
        for measure in Measure
        for window in ((60, 3600) if measure != "size" else (7,))
    )

    @given(st.lists(st.tuples(st.sampled_from("abgdps"), st.sampled_from((0, 0, 0, 1, 5, 70, 4000))), max_size=40))
    def test_is_never_stale(self, steps: list[tuple[str, int]]) -> None:
        account, now = Account(), NOW
        for deed, step in steps:
            now += step
            if deed in "ab":
                account.add(now, (1, 1, 0, 10) if deed == "a" else (3, 0, 2, 0))
            elif deed == "g":
                account.give_back(now - step, (1, 1, 1, 1))
            elif deed == "d":
                account.date(now - 2)
                now = max(now - 2, account.last)
            elif deed == "s":
                account.add_up()
            again = copied(account)
            assert list(account.left(self.LIMITS, now)) == list(again.left(self.LIMITS, now))
            for one in self.LIMITS:
                assert account.left(self.LIMITS, now)[one.column] <= one.count - again.used(one, now)

    def test_of_other_limits(self) -> None:
        account, other = Account(), (R60,)
        account.add(NOW, AMOUNTS)
        first = list(account.left(self.LIMITS, NOW))
        assert list(account.left(other, NOW))[1] == R60.count - 1
        assert list(account.left(self.LIMITS, NOW)) == first


def copied(account: Account) -> Account:
    """The same, by its bytes."""
    return Account.read(account.pack())


class TestPlainGrant:
    @given(
        st.lists(st.sampled_from((0, 1, 2, 4, 100)), min_size=1, max_size=3),
        st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=5),
        st.integers(0, 2),
        st.sampled_from((0, 5, 50)),
        st.booleans(),
    )
    def test_is_what_the_long_way_says(
        self, counts: list[int], people: list[tuple[str, bool]], messages: int, size: int, force: bool
    ) -> None:
        charges = tuple(
            Charge(
                Scope.MAILBOX,
                f"a{number}@tinh.example",
                (
                    Limit(Measure.RECIPIENTS, 60, 2 + count),
                    Limit(Measure.NEW, 3600, count),
                    Limit(Measure.MESSAGES, 60, 1 + count),
                    Limit(Measure.BYTES, 60, 20 * count),
                ),
            )
            for number, count in enumerate(counts)
        )
        known = dict(people)
        ask = Ask(charges, tuple(name for name, _ in people), messages, size, force)
        fresh = [known[name] for name, _ in people]
        own, accounts = bill(b"", charges), [Account() for _ in charges]
        for account in accounts[1:]:
            account.add(NOW, AMOUNTS)
        long = Decision(own, accounts, NOW, float(NOW)).grant(ask, fresh)
        short = plain_grant(own, accounts, NOW, float(NOW), ask, fresh)
        assert short is None if long.exceeded else short in (None, long)
        roomy = all(
            min(account.left(limits, NOW)[1:]) >= 50 for account, limits in zip(accounts, own.ready, strict=True)
        )
        assert short == long or not roomy


class TestWindow:
    @given(
        st.sampled_from((1, 7, 60, 100, 3600, 5000, 86400)),
        st.integers(1, 6),
        st.lists(st.floats(0, 1), min_size=1, max_size=60),
        st.sampled_from((1.0, 15.0, 250.0, 4000.0, 30_000.0)),
    )
    def test_never_more_than_the_limit_nor_for_much_longer(
        self, window: int, count: int, steps: list[float], pace: float
    ) -> None:
        width = width_of(window)
        charges = (Charge(Scope.MAILBOX, "a@tinh.example", (Limit(Measure.RECIPIENTS, window, count),)),)
        account, now, admitted = Account(), float(NOW), list[float]()
        for step in steps:
            now += step * pace
            second, time = time_of([account], now)
            grant = Decision(bill(b"", charges), [account], second, time).grant(Ask(charges, ("r",)), [False])
            if grant.granted[0]:
                admitted.append(now)
                account.add(second, (1, 0, 0, 0))
                assert sum(at > now - window for at in admitted) <= count
            else:
                assert sum(at > now - window - width for at in admitted) >= count

    def test_a_window_that_is_not_kept(self) -> None:
        for seconds in (0, -1, 86401):
            with pytest.raises(ValueError, match="window"):
                gauge(Limit(Measure.RECIPIENTS, seconds, 1))

    def test_any_time_is_a_second(self) -> None:
        assert [second_of(now) for now in (-1e30, -0.5, 0.9, 1.0, 1e30)] == [0, 0, 0, 1, LATEST]

    def test_give_back_finds_its_slot_only(self) -> None:
        account = Account()
        account.add(NOW, AMOUNTS)
        account.add(NOW + 30, AMOUNTS)
        assert not account.give_back(NOW - 86_400, AMOUNTS)
        assert account.give_back(NOW, (5, 5, 5, 50))
        assert account.used(R60, NOW + 30) == 1
        assert not account.give_back(NOW, AMOUNTS) or account.used(R60, NOW + 30) == 1


class TestBill:
    def test_remembers_by_identity_and_by_secret(self) -> None:
        charges = (Charge(Scope.MAILBOX, "a@tinh.example", ()),)
        one, two = b"one" * 9, b"two" * 9
        assert bill(one, charges) is bill(one, charges)
        assert bill(one, charges).names != bill(two, charges).names
        assert bill(one, (*charges,)).names == bill(one, charges).names

    def test_does_not_grow(self) -> None:
        kept = [(Charge(Scope.MAILBOX, f"{number}", ()),) for number in range(12_000)]
        names = {tuple(bill(b"", charges).names) for charges in kept}
        assert len(names) == 12_000
        assert len(bills._bills) <= 4000

    def test_each_account_once(self) -> None:
        one, other = Charge(Scope.MAILBOX, "a", ()), Charge(Scope.MAILBOX, "a", (Limit(Measure.BYTES, 1, 1),))
        assert distinct((one, other, one)) == (one,)
        assert distinct((one, Charge(Scope.UNIT, "a", ()))) == (one, Charge(Scope.UNIT, "a", ()))
        assert len(Bill(b"", (one, one)).names) == 1
