"""Types that do not show in a file's first 2 KiB: optical discs, and ZIP archives behind something else. Bounded.

No client looks for an archive in what neither begins as one nor is named as one; so only with such a name, or none, is
the archive's end looked for behind a comment, and in what is named otherwise only at the very end.
"""

from __future__ import annotations

import struct
from typing import cast

_DISC_AT = 32769  # the 17th sector, after its first octet (ECMA-119 8.1.2, ECMA-167 2/9.1.2)
_DISC_MARKS = (b"CD001", b"BEA01", b"NSR02", b"NSR03")
_DISC = "application/x-iso9660-image"
_ZIP = "application/zip"
_ZIP_END = b"PK\x05\x06"
_END = struct.Struct("<12xIIH")  # size and offset of the directory, length of the comment
_WIDE = 0xFFFFFFFF  # said elsewhere (ZIP64)
_END_SIZE = 22
_TAIL = _END_SIZE + 0xFFFF  # where that record begins at the earliest (APPNOTE 4.3.16)
_CANDIDATES = 32
_PIECES = 64  # kept at most: more are joined
# Named so, a file is opened as an archive whatever it begins with.
_ZIP_NAMES = (
    *(".zip", ".jar", ".war", ".apk", ".xpi", ".epub"),
    *(".docx", ".docm", ".dotx", ".dotm", ".xlsx", ".xlsm", ".xlsb", ".xltm", ".pptx", ".pptm", ".odt", ".ods", ".odp"),
)
_LATE_NAMES = (*_ZIP_NAMES, ".iso", ".img", ".udf")
_CLEAR = (
    b"%PDF-",
    b"PK\x03\x04",
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"GIF8",
)  # clients open these as what they are
_PROGRAMS = ("dosexec", "executable", "sharedlib", "mach-binary", "x-elf")


def disc_of(head: bytes) -> str:
    """The type of an optical disc whose first 34 KiB are given, "" for anything else."""
    return _DISC if head[_DISC_AT : _DISC_AT + 5] in _DISC_MARKS else ""


def may_be_late(head: bytes, filename: str) -> bool:
    """Whether a file that begins so (16 bytes are enough) and has this name may be taken for more than it begins as."""
    return not head.startswith(_CLEAR) or filename.lower().endswith(_LATE_NAMES)


class LateType:
    """Takes a file's bytes as they come; where it must, it keeps references to the last ones: 66 KiB and a piece."""

    __slots__ = ("_keep", "_mark", "_named", "_pieces", "_size")

    def __init__(self, filename: str = "") -> None:
        self._named = not filename or filename.lower().endswith(_ZIP_NAMES)
        self._keep = _TAIL if self._named else _END_SIZE
        self._size = 0
        self._mark = b""
        self._pieces: list[bytes] = []

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        if not data:
            return
        at = self._size
        self._size = size = at + len(data)
        if at < _DISC_AT + 5 and size > _DISC_AT:
            self._mark += data[max(0, _DISC_AT - at) : _DISC_AT + 5 - at]
        # A short copy leaves the memory of the piece to the next one.
        self._pieces.append(data if self._named else data[-_END_SIZE:])
        if size > self._keep:
            self._shorten()
        if len(self._pieces) > _PIECES:
            self._joined()

    def _shorten(self) -> None:
        kept = sum(map(len, self._pieces))
        while kept - len(self._pieces[0]) >= self._keep:
            kept -= len(self._pieces.pop(0))

    def type(self, sniffed: str) -> str:
        """The file's type, where libmagic took its head for `sniffed`. A program stays one, the worse of the two."""
        late = _DISC if self._mark in _DISC_MARKS else _ZIP if self._is_zip() else ""
        return late if late and not any(program in sniffed for program in _PROGRAMS) else sniffed

    def _is_zip(self) -> bool:
        if self._size < _END_SIZE:
            return False
        last = self._pieces[-1]
        if len(last) < _END_SIZE:
            last = self._joined()
        at = len(last) - _END_SIZE
        return (last.startswith(_ZIP_END, at) and self._is_end(last, at)) or (self._named and self._ends_in_comment())

    def _ends_in_comment(self) -> bool:
        tail = self._joined()
        start, stop = max(0, len(tail) - _TAIL), len(tail) - _END_SIZE + len(_ZIP_END)
        for _ in range(_CANDIDATES):
            stop = tail.rfind(_ZIP_END, start, stop)
            if stop < 0 or self._is_end(tail, stop):
                return stop >= 0
        return False

    def _joined(self) -> bytes:
        self._pieces = [b"".join(self._pieces)[-self._keep :]]
        return self._pieces[0]

    def _is_end(self, tail: bytes, at: int) -> bool:
        """Whether the record at `at` can be the end of a directory: its four first bytes alone stand in any file."""
        size, offset, comment = cast(tuple[int, int, int], _END.unpack_from(tail, at))
        before = self._size - len(tail) + at
        return (_WIDE in (size, offset) or offset + size <= before) and at + _END_SIZE + comment <= len(tail)
