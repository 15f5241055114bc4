"""winmail.dat: attachments and bodies out of a TNEF stream ([MS-OXTNEF]), each as a range of it. Sizes are exact.

Written here because the attributes are a plain list that needs no library, and the one there is (tnefparse) holds the
whole file and everything in it at once. Where an attachment says its name or its bytes twice, all are given. A message
inside is a TNEF stream again; an OLE object is given as it stands. Bodies are `body.txt`, `body.rtf`, `body.html`.
"""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.archives.entry import Body, Entry, Problem
from gateway.archives.errors import ArchiveError, StopError
from gateway.archives.names import safe, shown
from gateway.archives.ranges import RangeBody
from gateway.archives.source import Source
from gateway.archives.tnef_properties import BINARY, OBJECT, STRING, UNICODE, Property, properties
from gateway.archives.tnef_rtf import RtfBody
from gateway.contents import Why

_SIGNATURE = b"\x78\x9f\x3e\x22"
_ATTRIBUTES = 4096  # looked at in one stream
_IID = 16  # octets before an object's bytes that say what it is
_NAME = 4096  # octets read of a name
_CODE_PAGES = frozenset([437, 850, 852, 855, 857, 866, 874, 932, 936, 949, 950, *range(1250, 1259)])

# Attributes (2.1.3.3), with the type in the upper half.
_BODY, _MESSAGE, _CODE_PAGE = 0x0002800C, 0x00069003, 0x00069007
_BEGIN, _TITLE, _DATA, _ATTACHMENT, _TRANSPORT = 0x00069002, 0x00018010, 0x0006800F, 0x00069005, 0x00069001
# Properties ([MS-OXPROPS])
_DATA_PROPERTY, _TEXT, _RTF, _HTML = 0x3701, 0x1000, 0x1009, 0x1013
_NAMES = (0x3707, 0x3704, 0x3001)  # long name, short name, display name: the first is what people see


@dataclass(slots=True)
class _Attachment:
    """What is known of one until the next begins. `names`: by rank, lowest first."""

    names: list[tuple[int, str]] = field(default_factory=list)
    data: list[tuple[int, int]] = field(default_factory=list)
    problem: Why | None = None


def expand_tnef(source: Source) -> Iterator[Entry | Problem]:
    """Every attachment and body. A stream that breaks off gives what stands before, and DAMAGED."""
    if source.at(0, 4) != _SIGNATURE:
        raise ArchiveError(Why.DAMAGED, "no TNEF signature")
    yield from _Tnef(source).expand()


class _Tnef:
    """One stream: the attributes in their order, and the attachment that is open."""

    __slots__ = ("_code_page", "_open", "_source")

    def __init__(self, source: Source) -> None:
        self._source = source
        self._open = _Attachment()
        self._code_page = 0

    def expand(self) -> Iterator[Entry | Problem]:
        at = 6
        for _ in range(_ATTRIBUTES):
            head = self._source.at(at, 9)
            if len(head) < 9:
                break
            kind, length = struct.unpack("<xLL", head)
            start, end = at + 9, at + 9 + length
            yield from self._attribute(kind, start, min(end, self._source.size))
            at = end + 2
        yield from self._close()
        if at < self._source.size:
            yield Problem("", Why.TOO_MANY if len(head) == 9 else Why.DAMAGED)
        elif at > self._source.size:
            yield Problem("", Why.DAMAGED)

    def _attribute(self, kind: int, start: int, end: int) -> Iterator[Entry | Problem]:
        if kind == _BEGIN:
            yield from self._close()
        elif kind in (_TITLE, _TRANSPORT):
            self._open.names.append((3, self._string(start, end)))
        elif kind == _DATA:
            self._hold(start, end)
        elif kind == _ATTACHMENT:
            self._attachment(start, end)
        elif kind == _CODE_PAGE:
            self._code_page = int.from_bytes(self._source.at(start, 4), "little")
        elif kind == _BODY:
            yield from self._give("body.txt", RangeBody(self._source, start, self._trimmed(start, end, 1)))
        elif kind == _MESSAGE:
            yield from self._bodies(start, end)

    def _hold(self, start: int, end: int) -> None:
        self._source.meter.entry()
        self._open.data.append((start, end))

    def _attachment(self, start: int, end: int) -> None:
        try:
            for found in properties(self._source, start, end):
                if found.id in _NAMES and found.kind in (STRING, UNICODE):
                    self._open.names.append((_NAMES.index(found.id), self._text(found)))
                elif found.id == _DATA_PROPERTY and found.kind in (BINARY, OBJECT):
                    skip = min(_IID, found.end - found.start) if found.kind == OBJECT else 0
                    self._hold(found.start + skip, found.end)
        except StopError:
            raise
        except ArchiveError as error:
            self._open.problem = error.reason

    def _close(self) -> Iterator[Entry | Problem]:
        """The attachment is over: give each of its bytes under all of its names."""
        closed, self._open = self._open, _Attachment()
        names = [name for _, name in sorted(closed.names, key=lambda pair: pair[0]) if name] or [""]
        for start, end in closed.data:
            body = RangeBody(self._source, start, end)
            yield from self._entry(Entry(names[0], body, self._source.meter, others=tuple(names[1:])))
        if closed.problem is not None:
            yield Problem(names[0], closed.problem)

    def _bodies(self, start: int, end: int) -> Iterator[Entry | Problem]:
        try:
            for found in properties(self._source, start, end):
                if found.id == _RTF and found.kind == BINARY:
                    yield from self._give("body.rtf", RtfBody(self._source, found.start, found.end))
                elif found.id in (_TEXT, _HTML):
                    yield from self._give("body.txt" if found.id == _TEXT else "body.html", self._plain(found))
        except StopError:
            raise
        except ArchiveError as error:
            yield Problem("", error.reason)

    def _plain(self, found: Property) -> Body:
        """UTF-16 says so by its mark, so that whoever reads the text knows."""
        wide = found.kind == UNICODE
        end = found.end if found.kind == BINARY else self._trimmed(found.start, found.end, 2 if wide else 1)
        return RangeBody(self._source, found.start, end, codecs.BOM_UTF16_LE if wide else b"")

    def _give(self, name: str, body: Body) -> Iterator[Entry | Problem]:
        self._source.meter.entry()
        yield from self._entry(Entry(name, body, self._source.meter))

    def _entry(self, entry: Entry) -> Iterator[Entry | Problem]:
        yield entry
        if problem := entry.leave():
            yield problem

    def _trimmed(self, start: int, end: int, width: int) -> int:
        """Where a string ends without its NUL."""
        return end - width if end - start >= width and not any(self._source.at(end - width, width)) else end

    def _text(self, found: Property) -> str:
        if found.kind == STRING:
            return self._string(found.start, found.end)
        raw = self._source.at(found.start, min(_NAME, found.end - found.start))
        return safe(raw.decode("utf-16-le", "replace").rstrip("\x00"), self._source.meter.limits.name)

    def _string(self, start: int, end: int) -> str:
        """An 8-bit name, in the code page that the stream says."""
        raw = self._source.at(start, min(_NAME, end - start)).rstrip(b"\x00")
        limit = self._source.meter.limits.name
        if self._code_page in _CODE_PAGES and not raw.isascii():
            return safe(raw.decode(f"cp{self._code_page}", "replace"), limit)
        return shown(raw, limit)
