"""What the tables beside the directory's have in common: columns for text and for numbers, and an INSERT that may fail.

The one place where SQLite and PostgreSQL differ in what they take. It knows no table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeDecorator

Number: Final = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""A row's own number, given by the database. SQLite: only INTEGER PRIMARY KEY is one."""
_INSERT: Final[Mapping[str, Callable[..., Any]]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def plain(text: str) -> str:
    """Text that every database takes: U+FFFD for NUL, a question mark for a lone surrogate."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


class Words(TypeDecorator[str]):
    """A column of text from anywhere: what is put in, and what is looked for, is made `plain`, or no statement runs.

    `longest`: characters that are kept, and compared; for what stands in an index, for PostgreSQL takes 2,704 bytes of
    all its columns together (a character has at most 4) and refuses a row beyond.
    """

    impl = sa.Text
    cache_ok = True

    def __init__(self, longest: int | None = None) -> None:
        super().__init__()
        self.longest = longest

    @property
    def python_type(self) -> type[str]:
        """What a row gives."""
        return str

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """On the way in."""
        return None if value is None else plain(value[: self.longest])


def insert_into(connection: sa.Connection, table: sa.Table) -> Any:
    """An INSERT that knows ON CONFLICT, in the database's dialect.

    Whether it put its row in is told by RETURNING: PostgreSQL's driver counts no rows of an INSERT.
    """
    return _INSERT[connection.dialect.name](table)
