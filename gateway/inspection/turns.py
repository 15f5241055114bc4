"""Whose turn it is: children are shared out among those on whose behalf messages are looked into. Knows no children.

Turns go round among keys (a client's address, an account), and within one in the order of arrival. A look cannot be
interrupted, so the last free child is only for those whose looks are known to be quick, where there is more than one
key. The empty key stands for everybody who is not told apart, and is never held to that.
"""

from __future__ import annotations

import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

_LONG = 1.0  # seconds that a look holds a child before it counts as a long one
_LATELY = 600.0  # seconds for which that is remembered
_KEYS = 4096  # of which that is remembered
_OTHERS = 600.0  # seconds after which there are no others

T = TypeVar("T", bound=Hashable)


class Line(Generic[T]):
    """Those that wait, each with its key. `len` counts them."""

    __slots__ = ("_lines", "_size")

    def __init__(self) -> None:
        self._lines: dict[str, deque[T]] = {}  # the key whose turn comes next stands first; none is empty
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def join(self, key: str, one: T) -> None:
        """Wait at the end of the key's line."""
        self._lines.setdefault(key, deque()).append(one)
        self._size += 1

    def leave(self, key: str, one: T) -> None:
        """Wait no longer; nothing happens to one that does not wait."""
        line = self._lines.get(key)
        if line is not None and one in line:
            line.remove(one)
            self._size -= 1
            if not line:
                del self._lines[key]

    def next(self, may: Callable[[str], bool]) -> tuple[str, T] | None:
        """Take the first one of the first key that may have a turn; then it is the other keys' turn."""
        key = next(filter(may, self._lines), None)
        if key is None:
            return None
        line = self._lines.pop(key)
        one = line.popleft()
        self._size -= 1
        if line:
            self._lines[key] = line
        return key, one

    def last_of_longest(self, key: str) -> T | None:
        """Take the last one of the longest line, to make room for one more of `key`; None if no line is longer."""
        longest = max(self._lines, key=lambda other: len(self._lines[other]), default=key)
        if longest == key or len(self._lines[longest]) <= len(self._lines.get(key, ())) + 1:
            return None
        one = self._lines[longest][-1]
        self.leave(longest, one)
        return one

    def clear(self) -> list[T]:
        """Take all."""
        everybody = [one for line in self._lines.values() for one in line]
        self._lines.clear()
        self._size = 0
        return everybody


class Shares(Generic[T]):
    """Who holds what, and whose looks are quick: nobody else may have all of `count`."""

    __slots__ = ("_count", "_held", "_holds", "_known", "_seen")

    def __init__(self, count: int) -> None:
        self._count = count
        self._held: dict[T, tuple[str, float]] = {}  # whose it is, and since when
        self._holds: Counter[str] = Counter()
        self._known: OrderedDict[str, float] = OrderedDict()  # when the last long look ended
        self._seen: dict[str, float] = {}  # the last two keys, and when

    def may_have(self, key: str) -> bool:
        """Whether the key may be given another one."""
        if not key or self._count < 2 or self._holds[key] < self._count - 1:
            return True
        return self._is_quick(key) or not self._has_others(key)

    def give(self, key: str, one: T) -> None:
        """It is the key's until it is taken back."""
        now = time.monotonic()
        self._held[one] = key, now
        self._holds[key] += 1
        if key not in self._seen and len(self._seen) > 1:
            del self._seen[min(self._seen, key=self._seen.__getitem__)]
        self._seen[key] = now

    def take_back(self, one: T) -> None:
        """It is nobody's; again does nothing."""
        key, since = self._held.pop(one, (None, 0.0))
        if key is None:
            return
        self._holds[key] -= 1
        if not self._holds[key]:
            del self._holds[key]
        now = time.monotonic()
        self._known[key] = now if now - since > _LONG else self._known.get(key, -_LATELY)
        self._known.move_to_end(key)
        if len(self._known) > _KEYS:
            self._known.popitem(last=False)

    def _has_others(self, key: str) -> bool:
        now = time.monotonic()
        return any(other != key and now - at < _OTHERS for other, at in self._seen.items())

    def _is_quick(self, key: str) -> bool:
        """It had looks, and none takes long now or did lately."""
        now = time.monotonic()
        if now - self._known.get(key, now) < _LATELY:
            return False
        return not any(whose == key and now - since > _LONG for whose, since in self._held.values())
