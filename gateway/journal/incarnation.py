"""One incarnation of a writer: its chain in the store and that chain's head outside it.

Knows how rows are linked and where the chain stands after a crash of the store's connection; not when to write.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.journal.chain import START, Key, chain_name, digest, row_id
from gateway.journal.heads import HeadFile
from gateway.journal.payload import Extracted, encode, extract
from gateway.journal.store import Row, Store
from gateway.logs import get_logger

_log = get_logger("journal")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who writes: this machine's name, the worker's number (-1: a command), and the software's version."""

    node: str
    worker: int
    version: str


@dataclass(frozen=True, slots=True)
class Tip:
    """The last row of a chain: its place and hash."""

    seq: int
    hash: bytes


class Incarnation:
    """A chain while it grows. Not for two threads at once."""

    def __init__(self, store: Store, data_dir: Path, key: Key, identity: Identity) -> None:
        self._store, self._data_dir, self._key, self._identity = store, data_dir, key, identity
        self.number = 0
        self.name = ""
        self.tip = Tip(-1, START)
        self._pending: Tip | None = None
        self._head: HeadFile | None = None
        self._before: dict[str, Any] | None = None

    def attach(self) -> bool:
        """After the store was opened: begin the chain, or find out where it stands.

        True when the rows of the last `write`, which failed, are in the store after all.
        """
        if self.number == 0:
            self._begin()
            return False
        pending, self._pending = self._pending, None
        with self._store.connection.begin():
            stands = self._store.last(self.number)
        if stands == (self.tip.seq, self.tip.hash):
            return False
        if pending is not None and stands == (pending.seq, pending.hash):
            self._advance(pending)
            return True
        _log.error(
            "journal.chain_lost", chain=self.name, seq=self.tip.seq, stored=None if stands is None else stands[0]
        )
        self._before = self._described(self.name, self.number, self.tip)
        self.close()
        self.number = 0
        self._begin()
        return False

    def _begin(self) -> None:
        now = time.time()
        self._seek_predecessor()
        self.name, self.tip = chain_name(self._identity.node, self._identity.worker, now), Tip(-1, START)
        head = HeadFile(self._data_dir, self.name, self._key)
        try:
            head.announce(0)
            with self._store.connection.begin():
                number = self._register(now)
                tip = self.insert([self._genesis(number, now)], number)
        except BaseException:
            with contextlib.suppress(OSError):
                head.discard()
            raise
        self.number, self._head = number, head
        self._advance(tip)
        _log.info("journal.chain", chain=self.name, number=number, predecessor=self._before)

    def _register(self, now: float) -> int:
        who = self._identity
        return self._store.begin_chain(self.name, who.node, who.worker, int(now * 1e6), self._key.id)

    def _seek_predecessor(self) -> None:
        """The newest chain of this node and worker, and where it ends, go into our first row."""
        if self._before is not None:
            return
        with self._store.connection.begin():
            found = self._store.predecessor(self._identity.node, self._identity.worker)
            last = self._store.last(found[1]) if found else None
        if found and last:
            self._before = self._described(found[0], found[1], Tip(*last))

    @staticmethod
    def _described(name: str, number: int, tip: Tip) -> dict[str, Any]:
        return {"chain": name, "number": number, "seq": tip.seq, "hash": tip.hash.hex()}

    def _genesis(self, number: int, now: float) -> tuple[bytes, Extracted]:
        who = self._identity
        payload, record = encode(
            {
                "kind": "genesis",
                "time": int(now * 1e6),
                "chain": self.name,
                "number": number,
                "node": who.node,
                "worker": who.worker,
                "version": who.version,
                "key": self._key.id,
                "predecessor": self._before,
            }
        )
        return payload, extract(record)

    def insert(self, encoded: Sequence[tuple[bytes, Extracted]], number: int = 0) -> Tip:
        """Link and insert rows inside the caller's transaction; where the chain then ends."""
        chain, seq, before, seal = number or self.number, self.tip.seq, self.tip.hash, self._key.row
        rows = []
        for payload, extracted in encoded:
            seq += 1
            payload_digest = digest(payload)
            before = seal(before, seq, payload_digest)
            rows.append(Row(row_id(chain, seq), extracted, payload, payload_digest, before))
        self._pending = Tip(seq, before)
        self._store.insert(rows)
        return self._pending

    def write(self, encoded: Sequence[tuple[bytes, Extracted]], also: Callable[[], None] | None = None) -> None:
        """One transaction, durable on return, in which `also` may do more.

        SQLAlchemyError; FileNotFoundError when the file is gone from under us.
        """
        with self._store.connection.begin():
            tip = self.insert(encoded)
            if also is not None:
                also()
        if self._store.is_gone():
            self._pending = None
            raise FileNotFoundError("the journal's file was removed or replaced")
        self._advance(tip)

    def forget(self) -> None:
        """The failed rows are known not to be stored."""
        self._pending = None

    def _advance(self, tip: Tip) -> None:
        self.tip, self._pending = tip, None
        try:
            if self._head is not None:
                self._head.write(self.number, tip.seq, tip.hash)
        except OSError as error:  # the row is safe; an older head only notices less
            _log.error("journal.head_failed", chain=self.name, error=str(error))

    def anchor(self) -> None:
        """Say where the chain ends in the log, which may be kept on another machine."""
        if self.number:
            _log.info("journal.anchor", chain=self.name, number=self.number, seq=self.tip.seq, hash=self.tip.hash.hex())

    def close(self) -> None:
        """Let go of the head's file."""
        if self._head is not None:
            self._head.close()
            self._head = None
