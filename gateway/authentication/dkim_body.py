"""A body's hashes as signatures see it (RFC 6376 3.4.3, 3.4.4), piece by piece: no copy of the message is made.

`BodyHash` is sans-IO. What it holds between pieces is a few octets, whatever a stranger writes, and each piece costs
time in proportion to its length.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

SLICE = 64 * 1024  # octets at a time: some 0.1 ms
_AT_ONCE = 64 * 1024  # octets of a body that is hashed on the event loop: 0.05 to 0.2 ms, hostile ones 1 ms
_BREATH = 20e-6  # seconds; the system makes 70 of it
_LINE_ENDS = b"\r\n" * (SLICE // 2 + 2)


class Content(Protocol):
    """A message that is kept. `size` in bytes. `in_memory` and `read` may be called from a thread."""

    @property
    def size(self) -> int:
        """Bytes."""

    def in_memory(self) -> list[bytes] | None:
        """All of it, if it never left memory."""

    def read(self, offset: int, size: int) -> bytes:
        """At most `size` bytes from `offset`. May wait for the disk. OSError where it is gone."""


class Wanted(NamedTuple):
    """One hash that is asked for. `length`: l=, octets of the canonical body, None for all of it."""

    relaxed: bool
    length: int | None = None


class Hashed(NamedTuple):
    """SHA-256 of the canonical body, or of its first octets; `total`: how many octets all of it has."""

    digest: bytes
    total: int


class BodyHash:
    """Hashes of one body under one canonicalization. Feed the pieces in order, then `finish` once."""

    __slots__ = ("_any", "_ends", "_held", "_prefixes", "_relaxed", "_total", "_whole")

    def __init__(self, *, relaxed: bool, lengths: Iterable[int] = ()) -> None:
        self._relaxed = relaxed
        self._held = b""  # the end of the last piece, as far as what follows decides about it
        self._ends = 0  # line ends that are left out if nothing follows them
        self._any = False
        self._total = 0
        self._whole = hashlib.sha256()
        self._prefixes = {length: hashlib.sha256() for length in lengths}

    def feed(self, piece: bytes) -> None:
        """The next octets, a SLICE or so at a time."""
        data = self._held + piece if self._held else piece
        self._held = b""
        self._trim(self._squeeze(data) if self._relaxed else data)

    def finish(self) -> dict[int | None, Hashed]:
        """The hashes by length, None for all of the body."""
        rest, self._held = self._held.removesuffix(b" ") if self._relaxed else self._held, b""
        if rest.strip(b" "):  # a lone CR
            self._emit_after_ends(rest)
        if self._any or not self._relaxed:
            self._emit(b"\r\n")
        found: dict[int | None, Hashed] = {None: Hashed(self._whole.digest(), self._total)}
        found.update((length, Hashed(hasher.digest(), self._total)) for length, hasher in self._prefixes.items())
        return found

    def _squeeze(self, data: bytes) -> bytes:
        """Runs of blanks made one, none left at a line's end; the piece's own end is held until more is known."""
        if b"\t" in data:
            data = data.replace(b"\t", b" ")
        if b" " not in data:
            return data
        while b"  " in data:  # a run is halved each time; a pattern would hold the interpreter ten times as long
            data = data.replace(b"  ", b" ")
        data = data.replace(b" \r\n", b"\r\n")
        for end in (b" \r", b" "):
            if data.endswith(end):
                self._held = end
                return data[: -len(end)]
        return data

    def _trim(self, data: bytes) -> None:
        """Hold line ends back until something follows them, and a CR until it is known what it is."""
        if data.endswith(b"\r") and not self._held:
            self._held, data = b"\r", data[:-1]
        text = data.rstrip(b"\r\n")
        end, rest = len(data), len(data)
        if len(text) < end:
            rest = end - _line_ends(data[len(text) :])
        if rest:
            self._emit_after_ends(data[:rest] if rest < end else data)
        self._ends += (end - rest) // 2

    def _emit_after_ends(self, data: bytes) -> None:
        while self._ends:
            count = min(self._ends, len(_LINE_ENDS) // 2)
            self._emit(_LINE_ENDS[: 2 * count])
            self._ends -= count
        self._any = True
        self._emit(data)

    def _emit(self, data: bytes) -> None:
        self._whole.update(data)
        for length, hasher in self._prefixes.items():
            if self._total < length:
                hasher.update(data[: length - self._total])
        self._total += len(data)


def _line_ends(tail: bytes) -> int:
    """How many of its last octets are whole line ends."""
    if len(tail) % 2 == 0 and tail == _LINE_ENDS[: len(tail)]:
        return len(tail)
    at = len(tail)
    while tail[at - 2 : at] == b"\r\n":
        at -= 2
    return len(tail) - at


def hashes(pieces: Iterable[bytes], wanted: Sequence[Wanted]) -> dict[Wanted, Hashed]:
    """All the hashes in one pass over the body's pieces."""
    kinds = {
        relaxed: BodyHash(relaxed=relaxed, lengths={w.length for w in wanted if w.length is not None})
        for relaxed in {w.relaxed for w in wanted}
    }
    for piece in pieces:
        for kind in kinds.values():
            kind.feed(piece)
    done = {relaxed: kind.finish() for relaxed, kind in kinds.items()}
    return {w: done[w.relaxed][w.length] for w in wanted}


async def body_hashes(content: Content, start: int, wanted: Sequence[Wanted]) -> dict[Wanted, Hashed]:
    """The hashes of what follows `start`. A large body is read and hashed in a thread. OSError where it is gone."""
    if not wanted:
        return {}
    whole = content.in_memory()
    if whole is not None and content.size - start <= _AT_ONCE:
        return hashes(_sliced(whole, start), wanted)
    pieces = _sliced(whole, start) if whole is not None else _read(content, start)
    return await asyncio.to_thread(hashes, _breathing(pieces), wanted)


def _breathing(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """In a thread: between two pieces the event loop gets the interpreter, for which it would else wait 5 ms."""
    for piece in pieces:
        time.sleep(_BREATH)
        yield piece


def _sliced(whole: list[bytes], start: int) -> Iterator[bytes]:
    for piece in whole:
        if start < len(piece):
            for at in range(start, len(piece), SLICE):
                yield piece[at : at + SLICE]
        start = max(0, start - len(piece))


def _read(content: Content, start: int) -> Iterator[bytes]:
    at, end = start, content.size
    while at < end:
        piece = content.read(at, SLICE)
        if not piece:
            raise OSError("the message is shorter than it was")
        at += len(piece)
        yield piece
