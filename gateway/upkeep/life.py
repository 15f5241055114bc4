"""Records of mailboxes' lives, and the steps taken on them, in the store. Blocking, as `gateway.upkeep.store`.

A step is on record before it is done, under a key that names it: its mailbox, day, act and way. Whoever comes back
after a crash finds what was begun, and begins nothing twice.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Sequence
from typing import Final

import sqlalchemy as sa

from gateway.lifecycle.effects import Way
from gateway.lifecycle.plan import Act, Step
from gateway.lifecycle.subject import Record
from gateway.upkeep.rows import Result, Taken, key, plain, record_of, record_row, step_row, taken_of
from gateway.upkeep.schema import records, steps
from gateway.upkeep.tables import Tables, insert_into, of_mailboxes

Work = Callable[[Record], Record]
"""What a deed makes of a record. Pure: it may be called again."""
_TAKING: Final = (Act.LOCK.value, Act.RECLAIM.value)


class LifeStore:
    """What was done to mailboxes. `tables`: those of the use store, which prepares them."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables

    def records(self, mailboxes: Collection[str]) -> dict[str, Record]:
        """The records of those of these that have one."""
        if not self.tables.made:
            return {}
        with self.tables.reading() as connection:
            return {row.mailbox: record_of(row) for row in of_mailboxes(connection, records, mailboxes)}

    def change(self, mailbox: str, work: Work) -> Record:
        """Replace a mailbox's record by what `work` makes of it, alone; the new one."""
        with self.tables.database.writing() as connection:
            return _change(connection, key(mailbox), work)

    def begin(self, planned: Sequence[Step], way: Way, now: float) -> list[Taken]:
        """Put these steps on record, before they are done; how each stands, in the same order.

        One that was begun before, by whomever, stands as it did: DONE and FAILED need nothing more on their day.
        """
        rows = [step_row(step, way, now) for step in planned]
        with self.tables.database.writing() as connection:
            if rows:
                ordered = sorted(rows, key=lambda row: (row["mailbox"], row["day"], row["act"]))
                connection.execute(insert_into(connection, steps).on_conflict_do_nothing(), ordered)
            ours = sa.and_(steps.c.way == way.value, steps.c.day.in_({row["day"] for row in rows}))
            found = of_mailboxes(connection, steps, [row["mailbox"] for row in rows], ours)
            kept = {(one.mailbox, one.day, one.act.value): one for one in map(taken_of, found)}
        return [kept[row["mailbox"], row["day"], row["act"]] for row in rows]

    def finish(self, number: int, result: Result, now: float, *, detail: str = "", work: Work | None = None) -> bool:
        """Say what became of a step that was begun, and what its mailbox's record is then, in one transaction.

        False, and nothing is changed, where somebody said it already. `detail`: for people, never a secret.
        """
        ours = sa.and_(steps.c.number == number, steps.c.result == Result.BEGUN.value)
        said = sa.update(steps).where(ours).values(result=result.value, ended=now, detail=plain(detail))
        with self.tables.database.writing() as connection:
            mailbox = connection.execute(said.returning(steps.c.mailbox)).scalar()
            if mailbox is not None and work is not None:
                _change(connection, mailbox, work)
        return mailbox is not None

    def begun(self) -> list[Taken]:
        """Steps of which nobody said what became of them, the oldest first."""
        return self._steps(sa.select(steps).where(steps.c.result == Result.BEGUN.value).order_by(steps.c.number))

    def history(self, mailbox: str = "", *, limit: int = 0) -> list[Taken]:
        """Steps, the newest first: of one mailbox or of all, at most `limit`."""
        query = sa.select(steps).order_by(steps.c.number.desc()).limit(limit or None)
        return self._steps(query.where(steps.c.mailbox == key(mailbox)) if mailbox else query)

    def taken(self, day: datetime.date) -> int:
        """How many mailboxes were locked or reclaimed on this day, or may have been: for the plan's brake.

        What was only listed took nothing away.
        """
        real = sa.and_(steps.c.way != Way.LIST.value, steps.c.result != Result.FAILED.value)
        ours = sa.and_(steps.c.day == day.isoformat(), steps.c.act.in_(_TAKING), real)
        query = sa.select(sa.func.count(sa.distinct(steps.c.mailbox))).where(ours)
        if not self.tables.made:
            return 0
        with self.tables.reading() as connection:
            return int(connection.execute(query).scalar_one())

    def forget(self, before: datetime.date) -> int:
        """Steps of days before this one that are ended; how many."""
        old = sa.and_(steps.c.day < before.isoformat(), steps.c.result != Result.BEGUN.value)
        with self.tables.database.writing() as connection:
            return int(connection.execute(sa.delete(steps).where(old)).rowcount)

    def _steps(self, query: sa.Select[tuple[object, ...]]) -> list[Taken]:
        if not self.tables.made:
            return []
        with self.tables.reading() as connection:
            return [taken_of(row) for row in connection.execute(query)]


def _change(connection: sa.Connection, mailbox: str, work: Work) -> Record:
    """The row is made first where there is none, so that it can be locked."""
    insert = insert_into(connection, records).on_conflict_do_nothing()
    connection.execute(insert, record_row(mailbox, Record()))
    ours = records.c.mailbox == mailbox
    row = connection.execute(sa.select(records).where(ours).with_for_update()).one()
    made = work(record_of(row))
    connection.execute(sa.update(records).where(ours).values(**record_row(mailbox, made)))
    return made
