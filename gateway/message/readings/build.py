"""The part tree of one document in one dialect, made from its index alone. Bounded; never raises.

What the document leaves open, and another dialect would decide in another way, is noted in `Reading.forks`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from gateway.message.limits import ScanLimits
from gateway.message.readings.allowance import Allowance
from gateway.message.readings.dialect import Choice, Dialect
from gateway.message.readings.heading import LEAF, MESSAGE, End, Heading, Structure, read_heading, uncarriaged
from gateway.message.readings.index import Block, Index, Mark

_LENGTHS = 32  # of boundaries, that are looked for at the beginnings of lines
_DASHES = (b"--", b"-", b"---")


@dataclass(frozen=True, slots=True)
class Body:
    """One entity's body, [start, end) of the document, and the header that begins at `header`."""

    path: str
    header: int
    start: int
    end: int
    heading: Heading
    attachment: bool = False
    late: bool = False  # it stands after a closing delimiter
    stray: bool = False  # no reading shows it: its header stands where no part begins

    @property
    def key(self) -> tuple[int, int, tuple[str, ...], bool]:
        """What tells it from others."""
        return self.start, self.end, self.heading.encodings, self.attachment


@dataclass(slots=True)
class Reading:
    """What one dialect shows.

    `messages`: nested ones, whose own parts are among the rest. `containers`: those that are encoded, and what each may
    hold. `headers`: where each begins, and where its body does.
    """

    choices: frozenset[Choice]
    leaves: list[Body] = field(default_factory=list)
    messages: list[Body] = field(default_factory=list)
    containers: list[tuple[Body, Structure]] = field(default_factory=list)
    headers: list[tuple[int, int]] = field(default_factory=list)
    forks: dict[Choice, None] = field(default_factory=dict)
    delimited: bool = False  # some multipart has a delimiter
    twofold: bool = False  # some multipart has two boundaries, and delimiters of both
    cut: bool = False  # a limit was reached

    @property
    def signature(self) -> tuple[object, ...]:
        """What tells its outcome from another's."""
        return (
            tuple(leaf.key for leaf in self.leaves),
            tuple(body.key for body, _structure in self.containers),
            tuple((message.start, message.end) for message in self.messages),
        )


@dataclass(slots=True)
class _Frame:
    """An open container; `boundaries` is empty for a message and for a multipart that was closed."""

    path: str
    boundaries: tuple[bytes, ...] = ()
    message: Body | None = None
    multipart: Body | None = None  # until a delimiter is met: one that never is makes it a file
    digest: bool = False
    count: int = 0
    ended: tuple[bytes, ...] = ()  # its boundaries, once its closing delimiter was met


class Document:
    """An index with what all readings of it share: the headers that were read, and what may still be done."""

    def __init__(self, index: Index, limits: ScanLimits, allowance: Allowance, opening: Structure | None) -> None:
        self.index = index
        self.limits = limits
        self.allowance = allowance
        self.opening = opening  # the multipart whose body the document is; None: it begins with a header
        self.lines = [mark.text.rstrip(b" \t\r") for mark in index.marks]
        self.starts = [mark.at for mark in index.marks]
        self.last: dict[bytes, int] = {}  # by delimiter line, where the last one begins
        for line, at in zip(self.lines, self.starts, strict=True):
            self.last[line] = at
        self._nearly = _last_beginnings(self.lines, self.starts, index.boundaries)
        self._headings: dict[tuple[int, int, int, int, str, bool], Heading] = {}

    def delimits(self, boundary: bytes, start: int) -> bool:
        """Some line after `start` is exactly a delimiter with this boundary."""
        return max(self.last.get(line, -1) for line in _lines(boundary)) >= start

    def nearly_delimits(self, boundary: bytes, start: int) -> bool:
        """Some line after `start` would be one if dashes, blanks or junk did not matter."""
        return self._nearly.get(boundary, -1) >= start

    def heading(self, at: int, stop: int, dialect: Dialect, default: str, message: bool) -> Heading:
        """The header that begins at `at` and ends at `stop` at the latest."""
        key = (at, stop, dialect.end, dialect.cr, default, message)
        found = self._headings.get(key)
        if found is None:
            text = self.index.text(at, min(stop, at + self.limits.part_header_bytes))
            if dialect.cr:
                text = uncarriaged(text)
            found = read_heading(text, End(dialect.end), default, message=message, limits=self.limits)
            self._headings[key] = found
        return found


def _last_beginnings(lines: list[bytes], starts: list[int], boundaries: Iterable[bytes]) -> dict[bytes, int]:
    """By boundary, where the last line begins that has it after one to three dashes."""
    known = set(boundaries)
    lengths = sorted({len(boundary) for boundary in known})[:_LENGTHS]
    found: dict[bytes, int] = {}
    for line, at in zip(lines, starts, strict=True):
        text = line.lstrip(b" \t")
        for dashes in range(1, 4):
            for length in lengths:
                if text[dashes : dashes + length] in known:
                    found[text[dashes : dashes + length]] = at
    return found


