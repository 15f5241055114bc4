"""Brings the database to the schema this version needs, once, however many workers start at the same moment.

Alembic is imported only where there is something to do: a worker that finds its version is ready at once.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

from gateway.errors import StartError
from gateway.journal.files import close_to_others, own_like_folder
from gateway.journal.schema import VERSION_TABLE

HEAD: Final = "0001"
_LOCK_FILE: Final = "journal.lock"
_ADVISORY: Final = 0x636F6E67746875  # "congthu": PostgreSQL's advisory lock for all nodes


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


def ensure_schema(connection: Connection) -> None:
    """Migrate to HEAD in one transaction. StartError when the database was written by a newer version."""
    with connection.begin():
        current = _current(connection)
        if current == HEAD:
            return
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY})
            current = _current(connection)
        if current is not None and current > HEAD:
            raise StartError(f"the journal has schema {current}, made by a newer version; this one knows {HEAD}")
        if current != HEAD:
            _upgrade(connection)


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608 -- a constant
    return None if found is None else str(found)


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
