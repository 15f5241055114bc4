"""Brings the directory's tables to the schema this version needs, once, however many processes start at one moment.

Alembic is imported only where there is something to do. The journal's tables, in the same database, are none of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

from gateway.directory.schema import VERSION_TABLE
from gateway.errors import StartError

HEAD: Final = "0001"
_ADVISORY: Final = 0x636F6E67746875  # "congthu": PostgreSQL's advisory lock for all nodes, the journal's too


def ensure_schema(connection: Connection) -> None:
    """Migrate to HEAD inside the caller's transaction. StartError when a newer version wrote the database."""
    found = current(connection)
    if found == HEAD:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY})
        found = current(connection)
    if found is not None and found > HEAD:
        raise StartError(f"the directory has schema {found}, made by a newer version; this one knows {HEAD}")
    if found != HEAD:
        _upgrade(connection)


def current(connection: Connection) -> str | None:
    """The schema that the database has, None for none."""
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
