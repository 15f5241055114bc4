"""Signatures that proved a mailbox once, so that none does twice: shared by all workers and nodes of a store.

It serves `gateway.authentication.replay.SignatureMemory` and knows nothing of signatures: keys are text.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from gateway.directory.database import Database
from gateway.directory.dialects import insert_into
from gateway.directory.schema import signatures
from gateway.errors import InFlight

CLAIM: Final = 900.0  # seconds for which a message in flight holds its keys, should nobody tell what became of it


class SharedMemory:
    """Remembers in the store. `seconds`: how long a delivered message is known. DirectoryUnavailable from all of it."""

    def __init__(self, database: Database, seconds: float) -> None:
        self._database, self.seconds = database, seconds

    async def claim(self, keys: Sequence[str], now: float) -> frozenset[str]:
        """Take these for one message; returns those that were delivered before. InFlight, and then none is taken."""
        return await asyncio.to_thread(self._claim, tuple(dict.fromkeys(keys)), now)

    def _claim(self, keys: Sequence[str], now: float) -> frozenset[str]:
        taken = set()
        with self._database.writing() as connection:
            connection.execute(sa.delete(signatures).where(signatures.c.until < int(now * 1e6)))
            insert = insert_into(connection, signatures).on_conflict_do_nothing().returning(signatures.c.key)
            for key in sorted(keys):  # in one order everywhere: two nodes never wait for each other
                row = {"key": key, "until": int((now + CLAIM) * 1e6), "delivered": 0}
                if connection.execute(insert.values(**row)).first() is None:
                    taken.add(key)
            known = sa.select(signatures.c.key).where(signatures.c.key.in_(taken), signatures.c.delivered == 1)
            if taken and len(connection.execute(known).all()) < len(taken):
                raise InFlight  # which takes back what was put in
        return frozenset(taken)

    async def settle(self, keys: Sequence[str], *, delivered: bool, now: float) -> None:
        """What became of the message that got these (only those: never the ones that `claim` answered)."""
        await asyncio.to_thread(self._settle, tuple(keys), delivered, now)

    def _settle(self, keys: Sequence[str], delivered: bool, now: float) -> None:
        mine = signatures.c.key.in_(keys)
        with self._database.writing() as connection:
            if delivered:
                until = int((now + self.seconds) * 1e6)
                connection.execute(sa.update(signatures).where(mine).values(until=until, delivered=1))
            else:
                connection.execute(sa.delete(signatures).where(mine))
