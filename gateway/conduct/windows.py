"""Counters of the last hour, day and week, in slots. Pure; bounded by the number of slots.

A window is the slots that overlap it, so it is up to one slot longer than it says: 70 minutes, 25 hours, 8 days.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Final


class Count(IntEnum):
    """What a slot counts."""

    RECIPIENTS = 0  # taken by the next hop
    MESSAGES = 1
    NEW = 2  # recipients not written to lately
    UNKNOWN = 3  # recipients that the next hop does not know
    THROTTLED = 4  # recipients refused for the rate
    SPAM = 5  # messages that the spam filter called spam
    FAILED = 6  # failed logins
    FIRST = 7  # messages with new recipients


COUNTS: Final = len(Count)
MOST: Final = 100_000_000
"""The largest count of a slot, so that a window's fits into 32 bits; what is more is cut."""
Slots = dict[int, list[int]]
"""Counters by the slot's number: seconds since the epoch over the slot's length."""


class Window:
    """Slots of `seconds` each; `keep` of them make the window, the running one among them."""

    def __init__(self, seconds: int, keep: int) -> None:
        self.seconds, self.keep = seconds, keep

    def add(self, slots: Slots, at: float, counts: Sequence[int]) -> None:
        """Count something; slots that the window needs no more are dropped."""
        number = int(at) // self.seconds
        held = slots.get(number)
        if held is None:
            slots[number] = [min(more, MOST) for more in counts]
            self.trim(slots, max(slots))
            return
        for place, more in enumerate(counts):
            if more:
                held[place] = min(held[place] + more, MOST)

    def trim(self, slots: Slots, newest: int) -> None:
        """Drop what is too old beside `newest`."""
        if len(slots) > 1:
            for number in [number for number in slots if number <= newest - self.keep]:
                del slots[number]

    def total(self, slots: Slots, now: float) -> list[int]:
        """What the window that ends now holds, by `Count`."""
        newest = int(now) // self.seconds
        held = [slots[number] for number in slots if newest - self.keep < number <= newest]
        return [sum(column) for column in zip(*held, strict=True)] if held else [0] * COUNTS


TENS: Final = Window(600, 7)
"""The last hour, in slots of ten minutes."""
HOURS: Final = Window(3600, 25)
"""The last day, in slots of an hour."""
DAYS: Final = Window(86_400, 8)
"""The last week, in slots of a day (UTC)."""
