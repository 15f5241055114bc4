"""Messages whose signature proved a mailbox, so that a copy of one proves nothing.

A message is claimed before it is judged and settled once its fate is known: one that was not delivered may come again,
since its sender's server will try again. It must not know what a key means.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Protocol

from gateway.errors import InFlight

_MOST = 100_000  # keys, of about 200 bytes each
_CLAIM = 900.0  # seconds after which a claim that nobody settled ends: longer than any message is in flight


class SignatureMemory(Protocol):
    """What remembers. Safe for the tasks of one event loop; a shared one also for workers and nodes."""

    async def claim(self, keys: Sequence[str], now: float) -> frozenset[str]:
        """Take these for one message; returns those that were delivered before. InFlight, and then none is taken."""

    async def settle(self, keys: Sequence[str], *, delivered: bool, now: float) -> None:
        """What became of the message that got these (only those: never the ones that `claim` answered)."""


class ReplayCache:
    """Remembers in memory, bounded. `seconds`: how long a delivered message is known; at least as long as one is fresh.

    When it is full, everything counts as seen before: a proof is lost then, and none is given twice.
    """

    __slots__ = ("_claimed", "_kept", "_most", "_seconds")

    def __init__(self, seconds: float, *, most: int = _MOST) -> None:
        self._seconds, self._most = seconds, most
        self._kept: OrderedDict[str, float] = OrderedDict()  # until when, the first to go first
        self._claimed: OrderedDict[str, float] = OrderedDict()

    def __len__(self) -> int:
        """How many keys are remembered."""
        return len(self._kept) + len(self._claimed)

    async def claim(self, keys: Sequence[str], now: float) -> frozenset[str]:
        """See `SignatureMemory`."""
        _forget(self._kept, now)
        _forget(self._claimed, now)
        wanted = dict.fromkeys(keys)
        if len(self) + len(wanted) > self._most:
            return frozenset(wanted)
        if not self._claimed.keys().isdisjoint(wanted):
            raise InFlight
        taken = frozenset(key for key in wanted if key in self._kept)
        self._claimed.update((key, now + _CLAIM) for key in wanted if key not in taken)
        return taken

    async def settle(self, keys: Sequence[str], *, delivered: bool, now: float) -> None:
        """See `SignatureMemory`."""
        for key in keys:
            self._claimed.pop(key, None)
            if delivered:
                self._kept[key] = now + self._seconds


def _forget(until: OrderedDict[str, float], now: float) -> None:
    while until and next(iter(until.values())) <= now:
        until.popitem(last=False)
