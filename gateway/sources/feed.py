"""From sightings to what is kept: judged, gathered to half hours, handed on in batches. One a gateway, in its loop.

`note` never waits and never raises. What cannot be kept at once stays in memory, bounded; what has no room any more is
dropped and counted, and ends the coverage of its source, so that nobody takes it for silence.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from gateway.access import Coverage, Evidence, Kind, Sign, Source, Strength
from gateway.logs import get_logger
from gateway.sources.judging import Judge, Judged
from gateway.sources.sessions import Sessions
from gateway.sources.sight import Keep, Sighting
from gateway.sources.watch import Watch

_log = get_logger("congthu.sources")
PUSHED: Final = (Source.DOVECOT_EVENTS, Source.DOVECOT_POLICY)
FATES: Final = (
    *("access", "automatic", "control", "stranger", "unmarked"),
    *("unproved", "garbage", "refused", "dropped", "unanswered"),
)
"""What becomes of a sighting or a request; `control`: a poller's, a job's."""
_Key = tuple[str, Source, Kind, Sign, float]
_Stretch = tuple[str, Source, float]


@dataclass(frozen=True, slots=True)
class Feeding:
    """Times in seconds. `grain`: accesses of one kind within it become one statement, begun at its beginning: 1800 is
    the wall clock's half hours; `sending`: the same for logins to send, of which no reading window asks. `hold`: how
    long evidence waits to be kept. `most`: statements in memory. `beat`, `longest`: see `watch`. `timeout`: for
    keeping; `last`: for keeping the rest at the end.
    """

    grain: float = 1800.0
    sending: float = 4 * 3600.0
    hold: float = 5.0
    most: int = 50_000
    beat: float = 3600.0
    longest: float = 15 * 3600.0
    timeout: float = 30.0
    last: float = 5.0


class Feed:
    """See the module. `address_of`: the mailbox's address in lower case for a login name, "" for none of ours.

    `start`, then `note` and `expect`, at last `close`. `counted`: how many sightings of each fate; `by_source`: the
    same for each source; `heard`: when each told something last, by our clock. `judge` may be changed.
    """

    def __init__(
        self,
        keep: Keep,
        address_of: Callable[[str], str],
        *,
        judge: Judge | None = None,
        feeding: Feeding | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._keep, self._address_of, self._clock = keep, address_of, clock
        self.judge, self._feeding = judge or Judge(), feeding or Feeding()
        self._sessions = Sessions()
        self._watches = {one: Watch(one, self._feeding.beat, self._feeding.longest) for one in PUSHED}
        self._evidence: dict[_Key, Evidence] = {}
        self._coverage: dict[_Stretch, Coverage] = {}
        self._task: asyncio.Task[None] | None = None
        self._sick, self._flushing = False, asyncio.Lock()
        self.counted: Counter[str] = Counter()
        """By fate (`FATES`)."""
        self.by_source: Counter[tuple[Source, str]] = Counter()
        self.heard: dict[Source, float] = {}

    def now(self) -> float:
        """Our clock."""
        return self._clock()

    def count(self, source: Source, fate: str) -> None:
        """One more of this fate."""
        self.counted[fate] += 1
        self.by_source[source, fate] += 1

    def note(self, seen: Sighting) -> None:
        """Take what was seen."""
        self.heard[seen.source] = seen.arrived
        whole = self._sessions.take(seen)
        if whole is not None:
            self._settle(whole)

    def lost(self, source: Source, why: str) -> None:
        """Something of this source came and could not be taken: `why` is garbage, unmarked or refused."""
        self.count(source, why)
        if (watch := self._watches.get(source)) is not None:
            watch.lost()

    def expect(self, source: Source, mailbox: str, at: float) -> None:
        """A good poll of this mailbox ended at this time: its login must come to us, too."""
        self._watches[source].expect(mailbox, at)

    async def start(self) -> None:
        """Begin to hand on."""
        self._task = asyncio.create_task(self._run(), name="sources")

    async def close(self) -> None:
        """Hand on what is left, not for long."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        self._ripen(all_of_them=True)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._feeding.last):
                await self.flush()

    async def flush(self) -> bool:
        """Hand on everything that is known by now, what is on its way included; whether it was kept."""
        async with self._flushing:
            return await self._flush()

    async def _flush(self) -> bool:
        self._ripen()
        evidence, coverage = self._evidence, self._coverage
        if not evidence and not coverage:
            return True
        self._evidence, self._coverage = {}, {}
        kept = False
        try:
            async with asyncio.timeout(self._feeding.timeout):
                await self._keep(tuple(evidence.values()), tuple(coverage.values()))
            kept = True
        except Exception as error:  # of a store that is not ours to know
            self._tell(type(error).__name__)
        finally:
            if not kept:
                self._restore(evidence, coverage)
        self._sick = not kept
        return kept

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._feeding.hold)
            await self.flush()

    def _ripen(self, *, all_of_them: bool = False) -> None:
        now = self._clock()
        for seen in list(self._sessions.ripe(now, all_of_them=all_of_them)):
            self._settle(seen)
        for watch in self._watches.values():
            watch.check(now)

    def _settle(self, seen: Sighting) -> None:
        mailbox = self._address_of(seen.user)
        if not mailbox:
            self.count(seen.source, "stranger")
            return
        judged = self.judge.judge(seen)
        if judged.kind is None:
            self.count(seen.source, "control")
        elif not self._put(mailbox, seen, judged, judged.kind):
            return
        self._cover(mailbox, seen)

    def _put(self, mailbox: str, seen: Sighting, judged: Judged, kind: Kind) -> bool:
        grain = self._feeding.sending if seen.source is Source.SUBMISSION else self._feeding.grain
        since = min(seen.began, seen.arrived) // grain * grain
        key = (mailbox, seen.source, kind, seen.sign, since)
        before = self._evidence.get(key)
        if before is None and len(self._evidence) >= self._feeding.most:
            self.lost(seen.source, "dropped")
            return False
        actor = seen.client or seen.service
        made = Evidence(mailbox, kind, judged.strength, since, seen.arrived, seen.source, seen.sign, actor)
        self._evidence[key] = _later(before, made)
        self.count(seen.source, kind.value)
        return True

    def _cover(self, mailbox: str, seen: Sighting) -> None:
        if (watch := self._watches.get(seen.source)) is None:
            return
        if (covered := watch.sign(mailbox, max(seen.arrived, self._clock()))) is not None:
            self._coverage[mailbox, seen.source, covered.since] = covered

    def _restore(
        self, evidence: Mapping[_Key, Evidence], coverage: Mapping[tuple[str, Source, float], Coverage]
    ) -> None:
        """Put back what was not kept, under what has come since."""
        for key, made in evidence.items():
            newer = self._evidence.get(key)
            if newer is None and len(self._evidence) >= self._feeding.most:
                self.lost(made.source, "dropped")
                continue
            self._evidence[key] = _later(made, newer) if newer else made
        self._coverage = {**coverage, **self._coverage}

    def _tell(self, reason: str) -> None:
        if not self._sick:
            _log.warning("sources.unkept", reason=reason, waiting=len(self._evidence))


def _later(before: Evidence | None, made: Evidence) -> Evidence:
    """One statement out of two of the same key: the later end, the surer word."""
    if before is None:
        return made
    surest = Strength.EXACT if Strength.EXACT in (before.strength, made.strength) else made.strength
    return replace(made, strength=surest, not_after=max(before.not_after, made.not_after))
