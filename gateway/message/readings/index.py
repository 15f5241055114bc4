"""One pass over a document's bytes that keeps what any reading could turn on, and nothing else. Sans-IO, bounded.

A document is the message, or the decoded bytes of a container that was encoded. What is kept: the lines that a boundary
met so far could make a delimiter (*marks*), the text after each of them as far as a header may go (*regions*), and the
header blocks with a Content- field wherever they stand (*blocks*). Every reading is made from that alone.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from gateway.message.readings.heading import uncarriaged
from gateway.message.readings.limits import UnionLimits
from gateway.message.readings.values import boundaries, canonical

_AHEAD = 64 * 1024  # bytes seen after a line before it is read: what a header may have
_BEHIND = 2 * 1024  # bytes kept before it
_LINE = 2048  # octets of a delimiter line
_CHAIN = 32  # headers directly after one another: messages within messages

_ALTERNATIVES = 64  # boundaries that are looked for by one pattern; beyond, by every line with dashes
_DASHED = 500_000  # such lines that are looked at

_ODD = rb"[^a-z0-9:\r\n]{0,3}+"
_CONTENT = rb"(?i:content%s(?:type|transfer%sencoding|disposition)[^a-z0-9:\r\n]{0,64}+:)" % (_ODD, _ODD)
_BEFORE = rb"[\x00-\x09\x0b\x0c\x0e-\x20\x80-\xff]{0,4}+"  # blanks, controls and 8-bit octets before a name
_NEITHER = rb"(?![\r\n0-9abd-zABD-Z+/=<>.,])"  # how most other lines begin: seen at once, it halves the time
_EMPTY = re.compile(rb"\n\r?\n")
_FIELD = re.compile(rb"^([^:\n]{1,256}+):([^\n]*+(?:\n|\Z)(?:[ \t][^\n]*+(?:\n|\Z))*+)", re.MULTILINE)
_CUT_FIELD = re.compile(rb"^([^:\n]{1,256}+):([^\n]*+(?:\n|\Z)(?:[ \t]+[^ \t\r\n][^\n]*+(?:\n|\Z))*+)", re.MULTILINE)


class Mark(NamedTuple):
    """A line that may be a delimiter. Offsets of the document."""

    at: int  # where the line begins
    after: int  # where the next one does
    before: int  # octets of the line end before it
    text: bytes  # the line, without its end
    cr: bool  # a lone CR begins it or stands in it


@dataclass(slots=True)
class Block:
    """A Content- field that begins a group of such."""

    at: int
    guess: bytes = b""  # the boundary that the last line with dashes before it would be
    end: int = -1  # before the next line that begins with two dashes; -1 for none


class Index:
    """What was kept of one document."""

    __slots__ = ("_starts", "blocks", "boundaries", "full", "lone_cr", "marks", "regions", "size")

    def __init__(self) -> None:
        self.size = 0
        self.marks: list[Mark] = []
        self.blocks: list[Block] = []
        self.regions: list[tuple[int, bytes]] = []
        self.boundaries: dict[bytes, None] = {}
        self.lone_cr = False
        self.full = False  # a limit was reached: something was not kept
        self._starts: list[int] = []

    def text(self, start: int, stop: int) -> bytes:
        """The bytes from `start` to `stop`, or as many of them as were kept."""
        if len(self._starts) != len(self.regions):
            self._starts = [at for at, _text in self.regions]
        number = bisect_right(self._starts, start) - 1
        if number < 0:
            return b""
        at, text = self.regions[number]
        return text[start - at : max(start, stop) - at]


def index_of(
    pieces: Iterable[bytes], limits: UnionLimits, opening: Iterable[bytes] = (), *, header: bool = True
) -> Index:
    """Go over a document. `opening`: boundaries known before it begins; `header`: it begins with a header."""
    indexer = _Indexer(limits, header)
    indexer.learn(opening)
    for piece in pieces:
        indexer.feed(piece)
    return indexer.finish()


class _Indexer:
    """Offsets named `at` are places in the buffer, all others are places in the document."""

    def __init__(self, limits: UnionLimits, header: bool) -> None:
        self.index = Index()
        self._limits = limits
        self._buffer = b"\n"  # one line end before the first line, so that every line has one
        self._base = -1  # offset of the buffer's first byte
        self._at = 0  # what comes before it was read
        self._waiting: list[bytes] = []
        self._weight = 0
        self._pattern: re.Pattern[bytes] | None = None
        self._lengths: set[int] = set()  # of the boundaries
        self._dashed = 0
        self._begun = not header
        self._digest = False
        self._kept = 0  # bytes of regions and marks
        self._covered = 0  # where the last region ends
        self._enough = -1  # up to here a header that begins is known to be kept
        self._last_field = 0  # where the last Content- field begins
        self._open: Block | None = None  # the last block, while no line with dashes followed it

    def feed(self, data: bytes) -> None:
        self._waiting.append(data)
        self._weight += len(data)
        if self._weight >= 4 * _AHEAD:
            self._drain(last=False)

    def finish(self) -> Index:
        self._drain(last=True)
        self.index.size = self._base + len(self._buffer)
        return self.index

    def learn(self, found: Iterable[bytes]) -> None:
        known = self.index.boundaries
        for boundary in found:
            if boundary in known or len(boundary) > _LINE // 2:
                continue
            if len(known) >= self._limits.boundaries:
                self.index.full = True
                return
            known[boundary] = None
            self._lengths.add(len(boundary))
            if len(known) <= _ALTERNATIVES + 1:
                self._pattern = None

    def _drain(self, *, last: bool) -> None:
        keep = max(0, self._at - _BEHIND)
        self._buffer = b"".join([self._buffer[keep:], *self._waiting])
        self._base += keep
        self._at -= keep
        self._waiting, self._weight = [], 0
        if not self.index.lone_cr and self._buffer.count(b"\r", 0, -1) > self._buffer.count(b"\r\n"):
            self.index.lone_cr = True
            self._pattern = None
        if not self._begun:
            self._begun = True
            self._region(1)
        self._scan(len(self._buffer) - (0 if last else _AHEAD), last)

    def _scan(self, until: int, last: bool) -> None:
        """Read the lines that begin before `until`, which is far enough from the buffer's end."""
        buffer = self._buffer
        end = len(buffer) if last else until + _LINE
        while self._at < until and not self.index.full:
            match = (self._pattern or self._compiled()).search(buffer, self._at, end)
            if match is None or match.start() >= until:
                break
            self._at = match.end()
            if match[1] is not None:
                self._field(match.start() + 1)
            else:
                self._dashes(match.start() + 1, match[2])
        self._at = max(self._at, until)

    def _compiled(self) -> re.Pattern[bytes]:
        start = (rb"(?:\n|\r(?!\n))" if self.index.lone_cr else rb"\n") + _NEITHER
        generic = rb"|(?=--)" if self._open is not None else b""
        line = rb"[ \t]{0,2}-{1,3}(?:%s)[^\r\n]{0,%d}" % (_alternatives(self.index.boundaries), _LINE)
        self._pattern = re.compile(
            start + rb"(?:" + _BEFORE + rb"(" + _CONTENT + rb")|(" + line + rb")" + generic + rb")"
        )
        return self._pattern

    def _field(self, at: int) -> None:
        offset = self._base + at
        before, self._last_field = self._last_field, offset
        if offset < self._covered and self._open is not None and not self._parted(before, at):
            return
        if len(self.index.blocks) >= self._limits.marks:
            self.index.full = True
            return
        block = Block(offset)
        self.index.blocks.append(block)
        self._guess(block, at)
        self._open, self._pattern = block, None if self._open is None else self._pattern
        self._region(at)

    def _parted(self, before: int, at: int) -> bool:
        """An empty line stands between the offset `before` and the place `at`."""
        begun = before - self._base
        return begun < 0 or _EMPTY.search(self._buffer, begun, at) is not None

    def _guess(self, block: Block, at: int) -> None:
        """The nearest line with two dashes in the paragraph before a block."""
        buffer = self._buffer
        dashes = buffer.rfind(b"\n--", max(0, at - _BEHIND), at) + 1
        if not dashes or _EMPTY.search(buffer, dashes, at):
            return
        line = buffer[dashes : min(at, dashes + _LINE)].split(b"\n", 1)[0].rstrip(b" \t\r")
        if len(line) > 2 and b"\r" not in line:
            block.guess = line[2:]
            self.learn([block.guess])
            self._mark(dashes, line)

    def _dashes(self, at: int, line: bytes | None) -> None:
        """A line begins with dashes: a boundary follows, or a block ends."""
        if self._open is not None and self._buffer.startswith(b"--", at):
            self._open.end = self._base + at - self._before(at)
            self._open, self._pattern = None, None
        if line is None:
            return
        if len(self.index.boundaries) > _ALTERNATIVES:
            self._dashed += 1
            if self._dashed > _DASHED:
                self.index.full = True
            if not self._has_boundary(line):
                return
        self._mark(at, line)

    def _has_boundary(self, line: bytes) -> bool:
        begun = line.lstrip(b" \t")
        return any(
            begun[dashes : dashes + length] in self.index.boundaries for length in self._lengths for dashes in (2, 1, 3)
        )

    def _mark(self, at: int, line: bytes) -> None:
        buffer, offset, marks = self._buffer, self._base + at, self.index.marks
        if marks and marks[-1].at >= offset:
            return
        self._kept += len(line)
        if len(marks) >= self._limits.marks or self._kept > self._limits.header_bytes:
            self.index.full = True
            return
        stop = at + len(line)
        end = buffer.find(b"\n", stop, stop + _AHEAD)
        after = end + 1 or min(len(buffer), stop + _AHEAD)
        cr = buffer[at - 1] == 13
        if buffer[stop:after].strip(b" \t\r\n"):  # a lone CR, and more
            cr, after = True, stop + 1
        marks.append(Mark(offset, self._base + after, self._before(at), line, cr))
        self._region(after)

    def _before(self, at: int) -> int:
        """Octets of the line end before a line."""
        offset = self._base + at
        return 2 if offset > 1 and self._buffer[at - 2 : at] == b"\r\n" else min(1, offset)

    def _region(self, at: int) -> None:
        """Keep what stands at `at` as far as a header may go, with the headers of messages directly in it."""
        offset = self._base + at
        if offset < self._enough:
            return
        stop, ended = self._header_end(at)
        self._enough = self._base + (stop if ended else at + _AHEAD // 2)
        begun = max(at, self._covered - self._base)
        if begun < stop:
            self._keep(begun, stop)

    def _header_end(self, at: int) -> tuple[int, bool]:
        """Where the last of those headers ends, and whether an empty line ends it."""
        buffer, stop = self._buffer, at
        for _ in range(_CHAIN):
            begun = stop
            empty = _EMPTY.search(buffer, begun - 1, at + _AHEAD)
            stop = empty.end() if empty else min(len(buffer), at + _AHEAD)
            lowered = buffer[begun:stop].lower()
            self._learn_from(buffer[begun:stop], lowered)
            self._digest = self._digest or b"digest" in lowered
            if empty is None or not (self._digest or b"message" in lowered):
                return stop, empty is not None
        return stop, True

    def _keep(self, start: int, stop: int) -> None:
        text = self._buffer[start:stop]
        self._kept += len(text)
        if self._kept > self._limits.header_bytes:
            self.index.full = True
            return
        regions, offset = self.index.regions, self._base + start
        if regions and regions[-1][0] + len(regions[-1][1]) == offset:
            regions[-1] = (regions[-1][0], regions[-1][1] + text)
        else:
            regions.append((offset, text))
        self._covered = offset + len(text)

    def _learn_from(self, text: bytes, lowered: bytes) -> None:
        if b"content" not in lowered or (b"boundary" not in lowered and b"=?" not in text):
            return
        for whole in (text, uncarriaged(text)) if self.index.lone_cr else (text,):
            for pattern in (_FIELD, _CUT_FIELD):
                for match in pattern.finditer(whole):
                    if canonical(match[1]) == b"content-type":
                        self.learn(boundaries(match[2]))


def _alternatives(known: dict[bytes, None]) -> bytes:
    """A pattern for any of these, grouped by their beginnings: a flood of dashes must not cost a step for each.

    An empty boundary matches only where the line has nothing else.
    """
    if len(known) > _ALTERNATIVES:
        return b""
    found = list(_grouped(sorted(word for word in known if word), 0))
    if b"" in known:
        found.append(rb"(?:--)?[ \t]*+(?=[\r\n]|\Z)")
    return b"|".join(found) or rb"(?!)"


def _grouped(words: list[bytes], depth: int) -> Iterator[bytes]:
    for first, group in groupby(words, key=lambda word: word[:1]):
        rests = [word[1:] for word in group]
        if b"" in rests:
            yield re.escape(first)  # the shorter boundary takes the longer ones' lines, too
        elif len(rests) == 1 or depth >= 24:
            yield from (re.escape(first + rest) for rest in rests)
        else:
            yield re.escape(first) + b"(?:" + b"|".join(_grouped(rests, depth + 1)) + b")"
