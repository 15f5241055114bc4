"""Accounts made ready for counting: where each is kept, and where each of its limits is read. Pure.

The same sender comes with the same tuple of charges again and again: they are remembered by identity, for hashing one
costs more than deciding.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Final

from gateway.rates import Charge, Limit, Measure
from gateway.throttle import known
from gateway.throttle.slots import COLUMNS, Gauge, gauge

RECIPIENTS, MESSAGES, NEW, BYTES = (1 + COLUMNS.index(measure) for measure in Measure)
_MOST: Final = 4000  # bills, and tuples of limits, that are remembered
_gauges: dict[int, tuple[tuple[Limit, ...], tuple[Gauge, ...]]] = {}
_bills: dict[int, Bill] = {}


def gauges(limits: tuple[Limit, ...]) -> tuple[Gauge, ...]:
    """Limits made ready. ValueError for a window that is not kept."""
    found = _gauges.get(id(limits))
    if found is not None and found[0] is limits:
        return found[1]
    if len(_gauges) >= _MOST:
        _gauges.clear()
    ready = tuple(map(gauge, limits))
    _gauges[id(limits)] = (limits, ready)
    return ready


def distinct(charges: tuple[Charge, ...]) -> tuple[Charge, ...]:
    """Each account once, with the limits that come first."""
    first: dict[str, Charge] = {}
    for charge in charges:
        first.setdefault(charge.key, charge)
    return charges if len(first) == len(charges) else tuple(first.values())


def judge_of_new(charges: Iterable[Charge]) -> Charge | None:
    """The account whose acquaintance says who is new: the first with a limit on new recipients; None for no such."""
    limited = (charge for charge in charges if any(limit.measure is Measure.NEW for limit in charge.limits))
    return next(limited, None)


def name_of(secret: bytes, kind: str, text: str) -> int:
    """A cell's name: 64 bits, signed."""
    made = blake2b(f"{kind}:{text}".encode("utf-8", "surrogatepass"), digest_size=8, key=secret)
    return int.from_bytes(made.digest(), "little", signed=True)


class Bill:
    """The accounts of an ask. `names`: their cells. `ready`: for every account its gauges, in the order of its limits;
    `whole`, `each`: those of a message, and of its recipients. `judge`: the key of the account that knows who is new,
    "" for none.
    """

    __slots__ = ("_buckets", "charges", "each", "given", "judge", "names", "ready", "secret", "whole")

    def __init__(self, secret: bytes, given: tuple[Charge, ...]) -> None:
        self.secret, self.given = secret, given
        self.charges = distinct(given)
        self.names = [name_of(secret, "account", charge.key) for charge in self.charges]
        self.ready = [gauges(charge.limits) for charge in self.charges]
        self.whole = [[one for one in own if one.column in (MESSAGES, BYTES)] for own in self.ready]
        self.each = [[one for one in own if one.column in (RECIPIENTS, NEW)] for own in self.ready]
        judge = judge_of_new(self.charges)
        self.judge = judge.key if judge is not None else ""
        self._buckets: dict[int, int] = {}

    def bucket(self, number: int) -> int:
        """The cell of one of the judge's buckets."""
        cell = self._buckets.get(number)
        if cell is None:
            cell = self._buckets[number] = name_of(self.secret, f"known{number}", self.judge)
        return cell

    def digest(self, address: str) -> bytes:
        """What stands for an address in the judge's memory."""
        return known.digest(self.secret, self.judge, address)


def bill(secret: bytes, charges: Sequence[Charge]) -> Bill:
    """These accounts made ready. ValueError for a window that is not kept."""
    found = _bills.get(id(charges))
    if found is not None and found.given is charges and found.secret is secret:
        return found
    if len(_bills) >= _MOST:
        _bills.clear()
    given = charges if isinstance(charges, tuple) else tuple(charges)
    made = _bills[id(given)] = Bill(secret, given)
    return made
