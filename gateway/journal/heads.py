"""The heads of the chains, kept outside the database: how a removed tail or a whole removed chain is noticed.

One file a chain, `journal-heads/NAME.head`, one sealed record of a fixed length, written in place after each commit:
the record is smaller than a disk's sector, needs no new room on a full disk, and costs no rename a commit.
"""

from __future__ import annotations

import contextlib
import hmac
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson

from gateway.journal.chain import START, Key
from gateway.journal.files import close_to_others, own_like_folder, sync_folder

FOLDER: Final = "journal-heads"
_LENGTH: Final = 480  # bytes a record, padded with blanks and ended by a newline
ANNOUNCED: Final = -1  # a head before its chain's first row is committed


class Head:
    """One chain's head as its file tells it."""

    __slots__ = ("chain", "hash", "number", "seq", "time")

    def __init__(self, chain: str, number: int, seq: int, hash_: bytes, moment: int) -> None:
        self.chain, self.number, self.seq, self.hash, self.time = chain, number, seq, hash_, moment


class HeadFile:
    """The writer's side: creates the file at once (OSError), then `write` replaces the record."""

    def __init__(self, data_dir: Path, chain: str, key: Key) -> None:
        self._folder, self._chain, self._key = data_dir / FOLDER, chain, key
        self._path = self._folder / f"{chain}.head"
        self._descriptor = -1
        self._open()

    def _open(self) -> None:
        if not self._folder.is_dir():
            self._folder.mkdir(mode=0o750, exist_ok=True)
            own_like_folder(self._folder)
        close_to_others(self._folder)
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        own_like_folder(self._path)

    def announce(self, number: int) -> None:
        """On disk before the chain's first row: a crash in between leaves a head without rows, which is no loss."""
        self.write(number, ANNOUNCED, START)
        os.fsync(self._descriptor)
        sync_folder(self._folder)

    def write(self, number: int, seq: int, hash_: bytes) -> None:
        """Replace the record; a file that was removed is made again. OSError when it cannot be written."""
        if os.fstat(self._descriptor).st_nlink == 0:
            os.close(self._descriptor)
            self._open()
        os.pwrite(self._descriptor, _record(self._key, self._chain, number, seq, hash_), 0)

    def close(self) -> None:
        """Put the record on disk and let go of the file."""
        if self._descriptor >= 0:
            with contextlib.suppress(OSError):
                os.fsync(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = -1

    def discard(self) -> None:
        """Remove the file of a chain that was never begun."""
        self.close()
        self._path.unlink(missing_ok=True)


def _record(key: Key, chain: str, number: int, seq: int, hash_: bytes) -> bytes:
    body: dict[str, Any] = {"chain": chain, "number": number, "seq": seq, "hash": hash_.hex(), "time": int(time.time())}
    body["seal"] = key.head(orjson.dumps(body)).hex()
    return orjson.dumps(body).ljust(_LENGTH - 1) + b"\n"


def read_head(path: Path, key: Key) -> Head:
    """The head in a file. ValueError where the record is broken or not sealed by this key; OSError."""
    for attempt in range(3):
        try:
            return _parse(path.read_bytes(), key, path.stem)
        except ValueError:
            if attempt == 2:
                raise
            time.sleep(0.02)  # read while it was written
    raise AssertionError


def _parse(data: bytes, key: Key, name: str) -> Head:
    body = orjson.loads(data)
    seal = bytes.fromhex(body.pop("seal"))
    if not hmac.compare_digest(seal, key.head(orjson.dumps(body))) or body["chain"] != name:
        raise ValueError("the seal is not this key's")
    return Head(body["chain"], body["number"], body["seq"], bytes.fromhex(body["hash"]), body["time"])


def head_files(data_dir: Path) -> Iterator[Path]:
    """Every head file, by name."""
    yield from sorted((data_dir / FOLDER).glob("*.head"))
