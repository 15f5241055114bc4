"""One account's counters: the slots of every tier, packed small. Pure: takes the time, knows no store.

A state is at most 1,232 bytes: version (u8), second of the last change (u32), the number of slots of each tier
(3 x u8), then the slots, tier by tier, the oldest first: index (u32), recipients, messages, new recipients (u32 each),
bytes (f64); little-endian. The scripts for Redis read the same bytes. What cannot be read is an empty account.

Clocks are not trusted. A state that was written up to a minute ahead of now holds the time still until now has come
there (`ahead`). One that is farther ahead is dated anew: what its future slots hold counts as of now (`date`). Both
ways nothing counts for less than its window, and all is gone one window later. Only what was held when the clock jumped
back, and is given back once it has come there a second time, may free as much again of what others hold.
"""

from __future__ import annotations

import math
import struct
from functools import lru_cache
from typing import Final

from gateway.throttle.slots import ROW, TIERS, Gauge

VERSION: Final = 1
STANDS_STILL: Final = 60  # seconds
KEEP: Final = TIERS[-1].span + TIERS[-1].width  # seconds after the last change, then nothing counts any more
_HEAD: Final = struct.Struct("<BIBBB")
_ROW_BYTES: Final = 24
_MOST_ROWS: Final = sum(tier.most for tier in TIERS)
_COUNT_END: Final = 2**32 - 1
_BYTES_END: Final = 2**63

Row = list[int | float]


@lru_cache(maxsize=64)
def _layout(rows: int) -> struct.Struct:
    return struct.Struct("<BIBBB" + "IIIId" * rows)


class Account:
    """Counters. `last`: the second of the last change. `tiers`: for each the rows one after the other, flat."""

    __slots__ = ("last", "tiers")

    def __init__(self) -> None:
        self.last = 0
        self.tiers: list[Row] = [[], [], []]

    @classmethod
    def read(cls, state: bytes | None) -> Account:
        """An account from its bytes; an empty one from None and from what cannot be read."""
        made = cls()
        rows, rest = divmod(len(state or b"") - _HEAD.size, _ROW_BYTES)
        if state is None or rest or not 0 <= rows <= _MOST_ROWS or state[0] != VERSION:
            return made
        flat = _layout(rows).unpack(state)
        counts = flat[2:5]
        if sum(counts) != rows or not math.isfinite(sum(flat[9::ROW])):
            return made
        start = 5
        for tier, count in enumerate(counts):
            end = start + count * ROW
            made.tiers[tier] = list(flat[start:end])
            start = end
        made.last = flat[1]
        return made

    def pack(self) -> bytes:
        """Its bytes."""
        first, second, third = self.tiers
        counts = (len(first) // ROW, len(second) // ROW, len(third) // ROW)
        return _layout(sum(counts)).pack(VERSION, self.last, *counts, *first, *second, *third)

    def ahead(self, second: int) -> int:
        """The second that it is for this account: later than `second` where it was changed up to a minute ahead."""
        return self.last if second < self.last <= second + STANDS_STILL else second

    def date(self, second: int) -> bool:
        """Bring what lies in the future to now. Whether anything did."""
        if self.last <= second:
            return False
        for index, tier in enumerate(TIERS):
            self.tiers[index] = _gathered(self.tiers[index], second // tier.width)
        self.last = second
        return True

    def used(self, gauge: Gauge, second: int) -> int:
        """What a limit's window holds."""
        rows = self.tiers[gauge.tier]
        if not rows:
            return 0
        oldest = (second - gauge.seconds) // gauge.width
        start = gauge.column
        for index in rows[::ROW]:
            if index >= oldest:
                break
            start += ROW
        return int(sum(rows[start::ROW]))

    def frees(self, gauge: Gauge, room: int, second: int, more: int) -> int:
        """The second in which the window holds no more than `room`, with `more` counted now and nothing after."""
        rows, left = self.tiers[gauge.tier], self.used(gauge, second) + more
        oldest, current = (second - gauge.seconds) // gauge.width, second // gauge.width
        end = second
        for place in range(0, len(rows), ROW):
            if left <= room:
                return end
            if rows[place] >= oldest:
                left -= int(rows[place + gauge.column]) + (more if rows[place] == current else 0)
                end = (int(rows[place]) + 1) * gauge.width + gauge.seconds
        return end if left <= room else (current + 1) * gauge.width + gauge.seconds

    def add(self, second: int, amounts: tuple[int, int, int, int]) -> None:
        """Count recipients, messages, new recipients, bytes in the slots of now."""
        self.last = second
        for index, tier in enumerate(TIERS):
            rows, current = self.tiers[index], second // tier.width
            if not rows or rows[-ROW] != current:
                oldest = (second - tier.span) // tier.width
                while rows and rows[0] < oldest:
                    del rows[:ROW]
                rows += (current, 0, 0, 0, 0)
            _add(rows, len(rows) - ROW, amounts)

    def give_back(self, second: int, amounts: tuple[int, int, int, int]) -> bool:
        """Take from the slots of that second what was counted there. Whether anything was changed."""
        changed = False
        for index, tier in enumerate(TIERS):
            rows = self.tiers[index]
            try:
                place = rows[::ROW].index(second // tier.width) * ROW
            except ValueError:
                continue
            for column, amount in enumerate(amounts, place + 1):
                taken = min(amount, rows[column])
                rows[column] -= taken
                changed = changed or taken > 0
        return changed


def _add(rows: Row, place: int, amounts: tuple[int, int, int, int]) -> None:
    recipients, messages, new, size = amounts
    rows[place + 1] = min(rows[place + 1] + recipients, _COUNT_END)
    rows[place + 2] = min(rows[place + 2] + messages, _COUNT_END)
    rows[place + 3] = min(rows[place + 3] + new, _COUNT_END)
    rows[place + 4] = min(rows[place + 4] + size, _BYTES_END)


def _gathered(rows: Row, current: int) -> Row:
    """The same rows, with those after `current` in it."""
    kept: Row = []
    for place in range(0, len(rows), ROW):
        if rows[place] < current:
            kept += rows[place : place + ROW]
            continue
        if not kept or kept[-ROW] != current:
            kept += (current, 0, 0, 0, 0)
        recipients, messages, new, size = map(int, rows[place + 1 : place + ROW])
        _add(kept, len(kept) - ROW, (recipients, messages, new, size))
    return kept
