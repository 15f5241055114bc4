"""The store of mailboxes' use for the event loop: each call in a thread, one transaction each.

`Upkeep` is the sweep's `gateway.imap.ports.Records`; `keep_sources` and `covered` are what `gateway.sources` asks for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from gateway.access import Coverage, Evidence, Source
from gateway.directory.database import Database
from gateway.imap.ports import Outcome, Past
from gateway.lifecycle.days import day_of
from gateway.upkeep.life import LifeStore
from gateway.upkeep.pruning import horizon, prune
from gateway.upkeep.store import UseStore


class Upkeep:
    """DirectoryUnavailable from every method. `use`, `life`: the blocking stores, for threads and commands."""

    def __init__(self, database: Database) -> None:
        self.use = UseStore(database)
        self.life = LifeStore(self.use.tables)

    async def prepare(self) -> None:
        """Make or migrate the tables. StartError."""
        await asyncio.to_thread(self.use.prepare)

    async def past(self) -> Mapping[str, Past]:
        """Of every mailbox that was ever polled, by its key."""
        return await asyncio.to_thread(self.use.past)

    async def baseline(self, mailbox: str) -> bytes | None:
        """What was kept last of this mailbox."""
        return await asyncio.to_thread(self.use.baseline, mailbox)

    async def keep(self, outcomes: Sequence[Outcome]) -> None:
        """What the sweep brought."""
        await asyncio.to_thread(self.use.keep_outcomes, tuple(outcomes))

    async def keep_sources(self, evidence: Sequence[Evidence], coverage: Sequence[Coverage]) -> None:
        """What another source tells."""
        await asyncio.to_thread(self.use.keep, tuple(evidence), tuple(coverage))

    async def covered(self, source: Source) -> Mapping[str, Coverage]:
        """The newest coverage of each mailbox by this source."""
        return await asyncio.to_thread(self.use.covered, source)

    async def prune(self, now: float) -> int:
        """Forget what nobody needs; how many rows. Once a day is enough."""
        return await asyncio.to_thread(self._prune, now)

    def _prune(self, now: float) -> int:
        since = horizon(now)
        return prune(self.use.tables, since) + self.life.forget(day_of(since))
