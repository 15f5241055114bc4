"""A range of the archive as an entry's bytes: what is stored as it is."""

from __future__ import annotations

from gateway.archives.source import Source


class RangeBody:
    """Bytes `start` to `end` of a source, behind `prefix`. A `Body`."""

    __slots__ = ("_at", "_end", "_prefix", "_source")

    def __init__(self, source: Source, start: int, end: int, prefix: bytes = b"") -> None:
        self._source, self._at, self._end, self._prefix = source, start, min(end, source.size), prefix

    def read(self, size: int) -> bytes:
        """The next bytes."""
        if self._prefix:
            piece, self._prefix = self._prefix[:size], self._prefix[size:]
            return piece
        piece = self._source.at(self._at, min(size, self._end - self._at))
        self._at += len(piece)
        return piece

    def skip(self) -> int:
        """Passing over costs nothing."""
        left = len(self._prefix) + max(0, self._end - self._at)
        self._prefix, self._at = b"", self._end
        return left
