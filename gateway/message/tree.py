"""One strict reading of RFC 2045-2049: blocks of whole lines in, the part tree out. Sans-IO, bounded, never raises.

What a reading can differ in from another (which duplicate counts, what ends a header, which line is a delimiter) stands
in `headers`, `delimiters` and `decode`, each with a named defect. Whether another reading may show something else is
found by the way (`oddheader`, `oddbody`, `doubts`); what it would show is for a second pass.
"""

from __future__ import annotations

from collections.abc import Callable

from gateway.message.attached import Attached
from gateway.message.defects import ELSEWHERE, Flaw
from gateway.message.delimiters import Delimiters, Frame
from gateway.message.doubts import Doubts
from gateway.message.headers import ContentInfo, Field, header_lines, read_part_header
from gateway.message.leaf import Leaf
from gateway.message.limits import ScanLimits
from gateway.message.lines import LineFacts
from gateway.message.oddbody import RawBody
from gateway.message.oddheader import odd_type
from gateway.message.part import CARDS, ENCODED, PLAIN, Part, is_shown
from gateway.message.topheader import TopHeader, read_top

_MESSAGES = ("message/rfc822", "message/global")
_MBOX_LINE = 998  # octets in which an mbox "From " line must end


class Tree:
    """Builds the tree. `block` takes consecutive blocks of the message, `finish` closes what is open.

    A block is whole lines, or a piece of one very long line (then `at_line` says whether the line begins there).
    """

    __slots__ = (
        "_base",
        "_body",
        "_count",
        "_default",
        "_delimiters",
        "_header",
        "_header_size",
        "_leaf",
        "_limits",
        "_line_end",
        "_lines",
        "_open",
        "_part",
        "_preamble",
        "_start",
        "_tail",
        "attached",
        "doubts",
        "header",
        "header_fields",
        "header_whole",
        "root",
    )

    def __init__(self, limits: ScanLimits, sniff: Callable[[bytes], str] | None, lines: LineFacts) -> None:
        self.root = Part("1", 0)
        self.attached = Attached(sniff, limits.sniffs)
        self.doubts = Doubts(limits.defects)
        self.header = TopHeader(b"")
        self.header_fields: list[Field] | None = []  # None: the header is a usual one
        self.header_whole = True
        self._limits = limits
        self._lines = lines
        self._base = 0  # offset in the message of the block's first byte
        self._start = 0  # where in the data the block begins
        self._tail = b""  # the last two bytes before the block
        self._count = 1
        self._line_end = b"\r\n"  # how the top header ends its lines
        self._open: list[Part] = []  # containers from the outermost to the innermost
        self._delimiters = Delimiters()
        self._part: Part | None = self.root  # the entity that is being read; None in a preamble or epilogue
        self._header: list[bytes] | None = []  # its header while that is being read
        self._header_size = 0
        self._default = "text/plain"
        self._leaf: Leaf | None = None
        self._preamble: Part | None = None  # the innermost multipart while its boundary has not appeared
        self._body: RawBody | None = None  # what looks at the raw bytes that are read next; None before the first

    def block(self, data: bytes, start: int, end: int, base: int, at_line: bool) -> None:
        """Take data[start:end]; data[0] stands at `base` of the message."""
        self._base, self._start = base, start
        self._delimiters.new_block()
        mark = at = start
        while at < end:
            if self._header is not None:
                at = self._in_header(data, at, end, at_line)
            else:
                stop, width = self._leaf.lines(data, at, end) if self._leaf is not None and at_line else (at, 0)
                if width:
                    self._lines.feed(data, mark, at)
                    self._lines.lines(width)
                    mark = stop
                at = self._in_body(data, stop, end, at_line) if stop < end else end
            at_line = True
        self._lines.feed(data, mark, end)
        if self.attached.open:
            self.attached.feed(data, base, base + end)
        self._tail = data[end - 2 : end] if end - start > 1 else (self._tail + data[start:end])[-2:]

    def finish(self, size: int) -> None:
        """The message ended at `size`."""
        while self._header is not None:
            self._begin_body(size)
        self._close(0, size, 0)

    def _in_header(self, data: bytes, at: int, end: int, at_line: bool) -> int:
        """Read header lines; where it stopped is the body's first byte, the next part's, or `end`."""
        stop, frame = self._delimiters.next(data, at, end, at_line)
        after = self._header_run(data, at, stop, at_line)
        self._keep(data, at, after)
        if after < stop:
            blank = 2 if data.startswith(b"\r\n", after) else int(data[after] == 10)
            if not blank:
                self._flaw(Flaw.HEADER_MALFORMED)
            self._begin_body(self._base + after + blank)
            return after + blank
        if frame is None:
            return end
        self._flaw(Flaw.HEADER_UNENDED)
        return self._cross(frame, data, stop, end)

    def _header_run(self, data: bytes, at: int, stop: int, at_line: bool) -> int:
        if not at_line:  # the rest of a very long line
            line_end = data.find(b"\n", at, stop)
            return stop if line_end < 0 else header_lines(data, line_end + 1, stop)
        after = header_lines(data, at, stop)
        if after == at and not self._header and data.startswith((b"From ", b">From "), at) and self._is_message():
            line_end = data.find(b"\n", at, min(stop, at + _MBOX_LINE))
            if line_end >= 0:
                self._flaw(Flaw.MBOX_FROM)
                return header_lines(data, line_end + 1, stop)
        return after

    def _is_message(self) -> bool:
        return not self._open or self._open[-1].content_type in _MESSAGES

    def _keep(self, data: bytes, start: int, end: int) -> None:
        assert self._header is not None
        room = self._header_limit() - self._header_size
        if end > start and room > 0:
            self._header.append(data[start : min(end, start + room)])
        self._header_size += end - start

    def _header_limit(self) -> int:
        return self._limits.header_bytes if self._part is self.root else self._limits.part_header_bytes

    def _begin_body(self, at: int) -> None:
        """The current entity's header ended at offset `at`: see what it is."""
        part = self._part
        assert part is not None and self._header is not None
        part.header_end = at
        info = self._read_header(part, b"".join(self._header))
        self._header = None
        for flaw in info.flaws:
            self.doubts.add(flaw, part.path)
        if info.odd:
            self.doubts.suspicious = True
        if info.content_type.startswith("multipart/"):
            if self._open_multipart(part, info.boundary):
                return
        elif info.content_type in _MESSAGES and self._open_message(part, at):
            return
        self._begin_leaf(part)

    def _read_header(self, part: Part, block: bytes) -> ContentInfo:
        cut = self._header_size > len(block)
        if cut:
            self._flaw(Flaw.HEADER_TOO_LARGE)
            block = block[: block.rfind(b"\n") + 1]
        limits = self._limits
        many = False
        if part is self.root:
            self.header = TopHeader(block)
            self._line_end = b"\r\n" if b"\r\n" in block else b"\n"
            info, twice, fields = read_top(self.header, self._default, limits.filename, limits.header_count)
            self.header_fields = fields
            many = fields is not None and len(fields) == limits.header_count
        else:
            info, twice, many = read_part_header(block, self._default, limits.filename, limits.header_count)
        if many:
            self._flaw(Flaw.HEADER_TOO_MANY)
            cut = True
        if cut:
            info = self._unread(part)
        if twice:
            self._flaw(Flaw.DUPLICATE_FIELD)
        part.content_type, part.charset, part.encoding = info.content_type, info.charset, info.encoding
        part.disposition, part.filename = info.disposition, info.filename
        return info

    def _unread(self, part: Part) -> ContentInfo:
        """A header that was not read to its end may say anything: its entity counts as one file, whole."""
        if part is self.root:
            self.header_whole = False
        info = ContentInfo()
        info.content_type = "application/octet-stream"
        return info

    def _open_multipart(self, part: Part, boundary: bytes) -> bool:
        if not boundary:
            return self._flaw(Flaw.BOUNDARY_MISSING)
        if len(boundary) > self._limits.boundary:
            return self._flaw(Flaw.BOUNDARY_TOO_LONG)
        if len(self._open) >= self._limits.depth:
            return self._flaw(Flaw.TOO_DEEP)
        if part.encoding in ENCODED:
            self._flaw(Flaw.ENCODED_CONTAINER)
        frame = Frame(boundary, len(self._open))
        if any(frame.prefix == other.prefix for other in self._delimiters.frames):
            self._flaw(Flaw.BOUNDARY_REUSED)
        self._open.append(part)
        self._delimiters.frames.append(frame)
        self._part, self._preamble, self._body = None, part, None
        return True

    def _open_message(self, part: Part, at: int) -> bool:
        if part.encoding in ENCODED:
            return self._flaw(Flaw.ENCODED_MESSAGE)
        if len(self._open) >= self._limits.depth:
            return self._flaw(Flaw.TOO_DEEP)
        self._open.append(part)
        self.attached.open_message(part)
        self._begin_part(part, at)
        return True

    def _flaw(self, flaw: Flaw) -> bool:
        """Name a defect of the current part; False, for the callers that give up with it."""
        self.doubts.add(flaw, self._part.path if self._part is not None else "")
        return False

    def _begin_part(self, parent: Part, at: int) -> None:
        """A child of `parent` begins at offset `at` with its header."""
        part = Part(f"{parent.path}.{len(parent.children) + 1}", at)
        parent.children.append(part)
        self._part = part
        self._count += 1
        if self._count > self._limits.parts:
            self._flatten(part)
            return
        self._header, self._header_size = [], 0
        self._default = "message/rfc822" if parent.content_type == "multipart/digest" else "text/plain"

    def _flatten(self, part: Part) -> None:
        """Too many parts: the rest of the message is one leaf, whatever it holds."""
        self._flaw(Flaw.TOO_MANY_PARTS)
        self._delimiters.frames.clear()
        part.content_type = "application/octet-stream"
        part.header_end = part.start
        self._begin_leaf(part)

    def _begin_leaf(self, part: Part) -> None:
        kind, encoded = part.content_type, part.encoding in ENCODED
        part.attachment = bool(part.disposition not in ("", "inline") or part.filename or not is_shown(kind))
        if not encoded and part.encoding not in PLAIN:
            self._flaw(Flaw.ENCODING_UNKNOWN)
        if kind in ELSEWHERE:
            self._flaw(ELSEWHERE[kind])
        elif part.attachment and odd_type(kind):
            self.doubts.suspicious = True
        if encoded or part.attachment or kind in CARDS:
            self._leaf = Leaf(part, sniffing=self.attached.sniffing)
        self._body = None

    def _in_body(self, data: bytes, at: int, end: int, at_line: bool) -> int:
        stop, frame = self._delimiters.next(data, at, end, at_line)
        if stop > at:
            if self._preamble is not None and self._leaf is None:
                self._leaf = self._unseen(self._preamble)
            if not self.doubts.suspicious and (self._leaf is None or not self._leaf.is_base64):
                self._body = self._body or RawBody(self._part)
                self.doubts.suspicious = self._body.is_odd(data, at, stop, at_line, bool(self._open))
                if self._body.undotted:
                    self._lines.undotted(at, stop)
            if self._leaf is not None:
                self._leaf.feed(data if stop - at == len(data) else data[at:stop])
        return end if frame is None else self._cross(frame, data, stop, end)

    def _unseen(self, part: Part) -> Leaf:
        """A multipart whose boundary never appears is one file with a strange type; until then it may be one."""
        part.attachment = True
        leaf = Leaf(part, sniffing=self.attached.sniffing)
        part.attachment = False
        return leaf

    def _cross(self, frame: Frame, data: bytes, at: int, end: int) -> int:
        """A delimiter line of `frame` begins at `at`: where the next line begins."""
        offset = self._base + at
        while self._header is not None:
            self._begin_body(offset)
        closing, after, rest = frame.found(data, at, end)
        if self.attached.open:
            self.attached.feed(data, self._base, offset)
        before = data[at - 2 : at] if at > 1 else (self._tail + data[self._start : at])[-2:]
        line_end = 2 if before == b"\r\n" else int(before.endswith(b"\n"))
        if rest != self._line_end or line_end != len(rest):
            self.doubts.suspicious = self.doubts.suspicious or rest != b"" or line_end != len(self._line_end)
        if closing and not frame.seen:  # a multipart of nothing: some take what stands before for its body
            self.doubts.suspicious = True
        self._close(frame.level + 1, offset, line_end)
        frame.seen = True
        if not closing:
            self._begin_part(self._open[frame.level], self._base + after)
        else:
            self._delimiters.frames.remove(frame)
            self._name_suffix(frame, self._open[frame.level])
            self._body = None
        return after

    def _name_suffix(self, frame: Frame, part: Part) -> None:
        if frame.suffixed:
            self.doubts.add(Flaw.BOUNDARY_SUFFIX, part.path)

    def _close(self, level: int, offset: int, line_end: int) -> None:
        """Everything from container `level` inwards ended before the delimiter (or the end) at `offset`."""
        end = offset - line_end
        if self._part is not None:
            self._close_leaf(self._part, end, line_end)
        for frame in self._delimiters.close_above(level):
            part = self._open[frame.level]
            self.doubts.add(Flaw.MULTIPART_UNENDED if frame.seen else Flaw.MULTIPART_EMPTY, part.path)
            self._name_suffix(frame, part)
            if not frame.seen:
                self._leaf = self._leaf or self._unseen(part)
                part.attachment = True
                self._close_leaf(part, end, line_end)
            elif level:
                self.doubts.suspicious = True  # some look for the inner boundary only, until it is closed
        self._leaf = self._preamble = None
        while len(self._open) > level:
            part = self._open.pop()
            part.end = max(end, part.header_end)
            if part.content_type in _MESSAGES:
                self.attached.close_message()

    def _close_leaf(self, part: Part, end: int, line_end: int) -> None:
        part.end = max(end, part.header_end)
        if self._leaf is None:
            part.decoded_size = part.end - part.header_end
        else:
            leaf = self._leaf
            leaf.finish(line_end)
            for flaw in leaf.flaws:
                self.doubts.add(flaw, part.path)
            if leaf.text is not None and leaf.text.odd:
                self.doubts.suspicious = True
            if part.attachment and not self.attached.add(part, leaf):
                self.doubts.add(Flaw.UNSNIFFED, part.path)
        self._part = self._leaf = None
