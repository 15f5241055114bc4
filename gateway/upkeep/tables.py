"""How the tables of mailboxes' use are read and written: by keys, many at a time, in one order everywhere."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Final, TypeVar

import sqlalchemy as sa

from gateway.directory.database import Database
from gateway.directory.dialects import insert_into
from gateway.directory.errors import DirectoryUnavailable
from gateway.upkeep.rows import key
from gateway.upkeep.schema import polls

CHUNK: Final = 500  # mailboxes or rows a statement
Item = TypeVar("Item")


def put(connection: sa.Connection, table: sa.Table, rows: Iterable[dict[str, Any]], **special: Any) -> None:
    """Insert, or replace by the table's primary key, each row by itself: of equal keys the last stays.

    `special`: an expression for a column of a row that is there already. Sorted by key: two nodes that write the same
    rows never wait for each other in a circle.
    """
    names = [column.name for column in table.primary_key]
    ordered = sorted(rows, key=lambda row: tuple(row[name] for name in names))
    if not ordered:
        return
    insert = insert_into(connection, table)
    changed = {name: special.get(name, insert.excluded[name]) for name in ordered[0] if name not in names}
    connection.execute(insert.on_conflict_do_update(index_elements=names, set_=changed), ordered)


def of_mailboxes(
    connection: sa.Connection, table: sa.Table, mailboxes: Collection[str], *conditions: sa.ColumnElement[bool]
) -> Iterator[sa.Row[Any]]:
    """The rows of these mailboxes, each chunk by its key."""
    column = table.c.mailbox
    for chunk in chunks(sorted({key(one) for one in mailboxes})):
        query = sa.select(table).where(column.in_(chunk), *conditions).order_by(*table.primary_key)
        yield from connection.execute(query).all()


def chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Pieces of at most CHUNK."""
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))


class Tables:
    """The database, and whether our tables are in it yet."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._made = False

    @property
    def made(self) -> bool:
        """False where nothing was ever kept: then there is nothing to read. DirectoryUnavailable."""
        if not self._made and self.database.exists:
            with self.database.reading() as connection:
                self._made = sa.inspect(connection).has_table(polls.name)
        return self._made

    @contextlib.contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One consistent view; rows of a newer version that this one cannot read are a store that cannot be used."""
        try:
            with self.database.reading() as connection:
                yield connection
        except ValueError as error:
            raise DirectoryUnavailable(
                f"the record of mailboxes' use has a row that cannot be read: {error}"
            ) from error
