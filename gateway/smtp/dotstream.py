"""The end-of-data state machine of DATA (RFC 5321 4.5.2). Sans-IO: wire bytes in, content out.

Only CRLF.CRLF ends the data. A dot is taken off a line only after CRLF. What a chunk leaves undecided (four
bytes at most) is held back, so that every split of the input gives the same content.
"""

from __future__ import annotations

import re

from gateway.smtp.linecheck import has_bare

_END = b"\r\n.\r\n"
_DOT = 0x2E
_LONE = re.compile(rb"\r\n|\r|\n")


class DotStream:
    """Takes wire bytes, gives content without dot-stuffing.

    `done` is True once the end was seen, `rest` then holds what followed it. `bare` is True once a NUL, a bare CR or a
    bare LF was seen; the data must still be drained to its end. Pieces are slices of the input where possible: no copy.
    """

    __slots__ = ("_held", "_skip", "bare", "done", "rest")

    def __init__(self) -> None:
        # The line before the data ended in CRLF: so a message may begin with the final dot, or with a stuffed one.
        self._held = b"\r\n"
        self._skip = 2
        self.bare = False
        self.done = False
        self.rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Return the content that `data` completes, in order. After `done` the input must not be fed here."""
        if self._skip == 2 and self._held == b"\r\n" and data.endswith(_END) and _undotted(data):
            return self._whole(data[:-3])
        pieces: list[bytes] = []
        start = self._skip
        if self._held == b"\r\n" and data and not data.startswith(b"."):
            # A whole line end and no dot after it: nothing is undecided, so the chunk need not be copied.
            if not start:
                pieces.append(b"\r\n")
            start = 0
        elif self._held:
            data = self._held + data
        end = len(data)
        held = 1 if data.endswith(b"\r") else 2 if data.endswith(b"\r\n") else 0
        # Looking for one byte is twenty times faster than for three, and most chunks of large mail have no dot.
        dot = data.find(b".")
        past = data.rfind(b".") + 1 if dot >= 0 else 0
        at = data.find(b"\r\n.", max(dot - 2, 0), past) if dot >= 0 else -1
        while at >= 0:
            after = data[at + 3 : at + 5]
            if after == b"\r\n":
                self.done, self.rest, end, held = True, data[at + 5 :], at + 2, 0
                break
            if not after or after == b"\r":
                held = end - at
                break
            pieces.append(data[start : at + 2])
            start = at + 3
            at = data.find(b"\r\n.", start, past)
        end -= held
        self._held = data[end:] if held else b""
        self._skip = max(0, start - end)
        if end > start:
            pieces.append(data[start:end] if start or end < len(data) else data)
        if not self.bare and end > 0 and has_bare(data, end):
            self.bare = True
        return pieces

    def _whole(self, content: bytes) -> list[bytes]:
        """One that came with its end, and has no dot to take off: most small messages."""
        self.done, self._held, self._skip = True, b"", 0
        self.bare = self.bare or has_bare(content, len(content))
        return [content]


def _undotted(data: bytes) -> bool:
    """Whether no line of it begins with a dot but the last, which is the end of the data."""
    return data.find(b"\r\n.") == len(data) - 5 and data[0] != _DOT


class LineGuard:
    """Watches BDAT content for NUL, bare CR and bare LF across chunks (BINARYMIME is not offered, RFC 3030)."""

    __slots__ = ("_cr", "bare")

    def __init__(self) -> None:
        self._cr = False
        self.bare = False

    def feed(self, data: bytes) -> None:
        """Look at the next bytes of the message."""
        if self.bare or not data:
            return
        if self._cr:
            data = b"\r" + data
        self._cr = data.endswith(b"\r")
        self.bare = has_bare(data, len(data) - self._cr)

    def finish(self) -> None:
        """The message ended: a CR that still waits for its LF is bare."""
        self.bare = self.bare or self._cr


class Normalizer:
    """Turns lone CR and lone LF into CRLF, for listeners of known devices (`bare_newline = "normalize"`)."""

    __slots__ = ("_cr",)

    def __init__(self) -> None:
        self._cr = False

    def feed(self, data: bytes) -> bytes:
        """Return the normalised bytes that are certain by now."""
        if self._cr:
            data = b"\r" + data
        self._cr = data.endswith(b"\r")
        return _LONE.sub(b"\r\n", data[:-1] if self._cr else data)

    def finish(self) -> bytes:
        """Return what the end of the message completes."""
        last, self._cr = (b"\r\n" if self._cr else b""), False
        return last
