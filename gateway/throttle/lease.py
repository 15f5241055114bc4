"""One among many: whoever holds a lease does what only one may do at a time, such as polling the mail server.

It lives in the store of limits, so that all who share counters share leases. It must not know what is done under it.

A lease is as good as clocks are: a holder that was stopped for longer than the lease (a suspended machine) must look
at `held` before it acts. Where the store's clock jumps forward a lease ends early: two may hold it for up to `seconds`.
After a jump back whoever waits takes it once it stood untouched for its whole length by his own clock.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

from gateway.rates import LimitStore

_KEPT = 30 * 86400.0  # seconds for which a store remembers who had it last
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Holding:
    """What the store says of a lease. `owner`: "" when it was released; `until`: the store's time; `term`: grows by one
    with each new holder, so that what an earlier one left behind can be told apart; `turn`: grows with each renewal.
    """

    owner: str
    until: float
    term: int
    turn: int


class Lease:
    """One owner's view. `name`: what is done under it; `owner`: no other process has it; `seconds`: the lease's length.
    ValueError for an owner without a name.

    Every method raises LimitsUnavailable where the store gives no answer; `held` stays true for as long as it is sure.
    """

    def __init__(
        self,
        store: LimitStore,
        name: str,
        owner: str,
        seconds: float,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not 0 < len(owner) <= _LONGEST_NAME:
            raise ValueError("an owner's name has 1 to 200 characters")
        self._store, self._owner, self.seconds = store, owner, seconds
        self._key = f"lease:{name}"
        self._clock = clock
        self._sure_until = 0.0
        self._seen: tuple[int, int] | None = None
        self._seen_at = 0.0
        self.term = 0

    @property
    def held(self) -> bool:
        """Whether it is surely ours now."""
        return self._clock() < self._sure_until

    async def acquire(self) -> bool:
        """Take it where it is free, or keep it where it is ours. True: ours, for `seconds` from the call on."""
        return await self._hold(anew=True)

    async def renew(self) -> bool:
        """Keep it. False: it is not ours any more; what is done under it must end."""
        return await self._hold(anew=False)

    async def release(self) -> None:
        """Give it up, where it is ours."""
        self._sure_until = 0.0
        await self._store.change(self._key, _KEPT, self._freed)

    async def holder(self) -> Holding | None:
        """Who holds it; None for nobody. For people."""
        found, now = await self._store.change(self._key, _KEPT, lambda old, now: (old, (read(old), now)))
        return found if found is not None and found.owner and now < found.until else None

    async def _hold(self, *, anew: bool) -> bool:
        began = self._clock()
        held = await self._store.change(self._key, _KEPT, lambda old, now: self._taken(read(old), old, now, anew=anew))
        if held is None:
            self._sure_until = 0.0
            return False
        self.term, self._sure_until = held.term, began + self.seconds
        return True

    def _taken(
        self, found: Holding | None, old: bytes | None, now: float, *, anew: bool
    ) -> tuple[bytes | None, Holding | None]:
        """The lease as it is to be, and as it is ours; None where it is not."""
        mine = found is not None and found.owner == self._owner
        if not mine and not (anew and self._free(found, now)):
            return old, None
        term, turn = (found.term, found.turn) if found is not None else (0, 0)
        held = Holding(self._owner, now + self.seconds, term if mine else term + 1, turn + 1)
        return json.dumps(asdict(held)).encode(), held

    def _free(self, found: Holding | None, now: float) -> bool:
        if found is None or not found.owner or now >= found.until:
            return True
        mark, here = (found.term, found.turn), self._clock()
        if mark != self._seen:
            self._seen, self._seen_at = mark, here
        return here - self._seen_at > max(self.seconds, 1.0)

    def _freed(self, old: bytes | None, now: float) -> tuple[bytes | None, None]:
        found = read(old)
        if found is None or found.owner != self._owner:
            return old, None
        return json.dumps(asdict(Holding("", now, found.term, found.turn + 1))).encode(), None


def read(value: bytes | None) -> Holding | None:
    """A lease as it was written; None for none, and for what is no lease."""
    try:
        found = json.loads(value or b"null")
        held = Holding(found["owner"], float(found["until"]), found["term"], found["turn"])
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
        return None
    sound = isinstance(held.owner, str) and isinstance(held.term, int) and isinstance(held.turn, int)
    return held if sound else None
