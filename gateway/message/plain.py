"""The usual small message, one text and nothing else, read without a stream and without a tree.

Whatever is not quite usual is declined, so the strict reading stays in one place (`tree`), and what is taken here is
never suspicious. A test holds the two equal.
"""

from __future__ import annotations

import hashlib

from gateway.message.decode import QuotedPrintableDecoder
from gateway.message.headers import ContentInfo, info_of
from gateway.message.limits import ScanLimits
from gateway.message.lines import longest_line
from gateway.message.oddbody import dots_in_text, odd_text
from gateway.message.part import Part
from gateway.message.result import ScannedMessage
from gateway.message.topheader import TopHeader

_TEXTS = frozenset(("text/plain", "text/html", "text/enriched", "text/richtext"))
_QUOTED = "quoted-printable"
_ENCODINGS = ("", "7bit", "8bit", "binary", _QUOTED)


class PlainMessage(ScannedMessage):
    """Facts of a message that is one text part. What is seldom asked for is made when it is."""

    __slots__ = ("_decoded_size", "_info")

    _info: ContentInfo
    _decoded_size: int

    def __init__(self, data: bytes, header: TopHeader, info: ContentInfo, decoded_size: int, dots: int) -> None:
        super().__init__(None, header, None)
        self._info = info
        self.header_bytes = len(header.block) + 2
        self.size = len(data)
        self.header_whole = True
        self.sha256 = hashlib.sha256(data).hexdigest()
        self.attachments = self.defects = self.disputes = ()
        self.attachment_bytes = 0
        self.suspicious = False
        self.leading_dots, self.longest_line, self.has_8bit = dots, longest_line(data), not data.isascii()
        self.ends_with_crlf = data.endswith(b"\r\n")
        self._decoded_size = decoded_size

    @property
    def root(self) -> Part:
        """The one part."""
        if self._root is None:
            self._root = self._make_root()
        return self._root

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
    block = data[:end]
    if b"ultipart/" in block:
        return None
    header = TopHeader(block)
    if not 0 < header.lines() < limits.header_count:
        return None
    content = header.content()
    if content is None:
        return None
    info = info_of(content, "text/plain", limits.filename)
    dots = dots_in_text(data, end + 1) if _is_plain(info) else -1
    if dots < 0:
        return None
    size = len(data) - end - 2 if info.encoding != _QUOTED else _unquoted_size(data[end + 2 :], info.charset)
    return PlainMessage(data, header, info, size, dots) if size >= 0 else None


def _is_plain(info: ContentInfo) -> bool:
    return (
        info.content_type in _TEXTS
        and info.encoding in _ENCODINGS
        and info.disposition in ("", "inline")
        and not info.filename
        and not info.flaws
        and not info.odd
    )


def _unquoted_size(body: bytes, charset: str) -> int:
    """The decoded size, or -1 if something is odd about the text."""
    decoder = QuotedPrintableDecoder()
    decoded = decoder.feed(body) + decoder.finish()
    return -1 if decoder.flaws or odd_text(decoded, charset) else len(decoded)