def build(document: Document, choices: frozenset[Choice]) -> Reading:
    """Read a document in the dialect that makes these choices."""
    return _Builder(document, choices).build()


class _Builder:
    def __init__(self, document: Document, choices: frozenset[Choice]) -> None:
        self._document = document
        self._index = document.index
        self._limits = document.limits
        self._dialect = Dialect.of(choices)
        self._reading = Reading(choices)
        self._frames: list[_Frame] = []
        self._lookup: dict[bytes, tuple[int, bool]] = {}
        self._shared: set[bytes] = set()  # delimiter lines of two open multiparts
        self._closed: set[bytes] = set()  # delimiter lines of multiparts that were closed, in others that are open
        self._innermost = -1  # the level of the innermost multipart that is open
        self._at = 0  # the mark that is looked at next
        self._part: Body | None = None  # the leaf that is open
        self._inside: tuple[Structure, ...] = ()  # what it may hold once it is decoded
        self._count = 1
        self._late = False

    def build(self) -> Reading:
        at: int | None = 0
        if self._index.lone_cr:
            self._fork("cr", 1)
        if self._document.opening is not None:
            self._push(_Frame("1", (self._opened(self._document.opening.boundary),)))
            at = None
        while True:
            while at is not None:
                at = self._entity(at)
            found = self._next()
            if found is None:
                break
            at = self._cross(*found)
        self._close(0, self._index.size)
        return self._reading

    def _opened(self, boundary: bytes) -> bytes:
        """The boundary of the multipart whose body the document is."""
        guess = b"" if self._document.delimits(boundary, 0) else self._guess(0, self._index.size)
        if guess:
            self._fork("guess", 1)
        return guess if guess and self._dialect.guess else boundary

    def _fork(self, axis: str, value: int) -> None:
        self._reading.forks[axis, value] = None

    # Delimiters

    def _next(self) -> tuple[Mark, int, bool] | None:
        """The next delimiter, the level of the multipart that owns it, and whether it closes that."""
        marks, document = self._index.marks, self._document
        while self._at < len(marks):
            if not document.allowance.step():
                self._reading.cut = True
                return None
            owner = self._owner(marks[self._at], document.lines[self._at])
            if owner is not None:
                return marks[self._at], *owner
            self._at += 1
        return None

    def _owner(self, mark: Mark, line: bytes) -> tuple[int, bool] | None:
        if mark.cr and not self._dialect.cr:
            return None
        owner = self._lookup.get(line)
        if owner is None:
            owner = self._loosely(line)
            if owner is not None:
                self._fork("loose", 1)
                if self._dialect.loose:
                    return owner
            if line in self._closed:
                self._fork("closing", 1)
            return None
        if line in self._shared:
            self._fork("inner", 1)
        if owner[0] < self._innermost:
            self._fork("inner", 2)
            if self._dialect.inner == 2:
                return None
        return owner

    def _loosely(self, line: bytes) -> tuple[int, bool] | None:
        line = line.lstrip(b" \t")
        levels = range(len(self._frames))
        for level in reversed(levels) if self._dialect.inner else levels:
            for boundary in self._frames[level].boundaries:
                at = line.find(boundary, 0, len(boundary) + 3) if boundary else -1
                if at > 0 and line[:at] in _DASHES:
                    return level, line.startswith(b"--", at + len(boundary))
        return None

    def _relook(self) -> None:
        """The open multiparts changed."""
        self._lookup, self._shared = {}, set()
        self._closed = {line for frame in self._frames for boundary in frame.ended for line in _lines(boundary)}
        self._innermost = -1
        for level, frame in enumerate(self._frames):
            if frame.boundaries and not frame.ended:
                self._innermost = level
            for boundary in frame.boundaries:
                for line, closing in zip(_lines(boundary), (False, True), strict=True):
                    if line in self._lookup:
                        self._shared.add(line)
                        if not self._dialect.inner:
                            continue
                    self._lookup[line] = (level, closing)

    def _push(self, frame: _Frame) -> None:
        self._frames.append(frame)
        self._part = None
        if frame.boundaries:
            self._relook()

    # Entities

    def _entity(self, at: int) -> int | None:
        """Read the header at `at`; where the header of a message in it begins, or None."""
        number = bisect_left(self._document.starts, at)
        self._at = max(self._at, number)
        following = self._next()
        stop = following[0].at if following else self._index.size
        parent = self._frames[-1] if self._frames else None
        default = "message/rfc822" if parent is not None and parent.digest and not parent.message else "text/plain"
        heading = self._heading(at, stop, default, parent is None or parent.message is not None)
        body = min(at + heading.body, max(stop, at))
        self._reading.headers.append((at, body))
        path = "1" if parent is None else f"{parent.path}.{parent.count}"
        entity = Body(path, at, body, self._index.size, heading, late=self._late)
        structure = self._chosen(entity, stop)
        if len(self._frames) >= self._limits.depth and structure is not LEAF:
            self._reading.cut, structure = True, LEAF
        return self._begin(entity, structure)

    def _heading(self, at: int, stop: int, default: str, message: bool) -> Heading:
        document, dialect = self._document, self._dialect
        found = document.heading(at, stop, dialect, default, message)
        for end in End:
            other = document.heading(at, stop, Dialect(end=end, cr=dialect.cr), default, message)
            if other.body != found.body:
                self._fork("end", int(end))
        return found

    def _begin(self, entity: Body, structure: Structure) -> int | None:
        inside = entity.heading.inside
        if any(other.kind == "multipart" for other in inside):
            self._fork("decoded", 1)
            if self._dialect.decoded:
                self._part, self._inside = entity, inside
                return None
        if structure.kind == "multipart":
            self._at = bisect_left(self._document.starts, entity.start)
            boundaries = self._merged(entity) if self._dialect.merged else (structure.boundary,)
            digest = entity.heading.content_type == "multipart/digest"
            self._push(_Frame(entity.path, boundaries, multipart=replace(entity, attachment=True), digest=digest))
            return None
        if structure.kind == "message":
            self._push(_Frame(entity.path, message=entity, count=1))
            return entity.start
        attachment = entity.heading.attachment(strict=structure == entity.heading.structures[0])
        self._part, self._inside = replace(entity, attachment=attachment), (MESSAGE,) if MESSAGE in inside else ()
        return None

    def _chosen(self, entity: Body, stop: int) -> Structure:
        """What the body is for this dialect."""
        usable = self._usable(entity)
        for number in range(1, len(usable)):
            self._fork("pick", number)
        if len(self._merged(entity)) > 1:
            self._fork("merged", 1)
            self._reading.twofold |= self._document.delimits(usable[0].boundary, entity.start)
        chosen = usable[self._dialect.pick] if self._dialect.pick < len(usable) else usable[0]
        multipart = chosen.kind == "multipart"
        if not multipart and not entity.heading.content_type.startswith("multipart/"):
            return chosen
        if not multipart or not self._document.delimits(chosen.boundary, entity.start):
            guess = self._guess(entity.start, stop)
            if guess:
                self._fork("guess", 1)
                return Structure("multipart", guess) if self._dialect.guess else chosen
        return chosen

    def _usable(self, entity: Body) -> list[Structure]:
        """The strict reading's structure, and the others that any delimiter speaks for."""
        strict, *others = entity.heading.structures
        delimits = self._document.delimits
        if strict.kind != "multipart" or not delimits(strict.boundary, entity.start):
            delimits = self._document.nearly_delimits
        return [strict] + [
            other for other in others if other.kind != "multipart" or delimits(other.boundary, entity.start)
        ]

    def _merged(self, entity: Body) -> tuple[bytes, ...]:
        return tuple(structure.boundary for structure in self._usable(entity) if structure.kind == "multipart")

    def _guess(self, start: int, stop: int) -> bytes:
        """The boundary that the first header block in a body stands after."""
        blocks = self._index.blocks
        number = bisect_left(blocks, start, key=_block_at)
        while number < len(blocks) and blocks[number].at < stop:
            if blocks[number].guess and b"--" + blocks[number].guess not in self._lookup:
                return blocks[number].guess
            number += 1
            if not self._document.allowance.step():
                break
        return b""

    def _cross(self, mark: Mark, level: int, closing: bool) -> int | None:
        """Go over a delimiter: where the next part's header begins, or None."""
        self._at += 1
        self._reading.delimited = True
        self._close(level + 1, mark.at - mark.before)
        frame = self._frames[level]
        frame.multipart = None
        if closing:
            frame.ended = frame.boundaries
            if not self._dialect.closing:
                frame.boundaries = ()
            self._relook()
            return None
        self._count += 1
        if self._count > self._limits.parts:
            self._reading.cut = True
            self._at = len(self._index.marks)
            return None
        frame.count += 1
        self._late = any(other.ended for other in self._frames[: level + 1])
        return mark.after

    def _close(self, level: int, end: int) -> None:
        """What is open from container `level` inwards ends at `end`."""
        if self._part is not None:
            part, inside, self._part = _ended(self._part, end), self._inside, None
            self._reading.containers += [(part, structure) for structure in inside]
            if not inside or inside == (MESSAGE,):
                self._reading.leaves.append(part)
        for frame in self._frames[level:]:
            if frame.multipart is not None:
                self._reading.leaves.append(_ended(frame.multipart, end))
            if frame.message is not None:
                self._reading.messages.append(_ended(frame.message, end))
        if len(self._frames) > level:
            del self._frames[level:]
            self._relook()


def _lines(boundary: bytes) -> tuple[bytes, bytes]:
    return b"--" + boundary, b"--" + boundary + b"--"


def _ended(body: Body, end: int) -> Body:
    return replace(body, end=max(body.start, end))


def _block_at(block: Block) -> int:
    return block.at
