"""Connections to the store for the directory: each for a short use, by any thread. PostgreSQL's are kept between uses.

A reader takes no lock, so that polling for a new version never waits for the journal's commits; a writer takes SQLite's
write lock at its beginning. Every failure of the store comes out as `DirectoryUnavailable`.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from gateway.directory.errors import DirectoryUnavailable
from gateway.directory.migrate import MIGRATIONS
from gateway.directory.pool import make_pooled
from gateway.journal.files import close_to_others, own_like_folder
from gateway.journal.migrate import Migrations, start_lock
from gateway.journal.store import line_of, make_engine, resolve_url

_WAIT: Final = 5.0  # seconds for another's lock


class Database:
    """The store of one configuration. `url` is config's store.url; a SQLite file stands in `data_dir`."""

    def __init__(self, url: str, data_dir: Path) -> None:
        made = resolve_url(url, data_dir)
        self._data_dir = data_dir
        self._path = Path(made.database or "") if made.get_backend_name() == "sqlite" else None
        self._writer = make_pooled(made) if self._path is None else make_engine(made)
        self._reader = self._writer if self._path is None else _sqlite_reader(self._path)
        weakref.finalize(self, self._writer.dispose)

    @property
    def exists(self) -> bool:
        """False where the SQLite file is not made yet. DirectoryUnavailable where that cannot be seen."""
        with _told():
            return self._path is None or self._path.exists()

    @property
    def remote(self) -> bool:
        """Whether it is a server, which may be away for a while; else a file of ours."""
        return self._path is None

    def prepare(self, *also: Migrations) -> None:
        """Make the file and the tables where they are not there. StartError, DirectoryUnavailable.

        `also`: tables of other rooms that stand beside the directory's and write into its outbox.
        """
        with _told(), start_lock(self._data_dir):
            if self._path is not None:
                _make_file(self._path)
            with self._writer.connect() as connection, connection.begin():
                for migrations in (MIGRATIONS, *also):
                    migrations.ensure(connection)

    @contextlib.contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One consistent view. DirectoryUnavailable."""
        with _told(), self._reader.connect() as connection:
            if self._path is None:
                connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction: committed at the end, or nothing of it where anything is raised. DirectoryUnavailable."""
        with _told(), self._writer.connect() as connection, connection.begin():
            yield connection


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """The store's failures as one line, without the statement and its values."""
    try:
        yield
    except (sa.exc.SQLAlchemyError, OSError) as error:
        raise DirectoryUnavailable(f"the directory's store: {line_of(error)}") from error


def _sqlite_reader(path: Path) -> sa.Engine:
    def connect() -> sqlite3.Connection:
        # rw: a reader of a WAL database writes its shared memory; it never makes the file
        return sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True, timeout=_WAIT, isolation_level=None)

    engine = sa.create_engine("sqlite://", creator=connect, poolclass=NullPool)
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def _make_file(path: Path) -> None:
    """A new file is not for others, and SQLite gives its companions the same mode. We hold the start lock."""
    if path.exists():
        close_to_others(path)
        return
    for end in ("-wal", "-shm"):  # the log of a database that was removed must not be read into the new one
        path.with_name(path.name + end).unlink(missing_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640))
    own_like_folder(path)
