"""Metadata of the old formats: the property sets of compound files ([MS-OLEPS]) as units. Knows no document.

8-bit strings are decoded by the set's code page; where it is ANSI or unknown the bytes are kept beside.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from gateway.documents import codepages
from gateway.documents.compound import Compound
from gateway.documents.document import Sink

_STREAMS = ("\x05SummaryInformation", "\x05DocumentSummaryInformation")
_SUMMARY = bytes.fromhex("e0859ff2f94f6810ab9108002b27b3d9")
_DOCUMENT = bytes.fromhex("02d5cdd59c2e1b10939708002b2cf9ae")
_CUSTOM = bytes.fromhex("05d5cdd59c2e1b10939708002b2cf9ae")
_NAMES = {
    _SUMMARY: {
        2: "title",
        3: "subject",
        4: "author",
        5: "keywords",
        6: "comments",
        7: "template",
        8: "last author",
        9: "revision",
        18: "application",
    },
    _DOCUMENT: {
        2: "category",
        3: "presentation format",
        13: "part",
        14: "manager",
        15: "company",
        26: "content type",
        27: "content status",
        28: "language",
        29: "version",
    },
}
_VECTOR = 0x1000
_VARIANT, _LPSTR, _LPWSTR, _BSTR = 12, 30, 31, 8
_CODEPAGE, _DICTIONARY = 1, 0
_SIZE = 1024 * 1024  # bytes of one stream that are looked at


def read_properties(storage: Compound, sink: Sink) -> None:
    """Every text in the property sets of a document's root storage becomes a unit."""
    for name in _STREAMS if sink.text else ():
        data = storage.read(name, _SIZE)
        for format_id, section in _sections(data):
            _Section(format_id, section, sink).run()


def _sections(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Format and bytes of each set in a stream ([MS-OLEPS] 2.21): one, or two with the custom properties."""
    if len(data) < 48:
        return
    for index in range(min(2, struct.unpack_from("<I", data, 24)[0])):
        at = 28 + 20 * index
        if at + 20 <= len(data):
            yield data[at : at + 16], data[struct.unpack_from("<I", data, at + 16)[0] :]


class _Section:
    """One property set ([MS-OLEPS] 2.20). What cannot be read in it is passed over."""

    def __init__(self, format_id: bytes, data: bytes, sink: Sink) -> None:
        self._data = data
        self._sink = sink
        self._custom = format_id == _CUSTOM
        self._names = dict(_NAMES.get(format_id, {}))
        self._page = 0
        self._left = sink.limits.parts  # values in vectors that may still be read

    def run(self) -> None:
        """The code page and the names first, then every text."""
        offsets = self._offsets()
        at = offsets.get(_CODEPAGE, 0)
        if at and at + 6 <= len(self._data):
            self._page = struct.unpack_from("<H", self._data, at + 4)[0]
        if self._custom and offsets.get(_DICTIONARY):
            self._dictionary(offsets[_DICTIONARY])
        for number, at in offsets.items():
            if number not in (_CODEPAGE, _DICTIONARY) and (name := self._names.get(number)):
                self._value(f"property {name}", at)

    def _offsets(self) -> dict[int, int]:
        if len(self._data) < 8:
            return {}
        count = min(struct.unpack_from("<I", self._data, 4)[0], (len(self._data) - 8) // 8, self._sink.limits.parts)
        numbers = struct.unpack_from(f"<{2 * count}I", self._data, 8)
        return dict(zip(numbers[::2], numbers[1::2], strict=True))

    def _dictionary(self, at: int) -> None:
        """Names of the custom properties ([MS-OLEPS] 2.17)."""
        if at + 4 > len(self._data):
            return
        wide = self._page == 1200
        count = min(struct.unpack_from("<I", self._data, at)[0], self._sink.limits.parts)
        at += 4
        for _ in range(count):
            if at + 8 > len(self._data):
                return
            number, size = struct.unpack_from("<II", self._data, at)
            data = self._data[at + 8 : at + 8 + size * (2 if wide else 1)]
            at += 8 + len(data) + (-len(data) % 4 if wide else 0)
            name = self._names[number] = self._decoded(data)
            self._sink.unit("property name", name, (), self._raw(data, name))

    def _value(self, place: str, at: int) -> int:
        """A typed value; where it ends, beyond the data for one that is not read."""
        if at + 8 > len(self._data):
            return len(self._data)
        kind, count = struct.unpack_from("<II", self._data, at)
        kind &= 0xFFFF
        if kind & _VECTOR:
            return self._vector(place, kind & ~_VECTOR, count, at + 8)
        return self._string(place, kind, at + 4)

    def _vector(self, place: str, kind: int, count: int, at: int) -> int:
        for _ in range(count):
            if at >= len(self._data) or not self._left:
                break
            self._left -= 1
            at = self._value(place, at) if kind == _VARIANT else self._string(place, kind, at)
        return at

    def _string(self, place: str, kind: int, at: int) -> int:
        if kind not in (_LPSTR, _LPWSTR, _BSTR) or at + 4 > len(self._data):
            return len(self._data)
        size = int.from_bytes(self._data[at : at + 4], "little")
        if kind == _LPWSTR:
            data = self._data[at + 4 : at + 4 + 2 * size]
            self._sink.unit(place, data[: len(data) & ~1].decode("utf-16-le", "replace").rstrip("\x00"))
            return at + 4 + 2 * size
        data = self._data[at + 4 : at + 4 + size]
        text = self._decoded(data)
        self._sink.unit(place, text, (), self._raw(data, text))
        return at + 4 + size + (-size % 4)

    def _decoded(self, data: bytes) -> str:
        return codepages.decode(data, self._page).rstrip("\x00")

    def _raw(self, data: bytes, text: str) -> bytes:
        """The bytes, where the code page declares nothing."""
        data = data.rstrip(b"\x00")
        declared = self._page != codepages.ANSI and codepages.known(self._page)
        return b"" if declared or data.isascii() or data.decode("latin-1") != text else data
