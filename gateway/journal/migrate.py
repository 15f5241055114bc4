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
from typing import Final

from sqlalchemy import Connection, inspect, text

from gateway.errors import StartError
from gateway.journal.files import close_to_others, own_like_folder
from gateway.journal.schema import VERSION_TABLE

HEAD: Final = "0001"
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

    def _upgrade(self, connection: Connection) -> None:
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(self.folder).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


_JOURNAL = Migrations("journal", HEAD, VERSION_TABLE, Path(__file__).parent / "migrations")


def ensure_schema(connection: Connection) -> None:
    """Migrate to HEAD in one transaction. StartError when the database was written by a newer version."""
    with connection.begin():
        _JOURNAL.ensure(connection)
