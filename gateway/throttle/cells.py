"""The file of the embedded store: cells with names, values and an end, in SQLite. It does not know what they are for.

Names are spread evenly over 64 bits. So a stretch of the table tells how large the whole is, and is a fair sample of
it: what has ended is removed stretch by stretch, and where there are too many cells, those of the stretch that were not
written for the longest time. No index has to be kept for it.

One cell is the file's own: its turn, a number that every transaction raises. Whoever wrote the last turn knows what it
has at hand of the cells, and may write the next in one statement that asks for that turn (`swap`), instead of a lock, a
look and a commit: each statement lets the thread go and take the GIL again, which is what costs beside an event loop.

Durability: WAL with synchronous=NORMAL. What a crash of a process leaves is whole and complete; a power cut may lose
the last counts (since the last checkpoint: some MB of changes), never the file's order.

Blocking, for one thread. sqlite3.Error and OSError come out of everything; the owner then closes it and opens it again.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from gateway.journal.files import close_to_others, own_like_folder
from gateway.journal.migrate import start_lock
from gateway.logs import get_logger

_VERSION: Final = 0x4C696D31  # "Lim1"
_SCHEMA: Final = (
    "CREATE TABLE IF NOT EXISTS secret (id INTEGER PRIMARY KEY CHECK (id = 1), value BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS cells (id INTEGER PRIMARY KEY, used INTEGER NOT NULL, ends INTEGER NOT NULL,"
    " value BLOB NOT NULL)",
)
_SPOILED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_CHUNKS: Final = (64, 16, 8, 5, 4, 3, 2, 1)  # cells a statement: SQLite then works on them in one call, without the GIL
_UPDATE: Final = (  # in place: half the cost of REPLACE, which removes the old row first
    " ON CONFLICT (id) DO UPDATE SET used = excluded.used, ends = excluded.ends, value = excluded.value"
)
_WRITES: Final = {
    size: "INSERT INTO cells VALUES " + ", ".join(["(?, ?, ?, ?)"] * size) + _UPDATE  # noqa: S608
    for size in _CHUNKS
}
_SWAPPED: Final = 33  # cells that one statement may write, with the turn
_SWAPS: Final = [
    "INSERT INTO cells SELECT column1, column2, column3, column4 FROM (VALUES "  # noqa: S608
    + ", ".join(["(?, ?, ?, ?)"] * size)
    + ") WHERE (SELECT value FROM cells WHERE id = 0) = ?"
    + _UPDATE
    for size in range(_SWAPPED + 1)
]
_LOOK: Final = 0.1  # seconds between two looks whether the file is still there
_ALL: Final = 2**64
_FIRST, _LAST = -(2**63), 2**63 - 1
_STRETCH: Final = 512
_SAMPLE: Final = 100  # fewer rows say little of the whole
_LOW: Final = 0xFFFF
_TURN: Final = 0  # the name of the cell that holds it: a digest meets it once in 2^64
_NEVER: Final = 2**62  # seconds
_log = get_logger("congthu.limits")

Cell = tuple[int, int, int, bytes]
"""Name, second of the last writing, second of its end, value."""


class Spoiled(sqlite3.DatabaseError):
    """The file is none of ours."""


class Cells:
    """One connection. `wait`: seconds for another process's lock; `most`: cells that are kept, within a fifth."""

    def __init__(self, path: Path, *, wait: float, most: int) -> None:
        self._path, self._wait, self._most = path, wait, most
        self._connection: sqlite3.Connection | None = None
        self._inode: tuple[int, int] | None = None
        self._hand = _FIRST
        self._looked = 0.0
        self.secret = b""

    def open(self) -> None:
        """Connect, and make the file where it is not there. One that is damaged is moved aside, and another begun."""
        self.close()
        with start_lock(self._path.parent):
            try:
                self._connect()
            except sqlite3.DatabaseError as error:
                self.close()
                if not is_spoiled(error):
                    raise
                self._move_aside(error)
                self._connect()

    def replace(self, error: sqlite3.Error) -> None:
        """The file turned out to be damaged: move it aside, unless another process has done so."""
        self.close()
        with start_lock(self._path.parent):
            if self._inode == _inode(self._path):
                self._move_aside(error)
            self._connect()

    def _connect(self) -> None:
        _make_file(self._path)
        made = self._connection = sqlite3.connect(
            self._path, timeout=self._wait, isolation_level=None, check_same_thread=False, cached_statements=64
        )
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "temp_store=MEMORY", "journal_size_limit=16777216"):
            made.execute(f"PRAGMA {pragma}")
        made.execute("BEGIN IMMEDIATE")
        (version,) = made.execute("PRAGMA user_version").fetchone()
        (tables,) = made.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if version != _VERSION and (version or tables):
            raise Spoiled("another program's, or a newer version's")
        for statement in _SCHEMA:
            made.execute(statement)
        made.execute("INSERT OR IGNORE INTO secret VALUES (1, ?)", (secrets.token_bytes(32),))
        # A new file begins anywhere: what somebody still knows of an older one is not to fit by chance.
        made.execute("INSERT OR IGNORE INTO cells VALUES (?, 0, ?, ?)", (_TURN, _NEVER, secrets.randbits(48)))
        made.execute(f"PRAGMA user_version={_VERSION}")
        (self.secret,) = made.execute("SELECT value FROM secret").fetchone()
        made.execute("COMMIT")
        self._inode = _inode(self._path)

    def _move_aside(self, error: BaseException) -> None:
        """Keep the last damaged file for a person to see. We hold the lock."""
        kept = self._path.with_name(self._path.name + ".damaged")
        with contextlib.suppress(FileNotFoundError):
            self._path.replace(kept)
        for end in ("-wal", "-shm"):
            self._path.with_name(self._path.name + end).unlink(missing_ok=True)
        _log.error("limits.damaged", file=str(self._path), kept=str(kept), error=str(error)[:200])

    def close(self) -> None:
        """Let go of the connection, whatever state it is in. Idempotent."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()

    @property
    def usable(self) -> bool:
        """Open, and the file is, or was a moment ago, still where it was."""
        now = time.monotonic()
        if self._connection is not None and now - self._looked > _LOOK:
            self._looked = now
            return self._inode == _inode(self._path)
        return self._connection is not None

    def _execute(self, statement: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        if self._connection is None:
            raise sqlite3.OperationalError("closed")
        return self._connection.execute(statement, values)

    def begin(self) -> int:
        """Take the write lock. The file's turn, which another process that wrote meanwhile has raised."""
        self._execute("BEGIN IMMEDIATE")
        turn = self.turn()
        return secrets.randbits(48) if turn is None else turn

    def turn(self) -> int | None:
        """The file's turn now; None for a file that has none yet."""
        found: tuple[int] | None = self._execute("SELECT value FROM cells WHERE id = 0").fetchone()
        return None if found is None else found[0]

    def swap(self, cells: Sequence[Cell], turn: int, now: int) -> bool:
        """A transaction in one statement: write these where it is still that turn, and raise it. Whether it was."""
        if len(cells) >= _SWAPPED:
            return False
        values = [value for cell in (*cells, (_TURN, now, _NEVER, turn + 1)) for value in cell]
        if self._connection is None:
            raise sqlite3.OperationalError("closed")
        # Python lets go of the GIL once less in `executemany`: it does not ask for the last row's id.
        return self._connection.executemany(_SWAPS[len(cells) + 1], ((*values, turn),)).rowcount > 0

    def read(self, name: int, now: int) -> tuple[int, bytes] | None:
        """(second of its end, value) of a cell."""
        found = self._execute("SELECT ends, value FROM cells WHERE id = ?", (name,)).fetchone()
        return None if found is None or found[0] < now else (int(found[0]), bytes(found[1]))

    def write(self, cells: Sequence[Cell]) -> None:
        """Cells anew."""
        done = 0
        for size in _CHUNKS:
            while len(cells) - done >= size:
                self._execute(_WRITES[size], [value for cell in cells[done : done + size] for value in cell])
                done += size

    def remove(self, names: Iterable[int]) -> None:
        """Cells that hold nothing any more."""
        if self._connection is not None:
            self._connection.executemany("DELETE FROM cells WHERE id = ?", [(name,) for name in names])

    def commit(self, turn: int | None = None, now: int = 0) -> None:
        """End the transaction. `turn`: of the file from now on, where something was written; `now`: seconds."""
        if turn is not None:
            self._execute(_WRITES[1], (_TURN, now, _NEVER, turn))
        self._execute("COMMIT")

    def tidy(self, now: int, rows: int) -> None:
        """In a transaction: look at the next stretch of about so many rows, and remove what is not to be kept."""
        query = "SELECT id, used, ends FROM cells WHERE id >= ? ORDER BY id LIMIT ?"
        limit = max(rows, _STRETCH)
        found: list[tuple[int, int, int]] = self._execute(query, (self._hand, limit)).fetchall()
        last = found[-1][0] if len(found) == limit else _LAST
        seen = last - self._hand + 1
        self._hand = last + 1 if last < _LAST else _FIRST
        ended = {name for name, _, ends in found if ends < now}
        kept = sorted((used, name & _LOW, name) for name, used, _ in found if name not in ended and name != _TURN)
        excess = len(kept) * _ALL / seen / self._most - 1 if len(kept) >= _SAMPLE else 0.0
        surplus = int(len(kept) * min(max(2 * excess, 0.0), 0.5))
        self.remove([*ended, *(name for *_, name in kept[:surplus])])


def is_spoiled(error: BaseException) -> bool:
    """Whether an error says that the file is damaged, or is no database of ours."""
    code = getattr(error, "sqlite_errorcode", 0) or 0
    return isinstance(error, Spoiled) or code & 0xFF in _SPOILED


def _inode(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 -- once a transaction
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _make_file(path: Path) -> None:
    """A new file is not for others, and SQLite gives its companions the same mode. We hold the start lock."""
    if path.exists():
        close_to_others(path)
        return
    for end in ("-wal", "-shm"):  # the log of a database that was removed must not be read into the new one
        path.with_name(path.name + end).unlink(missing_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640))
    own_like_folder(path)
