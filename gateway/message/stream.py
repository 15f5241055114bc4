"""The scan of any message: bytes cut anywhere go into blocks of whole lines, which `tree` reads. Sans-IO, bounded."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from gateway.message.limits import ScanLimits
from gateway.message.lines import LineFacts
from gateway.message.result import ScannedMessage
from gateway.message.tree import Tree

_LONG = 8 * 1024  # a line longer than this is looked at before its end has come
_WINDOW = 128 * 1024  # looked at at once


class Stream:
    """Looks at each piece at once: whoever has small ones joins them first."""

    __slots__ = ("_last", "_lines", "_mid_line", "_partial", "_sha256", "_size", "_tree")

    def __init__(self, limits: ScanLimits, sniff: Callable[[bytes], str] | None) -> None:
        self._lines = LineFacts()
        self._tree = Tree(limits, sniff, self._lines)
        self._sha256 = hashlib.sha256()
        self._size = 0
        self._partial = b""  # the beginning of a line whose end has not come, shorter than _LONG
        self._mid_line = False  # what comes next continues a long line
        self._last = b""

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        base = self._size
        self._size += len(data)
        self._sha256.update(data)
        self._last = data[-2:] if len(data) > 1 else (self._last + data)[-2:]
        start = self._rest_of_line(data, base) if self._mid_line or self._partial else 0
        end = data.rfind(b"\n", start) + 1
        if end > start:
            self._blocks(data, start, end, base)
            start = end
        if start < len(data):
            self._keep(data[start:] if start else data, base + start)

    def finish(self) -> ScannedMessage:
        """The message is complete."""
        if self._partial:
            self._blocks(self._partial, 0, len(self._partial), self._size - len(self._partial))
        tree, lines = self._tree, self._lines
        tree.finish(self._size)
        lines.finish()
        result = ScannedMessage(tree.root, tree.header, tree.header_fields)
        result.size = self._size
        result.sha256 = self._sha256.hexdigest()
        result.attachments = tuple(tree.attached.found)
        result.attachment_bytes = tree.attached.total
        doubts = tree.doubts
        result.defects, result.disputes, result.suspicious = doubts.defects, doubts.disputes, doubts.suspicious
        result.leading_dots, result.longest_line, result.has_8bit = lines.dots, lines.longest, lines.eightbit
        result.ends_with_crlf = self._last.endswith(b"\r\n")
        result.header_whole = tree.header_whole
        result.header_bytes = tree.root.header_end
        return result

    def _rest_of_line(self, data: bytes, base: int) -> int:
        """Give the line that was begun its end: where the next line begins."""
        end = data.find(b"\n") + 1
        if self._mid_line:
            self._tree.block(data, 0, end or len(data), base, at_line=False)
            self._mid_line = not end
            return end or len(data)
        begun, self._partial = self._partial, b""
        if end:
            line = begun + data[:end]
            self._tree.block(line, 0, len(line), base - len(begun), at_line=True)
            return end
        self._keep(begun + data, base - len(begun))
        return len(data)

    def _keep(self, begun: bytes, base: int) -> None:
        """The beginning of a line waits for its end, unless it is long already."""
        if len(begun) < _LONG:
            self._partial = begun
        else:
            self._tree.block(begun, 0, len(begun), base, at_line=True)
            self._mid_line = True

    def _blocks(self, data: bytes, start: int, end: int, base: int) -> None:
        """Whole lines, in windows: what is decoded at once stays small however much was fed at once."""
        while end - start > _WINDOW:
            cut = data.rfind(b"\n", start, start + _WINDOW) + 1 or data.find(b"\n", start + _WINDOW) + 1
            self._tree.block(data, start, cut, base, at_line=True)
            start = cut
        self._tree.block(data, start, end, base, at_line=True)
