"""Messages that wait for an answer, in the store (`gateway.lifecycle.answers.AnswerStore`). Blocking: for threads.

DirectoryUnavailable from every method: it is the directory's store. A Message-ID is kept as a keyed digest, so that
whoever has the table alone cannot ask it for a message that he knows.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from typing import Any, Final

import sqlalchemy as sa

from gateway.answers.migrate import MIGRATIONS
from gateway.answers.schema import items as table
from gateway.directory.database import Database
from gateway.directory.dialects import insert_into
from gateway.lifecycle.answers import Item, Passing, note

MOST: Final = 20_000
"""Items of one mailbox that are kept: a hundred a day for the half year that they are kept by default."""
_TRIM_EVERY: Final = 1_000  # items added between two looks at how many there are
_CHUNK: Final = 500
_LONGEST: Final = 320


class Gathered:
    """What several messages mean, before any of it is written: an `AnswerSink`."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.answers: list[tuple[str, float, str]] = []  # key, when, by whom

    def add(self, items: Sequence[Item]) -> None:
        """See `AnswerSink`."""
        self.items += items

    def answer(self, keys: Sequence[str], at: float, by: str) -> int:
        """See `AnswerSink`; how many there are is not known yet."""
        self.answers += [(key, at, by) for key in keys]
        return 0


class AnswerTable:
    """An `AnswerStore` in the database. `secret`: keys the digests, the same on every node; not needed to read.

    `most`: items of a mailbox; the oldest above it are dropped, soon, and counted in `dropped`.
    """

    def __init__(self, database: Database, secret: bytes = b"", *, most: int = MOST) -> None:
        self._database, self._secret, self._most = database, secret, most
        self._made = False
        self._untrimmed: dict[str, None] = {}
        self._added = 0
        self.dropped = 0

    def prepare(self) -> None:
        """Make or migrate the table, the directory's too. StartError, DirectoryUnavailable."""
        self._database.prepare(MIGRATIONS)
        self._made = True

    def keep(self, passings: Sequence[Passing]) -> None:
        """Keep what these messages mean, in one transaction. What came is written before what answers."""
        gathered = Gathered()
        for passing in passings:
            note(gathered, passing)
        if not gathered.items and not gathered.answers:
            return
        if not self._made:
            self.prepare()
        with self._database.writing() as connection:
            self._add(connection, gathered.items)
            self._answer(connection, gathered.answers)
        self._trim(gathered.items)

    def add(self, items: Sequence[Item]) -> None:
        """See `AnswerStore`."""
        with self._database.writing() as connection:
            self._add(connection, items)
        self._trim(items)

    def answer(self, keys: Sequence[str], at: float, by: str) -> int:
        """See `AnswerStore`."""
        with self._database.writing() as connection:
            return self._answer(connection, [(key, at, by) for key in keys])

    def items(self, mailbox: str, since: float, until: float) -> list[Item]:
        """See `AnswerStore`. `key` is the digest as it is kept."""
        if not self._readable():
            return []
        query = sa.select(table).where(table.c.came > since, table.c.came <= until)
        if mailbox:
            query = query.where(table.c.mailbox == mailbox.lower())
        with self._database.reading() as connection:
            return [
                Item(row.mailbox, row.key, row.came, row.answered, row.by)
                for row in connection.execute(query.order_by(table.c.came, table.c.mailbox, table.c.key))
            ]

    def prune(self, before: float) -> int:
        """See `AnswerStore`."""
        if not self._readable():
            return 0
        with self._database.writing() as connection:
            return int(connection.execute(sa.delete(table).where(table.c.came < before)).rowcount)

    def _add(self, connection: sa.Connection, items: Iterable[Item]) -> None:
        rows = {(row["mailbox"], row["key"]): row for row in map(self._row, items)}
        if rows:  # in one order everywhere: two nodes never wait for each other in a circle
            insert = insert_into(connection, table).on_conflict_do_nothing()
            connection.execute(insert, [rows[one] for one in sorted(rows)])

    def _answer(self, connection: sa.Connection, answers: Iterable[tuple[str, float, str]]) -> int:
        """The first answer that is later than the message stands, so they are written in the order of their times."""
        waiting = sa.and_(
            table.c.key == sa.bindparam("named"), table.c.answered.is_(None), table.c.came <= sa.bindparam("at")
        )
        said = sa.update(table).where(waiting).values(answered=sa.bindparam("at"), by=sa.bindparam("who"))
        rows = [{"named": self._digest(key), "at": at, "who": by.lower()[:_LONGEST]} for key, at, by in answers]
        rows.sort(key=lambda row: (row["named"], row["at"]))
        return int(connection.execute(said, rows).rowcount) if rows else 0

    def _row(self, item: Item) -> dict[str, Any]:
        return {
            "mailbox": item.mailbox.lower()[:_LONGEST],
            "key": self._digest(item.key),
            "came": item.came,
            "answered": item.answered,
            "by": item.by[:_LONGEST],
        }

    def _digest(self, key: str) -> str:
        return hmac.digest(self._secret, key.encode(errors="replace"), hashlib.sha256).hex()[:32]

    def _readable(self) -> bool:
        """False where nothing was ever kept."""
        if not self._made and self._database.exists:
            with self._database.reading() as connection:
                self._made = sa.inspect(connection).has_table(table.name)
        return self._made

    def _trim(self, items: Iterable[Item]) -> None:
        """Hold each mailbox to its bound. Now and then, for it is counted: beyond it may be what came meanwhile."""
        for item in items:
            self._untrimmed[item.mailbox.lower()[:_LONGEST]] = None
            self._added += 1
        if self._added < min(_TRIM_EVERY, self._most):
            return
        mailboxes, self._untrimmed, self._added = list(self._untrimmed), {}, 0
        for start in range(0, len(mailboxes), _CHUNK):
            with self._database.writing() as connection:
                self.dropped += sum(_trim(connection, one, self._most) for one in mailboxes[start : start + _CHUNK])


def _trim(connection: sa.Connection, mailbox: str, most: int) -> int:
    """Drop the oldest above `most`; how many."""
    ours = table.c.mailbox == mailbox
    last = sa.select(table.c.came).where(ours).order_by(table.c.came.desc()).offset(most).limit(1)
    came = connection.execute(last).scalar()
    if came is None:
        return 0
    return int(connection.execute(sa.delete(table).where(ours, table.c.came <= came)).rowcount)
