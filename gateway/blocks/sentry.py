"""Turns a judgement of conduct into a standing: kept, told once, and known to this worker at once.

It must not know how conduct is judged. Where the store is away it raises, and whoever judges asks again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

from gateway.blocks.deeds import Case
from gateway.blocks.store import BlockStore, Letters
from gateway.blocks.watch import Watch
from gateway.conduct.score import Judgement, Level
from gateway.directory.errors import DirectoryError
from gateway.logs import get_logger
from gateway.rates import Standing

_log = get_logger("congthu.senders")
_ENOUGH: Final = frozenset({Standing.BLOCKED, Standing.LOCKED})


class Sentry:
    """`enforce`: whether a conduct past the threshold is blocked; else it is only suspected, and told all the same.

    `letters` writes the notices; it may be changed.
    """

    def __init__(self, store: BlockStore, watch: Watch, letters: Letters, enforce: Callable[[], bool]) -> None:
        self._store, self._watch, self._enforce = store, watch, enforce
        self.letters = letters

    async def verdict(self, who: str, judgement: Judgement) -> None:
        """Conduct's verdict of a sender. Saying it again changes nothing. DirectoryUnavailable."""
        if judgement.level < Level.BLOCK:
            _log.info("senders.conspicuous", who=who, score=judgement.score, reasons=list(judgement.reasons))
            return
        standing = self._watch.current.find(who)
        block = self._enforce()
        if standing is not None and (standing.standing in _ENOUGH or not block):
            return  # known and told; a suspicion that is past is forgotten by the store's pruning
        change = self._store.block if block else self._store.suspect
        case = Case(judgement.reasons, judgement.evidence)
        if not await asyncio.to_thread(change, who, case, _when(judgement), self.letters):
            return
        event = "senders.blocked" if block else "senders.suspect"
        _log.warning(event, who=who, score=judgement.score, reasons=list(judgement.reasons))
        try:
            await self._watch.look()
        except DirectoryError as error:  # it is kept: the next look finds it
            _log.warning("senders.unavailable", reason=str(error))


def _when(judgement: Judgement) -> float:
    """When it was judged, so that a judgement from before a release is known as such; never in the future."""
    at, now = judgement.evidence.get("at"), time.time()
    return float(at) if isinstance(at, int | float) and now - 86_400 < at <= now else now
