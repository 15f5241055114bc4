"""How many requests a second are taken: a token bucket of one second's depth. Pure but for its clock."""

from __future__ import annotations

from collections.abc import Callable


class Bucket:
    """`rate` a second; twice as many at once after a quiet time."""

    def __init__(self, rate: float, clock: Callable[[], float]) -> None:
        self._rate, self._clock = rate, clock
        self._depth = max(2 * rate, 1.0)
        self._left, self._at = self._depth, clock()

    def take(self) -> bool:
        """Whether there is room for one more now."""
        now = self._clock()
        self._left = min(self._left + max(now - self._at, 0.0) * self._rate, self._depth)
        self._at = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True
