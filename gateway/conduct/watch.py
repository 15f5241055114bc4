"""The conduct of all senders, watched: takes deeds, keeps each sender's state in the store, calls where one stands out.

    conduct = Conduct(store, on_verdict)
    await conduct.start()
    conduct.note(deed)                  # from any part of the loop: never waits, never raises
    await conduct.close()

One task in each worker. Deeds of one sender that wait together are taken in one change of the store. While the store
is away they wait, so many; what is beyond that is dropped and counted: mail never waits for the judgement of conduct.
"""

from __future__ import annotations

import asyncio
import datetime
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from gateway.conduct.hours import weekend
from gateway.conduct.judge import observe, peek
from gateway.conduct.score import DEFAULT, Judgement, Thresholds
from gateway.errors import LimitsUnavailable
from gateway.logs import get_logger
from gateway.rates import Deed, LimitStore

KEEP: Final = 120 * 86_400.0
"""Seconds for which the state of a sender that does nothing is kept."""
_MOST: Final = 10_000  # deeds that may wait
_EACH: Final = 400  # deeds of one sender that may wait: what they show is clear by then
_TOGETHER: Final = 32  # senders that the store is asked about at once
_OWED: Final = 1_000  # verdicts that may wait for whoever is told
_FAILURES: Final = 8  # verdicts that could not be told, after which the others wait for the next try
_AGAIN: Final = 1.0  # seconds between tries
_LONGEST: Final = 30.0  # seconds for whoever is told
_TRY: Final = 0.1  # the same, for one that is about to close

OnVerdict = Callable[[str, Judgement], Awaitable[None]]
"""Is told of a sender whose level rose, and once an hour while it stays. Must not mind being told twice."""
_log = get_logger("congthu.conduct")


def key_of(who: str) -> str:
    """Names a sender's state in the store."""
    return f"conduct:{who}"


async def conduct_of(store: LimitStore, who: str, *, thresholds: Thresholds = DEFAULT) -> Judgement | None:
    """How this sender's conduct looks now, for people; None where nothing is kept of it. LimitsUnavailable."""
    return await store.change(key_of(who), KEEP, lambda blob, now: (blob, peek(blob, now, thresholds=thresholds)))


class Conduct:
    """The watch of one worker. `released`: when a sender was released last, seconds since the epoch, 0 for never.

    `exempt`: senders that are not watched. `rests`: days free of work. `gather`: seconds for which deeds are collected
    before the store is asked. `on_verdict` is awaited by the one task; where it fails it is called again.
    """

    def __init__(
        self,
        store: LimitStore,
        on_verdict: OnVerdict,
        *,
        thresholds: Thresholds = DEFAULT,
        rests: Callable[[datetime.date], bool] = weekend,
        released: Callable[[str], float] = lambda who: 0.0,
        exempt: Callable[[str], bool] = lambda who: False,
        gather: float = 0.25,
    ) -> None:
        self._store, self._on_verdict = store, on_verdict
        self._thresholds, self._rests, self._released, self._exempt = thresholds, rests, released, exempt
        self._gather = gather
        self._deeds: dict[str, list[tuple[Deed, float]]] = {}  # by sender, each with the monotonic time of its coming
        self._owed: dict[str, Judgement] = {}
        self._untold = False  # the last one that was to be told was not
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()
        self.waiting = 0  # deeds
        self.dropped = 0  # deeds, since the start
        self.failed = ""  # why the store gave no answer the last time

    def note(self, deed: Deed) -> None:
        """Take in what was seen. Never waits, never raises."""
        held = self._deeds.get(deed.who)
        if self.waiting >= _MOST or (held is not None and len(held) >= _EACH):
            self.dropped += 1
            return
        if held is None:
            held = self._deeds[deed.who] = []
        held.append((deed, time.monotonic()))
        self.waiting += 1
        self._wake.set()

    async def start(self) -> None:
        """Begin to watch."""
        self._task = asyncio.create_task(self._run(), name="conduct")

    async def close(self, timeout: float = 2.0) -> None:  # noqa: ASYNC109
        """Take in what waits, within `timeout` seconds, and end. The store stays open: it is not ours."""
        self._closing.set()
        self._wake.set()
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=timeout)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _run(self) -> None:
        while not self._closing.is_set() or self._deeds or self._owed:
            await self._wake.wait()
            self._wake.clear()
            await self._pause(self._gather)
            if not await self._round():
                self._wake.set()
                await (asyncio.sleep(_TRY) if self._closing.is_set() else self._pause(_AGAIN))

    async def _pause(self, seconds: float) -> None:
        """Whoever closes does not wait for us to gather more."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)

    async def _round(self) -> bool:
        """Everything that waits now; False where some of it has to be tried again."""
        senders = list(self._deeds)
        for start in range(0, len(senders), _TOGETHER):
            taken = await asyncio.gather(*map(self._take, senders[start : start + _TOGETHER]))
            if not all(taken):
                await self._tell()
                return False
        return await self._tell()

    async def _take(self, who: str) -> bool:
        deeds = self._deeds.pop(who)
        self.waiting -= len(deeds)
        try:
            judgement = await self._ask(who, deeds)
        except LimitsUnavailable as error:
            self._put_back(who, deeds)
            if not self.failed:
                _log.warning("conduct.unavailable", reason=str(error))
            self.failed = str(error) or "unavailable"
            return False
        except Exception:  # a bug: the others' deeds are not to wait for ever
            self.dropped += len(deeds)
            _log.exception("conduct.failed", sender=who)
            return True
        self.failed = ""
        if judgement is not None and (who in self._owed or len(self._owed) < _OWED):
            self._owed[who] = judgement
        return True

    async def _ask(self, who: str, deeds: list[tuple[Deed, float]]) -> Judgement | None:
        if self._exempt(who):
            return None
        released, moment = self._released(who), time.monotonic()
        aged = [(deed, moment - came) for deed, came in deeds]

        def work(blob: bytes | None, now: float) -> tuple[bytes | None, Judgement | None]:
            return observe(blob, now, aged, released=released, rests=self._rests, thresholds=self._thresholds)

        return await self._store.change(key_of(who), KEEP, work)

    def _put_back(self, who: str, deeds: list[tuple[Deed, float]]) -> None:
        """To the front, so that the oldest sender's come first again; what came meanwhile stands behind them."""
        later = self._deeds.pop(who, [])
        self.waiting += len(deeds)
        both = [*deeds, *later]
        self._deeds = {who: both[:_EACH], **self._deeds}
        self.dropped += len(both[_EACH:])
        self.waiting -= len(both[_EACH:])

    async def _tell(self) -> bool:
        """Tell what is owed; False where somebody could not be told. Those come last the next time."""
        failed = 0
        for who, judgement in list(self._owed.items()):
            try:
                async with asyncio.timeout(_LONGEST):
                    await self._on_verdict(who, judgement)
            except Exception as error:  # whatever it was: a sender past the threshold must not be forgotten
                if not self._untold:
                    _log.warning("conduct.untold", sender=who, reason=str(error), exc_info=True)
                self._untold = True
                self._owed[who] = self._owed.pop(who)
                failed += 1
                if failed >= _FAILURES:
                    break
                continue
            del self._owed[who]
        self._untold = failed > 0
        return not failed
