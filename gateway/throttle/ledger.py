"""What a store does with each question, inside one transaction. Pure: it reads and writes a `Page`, and takes the time.

Cells have 64-bit names, keyed digests of what they are for: text from strangers never reaches the database, and nobody
can choose two names that meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar

from gateway.rates import Ask, Charge, Grant, Hold, Usage
from gateway.throttle import known
from gateway.throttle.account import Account
from gateway.throttle.bill import Bill, bill, gauges, name_of
from gateway.throttle.decide import Decision, plain_grant, time_of
from gateway.throttle.slots import second_of

T = TypeVar("T")
_NOBODY = (False,)


class Page(Protocol):
    """What a transaction sees. `now`: the store's time, seconds since the epoch."""

    now: float

    @property
    def secret(self) -> bytes:
        """Of this store, for its digests."""

    def accounts(self, names: Sequence[int]) -> list[Account]:
        """The accounts in these cells, each to be changed in place only if it is then written."""

    def write(self, names: Iterable[int], accounts: Iterable[Account]) -> None:
        """Keep changed accounts, each in its cell."""

    def value(self, name: int) -> bytes | None:
        """What a cell holds."""

    def put(self, name: int, value: bytes | None, keep: float) -> None:
        """Replace what it holds, for `keep` seconds; None: nothing any more."""


def reserve(page: Page, ask: Ask) -> Grant:
    """Count what there is room for."""
    own = bill(page.secret, ask.charges)
    accounts = page.accounts(own.names)
    second, time = time_of(accounts, page.now)
    dated = [name for name, account in zip(own.names, accounts, strict=True) if account.date(second)]
    fresh = _fresh(page, own, ask.recipients, second) if own.judge else _NOBODY * len(ask.recipients)
    grant = plain_grant(own, accounts, second, time, ask, fresh)
    if grant is None:
        grant = Decision(own, accounts, second, time).grant(ask, fresh)
    hold = grant.hold
    if hold.taken or hold.messages or hold.size:
        amounts = (len(hold.taken), hold.messages, len(hold.new), hold.size)
        for account in accounts:
            account.add(second, amounts)
        page.write(own.names, accounts)
    elif dated:
        page.write(dated, page.accounts(dated))
    return grant


def _fresh(page: Page, own: Bill, recipients: Sequence[str], second: int) -> Sequence[bool]:
    """For each recipient whether it is new. Who is met again after some days is dated anew."""
    today = known.day_of(second)
    answers = []
    for address in recipients:
        name = own.digest(address)
        cell = own.bucket(known.bucket_of(name))
        bucket = page.value(cell) or b""
        day = known.find(bucket, name, today)
        answers.append(day is None)
        if day is not None and today - day >= known.REFRESH:
            page.put(cell, known.learn(bucket, name, today), known.KEEP)
    return answers


def changes(hold: Hold, delivered: frozenset[str]) -> bool:
    """Whether settling this changes anything."""
    if not delivered:
        return bool(hold.taken or hold.messages or hold.size)
    return bool(hold.new) or any(name not in delivered for name in hold.taken)


def settle(page: Page, holds: Sequence[Hold], delivered: frozenset[str]) -> None:
    """Give back what was not delivered, and remember to whom was written."""
    for hold in holds:
        own = bill(page.secret, hold.charges)
        recipients = sum(name not in delivered for name in hold.taken)
        messages, size = (0, 0) if delivered else (hold.messages, hold.size)
        new = _settle_new(page, own, hold.new, delivered) if own.judge else 0
        if recipients or messages or size or new:
            _give_back(page, own, second_of(hold.at), (recipients, messages, new, size))


def _settle_new(page: Page, own: Bill, new: Sequence[str], delivered: frozenset[str]) -> int:
    """How many did not count as new in the end: not delivered, or learned by another transaction meanwhile."""
    today = known.day_of(second_of(page.now))
    back = 0
    for address in new:
        if address not in delivered:
            back += 1
            continue
        name = own.digest(address)
        cell = own.bucket(known.bucket_of(name))
        bucket = page.value(cell) or b""
        back += known.find(bucket, name, today) is not None
        page.put(cell, known.learn(bucket, name, today), known.KEEP)
    return back


def _give_back(page: Page, own: Bill, second: int, amounts: tuple[int, int, int, int]) -> None:
    for name, account in zip(own.names, page.accounts(own.names), strict=True):
        if account.give_back(second, amounts):
            page.write((name,), (account,))


def usage(page: Page, charges: Sequence[Charge]) -> list[list[Usage]]:
    """What the windows hold."""
    ready = [gauges(charge.limits) for charge in charges]
    accounts = page.accounts([name_of(page.secret, "account", charge.key) for charge in charges])
    second, _ = time_of(accounts, page.now)
    return [
        [Usage(one.limit, account.used(one, second)) for one in own]
        for own, account in zip(ready, accounts, strict=True)
    ]


def change(page: Page, key: str, keep: float, work: Callable[[bytes | None, float], tuple[bytes | None, T]]) -> T:
    """Replace a value."""
    name = name_of(page.secret, "value", key)
    old = page.value(name)
    new, told = work(old, page.now)
    if new != old:
        page.put(name, new, keep)
    return told
