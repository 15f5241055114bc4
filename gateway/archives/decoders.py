"""Decompressed bytes of one stream in a source, losing nothing that stands before damage. Knows no archive format."""

from __future__ import annotations

import lzma
import zlib
from collections.abc import Callable
from typing import Protocol

from gateway.archives.entry import PIECE
from gateway.archives.errors import ArchiveError
from gateway.archives.source import Source
from gateway.contents import Why

_STEPS = {PIECE: 512, 512: 1}  # packed bytes taken at once, and how many where that fails


class Decoder(Protocol):
    """As the standard library's bz2 and lzma decompressors are."""

    @property
    def eof(self) -> bool:
        """The stream's end was met."""

    @property
    def needs_input(self) -> bool:
        """It holds nothing more to give."""

    @property
    def unused_data(self) -> bytes:
        """What was fed from behind the stream's end."""

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """At most so many expanded bytes."""


class Deflate:
    """zlib's decompressor in the shape of the others: raw, without a checksum."""

    __slots__ = ("_full", "_left", "_zlib")

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(-zlib.MAX_WBITS)
        self._left = b""
        self._full = False  # all that was asked for was given: more may be held inside

    @property
    def eof(self) -> bool:
        """The stream's end was met."""
        return self._zlib.eof

    @property
    def needs_input(self) -> bool:
        """It holds nothing more to give."""
        return not self._left and not self._full

    @property
    def unused_data(self) -> bytes:
        """What was fed from behind the stream's end."""
        return self._zlib.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """At most so many expanded bytes."""
        piece = self._zlib.decompress(self._left + data, max(0, max_length))
        self._left = self._zlib.unconsumed_tail
        self._full = len(piece) == max_length
        return piece


class Decoded:
    """One stream's expanded bytes.

    A decompressor that meets damage, or a wrong checksum, drops what it made in that call: a small file whole. So the
    stream is then read again with ever smaller pieces up to the place (at most three times), and only there it ends.
    `endless`: it may lack an end.
    """

    __slots__ = (
        "_at",
        "_decoder",
        "_end",
        "_endless",
        "_given",
        "_made",
        "_make",
        "_piece",
        "_source",
        "_start",
        "_step",
    )

    def __init__(
        self, source: Source, start: int, end: int, make: Callable[[], Decoder], *, endless: bool = False
    ) -> None:
        self._source, self._start, self._end, self._make, self._endless = source, start, end, make, endless
        self._step = PIECE
        self._piece = start  # where the packed bytes that are being decoded begin
        self._given = self._made = 0  # expanded bytes that were given, and that were made since the last restart
        self._decoder, self._at = make(), start

    @property
    def stop(self) -> int:
        """Where the packed bytes end, once all was read."""
        return self._at - len(self._decoder.unused_data)

    def read(self, size: int) -> bytes:
        """The next bytes, b"" at the end. ArchiveError: damaged, or its dictionary is too large."""
        while not self._decoder.eof:
            data = self._more() if self._decoder.needs_input else b""
            if data is None:
                return b""
            try:
                piece = self._decoder.decompress(data, size)
            except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError) as error:
                self._finer(error)
                continue
            before, self._made = self._made, self._made + len(piece)
            if self._made > self._given:
                piece = piece[max(0, self._given - before) :]
                self._given = self._made
                return piece
        return b""

    def _restart(self) -> None:
        self._decoder = self._make()
        self._at, self._made = self._start, 0

    def _more(self) -> bytes | None:
        """Packed bytes; None where the stream may end without them."""
        step = self._step if self._at >= self._piece else min(PIECE, self._piece - self._at)
        data = self._source.at(self._at, min(step, self._end - self._at))
        if not data:
            if self._endless and self._at >= self._end:
                return None
            raise ArchiveError(Why.DAMAGED, "a stream ends too early")
        self._piece = max(self._piece, self._at)
        self._at += len(data)
        return data

    def _finer(self, error: Exception) -> None:
        if "emory" in str(error):
            raise ArchiveError(Why.TOO_LARGE, "dictionary") from error
        if self._step not in _STEPS:
            raise ArchiveError(Why.DAMAGED, type(error).__name__) from error
        self._step = _STEPS[self._step]
        self._restart()
