"""The bounded queue between the event loop and the writer's thread.

`put` is a deque's append and, once per idle period, an event: nothing that a busy loop would feel. The thread gathers
for at most `interval` seconds, or less as soon as somebody waits for the answer.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Final, Generic, TypeVar

T = TypeVar("T")
LONGEST_SLEEP: Final = 30.0  # seconds; the thread also wakes to anchor heads and to see that the store still answers


class Intake(Generic[T]):
    """A queue of many producers (any thread) and one consumer."""

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._items: deque[T] = deque()
        self._idle = True
        self._wake, self._urgent = threading.Event(), threading.Event()
        self.since = 0.0  # monotonic time at which the oldest item came, about; 0 while empty

    def __len__(self) -> int:
        return len(self._items)

    def put(self, item: T) -> None:
        """Add an item that may wait for `interval`."""
        self._items.append(item)
        if self._idle:
            self._idle = False
            self.since = time.monotonic()
            self._wake.set()

    def put_urgent(self, item: T) -> None:
        """Add an item that somebody waits for: the thread takes it, and all before it, at once."""
        self._urgent.set()
        self.put(item)
        self._urgent.set()

    def finish(self) -> None:
        """From now on nothing is gathered: what is there is taken at once."""
        self._interval = 0.0
        self.hurry()

    def hurry(self) -> None:
        """Wake the thread, whatever it waits for."""
        self._urgent.set()
        self._wake.set()

    def take(self, most: int, patience: float = LONGEST_SLEEP) -> list[T]:
        """Wait for items, gather, and return up to `most` of them; empty after `patience` seconds or a `hurry`."""
        if not self._items:
            self._sleep(patience)
        self._wake.clear()
        if self._items and len(self._items) < most:
            self._urgent.wait(self._interval)
        self._urgent.clear()
        count = min(most, len(self._items))
        taken = [self._items.popleft() for _ in range(count)]
        self.since = 0.0
        if self._items:  # more than one group: perhaps somebody waits for the rest
            self.since = time.monotonic()
            self._urgent.set()
        return taken

    def _sleep(self, seconds: float) -> None:
        self._idle = True
        if not self._items:  # an item that came before the flag was seen
            self._wake.wait(seconds)
        self._idle = False
