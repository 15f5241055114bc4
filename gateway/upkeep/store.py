"""Polls, evidence and coverage in the store. Blocking: for threads and commands, never for the event loop.

DirectoryUnavailable from every method: it is the directory's store. Before `prepare` was ever called there is nothing
to read, and nothing can be kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gateway.access import Coverage, Evidence, Kind, Source
from gateway.directory.database import Database
from gateway.directory.dialects import insert_into
from gateway.imap.ports import Outcome, Past
from gateway.lifecycle.silence import CERTAIN, SKEW
from gateway.upkeep.migrate import MIGRATIONS
from gateway.upkeep.rows import (
    Polled,
    attempt_row,
    coverage_of,
    coverage_row,
    evidence_of,
    evidence_row,
    key,
    observed_row,
    polled_of,
)
from gateway.upkeep.schema import baselines, coverage, evidence, polls
from gateway.upkeep.tables import Tables, chunks, of_mailboxes, put

_USES = [Kind.ACCESS.value, Kind.AUTOMATIC.value]
_CERTAIN = sorted(one.value for one in CERTAIN)


@dataclass(frozen=True, slots=True)
class Told:
    """What is kept of one mailbox's use."""

    evidence: tuple[Evidence, ...] = ()
    coverage: tuple[Coverage, ...] = ()


class UseStore:
    """What is known of mailboxes' use. `database`: the directory's (`DirectoryStore.database`)."""

    def __init__(self, database: Database) -> None:
        self.tables = Tables(database)

    def prepare(self) -> None:
        """Make or migrate the tables, the directory's too. StartError, DirectoryUnavailable."""
        self.tables.database.prepare(MIGRATIONS)

    def keep_outcomes(self, outcomes: Sequence[Outcome]) -> None:
        """All that these polls brought, or nothing of it. The later of two outcomes of one mailbox is the newer."""
        found = [outcome.findings for outcome in outcomes if outcome.findings is not None]
        told = [one for findings in found for one in findings.evidence]
        with self.tables.database.writing() as connection:
            _put_attempts(connection, outcomes)
            put(connection, baselines, _baseline_rows(outcomes))
            _take_back_unused(connection, [findings.coverage for findings in found])
            _put_evidence(connection, told)
            _put_coverage(connection, [findings.coverage for findings in found])

    def keep(self, told: Iterable[Evidence], watched: Iterable[Coverage]) -> None:
        """What other sources say, all of it or nothing.

        Evidence and coverage with a key that is there replace what is there; but a use's end never goes back, for two
        gateways may tell of two uses in one interval, in any order.
        """
        evidence_, coverage_ = list(told), list(watched)
        with self.tables.database.writing() as connection:
            _put_evidence(connection, evidence_)
            _put_coverage(connection, coverage_)

    def past(self) -> dict[str, Past]:
        """When each mailbox was attempted and observed."""
        if not self.tables.made:
            return {}
        with self.tables.reading() as connection:
            rows = connection.execute(sa.select(polls.c.mailbox, polls.c.attempted, polls.c.observed))
            return {row.mailbox: Past(row.attempted, row.observed) for row in rows}

    def baselines(self, mailboxes: Collection[str]) -> dict[str, bytes]:
        """What `Baseline.to_bytes` made last, of those of these that have one, by the names that were given."""
        if not self.tables.made:
            return {}
        with self.tables.reading() as connection:
            kept = {row.mailbox: row.baseline for row in of_mailboxes(connection, baselines, mailboxes)}
        return {name: kept[key(name)] for name in mailboxes if key(name) in kept}

    def baseline(self, mailbox: str) -> bytes | None:
        """The same of one."""
        return self.baselines([mailbox]).get(mailbox)

    def polled(self, mailboxes: Collection[str]) -> dict[str, Polled]:
        """The last poll of each of these that was ever polled."""
        if not self.tables.made:
            return {}
        with self.tables.reading() as connection:
            return {row.mailbox: polled_of(row) for row in of_mailboxes(connection, polls, mailboxes)}

    def told(self, mailboxes: Collection[str]) -> dict[str, Told]:
        """All evidence and coverage of each of these, evidence in the order of its beginning.

        Read at one moment: coverage that is newer than the evidence would make silence of an access.
        """
        found: defaultdict[str, tuple[list[Evidence], list[Coverage]]] = defaultdict(lambda: ([], []))
        if self.tables.made:
            with self.tables.reading() as connection:
                for row in of_mailboxes(connection, evidence, mailboxes):
                    found[row.mailbox][0].append(evidence_of(row))
                for row in of_mailboxes(connection, coverage, mailboxes):
                    found[row.mailbox][1].append(coverage_of(row))
        return {
            mailbox: Told(tuple(sorted(told, key=lambda one: one.not_before)), tuple(watched))
            for mailbox, (told, watched) in found.items()
        }

    def used_since(self, mailboxes: Collection[str], now: float) -> dict[tuple[str, Kind], float]:
        """When the last certain use of each of these began, by its kind: one number instead of all evidence."""
        found: dict[tuple[str, Kind], float] = {}
        if not self.tables.made:
            return found
        sane = sa.and_(evidence.c.not_before <= evidence.c.not_after, evidence.c.not_after <= now + SKEW)
        certain = sa.and_(evidence.c.kind.in_(_USES), evidence.c.strength.in_(_CERTAIN), sane)
        last = sa.select(evidence.c.mailbox, evidence.c.kind, sa.func.max(evidence.c.not_before))
        with self.tables.reading() as connection:
            for chunk in chunks(sorted({key(one) for one in mailboxes})):
                query = last.where(evidence.c.mailbox.in_(chunk), certain).group_by(evidence.c.mailbox, evidence.c.kind)
                found |= {(name, Kind(kind)): since for name, kind, since in connection.execute(query)}
        return found

    def covered(self, source: Source) -> dict[str, Coverage]:
        """The newest coverage of each mailbox by this source: the one that reaches furthest."""
        if not self.tables.made:
            return {}
        ours = coverage.c.source == source.value
        ends = sa.select(coverage.c.mailbox, sa.func.max(coverage.c.until).label("until")).where(ours)
        last = ends.group_by(coverage.c.mailbox).subquery()
        same = sa.and_(coverage.c.mailbox == last.c.mailbox, coverage.c.until == last.c.until)
        query = sa.select(coverage).join(last, same).where(ours).order_by(coverage.c.since.desc())
        with self.tables.reading() as connection:  # of two that end together the longer one stays
            return {row.mailbox: coverage_of(row) for row in connection.execute(query)}


