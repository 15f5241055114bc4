"""Files that hold one compressed stream: gz, bz2, xz, lzma, lz, zst, lz4, Z; a tar in one is listed at once.

What comes out of the compression is counted before a tar in it is read, so a layer that expands to nothing useful is
answered within the limits as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing

from gateway.archives.entry import PIECE, Entry, Problem
from gateway.archives.errors import ArchiveError
from gateway.archives.kinds import Format, is_tar
from gateway.archives.members import Members
from gateway.archives.names import shown
from gateway.archives.reader import Reader
from gateway.archives.source import Pull, Source
from gateway.archives.tar import expand_tar

_BLOCK = 512
_OURS = frozenset([Format.GZIP, Format.BZIP2, Format.XZ, Format.LZMA, Format.LZIP])
_ENDINGS = {
    "tgz": "tar",
    "tbz": "tar",
    "tbz2": "tar",
    "txz": "tar",
    "tlz": "tar",
    "tzst": "tar",
    "taz": "tar",
    "svgz": "svg",
}


def expand_compressed(source: Source, kind: Format, name: str) -> Iterator[Entry | Problem]:
    """One entry, or those of the tar that it holds."""
    with ExitStack() as stack:
        inner, stream = _opened(source, kind, stack)
        if is_tar(stream.peek(_BLOCK)):
            yield from expand_tar(lambda: _opened(source, kind, stack)[1].read_between, source.meter, free=False)
            return
        source.meter.entry()
        entry = Entry(inner_name(name, kind), stream, source.meter, others=(inner,) if inner else ())
        yield entry
        if problem := entry.leave():
            yield problem


def inner_name(name: str, kind: Format) -> str:
    """What the file in `report.doc.gz` is called. A name without such an ending is kept."""
    stem, dot, ending = name.rpartition(".")
    ending = ending.lower()
    if not dot or not stem:
        return name
    if ending in _ENDINGS:
        return f"{stem}.{_ENDINGS[ending]}"
    return stem if ending in (kind.value.lower(), "gz", "gzip", "bz2", "xz", "lzma", "zst", "lz4", "z", "lz") else name


def _opened(source: Source, kind: Format, stack: ExitStack) -> tuple[str, _Stream]:
    """The name that the compressed file itself tells (gzip only), and its expanded bytes from their beginning."""
    limit = source.meter.limits.name
    if kind in _OURS:
        members = Members(source, kind)
        return shown(members.name, limit), _Stream(members.read, source)
    reader = Reader(source, "raw", limit, filter_name=kind.value)
    stack.enter_context(closing(reader))
    return "", _Stream(reader.read if reader.next() is not None else lambda _size: b"", source)


class _Stream:
    """An expanded stream whose first bytes were looked at. A `Body`."""

    __slots__ = ("_kept", "_pull", "_source")

    def __init__(self, pull: Pull, source: Source) -> None:
        self._pull = pull
        self._source = source
        self._kept = b""

    def peek(self, size: int) -> bytes:
        """The first bytes; what is wrong with them is said when they are read."""
        try:
            while len(self._kept) < size and (more := self._pull(PIECE)):
                self._kept += more
        except ArchiveError as error:
            self._pull = _failing(error)
        return self._kept[:size]

    def read(self, size: int) -> bytes:
        """The next bytes."""
        if self._kept:
            piece, self._kept = self._kept[:size], self._kept[size:]
            return piece
        return self._pull(size)

    def read_between(self, size: int) -> bytes:
        """The next bytes, on their way to another layer."""
        piece = self.read(size)
        self._source.meter.between(len(piece))
        return piece

    def skip(self) -> None:
        """Compressed bytes must be read."""


def _failing(error: ArchiveError) -> Pull:
    def pull(_size: int) -> bytes:
        raise error

    return pull
