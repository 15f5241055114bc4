"""The directory in the store: read as one snapshot, changed by whole plans, every change on record.

Blocking: for threads and commands, never for the event loop. Each call has a connection of its own, so one object
serves any number of threads.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import orjson
import sqlalchemy as sa

from gateway.directory.database import Database
from gateway.directory.dialects import plain
from gateway.directory.entry import Entry, Snapshot, What, entry_from, key_of, record_of, what_of
from gateway.directory.errors import DirectoryStale, DirectoryUnavailable, PlanRefused
from gateway.directory.outbox import Notice, enqueue
from gateway.directory.plan import Plan, Step
from gateway.directory.rows import TABLES, entry_of, owned, row_of
from gateway.directory.schema import addresses, changes, state

_BATCH: Final = 500  # rows a statement; PostgreSQL and SQLite both take many more values than that
Item = TypeVar("Item")
Progress = Callable[[int], None]
"""Called with how many steps of a plan are written."""
Also = Callable[[sa.Connection], None]
"""What another room writes in the same transaction. What it raises takes the whole back."""


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to one entry. `time`: seconds since the epoch; `version`: the directory's after it."""

    number: int
    version: int
    time: float
    who: str
    source: str
    what: What
    key: str
    action: str
    before: Entry | None
    after: Entry | None


class DirectoryStore:
    """The directory of one configuration. `url`: config's store.url; a SQLite file stands in `data_dir`."""

    def __init__(self, url: str, data_dir: Path) -> None:
        self.database = Database(url, data_dir)

    def prepare(self) -> None:
        """Make or migrate the tables, and SQLite's file. StartError, DirectoryUnavailable."""
        self.database.prepare()

    def version(self) -> int:
        """The version that a snapshot would have now; 0 where there is no directory yet. DirectoryUnavailable."""
        if not self.database.exists:
            return 0
        try:
            with self.database.reading() as connection:
                return _version(connection)
        except DirectoryUnavailable:
            if self._has_tables():
                raise
            return 0

    def _has_tables(self) -> bool:
        with self.database.reading() as connection:
            return sa.inspect(connection).has_table(state.name)

    def snapshot(self) -> Snapshot:
        """The whole directory, read at one moment; empty where there is none yet. DirectoryUnavailable."""
        if not self.version():
            return Snapshot()
        try:
            with self.database.reading() as connection:
                parts: tuple[Any, ...] = tuple(_entries(connection, what) for what in TABLES)
                return Snapshot(_version(connection), *parts)
        except ValueError as error:
            raise DirectoryUnavailable(f"the directory has an entry that this version cannot read: {error}") from error

    def apply(
        self,
        plan: Plan,
        *,
        who: str,
        source: str = "",
        notices: Sequence[Notice] = (),
        progress: Progress | None = None,
        also: Also | None = None,
    ) -> int:
        """Do a whole plan in one transaction, with a row of the record for each step; the directory's version then.

        `who` did it and by what means (`source`: a file's name, "ldap"), for the record; `notices` go to the outbox in
        the same transaction, and `also` may write more there. A plan without steps changes nothing. PlanRefused,
        DirectoryStale, DirectoryUnavailable: then nothing at all was done.
        """
        if plan.flaws:
            raise PlanRefused(plan.flaws)
        now = int(time.time() * 1e6)
        common = {"version": plan.base + 1, "time": now, "who": plain(who), "source": plain(source)}
        writes = _Writes(plan.steps, common)  # made before the lock is taken: the journal waits for it, too
        with self.database.writing() as connection:
            version = _version(connection, lock=True)
            if plan.steps:
                if version != plan.base:
                    raise DirectoryStale("somebody changed the directory meanwhile; nothing was done, try again")
                version += 1
                writes.run(connection, progress)
                connection.execute(sa.update(state).values(version=version, changed=now))
            enqueue(connection, notices, now)
            if also is not None:
                also(connection)
        return version

    def changes(self, *, key: str = "", since: float = 0, limit: int = 0) -> list[Change]:
        """The record, newest first: of one entry (`key`), from a time on (seconds since the epoch), at most `limit`."""
        if not self.version():
            return []
        query = sa.select(changes).order_by(changes.c.number.desc())
        if key:
            query = query.where(changes.c.key == key)
        if since:
            query = query.where(changes.c.time >= int(since * 1e6))
        with self.database.reading() as connection:
            return [_change(row) for row in connection.execute(query.limit(limit or None))]


def _version(connection: sa.Connection, *, lock: bool = False) -> int:
    query = sa.select(state.c.version).where(state.c.id == 1)
    return int(connection.execute(query.with_for_update() if lock else query).scalar_one())


def _entries(connection: sa.Connection, what: What) -> tuple[Entry, ...]:
    rows = connection.execute(sa.select(TABLES[what]))
    return tuple(sorted((entry_of(what, row) for row in rows), key=key_of))


class _Rows:
    """New rows of one table, as the driver takes them: Core's own way costs three times as much a row."""

    def __init__(self, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
        self._table = table
        self._names = list(rows[0]) if rows else []
        self._rows = [tuple(row.values()) for row in rows]

    def insert(self, connection: sa.Connection, progress: Progress | None = None) -> None:
        """Put them in, a batch a statement."""
        if not self._rows:
            return
        compiled = sa.insert(self._table).compile(dialect=connection.dialect, column_keys=self._names)
        if list(getattr(compiled, "positiontup", None) or ()) != self._names:
            raise RuntimeError(f"unexpected parameters for {self._table.name}")
        done = 0
        for some in _batches(self._rows):
            connection.exec_driver_sql(str(compiled), list(some))
            done += len(some)
            if progress is not None:
                progress(done)


class _Writes:
    """All rows that a plan takes out and puts in, ready to be written."""

    def __init__(self, steps: Sequence[Step], common: dict[str, Any]) -> None:
        self._gone = {what: [step.key for step in steps if step.what is what and step.before] for what in TABLES}
        made = [step.after for step in steps if step.after is not None]
        self._made = [
            _Rows(table, [row_of(entry) for entry in made if what_of(entry) is what]) for what, table in TABLES.items()
        ]
        self._made.append(_Rows(addresses, [row for entry in made for row in owned(entry)]))
        self._changes = _Rows(changes, [{**common, **_change_row(step)} for step in steps])

    def run(self, connection: sa.Connection, progress: Progress | None) -> None:
        """What was goes first, so that an address may move from one entry to another in one plan."""
        for what, keys in self._gone.items():
            for some in _batches(keys):
                connection.execute(sa.delete(TABLES[what]).where(TABLES[what].c.key.in_(some)))
                if what in (What.MAILBOX, What.GROUP):
                    connection.execute(sa.delete(addresses).where(addresses.c.owner.in_(some)))
        for rows in self._made:
            rows.insert(connection)
        self._changes.insert(connection, progress)


def _change_row(step: Step) -> dict[str, Any]:
    return {
        "what": str(step.what),
        "key": step.key,
        "action": step.action,
        "before": _json(step.before),
        "after": _json(step.after),
    }


def _json(entry: Entry | None) -> str | None:
    return None if entry is None else orjson.dumps(record_of(entry)).decode()


def _change(row: sa.Row[Any]) -> Change:
    what = What(row.what)
    before, after = (None if text is None else entry_from(what, orjson.loads(text)) for text in (row.before, row.after))
    return Change(
        row.number, row.version, row.time / 1e6, row.who, row.source, what, row.key, row.action, before, after
    )


def _batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]
