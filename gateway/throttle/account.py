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
import operator
import struct
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from gateway.throttle.slots import ROW, TIERS, Gauge, Tier

VERSION: Final = 1
STANDS_STILL: Final = 60  # seconds
KEEP: Final = TIERS[-1].span + TIERS[-1].width  # seconds after the last change, then nothing counts any more
_HEAD: Final = struct.Struct("<BIBBB")
_ROW_BYTES: Final = 24
_MOST_ROWS: Final = sum(tier.most for tier in TIERS)
_COUNT_END: Final = 2**32 - 1
_PLENTY: Final = 1 << 62

Row = list[int | float]


@lru_cache(maxsize=64)
def _layout(rows: int) -> struct.Struct:
    return struct.Struct("<BIBBB" + "IIIId" * rows)


class Account:
    """Counters. `last`: the second of the last change. `_tiers`: for each the rows one after the other, flat.

    `sums`: for each tier the sum of its rows, once somebody asked for them (`add_up`), so that a full window need not
    be added up each time (the first of a sum is not used). Of an account that is asked many times a second it is known
    what its limits leave (`left`), and what was added in `last` is booked together, when next somebody looks.
    """

    __slots__ = ("_left", "_left_at", "_left_of", "_tiers", "_unbooked", "last", "sums")

    def __init__(self) -> None:
        self.last = 0
        self.sums: tuple[list[int], ...] | None = None
        self._tiers: tuple[Row, ...] = ([], [], [])
        self._unbooked: list[int] | None = None  # added in `last`
        self._left: list[int] = []  # for each column, as a row has them
        self._left_at = 0  # the second for which it holds
        self._left_of: Sequence[Gauge] | None = None  # the limits; None: it is not known

    def add_up(self) -> None:
        """For an account that is asked again and again."""
        self._book()
        self.sums = tuple(
            [int(sum(rows[column::ROW])) if column else 0 for column in range(ROW)] for rows in self._tiers
        )

    def left(self, limits: Sequence[Gauge], second: int) -> Sequence[int]:
        """The room that the narrowest of these limits has, for each column; plenty where none is."""
        if self._left_of is limits and self._left_at == second:
            return self._left
        if self._left_at and self.sums is None:  # it is asked again and again
            self.add_up()
        self._left = [_PLENTY] * ROW
        for one in limits:
            room = one.count - self.used(one, second)
            if room < self._left[one.column]:
                self._left[one.column] = room
        self._left_at, self._left_of = second, limits
        return self._left

    @classmethod
    def read(cls, state: bytes | None) -> Account:
        """An account from its bytes; an empty one from None and from what cannot be read."""
        made = cls()
        rows, rest = divmod(len(state or b"") - _HEAD.size, _ROW_BYTES)
        if state is None or rest or not 0 <= rows <= _MOST_ROWS or state[0] != VERSION:
            return made
        flat = _layout(rows).unpack(state)
        last, *counts = flat[1:5]
        if sum(counts) != rows or not math.isfinite(sum(flat[9::ROW])):
            return made
        start = 5
        for kept, tier, count in zip(made._tiers, TIERS, counts, strict=True):
            end = start + count * ROW
            kept[:] = flat[start:end]
            if not _sound(kept[::ROW], tier, last):
                return cls()
            start = end
        made.last = last
        return made

    def pack(self) -> bytes:
        """Its bytes."""
        self._book()
        first, second, third = self._tiers
        counts = (len(first) // ROW, len(second) // ROW, len(third) // ROW)
        layout = _layout(counts[0] + counts[1] + counts[2])
        try:
            return layout.pack(VERSION, self.last, *counts, *first, *second, *third)
        except struct.error:  # a counter at its end stays there
            rows = [min(value, _COUNT_END) if place % ROW < ROW - 1 else value for place, value in self._flat()]
            return layout.pack(VERSION, self.last, *counts, *rows)

    def _flat(self) -> Iterator[tuple[int, int | float]]:
        return enumerate(value for rows in self._tiers for value in rows)

    def ahead(self, second: int) -> int:
        """The second that it is for this account: later than `second` where it was changed up to a minute ahead."""
        return self.last if second < self.last <= second + STANDS_STILL else second

    def date(self, second: int) -> bool:
        """Bring what lies in the future to now. Whether anything did."""
        if self.last <= second:
            return False
        self._book()
        self.sums = self._left_of = None
        for rows, tier in zip(self._tiers, TIERS, strict=True):
            rows[:] = _gathered(rows, second // tier.width)
        self.last = second
        return True

    def used(self, gauge: Gauge, second: int) -> int:
        """What a limit's window holds."""
        if self._unbooked is not None:
            self._book()
        rows = self._tiers[gauge.tier]
        if not rows:
            return 0
        oldest = (second - gauge.seconds) // gauge.width
        if rows[0] >= oldest:
            sums = self.sums
            return int(sum(rows[gauge.column :: ROW])) if sums is None else sums[gauge.tier][gauge.column]
        start = gauge.column
        for index in rows[::ROW]:
            if index >= oldest:
                break
            start += ROW
        return int(sum(rows[start::ROW]))

    def frees(self, gauge: Gauge, room: int, second: int, more: int) -> int:
        """The second in which the window holds no more than `room`, with `more` counted now and nothing after."""
        left = self.used(gauge, second) + more
        rows = self._tiers[gauge.tier]
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
        recipients, messages, new, size = amounts
        if second != self.last:
            self._book()
            self.last = second
        unbooked = self._unbooked
        if unbooked is None:
            self._unbooked = [recipients, messages, new, size]
        else:
            unbooked[0] += recipients
            unbooked[1] += messages
            unbooked[2] += new
            unbooked[3] += size
        if second != self._left_at:
            self._left_of = None
        elif self._left_of is not None:
            left = self._left
            left[1] -= recipients
            left[2] -= messages
            left[3] -= new
            left[4] -= size

    def _book(self) -> None:
        if self._unbooked is None:
            return
        (recipients, messages, new, size), self._unbooked = self._unbooked, None
        for rows, tier in zip(self._tiers, TIERS, strict=True):
            current = self.last // tier.width
            if not rows or rows[-ROW] != current:
                self._drop(rows, (self.last - tier.span) // tier.width)
                rows += (current, 0, 0, 0, 0)
            rows[-4] += recipients
            rows[-3] += messages
            rows[-2] += new
            rows[-1] += size
        for sums in self.sums or ():
            sums[1] += recipients
            sums[2] += messages
            sums[3] += new
            sums[4] += size

    def _drop(self, rows: Row, oldest: int) -> None:
        """Forget the rows before `oldest`."""
        start = 0
        while start < len(rows) and rows[start] < oldest:
            start += ROW
        if start:
            del rows[:start]
            self.sums = None

    def give_back(self, second: int, amounts: tuple[int, int, int, int]) -> bool:
        """Take from the slots of that second what was counted there. Whether anything was changed."""
        self._book()
        changed, self.sums, self._left_of = False, None, None
        for rows, tier in zip(self._tiers, TIERS, strict=True):
            try:
                place = rows[::ROW].index(second // tier.width) * ROW
            except ValueError:
                continue
            for column, amount in enumerate(amounts, 1):
                taken = min(amount, int(rows[place + column]))
                rows[place + column] -= taken
                changed = changed or taken > 0
        return changed


def _sound(indices: Sequence[int | float], tier: Tier, last: int) -> bool:
    """Whether slots stand as they are written: few, each once, the oldest first, none after the last change."""
    if not indices:
        return True
    rising = all(map(operator.lt, indices, indices[1:]))
    return rising and len(indices) <= tier.most and indices[-1] <= last // tier.width


def _gathered(rows: Row, current: int) -> Row:
    """The same rows, with those after `current` in it."""
    kept: Row = []
    for place in range(0, len(rows), ROW):
        if rows[place] < current:
            kept += rows[place : place + ROW]
            continue
        if not kept or kept[-ROW] != current:
            kept += (current, 0, 0, 0, 0)
        for column in range(1, ROW):
            kept[column - ROW] += rows[place + column]
    return kept
