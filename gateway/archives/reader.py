"""libarchive as entries: opens one format over a source or a stream, and gives headers and bytes. Decides nothing.

Every byte that libarchive takes is counted by the source or stream that gives it; what goes wrong in there ends the
reading here with the same exception.
"""

from __future__ import annotations

import ctypes
import os
import re
from dataclasses import dataclass
from typing import Any

from gateway.archives import libarchive as la
from gateway.archives.entry import PIECE
from gateway.archives.errors import ArchiveError
from gateway.archives.names import safe, shown
from gateway.archives.source import Pull, Source
from gateway.contents import Why

_TYPE, _DIRECTORY, _SYMLINK = 0o170000, 0o040000, 0o120000
_ENOMEM = 12
_WHYS = (
    (re.compile(r"(?i)encrypt|passphrase|password|decrypt"), Why.ENCRYPTED),
    (re.compile(r"(?i)memory|dictionary size"), Why.TOO_LARGE),
    (re.compile(r"(?i)unsupported|not supported|no support|unavailable|multi-?volume|unknown codec"), Why.UNSUPPORTED),
)


@dataclass(frozen=True, slots=True)
class Header:
    """One entry as libarchive tells it. `size` in bytes, -1 where the archive does not say."""

    name: str
    size: int
    directory: bool
    link: bool
    encrypted: bool


class Reader:
    """One archive, read once from its beginning. Must be closed. ArchiveError where libarchive cannot go on.

    `data`: seekable, or a stream for formats that need no seeking. `form`: one of `libarchive.FORMATS`; `filter_name`:
    one of `libarchive.FILTERS`, "" for none: never two, so that each layer's bytes are seen and counted. `limit`:
    characters of a name. `headers`: how many entries were met.
    """

    def __init__(
        self,
        data: Source | Pull,
        form: str,
        limit: int,
        *,
        filter_name: str = "",
        options: tuple[bytes, ...] = (),
    ) -> None:
        self._source = data if isinstance(data, Source) else None
        self._pull = None if isinstance(data, Source) else data
        self.headers = 0
        self._at = 0
        self._kept = b""  # what libarchive may still point into
        self._raised: BaseException | None = None
        self._limit = limit
        self._place = self._left = self._offset = self._given = 0  # of the block that is being given
        self._header = ctypes.c_void_p()
        # the callbacks must live as long as the archive
        self._calls: tuple[Any, ...] = (la.READ(self._give), la.SKIP(self._pass), la.SEEK(self._seek))
        self._archive: int | None = la.read_new()
        if self._archive is None:
            raise ArchiveError(Why.TOO_LARGE, "memory")
        try:
            self._open(form, filter_name, options)
        except BaseException:
            self.close()
            raise

    def _open(self, form: str, filter_name: str, options: tuple[bytes, ...]) -> None:
        self._check(la.FORMATS[form](self._archive))
        if filter_name:
            self._check(la.append_filter(self._archive, la.FILTERS[filter_name]))
        for option in options:
            self._check(la.set_options(self._archive, option))
        self._check(la.set_read(self._archive, self._calls[0]))
        if self._source is not None:
            self._check(la.set_skip(self._archive, self._calls[1]))
            self._check(la.set_seek(self._archive, self._calls[2]))
        self._check(la.set_callback_data(self._archive, None))  # without it open1 reads through a null pointer
        self._check(la.open1(self._archive))

    def next(self) -> Header | None:
        """The next entry, None after the last one."""
        self._left = self._offset = self._given = 0
        code = la.next_header(self._archive, ctypes.byref(self._header))
        if self._raised is None and code == la.EOF:
            return None
        self._check(code)
        self.headers += 1
        entry = self._header
        kind = la.entry_filetype(entry) & _TYPE
        return Header(
            name=self._name(entry),
            size=la.entry_size(entry) if la.entry_size_is_set(entry) else -1,
            directory=kind == _DIRECTORY,
            link=kind == _SYMLINK or la.entry_hardlink(entry) is not None,
            encrypted=bool(la.entry_is_encrypted(entry)),
        )

    def read(self, size: int) -> bytes:
        """The entry's next bytes, at most `size`; b"" at its end. Holes of sparse files are zeros.

        Block by block, since libarchive's own `read_data` loses the bytes before an error: a wrong checksum would hide
        a whole file.
        """
        while self._offset == self._given and self._left == 0:
            if not self._block():
                return b""
        if self._offset > self._given:
            piece = bytes(min(size, PIECE, self._offset - self._given))
        else:
            piece = ctypes.string_at(self._place, min(size, self._left))
            self._place += len(piece)
            self._left -= len(piece)
            self._offset += len(piece)
        self._given += len(piece)
        return piece

    def _block(self) -> bool:
        """The next block of the entry: where it is in memory, how long, and where in the entry. False: no more."""
        place, left, offset = ctypes.c_void_p(), ctypes.c_size_t(), ctypes.c_int64()
        code = la.data_block(self._archive, ctypes.byref(place), ctypes.byref(left), ctypes.byref(offset))
        self._check(code)
        over = code == la.EOF
        self._place, self._left = place.value or 0, 0 if over else left.value
        self._offset = max(self._given, offset.value)
        return not over or self._offset > self._given  # a sparse file may end with a hole

    def skip(self) -> None:
        """Pass over the rest of the entry."""
        self._check(la.data_skip(self._archive))

    def close(self) -> None:
        """Free everything. May be called again."""
        if self._archive is not None:
            la.read_free(self._archive)
            self._archive = None
            self._calls = ()  # they know this object: nobody should have to look for the circle

    def _name(self, entry: Any) -> str:
        raw = la.entry_pathname(entry)
        if raw is None:  # not to be said in this process's charset
            raw = la.entry_pathname_utf8(entry)
        return shown(raw, self._limit) if raw is not None else safe("\ufffd", self._limit)

    def _check(self, code: int) -> None:
        if self._raised is not None:
            raise self._raised
        if code >= la.OK or code == la.WARN:
            return
        text = (la.error_string(self._archive) or b"").decode("ascii", "replace")
        raise ArchiveError(why(la.errno(self._archive), text), text)

    def _give(self, _archive: Any, _data: Any, out: Any) -> int:
        try:
            data = self._pull(PIECE) if self._pull is not None else self._more()
        except BaseException as error:  # nothing may leave a callback: it is raised when the call returns
            self._raised = error
            return la.FATAL
        self._kept = data
        out[0] = ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p).value
        return len(data)

    def _more(self) -> bytes:
        assert self._source is not None
        data = self._source.at(self._at, PIECE)
        self._at += len(data)
        return data

    def _pass(self, _archive: Any, _data: Any, request: int) -> int:
        assert self._source is not None
        request = max(0, min(request, self._source.size - self._at))
        self._at += request
        return request

    def _seek(self, _archive: Any, _data: Any, offset: int, whence: int) -> int:
        assert self._source is not None
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._source.size}[whence]
        if not 0 <= base + offset <= self._source.size:
            return la.FATAL
        self._at = base + offset
        return self._at


def why(errno: int, text: str) -> Why:
    """The reason behind what libarchive says."""
    if errno == _ENOMEM:
        return Why.TOO_LARGE
    return next((reason for pattern, reason in _WHYS if pattern.search(text)), Why.DAMAGED)
