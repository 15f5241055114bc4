"""One file's bytes on their way to whoever opens it: the first of them always, all of them only where they are wanted.

Bytes that stand in the message as they are stay there and are read in place; what is encoded or packed is held in
memory while it is open, and for no longer.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO, Protocol, cast

from gateway.archives.entry import Entry
from gateway.archives.errors import ArchiveError
from gateway.contents import Why
from gateway.message.extract import Extract, Read, open_extract

HEAD = 34 * 1024  # bytes that tell every kind of file, disk images too
_PIECE = 64 * 1024


class Content(Protocol):
    """One file."""

    @property
    def size(self) -> int:
        """Bytes; known to be all of them once `file` or `measure` was asked."""

    def head(self) -> bytes:
        """The first bytes, `HEAD` of them where there are so many. May raise ArchiveError."""

    def file(self) -> BinaryIO:
        """All of it, seekable. To be asked once. May raise ArchiveError."""

    def measure(self) -> None:
        """Pass over it without keeping it, so that `size` is known. Instead of `file`. May raise ArchiveError."""

    def beginning(self, most: int) -> BinaryIO:
        """Its first bytes, at most so many where they have to be kept, and `size` is known. Instead of `file`."""


class Window(io.RawIOBase):
    """Bytes `start` to `end` of something that can be read at any offset, as a file that cannot be written."""

    def __init__(self, read: Read, start: int, end: int) -> None:
        super().__init__()
        self._read, self._start, self._size, self._at = read, start, max(0, end - start), 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where the next byte is."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place, perhaps beyond the end. ValueError before the beginning."""
        base = (0, self._at, self._size)[whence]
        if base + offset < 0:
            raise ValueError("a place before the beginning")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """The next bytes, as many as there are and find room."""
        wanted = min(len(buffer), self._size - self._at)
        if wanted <= 0:
            return 0
        data = self._read(self._start + self._at, wanted)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


class Held:
    """A file that is there already."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self.size = file, size

    def head(self) -> bytes:
        """The first bytes."""
        self._file.seek(0)
        return self._file.read(HEAD)

    def file(self) -> BinaryIO:
        """All of it."""
        self._file.seek(0)
        return self._file

    def measure(self) -> None:
        """It is known."""

    def beginning(self, most: int) -> BinaryIO:
        """All of it."""
        return self.file()


class Decoded:
    """A content that stands encoded in a message. `limit`: bytes that it can have at most. `size`: -1 for unknown."""

    def __init__(self, read: Read, extract: Extract, limit: int, size: int = -1) -> None:
        self._pieces: Iterator[bytes] = open_extract(read, extract, limit)
        self._first = b""  # what was decoded for the head
        self.size = size

    def head(self) -> bytes:
        """The first bytes."""
        while len(self._first) < HEAD and (piece := next(self._pieces, b"")):
            self._first += piece
        return self._first[:HEAD]

    def file(self) -> BinaryIO:
        """All of it, in memory."""
        made = io.BytesIO(self._first)
        made.seek(0, io.SEEK_END)
        for piece in self._pieces:
            made.write(piece)
        self.size = made.tell()
        made.seek(0)
        return made

    def measure(self) -> None:
        """Count."""
        if self.size < 0:
            self.size = len(self._first) + sum(map(len, self._pieces))

    def beginning(self, most: int) -> BinaryIO:
        """All of it: a message is not long."""
        return self.file()


class Packed:
    """An archive's entry. `most`: bytes of it that are kept at most."""

    def __init__(self, entry: Entry, most: int) -> None:
        self._entry, self._most = entry, most

    @property
    def size(self) -> int:
        """Bytes that have come out so far."""
        return self._entry.size

    def head(self) -> bytes:
        """The first bytes."""
        return self._entry.head(HEAD)

    def file(self) -> BinaryIO:
        """All of it, in memory. ArchiveError(TOO_LARGE) where that is more than may be kept."""
        made = io.BytesIO()
        while piece := self._entry.read(_PIECE):
            if made.tell() + len(piece) > self._most:
                raise ArchiveError(Why.TOO_LARGE, "one entry")
            made.write(piece)
        made.seek(0)
        return made

    def measure(self) -> None:
        """Read it to its end."""
        self._entry.skip()

    def beginning(self, most: int) -> BinaryIO:
        """As many as may be kept; the rest is read to its end. What cannot be read is left out, as in `measure`."""
        made = io.BytesIO()
        try:
            while made.tell() < min(most, self._most) and (piece := self._entry.read(_PIECE)):
                made.write(piece)
        except ArchiveError as error:
            if error.reason is not Why.DAMAGED:
                raise
        else:
            self._entry.skip()
        made.seek(0)
        return made


def content_of(read: Read, extract: Extract, message_size: int, size: int = -1) -> Content:
    """A message's content. What stands there unencoded is not copied. `size`: where it is known already."""
    start, end, encoding = extract.steps[0]
    if len(extract.steps) == 1 and not encoding:
        window = io.BufferedReader(Window(read, start, min(end, message_size)), _PIECE)
        return Held(cast("BinaryIO", window), max(0, min(end, message_size) - start))
    return Decoded(read, extract, message_size, size)
