"""Records of mailboxes' lives, and the steps taken on them, in the store. Blocking, as `gateway.upkeep.store`.

A step is on record before it is done, under a key that names it: its mailbox, day, act and way. Whoever comes back
after a crash finds what was begun, and begins nothing twice. The row whose way is LIST stands for the step as a whole.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

import sqlalchemy as sa

from gateway.directory.dialects import insert_into
from gateway.lifecycle.days import start_of
from gateway.lifecycle.effects import Way
from gateway.lifecycle.plan import Act, Step
from gateway.lifecycle.subject import Record
from gateway.upkeep.rows import Result, Taken, key, plain, record_of, record_row, step_row, taken_of
from gateway.upkeep.schema import records, steps
from gateway.upkeep.tables import Tables, chunks, of_mailboxes

Work = Callable[[Record], Record]
"""What a deed makes of a record. Pure: it may be called again."""
LISTED: Final = "listed"
"""How the detail of a LIST row begins whose step was only listed, not done."""
_TAKING: Final = (Act.LOCK.value, Act.RECLAIM.value)
_DAY: Final = 86_400.0
Key = tuple[str, Act]
"""A mailbox and what is done to it."""


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
            return change_in(connection, key(mailbox), work)

    def begin(self, planned: Sequence[Step], way: Way, now: float, *, again: bool = False) -> list[Taken]:
        """Put these steps on record, before they are done; how each stands, in the same order.

        One that was begun before, by whomever, stands as it did: DONE and FAILED need nothing more on their day. With
        `again` what failed, or was only listed, is begun anew.
        """
        rows = [step_row(step, way, now) for step in planned]
        with self.tables.database.writing() as connection:
            if rows:
                ordered = sorted(rows, key=lambda row: (row["mailbox"], row["day"], row["act"]))
                connection.execute(insert_into(connection, steps).on_conflict_do_nothing(), ordered)
            ours = sa.and_(steps.c.way == way.value, steps.c.day.in_({row["day"] for row in rows}))
            if again:
                _begin_anew(connection, [row["mailbox"] for row in rows], ours, now)
            found = of_mailboxes(connection, steps, [row["mailbox"] for row in rows], ours)
            kept = {(one.mailbox, one.day, one.act.value): one for one in map(taken_of, found)}
        return [kept[row["mailbox"], row["day"], row["act"]] for row in rows]

    def finish(self, number: int, result: Result, now: float, *, detail: str = "", work: Work | None = None) -> bool:
        """Say what became of a step that was begun, and what its mailbox's record is then, in one transaction.

        False, and nothing is changed, where somebody said it already. `detail`: for people, never a secret.
        """
        with self.tables.database.writing() as connection:
            return finish_in(connection, number, result, now, detail=detail, work=work)

    def listed(self, mailboxes: Collection[str]) -> dict[Key, dict[str, Any]]:
        """What was listed last for each of these, by what is to be done: its `Step.row`."""
        found: dict[Key, dict[str, Any]] = {}
        if self.tables.made:
            with self.tables.reading() as connection:
                rows = of_mailboxes(connection, steps, mailboxes, steps.c.way == Way.LIST.value)
                for taken in map(taken_of, rows):  # in the order of their numbers
                    found[taken.mailbox, taken.act] = taken.step
        return found

    def note(self, planned: Sequence[Step], now: float, why: str = "") -> None:
        """List steps that are not done: each at once as far as it goes. `why`: it waits."""
        detail = f"{LISTED}: {why}" if why else LISTED
        rows = [
            {**step_row(step, Way.LIST, now), "result": Result.DONE.value, "ended": now, "detail": plain(detail)}
            for step in planned
        ]
        if rows:
            with self.tables.database.writing() as connection:
                ordered = sorted(rows, key=lambda row: (row["mailbox"], row["day"], row["act"]))
                connection.execute(insert_into(connection, steps).on_conflict_do_nothing(), ordered)

    def unfinished(self, mailboxes: Collection[str], since: datetime.date) -> dict[Key, datetime.date]:
        """Steps of these, from this day on, that were begun and are not done in every way: the day of the newest."""
        found: dict[Key, datetime.date] = {}
        if self.tables.made:
            open_ = sa.and_(steps.c.result != Result.DONE.value, steps.c.day >= since.isoformat())
            with self.tables.reading() as connection:
                for row in of_mailboxes(connection, steps, mailboxes, open_):
                    taken = taken_of(row)
                    found[taken.mailbox, taken.act] = datetime.date.fromisoformat(taken.day)
        return found

    def begun(self) -> list[Taken]:
        """Steps of which nobody said what became of them, the oldest first."""
        return self._steps(sa.select(steps).where(steps.c.result == Result.BEGUN.value).order_by(steps.c.number))

    def history(self, mailbox: str = "", *, limit: int = 0) -> list[Taken]:
        """Steps, the newest first: of one mailbox or of all, at most `limit`."""
        query = sa.select(steps).order_by(steps.c.number.desc()).limit(limit or None)
        return self._steps(query.where(steps.c.mailbox == key(mailbox)) if mailbox else query)

    def taken(self, day: datetime.date) -> int:
        """How many mailboxes were locked or reclaimed on this day, or may have been: for the plan's brake.

        What was only listed took nothing away; what was planned on a day before and done on this one did.
        """
        real = sa.and_(steps.c.way != Way.LIST.value, steps.c.result != Result.FAILED.value)
        then = sa.and_(steps.c.ended >= start_of(day), steps.c.ended < start_of(day) + _DAY)
        ours = sa.and_(sa.or_(steps.c.day == day.isoformat(), then), steps.c.act.in_(_TAKING), real)
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

    def give_up(self, before: datetime.date, now: float) -> int:
        """Steps of days before this one of which nobody ever said what became of them have failed; how many."""
        lost = sa.and_(steps.c.day < before.isoformat(), steps.c.result == Result.BEGUN.value)
        said = {"result": Result.FAILED.value, "ended": now, "detail": "nobody said what became of it"}
        with self.tables.database.writing() as connection:
            return int(connection.execute(sa.update(steps).where(lost).values(**said)).rowcount)

    def _steps(self, query: sa.Select[tuple[object, ...]]) -> list[Taken]:
        if not self.tables.made:
            return []
        with self.tables.reading() as connection:
            return [taken_of(row) for row in connection.execute(query)]


def finish_in(
    connection: sa.Connection,
    number: int,
    result: Result,
    now: float,
    *,
    detail: str = "",
    work: Work | None = None,
) -> bool:
    """`LifeStore.finish` inside a transaction of the caller's."""
    ours = sa.and_(steps.c.number == number, steps.c.result == Result.BEGUN.value)
    said = sa.update(steps).where(ours).values(result=result.value, ended=now, detail=plain(detail))
    mailbox = connection.execute(said.returning(steps.c.mailbox)).scalar()
    if mailbox is not None and work is not None:
        change_in(connection, mailbox, work)
    return mailbox is not None


def _begin_anew(connection: sa.Connection, mailboxes: Sequence[str], ours: sa.ColumnElement[bool], now: float) -> None:
    over = sa.or_(
        steps.c.result == Result.FAILED.value,
        sa.and_(steps.c.way == Way.LIST.value, steps.c.detail.startswith(LISTED, autoescape=True)),
    )
    numbers = [row.number for row in of_mailboxes(connection, steps, mailboxes, ours, over)]
    for chunk in chunks(numbers):
        anew = {"result": Result.BEGUN.value, "began": now, "ended": None, "detail": ""}
        connection.execute(sa.update(steps).where(steps.c.number.in_(chunk)).values(**anew))


def change_in(connection: sa.Connection, mailbox: str, work: Work) -> Record:
    """`LifeStore.change` inside a transaction of the caller's.

    The row is made first where there is none, so that it can be locked.
    """
    insert = insert_into(connection, records).on_conflict_do_nothing()
    connection.execute(insert, record_row(mailbox, Record()))
    ours = records.c.mailbox == mailbox
    row = connection.execute(sa.select(records).where(ours).with_for_update()).one()
    made = work(record_of(row))
    connection.execute(sa.update(records).where(ours).values(**record_row(mailbox, made)))
    return made
