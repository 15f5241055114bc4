"""The scan: one pass over a message's bytes, cut anywhere, into a part tree of offsets and the facts about it.

Sans-IO: it is fed and never reads. Memory is bounded, time linear, nothing raises, on any input. This module collects
small pieces and chooses the reader: `plain` for the usual small message, `stream` for every other.
"""

from __future__ import annotations

from collections.abc import Callable

from gateway.message.limits import ScanLimits
from gateway.message.plain import plain_message
from gateway.message.result import ScannedMessage
from gateway.message.stream import Stream

_BATCH = 32 * 1024  # small pieces are joined up to this size before they are looked at
_DEFAULTS = ScanLimits()


class Scanner:
    """Feed the content as it will be forwarded (dot-unstuffed, CRLF line ends), then `finish` once.

    `sniff` tells an attachment's type from its first decoded 2 KiB (`gateway.message.sniff.Sniffer`); None: no types.
    What shows only further on, an optical disc or an archive behind something else, is told by `latetype`.
    `batch`: bytes that are collected before they are looked at; the outcome does not depend on it (with 0 every
    message goes through `stream`).
    """

    __slots__ = ("_batch", "_limits", "_sniff", "_stream", "_waiting", "_weight")

    def __init__(
        self,
        *,
        limits: ScanLimits = _DEFAULTS,
        sniff: Callable[[bytes], str] | None = None,
        batch: int = _BATCH,
    ) -> None:
        self._limits = limits
        self._sniff = sniff
        self._batch = batch
        self._stream: Stream | None = None
        self._waiting: list[bytes] = []
        self._weight = 0  # bytes waiting

    def feed(self, data: bytes) -> None:
        """Take the next bytes; any split gives the same outcome. Keeps references, up to about `batch` bytes."""
        self._waiting.append(data)
        self._weight += len(data)
        if self._weight >= self._batch:
            self._drain()

    def finish(self) -> ScannedMessage:
        """The message is complete."""
        if self._stream is None:
            plain = plain_message(self._taken(), self._limits)
            if plain is not None:
                return plain
        return self._drain().finish()

    def _taken(self) -> bytes:
        """What is waiting, in one piece."""
        if len(self._waiting) != 1:
            self._waiting = [b"".join(self._waiting)]
        return self._waiting[0]

    def _drain(self) -> Stream:
        if self._stream is None:
            self._stream = Stream(self._limits, self._sniff)
        if self._weight:
            data = self._taken()
            self._waiting = []
            self._weight = 0
            self._stream.feed(data)
        return self._stream
