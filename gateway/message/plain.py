"""The usual small message, one text and nothing else, read without a stream and without a tree.

Whatever is not quite usual is declined, so the strict reading stays in one place (`tree`); a test holds the two equal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from gateway.message.decode import QuotedPrintableDecoder
from gateway.message.headers import ContentInfo, Field, info_of
from gateway.message.limits import ScanLimits
from gateway.message.lines import line_facts
from gateway.message.part import Part
from gateway.message.result import ScannedMessage
from gateway.message.topheader import TopHeader

_QUOTED = "quoted-printable"
_ENCODINGS = ("", "7bit", "8bit", "binary", _QUOTED)


class PlainMessage(ScannedMessage):
    """Facts of a message that is one text part. What is seldom asked for is made when it is."""

    __slots__ = ("_decoded_size", "_header", "_info")

    _header: TopHeader
    _info: ContentInfo
    _decoded_size: int

    def __init__(self, data: bytes, header: TopHeader, info: ContentInfo) -> None:
        self._root = self._fields = None
        self._header, self._info = header, info
        self.header_block = header.block
        self.header_bytes = body = len(header.block) + 2
        self.size = len(data)
        self.header_whole = True
        self.sha256 = hashlib.sha256(data).hexdigest()
        self.attachments = self.defects = ()
        self.attachment_bytes = 0
        self.leading_dots, self.longest_line, self.has_8bit = line_facts(data)
        self.ends_with_crlf = data.endswith(b"\r\n")
        self._decoded_size = _unquoted_size(data[body:]) if info.encoding == _QUOTED else self.size - body

    @property
    def root(self) -> Part:
        """The one part."""
        if self._root is None:
            self._root = self._make_root()
        return self._root

    @property
    def header_fields(self) -> list[Field]:
        """Every field of the header."""
        if self._fields is None:
            self._fields = self._header.fields()
        return self._fields

    def count(self, name: str) -> int:
        """How many fields have this name."""
        return self._header.count(name.lower().encode("ascii", "replace"))

    def _raw(self, key: bytes) -> Iterator[bytes]:
        return self._header.values(key)

    def _make_root(self) -> Part:
        info, part = self._info, Part("1", 0)
        part.header_end, part.end, part.decoded_size = self.header_bytes, self.size, self._decoded_size
        part.content_type, part.charset, part.encoding = info.content_type, info.charset, info.encoding
        part.disposition = info.disposition
        return part


def plain_message(data: bytes, limits: ScanLimits) -> PlainMessage | None:
    """Read a whole message if it is a plain one, else None: nothing was read then."""
    end = data.find(b"\r\n\r\n") + 2
    if not 2 < end <= limits.header_bytes:
        return None
    header = TopHeader(data[:end])
    if header.has(b"multipart/") or not 0 < header.lines() < limits.header_count:
        return None
    content = header.content()
    if content is None:
        return None
    info = info_of(content, "text/plain", limits.filename)
    return PlainMessage(data, header, info) if _is_plain(info) else None


def _is_plain(info: ContentInfo) -> bool:
    return (
        info.content_type.startswith("text/")
        and info.encoding in _ENCODINGS
        and info.disposition != "attachment"
        and not info.filename
        and not info.flaws
    )


def _unquoted_size(body: bytes) -> int:
    decoder = QuotedPrintableDecoder()
    return len(decoder.feed(body)) + len(decoder.finish())
