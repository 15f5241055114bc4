"""The database under the journal: one connection of one writer. SQLite and PostgreSQL differ here and nowhere above.

Blocking; only the writer's thread and the commands use it. Every SQLAlchemy error may come out of it; after one the
store is closed by its owner and opened again, because the state of a failed connection is not worth knowing.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from gateway.errors import StartError
from gateway.journal.chain import SEQ_MASK, row_id, split_id
from gateway.journal.files import close_to_others, own_like_folder
from gateway.journal.migrate import ensure_schema, start_lock
from gateway.journal.payload import Extracted
from gateway.journal.schema import chains, decisions, findings, recipients

_CHUNKS: Final = (256, 64, 16, 4, 1)  # rows a statement: SQLite then works on them in one call, without the GIL
_BUSY_MS: Final = 2000
_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    f"PRAGMA busy_timeout={_BUSY_MS}",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-8192",
    f"PRAGMA journal_size_limit={64 * 2**20}",
)


_PATIENCE: Final = {  # seconds, and for the last milliseconds; libpq's: a line that is dead is given up, not waited for
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}


class Row(NamedTuple):
    """One row ready to be stored. `number` is its id; payload and hashes are bytes."""

    number: int
    extracted: Extracted
    payload: bytes
    payload_digest: bytes
    hash: bytes


def line_of(error: BaseException) -> str:
    """What went wrong in one line, without the statement and the rows that SQLAlchemy and PostgreSQL append."""
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0][:300]


def resolve_url(url: str, data_dir: Path) -> sa.URL:
    """The store's URL with a relative SQLite file placed in `data_dir` and PostgreSQL's driver chosen.

    StartError for a URL that is neither, or whose driver is not installed.
    """
    try:
        made = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError) as error:  # ValueError: a port that is no number
        raise StartError("store.url cannot be read; write sqlite:///FILE or postgresql://USER@HOST/NAME") from error
    backend = made.get_backend_name()
    if backend == "sqlite" and made.database and made.database != ":memory:":
        return sa.URL.create("sqlite", database=str(data_dir / made.database))
    if backend == "postgresql":
        return made.set(drivername="postgresql+psycopg")
    raise StartError(f"store.url has {backend}, not sqlite:///FILE or postgresql://…")


def make_engine(url: sa.URL, **pool: Any) -> sa.Engine:
    """An engine without a pool; SQLite is set up to be durable and to take the write lock at BEGIN.

    `pool`: `create_engine`'s words about a pool, for PostgreSQL alone.
    """
    if url.get_backend_name() == "sqlite":
        engine = sa.create_engine(url, poolclass=NullPool, connect_args={"timeout": _BUSY_MS / 1000})
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_immediate)
        return engine
    try:
        return sa.create_engine(
            url,
            **(pool or {"poolclass": NullPool}),
            paramstyle="format",
            connect_args={
                **_PATIENCE,
                "client_encoding": "utf8",
                "options": "-c statement_timeout=10000 -c lock_timeout=10000",
            },
        )
    except ModuleNotFoundError as error:
        raise StartError(
            "store.url is PostgreSQL, but psycopg is not installed: pip install 'psycopg[binary]'"
        ) from error


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_immediate(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _companions(path: Path) -> tuple[str, str]:
    """The names of the files that SQLite keeps beside a database."""
    return path.name + "-wal", path.name + "-shm"


class Store:
    """The writer's side of the database. `open` first; not for two threads at once."""

    def __init__(self, url: sa.URL, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._engine = make_engine(url)
        self._path = Path(url.database or "") if url.get_backend_name() == "sqlite" else None
        self._connection: sa.Connection | None = None
        self._inode: tuple[int, int] = (0, 0)
        sequence = ((decisions, _CHUNKS), (recipients, _CHUNKS), (findings, _CHUNKS))
        self._inserts = {table.name: _statements(table, self._engine.dialect, sizes) for table, sizes in sequence}

    @property
    def connection(self) -> sa.Connection:
        """The open connection."""
        if self._connection is None:
            raise RuntimeError("the store is closed")
        return self._connection

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    def open(self) -> None:
        """Connect and bring the schema up to date. OSError, StartError, SQLAlchemyError."""
        self.close()
        with start_lock(self._data_dir):
            if self._path is not None:
                self._prepare(self._path)
            self._connection = self._engine.connect()
            if self._path is not None:
                self._inode = self._inode_now()
            ensure_schema(self._connection)

    @staticmethod
    def _prepare(path: Path) -> None:
        """A new file is not for others, and SQLite gives its companions the same mode. We hold the start lock.

        The log of a database file that was removed must not be read into the new one.
        """
        if path.exists():
            for name in (path.name, *_companions(path)):
                close_to_others(path.with_name(name))
            return
        for name in _companions(path):
            path.with_name(name).unlink(missing_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640))
        own_like_folder(path)

    def close(self) -> None:
        """Let go of the connection, whatever state it is in. Idempotent."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except (sa.exc.SQLAlchemyError, OSError):
                connection.invalidate()

    def _inode_now(self) -> tuple[int, int]:
        assert self._path is not None
        found = os.stat(self._path)  # noqa: PTH116 -- twice a commit
        return found.st_dev, found.st_ino

    def is_gone(self) -> bool:
        """Whether the database file was removed or replaced under us: then nothing that we write is kept."""
        if self._path is None:
            return False
        try:
            return self._inode_now() != self._inode
        except OSError:
            return True

    def begin_chain(self, name: str, node: str, worker: int, started: int, key_id: str) -> int:
        """Register a chain inside the caller's transaction; its number."""
        made = self.connection.execute(
            sa.insert(chains).values(name=name, node=node, worker=worker, started=started, key_id=key_id)
        )
        key = made.inserted_primary_key
        assert key is not None
        return int(key[0])

    def last(self, chain: int) -> tuple[int, bytes] | None:
        """(place, hash) of a chain's newest row."""
        inside = decisions.c.id.between(row_id(chain, 0), row_id(chain, SEQ_MASK))
        query = sa.select(decisions.c.id, decisions.c.hash).where(inside).order_by(decisions.c.id.desc()).limit(1)
        found = self.connection.execute(query).first()
        return None if found is None else (split_id(found[0])[1], bytes(found[1]))

    def predecessor(self, node: str, worker: int) -> tuple[str, int] | None:
        """(name, number) of the newest chain of the same node and worker."""
        same = (chains.c.node == node) & (chains.c.worker == worker)
        query = sa.select(chains.c.name, chains.c.number).where(same).order_by(chains.c.number.desc()).limit(1)
        found = self.connection.execute(query).first()
        return None if found is None else (str(found[0]), int(found[1]))

    def insert(self, rows: Sequence[Row]) -> None:
        """Rows with what finds them, inside the caller's transaction."""
        main, people, cited = [], [], []
        for number, extracted, payload, payload_digest, hash_ in rows:
            columns, addresses, clauses = extracted
            main.append((number, *columns, payload, payload_digest, hash_))
            for address in addresses:
                people.append((address, columns[1], number))  # noqa: PERF401 -- one pass, no inner lists
            for rule, clause in clauses:
                cited.append((rule, clause, columns[1], number))
        self._insert("decisions", main)
        self._insert("decision_recipients", people)
        self._insert("decision_findings", cited)

    def _insert(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        done = 0
        execute = self.connection.exec_driver_sql
        for size, statement in self._inserts[table]:
            while len(rows) - done >= size:
                execute(statement, tuple([value for row in rows[done : done + size] for value in row]))
                done += size


def _statements(table: sa.Table, dialect: sa.Dialect, sizes: Sequence[int]) -> list[tuple[int, str]]:
    """Core's INSERT for one row, repeated for several: executed as text it skips Core's cost a row (see benchmarks)."""
    compiled = sa.insert(table).compile(dialect=dialect)
    names = [column.name for column in table.columns]
    if list(getattr(compiled, "positiontup", None) or ()) != names:
        raise RuntimeError(f"unexpected parameters for {table.name}")
    head, _, row = str(compiled).partition(" VALUES ")
    return [(size, f"{head} VALUES {', '.join([row] * size)}") for size in sizes]
