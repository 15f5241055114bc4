"""Senders' standings in the store: read as one snapshot, changed one by one, every change on record and told once.

Blocking: for threads and commands, never for the event loop. Its tables stand beside the directory's, whose outbox it
writes into: a change, its row of history and its notices are one transaction.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

import sqlalchemy as sa

from gateway.blocks import deeds
from gateway.blocks.circle import Circle, circle_of
from gateway.blocks.deeds import Case, Deed
from gateway.blocks.errors import BlockRefused
from gateway.blocks.migrate import MIGRATIONS
from gateway.blocks.rows import Change, block_of, change_of, history_row, standing_row
from gateway.blocks.schema import history, standings, state
from gateway.blocks.standings import Standings, key_of
from gateway.directory.database import Database
from gateway.directory.errors import DirectoryUnavailable
from gateway.directory.outbox import Notice, enqueue
from gateway.logs import get_logger
from gateway.rates import Block, Standing

Letters = Callable[[Deed, Circle], Sequence[Notice]]
"""Writes the notices of a change, for those whom it concerns."""
FLOOD: Final = 100  # changes by the gateway in an hour: what comes beyond is recorded and logged, not mailed
MOST: Final = 100_000  # standings; conduct adds none beyond
_TRIES: Final = 5
_HOUR: Final = 3600 * 10**6
_SHOWN: Final = [column for column in standings.c if column is not standings.c.evidence]
_log = get_logger("congthu.senders")


def silent(_deed: Deed, _circle: Circle) -> Sequence[Notice]:
    """No notices."""
    return ()


class BlockStore:
    """The standings of one store. DirectoryUnavailable from every method: it is the directory's store."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def prepare(self) -> None:
        """Make or migrate the tables, the directory's too. StartError, DirectoryUnavailable."""
        self.database.prepare(MIGRATIONS)

    def version(self) -> int:
        """Grows with each change; 0 where there is no record yet."""
        if not self.database.exists:
            return 0
        try:
            with self.database.reading() as connection:
                return _version(connection)
        except DirectoryUnavailable:
            with self.database.reading() as connection:
                if sa.inspect(connection).has_table(state.name):
                    raise
            return 0

    def snapshot(self) -> Standings:
        """Everybody's standing, read at one moment, without the evidence."""
        if not self.version():
            return Standings()
        with self.database.reading() as connection:
            rows = connection.execute(sa.select(*_SHOWN))
            return Standings(_version(connection), map(block_of, rows))

    def blocks(self) -> list[Block]:
        """Everybody's, the newest first, with evidence: for people."""
        if not self.version():
            return []
        with self.database.reading() as connection:
            query = sa.select(standings).order_by(standings.c.since.desc(), standings.c.who)
            return [block_of(row) for row in connection.execute(query)]

    def find(self, who: str) -> Block | None:
        """How one stands, RELEASED too, with the evidence; None for one that always stood well."""
        if not self.version():
            return None
        with self.database.reading() as connection:
            return _find(connection, key_of(who))

    def history(self, who: str = "", *, limit: int = 0) -> list[Change]:
        """What was changed, the newest first: of one sender or of all, at most `limit`."""
        if not self.version():
            return []
        query = sa.select(history).order_by(history.c.number.desc()).limit(limit or None)
        if who:
            query = query.where(history.c.who == key_of(who))
        with self.database.reading() as connection:
            return [change_of(row) for row in connection.execute(query)]

    def suspect(self, who: str, case: Case, at: float, letters: Letters = silent) -> bool:
        """Keep that its conduct would have it blocked. Whether that is new: one that is known is told no more."""
        return self._change(who, lambda before: deeds.by_conduct(before, who, case, at, block=False), letters)

    def block(self, who: str, case: Case, at: float, letters: Letters = silent) -> bool:
        """Stop it for its conduct. Whether that is new."""
        return self._change(who, lambda before: deeds.by_conduct(before, who, case, at, block=True), letters)

    def lock(self, who: str, by: str, reason: str, letters: Letters = silent) -> bool:
        """Stop it by hand (AG 10.2a). False where it was locked already. BlockRefused without a reason."""
        return self._change(who, lambda before: deeds.lock(before, who, by, reason, time.time()), letters)

    def release(
        self, who: str, by: str, *, confirmation: str = "", reason: str = "", letters: Letters = silent
    ) -> None:
        """Let it send again. BlockRefused, see `deeds.release`."""
        self._change(who, lambda before: deeds.release(before, who, by, confirmation, reason, time.time()), letters)

    def _change(self, who: str, decide: Callable[[Block | None], Deed | None], letters: Letters) -> bool:
        """Notices are written before the lock is taken, for the journal waits for it too; then nobody was first."""
        key = key_of(who)
        for _ in range(_TRIES):
            with self.database.reading() as connection:
                before = _find(connection, key)
                deed = decide(before)
                circle = circle_of(connection, key) if deed is not None else None
            if deed is None or circle is None:
                return False
            notices = letters(deed, circle)
            with self.database.writing() as connection:
                version = _version(connection, lock=True)
                if _find(connection, key) == before:
                    return _write(connection, deed, notices, version)
        raise BlockRefused(f"others change the standing of {who} at this moment; try again")

    def prune(self, before: float, now: float) -> int:
        """Forget history older than `before` (seconds since the epoch), but of those that are stopped; how many rows.

        Releases as old and suspicions that are past are forgotten with it.
        """
        moment, past = int(before * 1e6), int((now - deeds.SUSPICION) * 1e6)
        stopped = sa.select(standings.c.who).where(standings.c.standing.in_([Standing.BLOCKED, Standing.LOCKED]))
        old = sa.delete(history).where(history.c.time < moment, history.c.who.not_in(stopped))
        gone = sa.delete(standings).where(
            sa.or_(
                sa.and_(standings.c.standing == Standing.RELEASED, standings.c.since < moment),
                sa.and_(standings.c.standing == Standing.SUSPECT, standings.c.since < past),
            )
        )
        with self.database.writing() as connection:
            version = _version(connection, lock=True)
            if connection.execute(gone).rowcount:
                _grow(connection, version)
            return int(connection.execute(old).rowcount)


