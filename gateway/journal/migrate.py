"""Brings the database to the schema this version needs, once, however many workers start at the same moment.

Alembic is imported only where there is something to do: a worker that finds its version is ready at once.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, inspect, text

from gateway.errors import StartError
from gateway.journal.files import close_to_others, own_like_folder
from gateway.journal.schema import VERSION_TABLE
from gateway.without import without

if TYPE_CHECKING:
    from alembic.config import Config

HEAD: Final = "0002"
_ENTRY: Final = Path(__file__).parent / "migrations"
_LOCK_FILE: Final = "journal.lock"
_ADVISORY: Final = 0x636F6E67746875  # "congthu": PostgreSQL's advisory lock for all nodes and rooms


@contextlib.contextmanager
def start_lock(data_dir: Path) -> Iterator[None]:
    """Held while one worker of this machine looks at or makes files. OSError where the folder is not writable."""
    path = data_dir / _LOCK_FILE
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        own_like_folder(path)
        close_to_others(path)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@dataclass(frozen=True, slots=True)
class Migrations:
    """One room's tables. `name`: for people; `folder` has the steps, `head` is the last; `table` keeps the version."""

    name: str
    head: str
    table: str
    folder: Path

    def ensure(self, connection: Connection) -> None:
        """Migrate to the head inside the caller's transaction. StartError when a newer version wrote the database."""
        current = self.current(connection)
        if current == self.head:
            return
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY})
            current = self.current(connection)
            connection.execute(text("SET LOCAL statement_timeout = 0"))  # an index over many rows takes its time
            _check_encoding(connection)
        if current is not None and current > self.head:
            raise StartError(
                f"the {self.name} has schema {current}, made by a newer version; this one knows {self.head}"
            )
        if current != self.head:
            self._upgrade(connection)

    def current(self, connection: Connection) -> str | None:
        """The schema that the database has, None for none."""
        if not inspect(connection).has_table(self.table):
            return None
        found = connection.execute(text(f"SELECT version_num FROM {self.table}")).scalar()  # noqa: S608 -- a constant
        return None if found is None else str(found)

    def downgrade(self, connection: Connection, revision: str) -> None:
        """Back to an older schema (`base`: none) inside the caller's transaction; what only the newer one has is lost.

        For going back to an older version of the software: nothing of ours calls it on its own.
        """
        _command().downgrade(self._config(connection), revision)

    def _upgrade(self, connection: Connection) -> None:
        _command().upgrade(self._config(connection), "head")

    def _config(self, connection: Connection) -> Config:
        """One entry (journal/migrations/env.py) serves every room; the steps are the room's own."""
        from alembic.config import Config

        config = Config()
        for option, folder in (("script_location", _ENTRY), ("version_locations", self.folder / "versions")):
            config.set_main_option(option, str(folder).replace("%", "%%"))
        config.set_main_option("path_separator", "newline")  # a folder's name may have blanks and colons
        config.attributes.update(connection=connection, version_table=self.table)
        return config


def _check_encoding(connection: Connection) -> None:
    """PostgreSQL keeps Vietnamese in a database of UTF-8 only, and says so only when the first such text comes."""
    found = str(connection.execute(text("SHOW server_encoding")).scalar_one())
    if found != "UTF8":
        raise StartError(
            f"the database keeps text as {found}, which has no room for Vietnamese:"
            " make it with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"
        )


def _command() -> Any:
    """Alembic, loaded where there is something to do."""
    with without("pygments"):  # Mako would take it along, 5 MiB, to paint errors in templates, which we have none of
        from alembic import command
    return command


MIGRATIONS: Final = Migrations("journal", HEAD, VERSION_TABLE, _ENTRY)


def ensure_schema(connection: Connection) -> None:
    """Migrate to HEAD in one transaction. StartError when the database was written by a newer version."""
    with connection.begin():
        MIGRATIONS.ensure(connection)
