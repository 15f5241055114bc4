"""The store of mailboxes' use for the event loop: each call in a thread, one transaction each.

`Upkeep` is the sweep's `gateway.imap.ports.Records`; `keep_sources` and `covered` are what `gateway.sources` asks for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence

from gateway.access import Coverage, Evidence, Source
from gateway.directory.database import Database
from gateway.imap.ports import Outcome, Past
from gateway.lifecycle.days import day_of
from gateway.upkeep.gathering import Gathering
from gateway.upkeep.leaving import forget_absent
from gateway.upkeep.life import LifeStore
from gateway.upkeep.passwords import PasswordKept, PasswordStore
from gateway.upkeep.pruning import MONTHS, horizon, prune
from gateway.upkeep.store import UseStore


class Upkeep:
    """DirectoryUnavailable from every method. `use`, `life`, `passwords`: blocking stores, for commands."""

    def __init__(self, database: Database) -> None:
        self.use = UseStore(database)
        self.life = LifeStore(self.use.tables)
        self.passwords = PasswordStore(self.use.tables)
        self._baselines = Gathering(self.use.baselines)

    async def prepare(self) -> None:
        """Make or migrate the tables. StartError."""
        await asyncio.to_thread(self.use.prepare)

    async def past(self) -> Mapping[str, Past]:
        """Of every mailbox that was ever polled, by its key."""
        return await asyncio.to_thread(self.use.past)

    async def baseline(self, mailbox: str) -> bytes | None:
        """What was kept last of this mailbox. Polls at once ask together."""
        return await self._baselines.ask(mailbox)

    async def keep(self, outcomes: Sequence[Outcome]) -> None:
        """What the sweep brought."""
        await asyncio.to_thread(self.use.keep_outcomes, tuple(outcomes))

    async def keep_sources(self, evidence: Sequence[Evidence], coverage: Sequence[Coverage]) -> None:
        """What another source tells."""
        await asyncio.to_thread(self.use.keep, tuple(evidence), tuple(coverage))

    async def keep_passwords(self, dates: Sequence[PasswordKept]) -> None:
        """When passwords were changed."""
        await asyncio.to_thread(self.passwords.put, tuple(dates))

    async def covered(self, source: Source) -> Mapping[str, Coverage]:
        """The newest coverage of each mailbox by this source."""
        return await asyncio.to_thread(self.use.covered, source)

    async def prune(
        self, now: float, *, keep: int = 0, months: int = MONTHS, present: Collection[str] | None = None
    ) -> int:
        """Forget what nobody needs; how many rows. Once a day is enough.

        `keep`, `months`: see `horizon`. `present`: the addresses of the directory (`gateway.upkeep.leaving.names_of`);
        mailboxes that are gone from it for weeks are forgotten. None: nobody is looked for.
        """
        return await asyncio.to_thread(self._prune, now, horizon(now, keep, months), present)

    def _prune(self, now: float, since: float, present: Collection[str] | None) -> int:
        forgotten = prune(self.use.tables, since) + self.life.forget(day_of(since))
        return forgotten + (forget_absent(self.use.tables, present, now) if present is not None else 0)
