"""Finds bare CR, bare LF and NUL in message data, fast. Sans-IO; knows nothing of SMTP.

Measured on 20 MiB of base64 lines: counting CR, LF and CRLF takes about 43 ms; taking the line ends of regular lines
out by stride and then looking for a single left-over takes about 5 ms. Base64 is what large mail is made of. What is
short, or irregular, is copied without its line ends: less than half of counting.
"""

from __future__ import annotations

_REGULAR_FROM = 8192  # below this the setup of the stride costs more than it saves
_MAX_PERIOD = 4096


def has_bare(data: bytes, end: int) -> bool:
    """Whether data[:end] holds a NUL, a CR without LF, or an LF without CR. `end` must not split a CRLF."""
    if end >= _REGULAR_FROM:
        start, stop = _regular_run(data, end)
        if start < stop:
            return _left_over(data[:start]) or _left_over(data[stop:end])
    return _left_over(data if end == len(data) else data[:end])


def _left_over(data: bytes) -> bool:
    """The same for all of `data`, which must not split a CRLF."""
    rest = data.replace(b"\r\n", b"")  # where CR and LF meet only now, each was a bare one
    return b"\r" in rest or b"\n" in rest or b"\0" in rest


def _regular_run(data: bytes, end: int) -> tuple[int, int]:
    """Bounds of whole lines of one length around the middle of data[:end] that are proved clean; (0, 0) for none."""
    middle = data.find(b"\n", end // 2, end)
    period = data.find(b"\n", middle + 1, end) - middle
    if middle < 1 or not 3 <= period <= _MAX_PERIOD:
        return 0, 0
    before = data[middle % period : middle : period]
    first = middle - (len(before) - len(before.rstrip(b"\n"))) * period
    after = data[middle:end:period]
    last = middle + (len(after) - len(after.lstrip(b"\n")) - 1) * period
    # From just after the first line's end to just after the last one's: `count` whole lines.
    start, stop, count = first + 1, last + 1, (last - first) // period
    if count < 4 or data[first - 1 + period : last : period] != b"\r" * count:
        return 0, 0
    rest = bytearray(memoryview(data)[start:stop])
    del rest[period - 1 :: period]
    del rest[period - 2 :: period - 1]
    # Line ends inside a "line" (a header whose lines happen to end at the distance): what comes after them is clean.
    stray = max(rest.rfind(b"\n"), rest.rfind(b"\r"))
    if stray >= 0:
        lines = stray // (period - 2) + 1
        start += lines * period
        del rest[: lines * (period - 2)]
    return (start, stop) if b"\0" not in rest else (0, 0)
