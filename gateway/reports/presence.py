"""When this gateway was there and could hand mail on, kept as spans of time in the store (AG 8.3). Blocking.

Once a minute each node says what is so: that it runs, and which of its mail servers answer. As long as nothing changes
that is one row moved on. What nobody said is not known to have been so: a machine that is off writes nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from gateway.directory.database import Database
from gateway.directory.dialects import insert_into
from gateway.lifecycle.spans import Span
from gateway.reports.schema import MIGRATIONS, presence

GATEWAY: Final = "gateway"
UPSTREAM: Final = "upstream:"
EVERY: Final = 60.0
"""Seconds between two words."""
BRIDGE: Final = 150.0
"""Seconds that a restart may take without being seen as an absence."""


@dataclass(frozen=True, slots=True)
class Present:
    """In `span` this was so: `what` is GATEWAY, or UPSTREAM and a mail server's name."""

    node: str
    what: str
    span: Span


class PresenceStore:
    """The spans of all nodes. DirectoryUnavailable from every method: it is the directory's store."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._made = False

    def prepare(self) -> None:
        """Make or migrate the tables, the directory's too. StartError, DirectoryUnavailable."""
        self._database.prepare(MIGRATIONS)

    @property
    def made(self) -> bool:
        """False where nothing was ever kept."""
        if not self._made and self._database.exists:
            with self._database.reading() as connection:
                self._made = sa.inspect(connection).has_table(presence.name)
        return self._made

    def spans(self, since: float, until: float) -> list[Present]:
        """Every span that has a part in the period, in order of its beginning."""
        if not self.made:
            return []
        table = presence.c
        query = sa.select(presence).where(table.until > since, table.since < until).order_by(table.since)
        with self._database.reading() as connection:
            return [Present(row.node, row.what, Span(row.since, row.until)) for row in connection.execute(query)]

    def first(self) -> float | None:
        """Since when anything was kept; None: never."""
        if not self.made:
            return None
        with self._database.reading() as connection:
            return connection.execute(sa.select(sa.func.min(presence.c.since))).scalar()

    def last(self, node: str, what: str) -> Span | None:
        """A node's newest span of one thing."""
        table = presence.c
        query = sa.select(table.since, table.until).where(table.node == node, table.what == what)
        with self._database.reading() as connection:
            row = connection.execute(query.order_by(table.since.desc()).limit(1)).first()
        return None if row is None else Span(row[0], row[1])

    def keep(self, spans: Collection[Present]) -> None:
        """Put these in; of one that is there the end moves on."""
        rows = [
            {"node": one.node, "what": one.what, "since": one.span.since, "until": one.span.until}
            for one in sorted(spans, key=lambda one: (one.node, one.what))
        ]
        if not rows:
            return
        with self._database.writing() as connection:
            made = insert_into(connection, presence)
            end = made.excluded.until
            later = sa.case((presence.c.until > end, presence.c.until), else_=end)
            connection.execute(
                made.on_conflict_do_update(index_elements=["node", "what", "since"], set_={"until": later}), rows
            )

    def forget(self, before: float) -> int:
        """Forget what ended before this; how many spans."""
        with self._database.writing() as connection:
            return int(connection.execute(sa.delete(presence).where(presence.c.until < before)).rowcount)


class Pulse:
    """Says for one node what is so. `store` blocks: call `beat` in a thread, one at a time."""

    def __init__(self, store: PresenceStore, node: str) -> None:
        self._store, self._node = store, node
        self._running: dict[str, float] | None = None  # what is so, since when; None: nothing was said yet

    def beat(self, well: Collection[str], now: float) -> None:
        """`well`: names of the mail servers that answer now. DirectoryUnavailable: the next word says it."""
        here = {GATEWAY, *(f"{UPSTREAM}{name}" for name in well)}
        running = self._running if self._running is not None else self._before(here, now)
        kept = {what: running.get(what, now) for what in here}
        self._store.keep([Present(self._node, what, Span(since, max(now, since))) for what, since in kept.items()])
        self._running = kept

    def _before(self, here: Collection[str], now: float) -> dict[str, float]:
        """What a process before this one said last, where that was just now."""
        found = {what: self._store.last(self._node, what) for what in here}
        return {what: span.since for what, span in found.items() if span and 0 <= now - span.until <= BRIDGE}
