"""Writes what people did into a chain of its own: a person's action is on record before it has an effect.

For the console and for commands, from any thread; blocking. The gateway's own decisions take the queue (journal.py):
these are few, and each waits until its row is durable.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from gateway.errors import JournalUnavailable, StartError
from gateway.journal.chain import load_key
from gateway.journal.decision import Decision, Note, new_reference
from gateway.journal.incarnation import Identity, Incarnation
from gateway.journal.migrate import start_lock
from gateway.journal.payload import Extracted, encode, extract, note_record, record_of
from gateway.journal.store import Store, resolve_url

CONSOLE: Final = -2
"""The worker's number of the console; a command's is -1 (prune.py)."""
_ANCHOR_EVERY: Final = 600.0  # seconds
_TRIES: Final = 2


class Actions:
    """One writer. `url`, `data_dir`: the store's; `node`: this machine's name in the journal.

    The chain begins with the first note, so that a command which writes none leaves no trace.
    """

    def __init__(self, url: str, data_dir: Path, node: str, worker: int = CONSOLE) -> None:
        self._url, self._data_dir, self._who = url, data_dir, Identity(node, worker, _version())
        self._lock = threading.Lock()
        self._store: Store | None = None
        self._chain: Incarnation | None = None
        self._ready = False
        self._anchored = time.monotonic()

    def prepare(self) -> None:
        """Make or migrate the journal's tables, without beginning a chain. StartError, JournalUnavailable."""
        store = Store(resolve_url(self._url, self._data_dir), self._data_dir)
        try:
            store.open()
        except (sa.exc.SQLAlchemyError, OSError) as error:
            raise JournalUnavailable(f"the record cannot be opened: {_line(error)}") from error
        finally:
            store.close()

    def record(self, *notes: Note) -> None:
        """Keep notes in one transaction; durable on return. JournalUnavailable: nothing may be done then."""
        self._keep(list(_encoded(notes)))

    def keep(self, *decided: Decision) -> None:
        """Keep decisions that were not made by a worker of ours: examples. As `record`."""
        made = (encode(record_of(decision)) for decision in decided)
        self._keep([(payload, extract(record)) for payload, record in made])

    def _keep(self, encoded: list[tuple[bytes, Extracted]]) -> None:
        with self._lock:
            for left in reversed(range(_TRIES)):
                try:
                    self._write(encoded)
                except (sa.exc.SQLAlchemyError, OSError, StartError) as error:
                    self._let_go()
                    if not left:
                        raise JournalUnavailable(f"the record cannot be written: {_line(error)}") from error
                else:
                    break
            self._anchor()

    def _write(self, encoded: list[tuple[bytes, Extracted]]) -> None:
        if not self._open():
            assert self._chain is not None
            self._chain.write(encoded)

    def _open(self) -> bool:
        """Make the store usable. True when the rows of the last try, which failed, are in it after all."""
        if self._chain is None or self._store is None:
            with start_lock(self._data_dir):
                key = load_key(self._data_dir, create=True)
            self._store = Store(resolve_url(self._url, self._data_dir), self._data_dir)
            self._chain = Incarnation(self._store, self._data_dir, key, self._who)
        if self._ready and not self._store.is_gone():
            return False
        self._store.open()
        landed = self._chain.attach()
        self._ready = True
        return landed

    def _let_go(self) -> None:
        self._ready = False
        if self._store is not None:
            self._store.close()

    def _anchor(self) -> None:
        if self._chain is not None and time.monotonic() - self._anchored > _ANCHOR_EVERY:
            self._anchored = time.monotonic()
            self._chain.anchor()

    def close(self) -> None:
        """Say where the chain ends and let go. Idempotent."""
        with self._lock:
            if self._chain is not None:
                self._chain.anchor()
                self._chain.close()
            self._let_go()
            self._chain = self._store = None


@contextlib.contextmanager
def recording(url: str, data_dir: Path, node: str, worker: int = -1) -> Iterator[Actions]:
    """A writer for one command."""
    made = Actions(url, data_dir, node, worker)
    try:
        yield made
    finally:
        made.close()


def _encoded(notes: tuple[Note, ...]) -> Iterator[tuple[bytes, Extracted]]:
    for note in notes:
        dated = note if note.time else replace(note, time=time.time())
        payload, record = encode(note_record(dated, new_reference(dated.time)))
        yield payload, extract(record)


def _line(error: BaseException) -> str:
    return " ".join(str(getattr(error, "orig", None) or error).split())[:300]


def _version() -> str:
    try:
        return version("congthu")
    except PackageNotFoundError:  # run from a source folder that was never installed
        return "unknown"
