"""The store of limits on Redis (6 or later) or Valkey: right across every worker and node that shares it.

One script a reservation, run as one step by the server and by the server's clock, so that nodes' clocks do not matter.
The answers are those of the embedded store: the same arithmetic, the same bytes. What is not written to the server's
disk is lost when it ends: then all begins at nothing (`appendonly yes`, `appendfsync everysec`: a second may be lost).
`maxmemory-policy noeviction`: an evicted account would begin at nothing.

Where a reply is lost, a reservation may be counted that nobody has: less is admitted until its windows pass, never
more.
"""

from __future__ import annotations

import asyncio
import struct
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from gateway.errors import LimitsUnavailable
from gateway.logs import get_logger
from gateway.rates import Ask, Charge, Grant, Hold, Usage
from gateway.throttle.bill import distinct
from gateway.throttle.redis_link import Link, Script, Unsure
from gateway.throttle.redis_scripts import (
    PUT,
    READ,
    RESERVE,
    SETTLE,
    USAGE,
    Names,
    Question,
    count,
    counts,
    grant,
    reservation,
    settlement,
)

T = TypeVar("T")

_UNTIL = struct.Struct("<d")  # before each small value: when it is forgotten, seconds since the epoch
_NONSENSE = (ValueError, TypeError, IndexError, KeyError, OverflowError, struct.error)
_log = get_logger("congthu.limits")


class RedisLimits:
    """`gateway.rates.LimitStore` at a URL, see `gateway.throttle.redis_link`. ValueError for a URL that is none.

    `timeout`: seconds for any answer. `prefix`: before every key, so that several may share a server. `secret`: keys
    the digests of known addresses; the same for all who share counters. `clock`: instead of the server's, for tests.
    """

    def __init__(
        self,
        url: str,
        *,
        timeout: float,
        prefix: str = "congthu:",
        connections: int = 2,
        secret: bytes = b"congthu",
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._link = Link(url, timeout=timeout, connections=connections)
        self._names = Names(prefix.encode())
        self._timeout, self._secret, self._clock = timeout, secret, clock
        self._changing: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._giving: set[asyncio.Task[None]] = set()

    @property
    def asked(self) -> int:
        """Questions to the server so far."""
        return self._link.asked

    async def start(self) -> None:
        """Ask whether it is there and can be written to. LimitsUnavailable; later calls try again."""
        await self._ask(PUT, Question([self._names.prefix + b"start"], [b"0", b"", b"1", b"1", b"1000"]))

    async def close(self) -> None:
        """End the connections."""
        if self._giving:
            await asyncio.wait(list(self._giving), timeout=self._timeout)
        await self._link.close()

    async def reserve(self, ask: Ask) -> Grant:
        """One step on the server. ValueError for a window that is not kept."""
        if not ask.charges:
            return _unlimited(ask, time.time() if self._clock is None else self._clock())
        charges = distinct(ask.charges)
        question = reservation(self._names, self._secret, self._now(), ask, charges)
        read = partial(grant, ask, charges)
        return _sense(read, await self._ask(RESERVE, question, partial(self._unwanted, read)))

    async def settle(self, holds: Sequence[Hold], delivered: Sequence[str]) -> None:
        """One step on the server, or no question. Where the reply is lost it is not asked again, which might give back
        twice: what was held then counts until its windows pass.
        """
        question = settlement(self._names, self._secret, self._now(), holds, delivered)
        if question is None:
            return
        try:
            await self._ask(SETTLE, question)
        except Unsure as error:
            _log.warning("limits.unsettled", reason=str(error))

    async def usage(self, charges: Sequence[Charge]) -> Sequence[Sequence[Usage]]:
        """One question. ValueError for a window that is not kept."""
        if not charges:
            return []
        return _sense(partial(counts, charges), await self._ask(USAGE, count(self._names, self._now(), charges)))

    async def change(self, key: str, keep: float, work: Callable[[bytes | None, float], tuple[bytes | None, T]]) -> T:
        """Read, work, write where nobody else has written: as often as it takes, within the time."""
        name, end = self._names.value(key), time.monotonic() + self._timeout
        lock = self._changing.setdefault(key, asyncio.Lock())
        async with lock:
            while True:
                told, stored = _two(await self._ask(READ, Question([name], [self._now()])))
                now = float(told)
                old = _living(stored, now)
                new, result = work(old, now)
                if new == old or await self._put(name, stored, new, now, keep):
                    return result
                if time.monotonic() > end:
                    raise LimitsUnavailable("a value changes too often")

    async def _put(self, name: bytes, stored: bytes | None, new: bytes | None, now: float, keep: float) -> bool:
        """Write a value where the stored one is still that."""
        before = [b"0", b""] if stored is None else [b"1", stored]
        if new is None:
            after = [b"0", b"", b"0"]
        else:
            after = [b"1", _UNTIL.pack(now + keep) + new, b"%d" % max(int(keep * 1000) + 1000, 1)]
        return bool(await self._ask(PUT, Question([name], [*before, *after])))

    async def _ask(self, script: Script, question: Question, unwanted: Callable[[Any], None] | None = None) -> Any:
        return await self._link.call(script, question.keys, question.args, unwanted)

    def _now(self) -> bytes:
        return b"" if self._clock is None else repr(float(self._clock())).encode()

    def _unwanted(self, read: Callable[[Any], Grant], reply: Any) -> None:
        """A reservation whose asker is gone: nobody else can give it back."""
        giving = asyncio.get_running_loop().create_task(self._give_back(read, reply))
        self._giving.add(giving)
        giving.add_done_callback(self._giving.discard)

    async def _give_back(self, read: Callable[[Any], Grant], reply: Any) -> None:
        try:
            await self.settle([_sense(read, reply).hold], ())
        except LimitsUnavailable as error:
            _log.warning("limits.unsettled", reason=str(error))


def _unlimited(ask: Ask, now: float) -> Grant:
    hold = Hold((), ask.recipients, (), ask.messages, ask.size, now)
    return Grant((True,) * len(ask.recipients), True, (), hold)


def _living(stored: bytes | None, now: float) -> bytes | None:
    if stored is None or len(stored) < _UNTIL.size or now >= _UNTIL.unpack_from(stored)[0]:
        return None
    return stored[_UNTIL.size :]


def _two(reply: Any) -> tuple[bytes, bytes | None]:
    return _sense(_pair, reply)


def _pair(reply: Any) -> tuple[bytes, bytes | None]:
    told, stored = reply
    float(told)
    if not isinstance(stored, bytes | None):
        raise TypeError("no value")
    return told, stored


def _sense(read: Callable[[Any], T], reply: Any) -> T:
    """What a reply says; a server that says something else is as good as none."""
    try:
        return read(reply)
    except _NONSENSE:
        raise LimitsUnavailable("the server's reply makes no sense") from None
