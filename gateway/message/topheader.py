"""A header as nearly all are, asked for single fields by name without a list of all. Knows no message and no parts.

Looking for a name in the header in lower case takes a tenth of what reading every field takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from gateway.message.headers import ContentInfo, Field, fields_of, info_of, read_header
from gateway.message.oddheader import usual_lines

_NAME = re.compile(rb"[!-9;-~]{1,256}")
_VALUE = (
    rb"[ \t]{0,64}:([^\n]*+(?:\n[ \t][^\n]*+)*+)"  # without its last LF: the next field's name is looked for with it
)
_CONTENT = re.compile(rb"\n(content-(?:type|transfer-encoding|disposition))" + _VALUE)


class TopHeader:
    """The header `block`, without its blank line. What it answers is right if `lines` says that it is a usual one."""

    __slots__ = ("_lowered", "block")

    def __init__(self, block: bytes) -> None:
        self.block = block
        self._lowered = b"\r\n" + block.lower()  # two octets longer: every line begins after CRLF

    def lines(self) -> int:
        """How many lines it has; 0 if anything in it is unusual (see `oddheader.usual_lines`)."""
        return usual_lines(self._lowered)

    def fields(self) -> list[Field]:
        """Every field."""
        return fields_of(self.block, 0, len(self.block))

    def content(self) -> dict[bytes, bytes] | None:
        """The raw values of the Content- fields that are understood, by lower-case name; None if one stands twice."""
        ours: dict[bytes, bytes] = {}
        if b"\ncontent-" in self._lowered:
            for match in _CONTENT.finditer(self._lowered):
                if match[1] in ours:
                    return None
                ours[match[1]] = self.block[match.start(2) - 2 : match.end(2) - 1]
        return ours

    def values(self, name: bytes) -> Iterator[bytes]:
        """The raw values of the fields with this lower-case name, in order."""
        pattern = _named(name)
        if pattern is not None:
            for match in pattern.finditer(self._lowered):
                yield self.block[match.start(1) - 2 : match.end(1) - 1]

    def begins(self, prefix: bytes) -> bool:
        """Whether some field's lower-case name begins so."""
        return b"\n" + prefix in self._lowered

    def count(self, name: bytes) -> int:
        """How many fields have this lower-case name."""
        if b"\n" + name not in self._lowered:
            return 0
        pattern = _named(name)
        return len(pattern.findall(self._lowered)) if pattern is not None else 0


def read_top(
    header: TopHeader, default_type: str, filename_limit: int, count_limit: int
) -> tuple[ContentInfo, bool, list[Field] | None]:
    """`headers.read_header` of the message's own header; no list of fields where it is a usual one."""
    if 0 < header.lines() < count_limit:
        content = header.content()
        if content is not None:
            return info_of(content, default_type, filename_limit), False, None
    return read_header(header.block, default_type, filename_limit, count_limit)


@lru_cache(64)
def _named(name: bytes) -> re.Pattern[bytes] | None:
    return re.compile(rb"\n" + re.escape(name) + _VALUE) if _NAME.fullmatch(name) else None
