"""Writes the letters that are due into the store's outbox, and holds each mailbox, and all, to a number. Blocking.

The count and the letter are one transaction: however many nodes refuse at once, nobody gets more than he may.
DirectoryUnavailable from every method: it is the directory's store.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

import sqlalchemy as sa

from gateway.directory.database import Database
from gateway.directory.outbox import Notice, enqueue
from gateway.directory.schema import outbox
from gateway.notifying.migrate import MIGRATIONS
from gateway.notifying.refusal import KIND, Refusal
from gateway.notifying.schema import told

HOUR: Final = 3600.0
DAY: Final = 86400.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Letters to one mailbox, at most; `all`: to all of them together in an hour."""

    hour: int = 3
    day: int = 10
    all: int = 300


class Writer(Protocol):
    """Who makes letters (`gateway.notifying.letter.Letters`)."""

    def write(self, refusal: Refusal) -> Notice:
        """The letter about one refusal."""


class NoticeBook:
    """The letters of one worker. `letters`, None: nobody is told, and `limits` may be changed. The rest are totals."""

    def __init__(self, database: Database, letters: Writer | None = None, limits: Limits | None = None) -> None:
        self._database, self.letters, self.limits = database, letters, limits or Limits()
        self._made = False
        self.written = self.repeated = self.limited = self.held = self.unwritten = 0

    def prepare(self) -> None:
        """Make or migrate the table, the directory's too. StartError, DirectoryUnavailable."""
        self._database.prepare(MIGRATIONS)
        self._made = True

    def keep(self, refusals: Sequence[Refusal], now: float | None = None) -> None:
        """Write the letters of these refusals, as far as their readers may have them. All of it, or nothing."""
        letters = self.letters
        if letters is None:
            return
        if not self._made:
            self.prepare()
        moment = time.time() if now is None else now
        counts = dict.fromkeys(("written", "repeated", "limited", "held", "unwritten"), 0)
        with self._database.writing() as connection:
            if connection.dialect.name == "postgresql":  # SQLite has one writer anyway
                connection.execute(sa.text("LOCK TABLE refusal_notices IN SHARE ROW EXCLUSIVE MODE"))
            wrong = told.c.time > moment + HOUR  # by a clock that was ahead: nobody waits until it was right
            connection.execute(sa.delete(told).where(sa.or_(told.c.time <= moment - DAY, wrong)))
            hour = sa.select(sa.func.count()).select_from(told).where(told.c.time > moment - HOUR)
            room = self.limits.all - int(connection.execute(hour).scalar_one())
            for refusal in refusals:
                full = counts["written"] >= room
                counts[self._one(connection, letters, refusal, moment, full=full)] += 1
        self.written += counts["written"]
        self.repeated += counts["repeated"]
        self.limited += counts["limited"]
        self.held += counts["held"]
        self.unwritten += counts["unwritten"]

    def forget(self, before: float) -> int:
        """Forget letters written before this that are sent or given up; how many."""
        ended = sa.or_(outbox.c.sent.is_not(None), outbox.c.failed.is_not(None))
        old = sa.and_(outbox.c.kind == KIND, outbox.c.created < int(before * 1e6), ended)
        with self._database.writing() as connection:
            return int(connection.execute(sa.delete(outbox).where(old)).rowcount)

    def _one(self, connection: sa.Connection, letters: Writer, refusal: Refusal, now: float, *, full: bool) -> str:
        """What became of it. `full`: there are as many letters in this hour as there may be."""
        mailbox = refusal.mailbox.lower()
        ours = sa.select(told.c.about, told.c.time).where(told.c.mailbox == mailbox)
        recent = connection.execute(ours).all()
        if any(one.about == refusal.about for one in recent):
            return "repeated"
        today, lately = len(recent), sum(one.time > now - HOUR for one in recent)
        if today >= self.limits.day or lately >= self.limits.hour:
            return "limited"
        if full:
            return "held"
        last = "day" if today + 1 >= self.limits.day else "hour" if lately + 1 >= self.limits.hour else ""
        try:
            letter = letters.write(replace(refusal, last=last))
        except Exception:  # a name that no field takes, a template's own fault: no other's letter waits for it
            return "unwritten"
        row = {"mailbox": mailbox, "about": refusal.about, "time": now}
        connection.execute(sa.insert(told), row)
        enqueue(connection, [letter], int(now * 1e6))
        return "written"
