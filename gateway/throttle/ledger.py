"""What a store does with each question, inside one transaction. Pure: it reads and writes a `Page`, and takes the time.

Cells have 64-bit names, keyed digests of what they are for: text from strangers never reaches the database, and nobody
can choose two names that meet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b
from itertools import compress
from typing import Protocol, TypeVar

from gateway.rates import Ask, Charge, Grant, Hold, Usage
from gateway.throttle import known
from gateway.throttle.account import Account
from gateway.throttle.decide import Decision, distinct, gauges, judge_of_new, time_of
from gateway.throttle.slots import second_of

T = TypeVar("T")


class Page(Protocol):
    """What a transaction sees. `now`: the store's time, seconds since the epoch."""

    now: float

    @property
    def secret(self) -> bytes:
        """Of this store, for its digests."""

    def accounts(self, names: Sequence[int]) -> list[Account]:
        """The accounts in these cells, each to be changed in place only if it is then written."""

    def write(self, name: int, account: Account) -> None:
        """Keep a changed account."""

    def value(self, name: int) -> bytes | None:
        """What a cell holds."""

    def put(self, name: int, value: bytes | None, keep: float) -> None:
        """Replace what it holds, for `keep` seconds; None: nothing any more."""


def name_of(secret: bytes, kind: str, text: str) -> int:
    """A cell's name: 64 bits, signed."""
    made = blake2b(f"{kind}:{text}".encode("utf-8", "surrogatepass"), digest_size=8, key=secret)
    return int.from_bytes(made.digest(), "little", signed=True)


def reserve(page: Page, ask: Ask) -> Grant:
    """Count what there is room for."""
    charges = distinct(ask.charges)
    for charge in charges:
        gauges(charge.limits)  # a window that is not kept: before anything is changed
    names = [name_of(page.secret, "account", charge.key) for charge in charges]
    accounts = page.accounts(names)
    second, time = time_of(accounts, page.now)
    dated = [account.date(second) for account in accounts]
    grant = Decision(charges, accounts, second, time).grant(ask, _fresh(page, charges, ask.recipients, second))
    hold = grant.hold
    amounts = (len(hold.taken), hold.messages, len(hold.new), hold.size)
    if any(amounts):
        for account in accounts:
            account.add(second, amounts)
        dated = [True] * len(accounts)
    for name, account in compress(zip(names, accounts, strict=True), dated):
        page.write(name, account)
    return grant


def _fresh(page: Page, charges: Sequence[Charge], recipients: Sequence[str], second: int) -> Sequence[bool]:
    """For each recipient whether it is new. Who is met again after some days is dated anew."""
    judge = judge_of_new(charges)
    if judge is None:
        return [False] * len(recipients)
    memory, today = _Memory(page, judge), known.day_of(second)
    answers = []
    for address in recipients:
        name, bucket = memory.find(address)
        day = known.find(bucket, name, today)
        answers.append(day is None)
        if day is not None and today - day >= known.REFRESH:
            memory.learn(name, bucket, today)
    return answers


class _Memory:
    """Whom an account knows."""

    __slots__ = ("_key", "_page")

    def __init__(self, page: Page, charge: Charge) -> None:
        self._page, self._key = page, charge.key

    def _cell(self, name: bytes) -> int:
        return name_of(self._page.secret, f"known{known.bucket_of(name)}", self._key)

    def find(self, address: str) -> tuple[bytes, bytes]:
        """(digest, bucket) of an address."""
        name = known.digest(self._page.secret, self._key, address)
        return name, self._page.value(self._cell(name)) or b""

    def learn(self, name: bytes, bucket: bytes, today: int) -> None:
        """Keep the bucket with this digest in it."""
        self._page.put(self._cell(name), known.learn(bucket, name, today), known.KEEP)


def changes(hold: Hold, delivered: frozenset[str]) -> bool:
    """Whether settling this changes anything."""
    if not delivered:
        return bool(hold.taken or hold.messages or hold.size)
    return bool(hold.new) or any(name not in delivered for name in hold.taken)


def settle(page: Page, holds: Sequence[Hold], delivered: frozenset[str]) -> None:
    """Give back what was not delivered, and remember to whom was written."""
    for hold in holds:
        recipients = sum(name not in delivered for name in hold.taken)
        messages, size = (0, 0) if delivered else (hold.messages, hold.size)
        amounts = (recipients, messages, _settle_new(page, hold, delivered), size)
        if any(amounts):
            _give_back(page, hold, amounts)


def _settle_new(page: Page, hold: Hold, delivered: frozenset[str]) -> int:
    """How many did not count as new in the end: not delivered, or learned by another transaction meanwhile."""
    judge = judge_of_new(hold.charges)
    if judge is None:
        return 0
    memory, today = _Memory(page, judge), known.day_of(second_of(page.now))
    back = 0
    for address in hold.new:
        name, bucket = memory.find(address) if address in delivered else (b"", b"")
        if not name or known.find(bucket, name, today) is not None:
            back += 1
        if name:
            memory.learn(name, bucket, today)
    return back


def _give_back(page: Page, hold: Hold, amounts: tuple[int, int, int, int]) -> None:
    names = [name_of(page.secret, "account", charge.key) for charge in distinct(hold.charges)]
    for name, account in zip(names, page.accounts(names), strict=True):
        if account.give_back(second_of(hold.at), amounts):
            page.write(name, account)


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