def _version(connection: sa.Connection, *, lock: bool = False) -> int:
    query = sa.select(state.c.version).where(state.c.id == 1)
    return int(connection.execute(query.with_for_update() if lock else query).scalar_one())


def _grow(connection: sa.Connection, version: int) -> int:
    """The next version; the time of the change."""
    now = int(time.time() * 1e6)
    connection.execute(sa.update(state).values(version=version + 1, changed=now))
    return now


def _find(connection: sa.Connection, key: str) -> Block | None:
    row = connection.execute(sa.select(standings).where(standings.c.who == key)).first()
    return None if row is None else block_of(row)


def _write(connection: sa.Connection, deed: Deed, notices: Sequence[Notice], version: int) -> bool:
    by_hand = bool(deed.reason or deed.confirmation)
    if not by_hand and deed.before is None and _count(connection, standings) >= MOST:
        _log.error("senders.full", who=deed.after.who, most=MOST)
        return False
    now = _grow(connection, version)
    if not by_hand and notices and _flooded(connection, now):
        _log.error("senders.untold", who=deed.after.who, within_the_hour=FLOOD)
        notices = ()
    connection.execute(sa.delete(standings).where(standings.c.who == deed.after.who))
    connection.execute(sa.insert(standings), standing_row(deed.after))
    connection.execute(sa.insert(history), history_row(deed, now, told=bool(notices)))
    enqueue(connection, notices, now)
    return True


def _flooded(connection: sa.Connection, now: int) -> bool:
    recent = sa.and_(history.c.time > now - _HOUR, history.c.reason == "", history.c.confirmation == "")
    return _count(connection, history, recent) >= FLOOD


def _count(connection: sa.Connection, table: sa.Table, *conditions: sa.ColumnElement[bool]) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(table).where(*conditions)).scalar_one())
