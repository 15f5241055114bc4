"""Forgets what no answer needs any more, as `gateway.lifecycle.keeping` says; the newest of each sort stays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

import sqlalchemy as sa

from gateway.access import Evidence
from gateway.lifecycle.days import after_days, after_months, day_of, start_of
from gateway.lifecycle.keeping import needed
from gateway.upkeep.rows import evidence_of, evidence_row
from gateway.upkeep.schema import coverage, evidence
from gateway.upkeep.tables import Tables, chunks, of_mailboxes

MONTHS: Final = 13
"""Past the longest period of every regulation: whatever is asked, so many months are kept."""
_KEY: Final = tuple(column.name for column in evidence.primary_key)


def horizon(now: float, keep: int = 0, months: int = MONTHS) -> float:
    """What ended after this is kept whole. Seconds since the epoch, as `now`.

    `keep`: days; `months`: what the periods of the regulations in force need, which `keep` cannot shorten.
    """
    today = day_of(now)
    return start_of(min(after_days(today, -keep), after_months(today, -months)))


def prune(tables: Tables, since: float) -> int:
    """Forget evidence and coverage that ended before `since` and is not needed; how many rows.

    Many short transactions: the journal waits for each on SQLite. What moves on meanwhile stays.
    """
    if not tables.made:
        return 0
    with tables.reading() as connection:
        query = sa.select(evidence.c.mailbox).where(evidence.c.not_after <= since).distinct()
        mailboxes = sorted(connection.execute(query).scalars())
    forgotten = sum(_prune_evidence(tables, chunk, since) for chunk in chunks(mailboxes))
    with tables.database.writing() as connection:
        return forgotten + int(connection.execute(sa.delete(coverage).where(coverage.c.until <= since)).rowcount)


def _prune_evidence(tables: Tables, mailboxes: Sequence[str], since: float) -> int:
    old = evidence.c.not_after <= since
    told: defaultdict[str, list[Evidence]] = defaultdict(list)
    with tables.reading() as connection:
        for row in of_mailboxes(connection, evidence, mailboxes, old):
            told[row.mailbox].append(evidence_of(row))
    useless = [one for all_ in told.values() for one in _useless(all_, since)]
    same = sa.and_(*(evidence.c[name] == sa.bindparam(f"key_{name}") for name in _KEY), old)
    forgotten = 0
    for chunk in chunks(useless):
        with tables.database.writing() as connection:
            keys = [{f"key_{name}": row[name] for name in _KEY} for row in map(evidence_row, chunk)]
            forgotten += connection.execute(sa.delete(evidence).where(same), keys).rowcount
    return forgotten


def _useless(told: Sequence[Evidence], since: float) -> Iterable[Evidence]:
    kept = set(needed(told, since))
    return (one for one in told if one not in kept)
