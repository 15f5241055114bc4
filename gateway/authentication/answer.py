"""What DNS said, and how much one message may still ask. Values and arithmetic: no sockets, no clock of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """The records of one name and type; none of them where the name has none.

    `failed`: why nothing is known now, "" for an answer; stable names: "timeout", "servfail", "malformed", "too-large",
    "chain" (CNAMEs without end), "truncated", "refused", "busy", "budget", "closed". A failed question is a temperror.
    `exists`: False where the server says that there is no such name (RFC 8020), or where no name is spelled so.
    """

    records: tuple[T, ...] = ()
    failed: str = ""
    exists: bool = True

    @property
    def void(self) -> bool:
        """An answer without records: what RFC 7208 4.6.4 calls a void lookup."""
        return not self.records and not self.failed


class Budget:
    """What one message may ask of DNS, all of its checks together.

    `queries`: questions, those that the cache answers too. `seconds`: time spent waiting; where several checks wait at
    once it is counted once, and the time between questions is not counted. `clock`: seconds, by default the loop's.
    """

    def __init__(self, queries: int = 120, seconds: float = 20.0, clock: Callable[[], float] | None = None) -> None:
        self._queries = queries
        self._seconds = seconds
        self._clock = clock or asyncio.get_running_loop().time
        self._waiting = 0
        self._since = 0.0

    @property
    def left(self) -> float:
        """Seconds that may still be waited; 0 for none."""
        running = self._clock() - self._since if self._waiting else 0.0
        return max(0.0, self._seconds - running)

    def take(self) -> bool:
        """Count one question; False where there is nothing left."""
        self._queries -= 1
        return self._queries >= 0 and self.left > 0

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Count the time inside."""
        if not self._waiting:
            self._since = self._clock()
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._seconds -= self._clock() - self._since
