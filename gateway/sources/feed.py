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
_Key = tuple[str, Source, Kind, Sign, float]
_Stretch = tuple[str, Source, float]


@dataclass(frozen=True, slots=True)
class Feeding:
    """Times in seconds. `grain`: accesses of one kind within it become one statement, begun at its beginning: 1800 is
    the wall clock's half hours. `hold`: how long evidence waits to be kept. `most`: statements in memory. `beat`,
    `longest`: see `watch`. `timeout`: for keeping; `last`: for keeping the rest at the end.
    """

    grain: float = 1800.0
    hold: float = 5.0
    most: int = 50_000
    beat: float = 3600.0
    longest: float = 15 * 3600.0
    timeout: float = 30.0
    last: float = 5.0


class Feed:
    """See the module. `address_of`: the mailbox's address in lower case for a login name, "" for none of ours.

    `start`, then `note` and `expect`, at last `close`. `counted`: how many sightings of each fate, for metrics.
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
        self._judge, self._feeding = judge or Judge(), feeding or Feeding()
        self._sessions = Sessions()
        self._watches = {one: Watch(one, self._feeding.beat, self._feeding.longest) for one in PUSHED}
        self._evidence: dict[_Key, Evidence] = {}
        self._coverage: dict[_Stretch, Coverage] = {}
        self._task: asyncio.Task[None] | None = None
        self._sick = False
        self.counted: Counter[str] = Counter()
        """By fate: access, automatic, control (a poller's, a job's), stranger, unmarked, garbage, dropped, refused."""

    def now(self) -> float:
        """Our clock."""
        return self._clock()

    def note(self, seen: Sighting) -> None:
        """Take what was seen."""
        whole = self._sessions.take(seen)
        if whole is not None:
            self._settle(whole)

    def lost(self, source: Source, why: str) -> None:
        """Something of this source came and could not be taken: `why` is garbage, unmarked or refused."""
        self.counted[why] += 1
        self._watches[source].lost()

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
        """Hand on everything that is known by now; whether it was kept."""
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
            self.counted["stranger"] += 1
            return
        judged = self._judge.judge(seen)
        if judged.kind is None:
            self.counted["control"] += 1
        elif not self._put(mailbox, seen, judged, judged.kind):
            return
        self._cover(mailbox, seen)

    def _put(self, mailbox: str, seen: Sighting, judged: Judged, kind: Kind) -> bool:
        since = min(seen.began, seen.arrived) // self._feeding.grain * self._feeding.grain
        key = (mailbox, seen.source, kind, seen.sign, since)
        before = self._evidence.get(key)
        if before is None and len(self._evidence) >= self._feeding.most:
            self.lost(seen.source, "dropped")
            return False
        actor = seen.client or seen.service
        made = Evidence(mailbox, kind, judged.strength, since, seen.arrived, seen.source, seen.sign, actor)
        self._evidence[key] = _later(before, made)
        self.counted[kind.value] += 1
        return True

    def _cover(self, mailbox: str, seen: Sighting) -> None:
        covered = self._watches[seen.source].sign(mailbox, max(seen.arrived, self._clock()))
        if covered is not None:
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
