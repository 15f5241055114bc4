"""Read-only connections to the journal, for the commands; the gateway may be running and is not disturbed."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from gateway.errors import JournalUnavailable
from gateway.journal.migrate import HEAD
from gateway.journal.schema import VERSION_TABLE
from gateway.journal.store import make_engine, resolve_url


def open_reader(url: str, data_dir: Path) -> sa.Connection:
    """One read-only snapshot at a time of the journal. JournalUnavailable says in one line why there is none."""
    made = resolve_url(url, data_dir)
    sqlite = made.get_backend_name() == "sqlite"
    connection = _sqlite(Path(made.database or "")) if sqlite else _postgresql(made)
    _check_version(connection)
    return connection


def _sqlite(path: Path) -> sa.Connection:
    if not path.exists():
        raise JournalUnavailable(f"{path}: no journal yet; the gateway makes it when it first starts")

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(f"file:{quote(str(path))}?{options}", uri=True, timeout=5, isolation_level=None)

    options = "mode=ro"
    engine = sa.create_engine("sqlite://", creator=connect, poolclass=NullPool)
    sa.event.listen(engine, "begin", _begin)
    try:
        return _opened(engine)
    except sa.exc.OperationalError as error:
        wal = path.with_name(path.name + "-wal")
        if not wal.exists() or not wal.stat().st_size:
            options = "mode=ro&immutable=1"  # nobody writes, and we may not make the files that WAL mode wants
            return _opened(engine)
        raise JournalUnavailable(f"{path}: {error.orig}; run this as the gateway's user") from error


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _opened(engine: sa.Engine) -> sa.Connection:
    connection = engine.connect()
    try:
        with connection.begin():
            connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
    except sa.exc.DatabaseError as error:
        connection.close()
        if isinstance(error, sa.exc.OperationalError):
            raise
        raise JournalUnavailable(f"the journal cannot be read: {error.orig}") from error
    return connection


def _postgresql(url: sa.URL) -> sa.Connection:
    engine = make_engine(url).execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    try:
        return engine.connect()
    except sa.exc.OperationalError as error:
        line = str(error.orig).strip().partition("\n")[0]
        raise JournalUnavailable(f"PostgreSQL does not answer: {line}") from error


def _check_version(connection: sa.Connection) -> None:
    with connection.begin():
        found: Any = None
        if sa.inspect(connection).has_table(VERSION_TABLE):
            found = connection.execute(sa.text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608
    if found is None:
        raise JournalUnavailable("the database holds no journal yet; the gateway makes it when it first starts")
    if found != HEAD:
        raise JournalUnavailable(f"the journal has schema {found}, this version knows {HEAD}; start the gateway once")
