"""What is left of the work that one message may cause. Knows no bytes."""

from __future__ import annotations

from gateway.message.readings.limits import UnionLimits

_LEAST = 1024 * 1024


class Allowance:
    """Bytes that may still be decoded or searched, runs that may be kept, marks that readings may still look at."""

    __slots__ = ("left", "runs", "steps")

    def __init__(self, limits: UnionLimits, size: int) -> None:
        self.left = limits.decoded * size + _LEAST
        self.runs = limits.contents
        self.steps = limits.steps

    def take(self, count: int) -> bool:
        """Use some bytes; False once they are used up."""
        self.left -= count
        return self.left >= 0

    def step(self) -> bool:
        """Look at one mark; False once there are no more."""
        self.steps -= 1
        return self.steps >= 0