def _put_attempts(connection: sa.Connection, outcomes: Sequence[Outcome]) -> None:
    """In the order of the outcomes, for a failure leaves what the observation before it saw."""
    good = [observed_row(one, one.findings.baseline.seen) for one in outcomes if one.findings is not None]
    old = {name: sa.func.coalesce(insert_into(connection, polls).excluded[name], polls.c[name]) for name in _COUNTED}
    put(connection, polls, good, **old)
    last = {key(one.mailbox): one for one in outcomes}
    put(connection, polls, [attempt_row(one) for one in last.values() if one.findings is None])


_COUNTED = ("old_messages", "old_counted")  # asked for now and then only


def _baseline_rows(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    return [
        {"mailbox": key(one.mailbox), "baseline": one.baseline.to_bytes()}
        for one in outcomes
        if one.baseline is not None
    ]


def _put_evidence(connection: sa.Connection, told: Sequence[Evidence]) -> None:
    new = insert_into(connection, evidence).excluded.not_after
    is_use = sa.or_(*(evidence.c.kind == kind for kind in _USES))  # not IN, which has no form for many rows
    later = sa.case((sa.and_(is_use, evidence.c.not_after > new), evidence.c.not_after), else_=new)
    put(connection, evidence, map(evidence_row, told), not_after=later)


def _put_coverage(connection: sa.Connection, watched: Sequence[Coverage]) -> None:
    """And take back what reaches past it: a clock that ran ahead told of days that nobody had watched yet."""
    _delete(connection, coverage, coverage.c.until, watched)
    put(connection, coverage, map(coverage_row, watched))


def _take_back_unused(connection: sa.Connection, watched: Sequence[Coverage]) -> None:
    """The same for what polls said of such days."""
    _delete(connection, evidence, evidence.c.not_after, watched, evidence.c.kind == Kind.UNUSED.value)


def _delete(
    connection: sa.Connection,
    table: sa.Table,
    end: sa.Column[float],
    watched: Sequence[Coverage],
    *conditions: sa.ColumnElement[bool],
) -> None:
    """Rows of the same mailbox and source that end well after it. Nodes may differ by some minutes."""
    same = sa.and_(table.c.mailbox == sa.bindparam("whose"), table.c.source == sa.bindparam("whence"))
    past = sa.delete(table).where(same, end > sa.bindparam("end"), *conditions)
    rows = [
        {"whose": row["mailbox"], "whence": row["source"], "end": row["until"] + SKEW}
        for row in map(coverage_row, watched)
    ]
    if rows:
        connection.execute(past, sorted(rows, key=lambda row: (row["whose"], row["whence"])))
