"""The directory's record of changes, newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import orjson
import sqlalchemy as sa

from gateway.directory.database import Database
from gateway.directory.entry import Entry, What, entry_from
from gateway.directory.schema import changes

_PAGE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Change:
    """A change on record. `time`: seconds since the epoch. See `owners.Undoable`."""

    time: float
    what: What
    key: str
    before: Entry | None
    after: Entry | None


def newest_first(database: Database, since: float) -> Iterator[Change]:
    """Every change from `since` on. DirectoryUnavailable, from any step; the directory's tables must be there."""
    below = 2**63 - 1
    table = changes.c
    while True:
        query = sa.select(table.number, table.time, table.what, table.key, table.before, table.after)
        query = query.where(table.number < below, table.time >= int(since * 1e6))
        with database.reading() as connection:
            page = connection.execute(query.order_by(table.number.desc()).limit(_PAGE)).all()
        for row in page:
            below = row.number
            what = What(row.what)
            yield Change(row.time / 1e6, what, row.key, _entry(what, row.before), _entry(what, row.after))
        if len(page) < _PAGE:
            return


def _entry(what: What, text: Any) -> Entry | None:
    return None if text is None else entry_from(what, orjson.loads(text))
