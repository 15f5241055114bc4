"""A raw header as signatures see it: its fields with their exact bytes, chosen and canonicalized (RFC 6376 3.4, 5.4.2).

Pure, linear in the header. Knows no keys; what a field means is not its business.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property

from gateway.authentication.dkim_tags import Unusable

_FIELD = re.compile(rb"([!-9;-~]{1,256}+)([ \t]*+:)([^\n]*+(?:\n[ \t][^\n]*+)*+)(?:\n|\Z)")
_BLANKS = b" \t\r\n"
# The value of b=, with all blanks around it (RFC 6376 3.7); tags before it are passed over one by one.
_UNSIGNED = re.compile(rb"((?:\A|;)[ \t\r\n]*+b[ \t\r\n]*+=)[^;]*+")

Skip = Sequence[tuple[int, int]]


class HeaderField:
    """One field. `raw`: as it stands, without its last line end; `value`: what follows the colon; `name`: lowered."""

    __slots__ = ("_name_end", "_relaxed", "name", "raw", "value")

    def __init__(self, raw: bytes, name: bytes, colon: int) -> None:
        self.raw = raw
        self.name = name.lower()
        self.value = raw[colon:]
        self._name_end = colon
        self._relaxed: bytes | None = None

    def canonical(self, *, relaxed: bool) -> bytes:
        """Without the CRLF at its end (RFC 6376 3.4.1, 3.4.2)."""
        if not relaxed:
            return self.raw
        if self._relaxed is None:
            self._relaxed = self.name + b":" + squeezed(self.value)
        return self._relaxed

    def unsigned(self, *, relaxed: bool) -> bytes:
        """A signature's own field with the value of b= taken out (RFC 6376 3.7), canonicalized."""
        empty = _UNSIGNED.sub(rb"\1", self.value)
        if relaxed:
            return self.name + b":" + squeezed(empty)
        return self.raw[: self._name_end] + empty


def squeezed(value: bytes) -> bytes:
    """A field's value in one line, runs of blanks made one, none at its ends (RFC 6376 3.4.2)."""
    line = value.replace(b"\r\n", b"").replace(b"\n", b"")
    return b" ".join(filter(None, line.replace(b"\t", b" ").split(b" ")))


def _within(at: int, ranges: Skip) -> bool:
    index = bisect_right(ranges, at, key=lambda one: one[0])
    return index > 0 and at < ranges[index - 1][1]


class Header:
    """The fields of a header, in order. Unusable where some line is no field (RFC 5322 2.2), or with over `most`.

    `block`: raw, without the blank line. `skip`: disjoint byte ranges of whole fields that are as if not there.
    """

    def __init__(self, block: bytes, most: int, skip: Skip = ()) -> None:
        ends = block.count(b"\r\n")
        if block.count(b"\n") != ends or block.count(b"\r") != ends:
            raise Unusable("the header has a bare CR or LF")
        self.fields: list[HeaderField] = []
        at, gone = 0, sorted(skip)
        while at < len(block):
            match = _FIELD.match(block, at)
            if match is None:
                raise Unusable("the header has a line that is no field")
            if len(self.fields) >= most:
                raise Unusable("the header has too many fields")
            if not _within(at, gone):
                raw = block[at : match.end(3)].removesuffix(b"\r")
                self.fields.append(HeaderField(raw, match[1], match.end(2) - at))
            at = match.end()

    @cached_property
    def places(self) -> dict[bytes, list[int]]:
        """Where fields of each name stand, from the top."""
        found: dict[bytes, list[int]] = {}
        for index, field in enumerate(self.fields):
            found.setdefault(field.name, []).append(index)
        return found

    def named(self, name: bytes) -> list[HeaderField]:
        """The fields of this lower-case name, from the top."""
        return [self.fields[index] for index in self.places.get(name, ())]

    def chosen(self, names: Iterable[bytes], own: HeaderField | None = None) -> list[HeaderField]:
        """The fields that h= names: each naming takes the next one from the bottom, or none (RFC 6376 5.4.2).

        `own`: the signature that names them; it never covers itself.
        """
        left = {name: list(found) for name, found in self.places.items()}
        taken: list[HeaderField] = []
        for name in names:
            places = left.get(name)
            while places:
                field = self.fields[places.pop()]
                if field is not own:
                    taken.append(field)
                    break
        return taken


def whole_header(block: bytes, body_start: int, size: int, most: int, skip: Skip = ()) -> Header:
    """The header of a message of `size` bytes whose body begins at `body_start`. Unusable where it is none.

    Between the two stands the blank line, or the message ends with its header. Anything else there is a part of the
    header that is not known here, or that others take for one: what a signature covers would not be what they show.
    """
    gap = body_start - len(block)
    if gap != 2 and (gap or body_start != size):
        raise Unusable("the header does not end where the body begins")
    return Header(block, most, skip)


def signed_text(header: Header, names: Iterable[bytes], own: HeaderField, *, relaxed: bool) -> bytes:
    """The octets that a signature is made over (RFC 6376 3.7): the chosen fields, then its own without b=."""
    lines = [field.canonical(relaxed=relaxed) for field in header.chosen(names, own)]
    return b"\r\n".join((*lines, own.unsigned(relaxed=relaxed)))
