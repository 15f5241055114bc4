"""Forgets mailboxes that left the directory, some weeks later: one that comes back meanwhile keeps its history.

A mailbox that is renamed mostly keeps its old address as an alias: as long as it does, what is kept under that address
stays. Nothing is handed on to the new address, for an alias may be another person's next. Steps that were taken are a
record of deeds, not of mailboxes: they are forgotten by age only. Blocking.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import sqlalchemy as sa

from gateway.directory.dialects import insert_into
from gateway.directory.entry import Snapshot
from gateway.lifecycle.days import DAY
from gateway.upkeep.rows import key
from gateway.upkeep.schema import absent, metadata, steps
from gateway.upkeep.tables import Tables, chunks

GRACE: Final = 42 * DAY
"""Seconds for which what is kept of a mailbox outlives its place in the directory."""
_OURS: Final = tuple(table for table in metadata.sorted_tables if "mailbox" in table.c and table not in (steps, absent))


def names_of(snapshot: Snapshot) -> frozenset[str]:
    """Every address under which a mailbox of the directory may have rows."""
    return frozenset(key(name) for one in snapshot.mailboxes for name in (one.address, *one.aliases))


def forget_absent(tables: Tables, present: Collection[str], now: float, grace: float = GRACE) -> int:
    """Note who is gone, and forget those gone for `grace` seconds; how many rows. `present`: see `names_of`.

    An empty directory is one that was lost rather than left: then nothing is done. Short transactions, as `prune`.
    """
    if not present or not tables.made:
        return 0
    known, noted = _known(tables), _noted(tables)
    gone = known - frozenset(present)
    _note(tables, sorted(gone - noted.keys()), now)
    back = sorted(noted.keys() - gone)
    over = sorted(one for one in gone & noted.keys() if noted[one] <= now - grace)
    forgotten = sum(_forget(tables, chunk) for chunk in chunks(over))
    for chunk in chunks([*back, *over]):
        with tables.database.writing() as connection:
            connection.execute(sa.delete(absent).where(absent.c.mailbox.in_(chunk)))
    return forgotten


def _known(tables: Tables) -> frozenset[str]:
    every = sa.union(*(sa.select(table.c.mailbox) for table in _OURS))
    with tables.reading() as connection:
        return frozenset(connection.execute(every).scalars())


def _noted(tables: Tables) -> dict[str, float]:
    with tables.reading() as connection:
        return {row.mailbox: row.since for row in connection.execute(sa.select(absent))}


def _note(tables: Tables, mailboxes: list[str], now: float) -> None:
    for chunk in chunks(mailboxes):
        with tables.database.writing() as connection:
            insert = insert_into(connection, absent).on_conflict_do_nothing()
            connection.execute(insert, [{"mailbox": one, "since": now} for one in chunk])


def _forget(tables: Tables, mailboxes: Collection[str]) -> int:
    with tables.database.writing() as connection:
        gone = (connection.execute(sa.delete(one).where(one.c.mailbox.in_(mailboxes))).rowcount for one in _OURS)
        return sum(gone)
