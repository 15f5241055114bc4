"""One strict reading of RFC 2045-2049: blocks of whole lines in, the part tree out. Sans-IO, bounded, never raises.

What a reading can differ in from another (which duplicate counts, what ends a header, which line is a delimiter) stands
in `headers`, `delimiters` and `decode`, each with a named defect; another reading is another class fed the same blocks.
"""

from __future__ import annotations

from collections.abc import Callable

from gateway.message.defects import DefectLog, Flaw
from gateway.message.delimiters import Delimiters, Frame
from gateway.message.headers import ContentInfo, Field, content_info, fields_of, header_lines, part_header
from gateway.message.leaf import Leaf
from gateway.message.limits import ScanLimits
from gateway.message.lines import LineFacts
from gateway.message.part import Part
from gateway.model import Attachment

_ENCODED = ("base64", "quoted-printable")
_PLAIN = ("", "7bit", "8bit", "binary")
_MESSAGES = ("message/rfc822", "message/global")
_MBOX_LINE = 998  # octets in which an mbox "From " line must end


class Tree:
    """Builds the tree. `block` takes consecutive blocks of the message, `finish` closes what is open.

    A block is whole lines, or a piece of one very long line (then `at_line` says whether the line begins there).
    """

    __slots__ = (
        "_base",
        "_count",
        "_default",
        "_delimiters",
        "_header",
        "_header_size",
        "_leaf",
        "_limits",
        "_lines",
        "_open",
        "_part",
        "_sniff",
        "_sniffed",
        "_start",
        "_tail",
        "attachments",
        "defects",
        "header_block",
        "header_fields",
        "header_whole",
        "root",
    )

    def __init__(self, limits: ScanLimits, sniff: Callable[[bytes], str] | None, lines: LineFacts) -> None:
        self.root = Part("1", 0)
        self.attachments: list[Attachment] = []
        self.defects = DefectLog(limits.defects)
        self.header_block = b""
        self.header_fields: list[Field] = []
        self.header_whole = True
        self._limits = limits
        self._sniff = sniff
        self._sniffed = 0
        self._lines = lines
        self._base = 0  # offset in the message of the block's first byte
        self._start = 0  # where in the data the block begins
        self._tail = b""  # the last two bytes before the block
        self._count = 1
        self._open: list[Part] = []  # containers from the outermost to the innermost
        self._delimiters = Delimiters()
        self._part: Part | None = self.root  # the entity that is being read; None in a preamble or epilogue
        self._header: list[bytes] | None = []  # its header while that is being read
        self._header_size = 0
        self._default = "text/plain"
        self._leaf: Leaf | None = None

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
            self.defects.add(flaw, part.path)
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
        if part is self.root:
            self.header_block = block
            self.header_fields = fields_of(block, 0, self._limits.header_count)
            count = len(self.header_fields)
            info, twice = content_info(self.header_fields, self._default, self._limits.filename)
        else:
            info, twice, count = part_header(block, self._default, self._limits.filename, self._limits.header_count)
        if count == self._limits.header_count:
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
        if part.encoding in _ENCODED:
            self._flaw(Flaw.ENCODED_CONTAINER)
        frame = Frame(boundary, len(self._open))
        if any(frame.prefix == other.prefix for other in self._delimiters.frames):
            self._flaw(Flaw.BOUNDARY_REUSED)
        self._open.append(part)
        self._delimiters.frames.append(frame)
        self._part = None
        return True

    def _open_message(self, part: Part, at: int) -> bool:
        if part.encoding in _ENCODED:
            return self._flaw(Flaw.ENCODED_MESSAGE)
        if len(self._open) >= self._limits.depth:
            return self._flaw(Flaw.TOO_DEEP)
        self._open.append(part)
        self._begin_part(part, at)
        return True

    def _flaw(self, flaw: Flaw) -> bool:
        """Name a defect of the current part; False, for the callers that give up with it."""
        self.defects.add(flaw, self._part.path if self._part is not None else "")
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
        part.attachment = bool(
            part.disposition == "attachment" or part.filename or not part.content_type.startswith("text/")
        )
        encoded = part.encoding in _ENCODED
        if not encoded and part.encoding not in _PLAIN:
            self._flaw(Flaw.ENCODING_UNKNOWN)
        if encoded or part.attachment:
            self._leaf = Leaf(part)

    def _in_body(self, data: bytes, at: int, end: int, at_line: bool) -> int:
        stop, frame = self._delimiters.next(data, at, end, at_line)
        if self._leaf is not None and stop > at:
            self._leaf.feed(data if stop - at == len(data) else data[at:stop])
        return end if frame is None else self._cross(frame, data, stop, end)

    def _cross(self, frame: Frame, data: bytes, at: int, end: int) -> int:
        """A delimiter line of `frame` begins at `at`: where the next line begins."""
        offset = self._base + at
        while self._header is not None:
            self._begin_body(offset)
        closing, after = frame.found(data, at, end)
        before = data[at - 2 : at] if at > 1 else (self._tail + data[self._start : at])[-2:]
        line_end = 2 if before == b"\r\n" else int(before.endswith(b"\n"))
        self._close(frame.level + 1, offset, line_end)
        frame.seen = True
        if not closing:
            self._begin_part(self._open[frame.level], self._base + after)
        else:
            self._delimiters.frames.remove(frame)
            self._name_suffix(frame, self._open[frame.level])
        return after

    def _name_suffix(self, frame: Frame, part: Part) -> None:
        if frame.suffixed:
            self.defects.add(Flaw.BOUNDARY_SUFFIX, part.path)

    def _close(self, level: int, offset: int, line_end: int) -> None:
        """Everything from container `level` inwards ended before the delimiter (or the end) at `offset`."""
        end = offset - line_end
        if self._part is not None:
            self._close_leaf(self._part, end, line_end)
        for frame in self._delimiters.close_above(level):
            part = self._open[frame.level]
            self.defects.add(Flaw.MULTIPART_UNENDED if frame.seen else Flaw.MULTIPART_EMPTY, part.path)
            self._name_suffix(frame, part)
        for part in self._open[level:]:
            part.end = max(end, part.header_end)
        del self._open[level:]

    def _close_leaf(self, part: Part, end: int, line_end: int) -> None:
        part.end = max(end, part.header_end)
        if self._leaf is None:
            part.decoded_size = part.end - part.header_end
        else:
            self._leaf.finish(line_end)
            for flaw in self._leaf.flaws:
                self.defects.add(flaw, part.path)
            if part.attachment:
                self._attach(part, self._leaf.head)
        self._part = self._leaf = None

    def _attach(self, part: Part, head: bytes) -> None:
        if self._sniff is not None and self._sniffed < self._limits.sniffs:
            self._sniffed += 1
            part.sniffed_type = self._sniff(head)
        elif self._sniff is not None:
            self.defects.add(Flaw.UNSNIFFED, part.path)
        self.attachments.append(
            Attachment(part.filename, part.content_type, part.sniffed_type, part.decoded_size, part.sha256, part.path)
        )
