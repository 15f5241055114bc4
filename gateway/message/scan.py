"""The scan: one pass over a message's bytes, cut anywhere, into a part tree of offsets and the facts about it.

Sans-IO: it is fed and never reads. Memory is bounded, time linear, nothing raises, on any input. This module cuts the
stream into blocks of whole lines; `tree` reads them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from gateway.message.limits import ScanLimits
from gateway.message.lines import LineFacts
from gateway.message.result import ScannedMessage
from gateway.message.tree import Tree

_BATCH = 32 * 1024  # small pieces are joined up to this size before they are looked at
_LONG = 8 * 1024  # a line longer than this is looked at before its end has come
_WINDOW = 128 * 1024  # looked at at once
_DEFAULTS = ScanLimits()


class Scanner:
    """Feed the content as it will be forwarded (dot-unstuffed, CRLF line ends), then `finish` once.

    `sniff` tells an attachment's type from its first decoded 2 KiB (`gateway.message.sniff.Sniffer`); None: no types.
    `batch`: bytes that are collected before they are looked at; the outcome does not depend on it.
    """

    __slots__ = (
        "_batch",
        "_last",
        "_lines",
        "_mid_line",
        "_partial",
        "_sha256",
        "_size",
        "_tree",
        "_waiting",
        "_weight",
    )

    def __init__(
        self,
        *,
        limits: ScanLimits = _DEFAULTS,
        sniff: Callable[[bytes], str] | None = None,
        batch: int = _BATCH,
    ) -> None:
        self._lines = LineFacts()
        self._tree = Tree(limits, sniff, self._lines)
        self._sha256 = hashlib.sha256()
        self._batch = batch
        self._waiting: list[bytes] = []
        self._weight = 0  # bytes waiting
        self._size = 0  # bytes taken by `_push`
        self._partial = b""  # the beginning of a line whose end has not come, shorter than _LONG
        self._mid_line = False  # what comes next continues a long line
        self._last = b""

    def feed(self, data: bytes) -> None:
        """Take the next bytes; any split gives the same outcome. Keeps references, up to about `batch` bytes."""
        self._waiting.append(data)
        self._weight += len(data)
        if self._weight >= self._batch:
            self._drain()

    def finish(self) -> ScannedMessage:
        """The message is complete."""
        self._drain()
        if self._partial:
            self._blocks(self._partial, 0, len(self._partial), self._size - len(self._partial))
        tree, lines = self._tree, self._lines
        tree.finish(self._size)
        lines.finish()
        result = ScannedMessage()
        result.size = self._size
        result.sha256 = self._sha256.hexdigest()
        result.root = tree.root
        result.attachments = tuple(tree.attachments)
        result.attachment_bytes = sum(attachment.decoded_size for attachment in tree.attachments)
        result.defects = tree.defects.taken()
        result.leading_dots, result.longest_line, result.has_8bit = lines.dots, lines.longest, lines.eightbit
        result.ends_with_crlf = self._last.endswith(b"\r\n")
        result.header_bytes = tree.root.header_end
        result.header_block, result.header_fields = tree.header_block, tree.header_fields
        return result

    def _drain(self) -> None:
        if self._weight:
            data = self._waiting[0] if len(self._waiting) == 1 else b"".join(self._waiting)
            self._waiting.clear()
            self._weight = 0
            self._push(data)

    def _push(self, data: bytes) -> None:
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
