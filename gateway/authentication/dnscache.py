"""DNS answers kept for a while: bounded in octets, the least used go first. Arithmetic: `now` is the caller's."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from gateway.authentication.answer import Answer

Key = tuple[str, str]
"""A name in lower case, and a type."""

_ENTRY = 600  # octets that an entry costs besides its records, about


class Cache:
    """Answers by question. `largest`: octets of all of them together, by estimate."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._kept: OrderedDict[Key, tuple[float, int, Answer[Any]]] = OrderedDict()
        self.size = 0

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Key, now: float) -> Answer[Any] | None:
        """The answer, where one is kept and its time has not run out."""
        entry = self._kept.get(key)
        if entry is None:
            return None
        if entry[0] <= now:
            self._drop(key)
            return None
        self._kept.move_to_end(key)
        return entry[2]

    def put(self, key: Key, answer: Answer[Any], octets: int, until: float) -> None:
        """Keep an answer of so many octets until then."""
        self._drop(key)
        cost = octets * 2 + _ENTRY
        if cost > self._largest:
            return
        self._kept[key] = (until, cost, answer)
        self.size += cost
        while self.size > self._largest:
            self._drop(next(iter(self._kept)))

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self.size = 0

    def _drop(self, key: Key) -> None:
        entry = self._kept.pop(key, None)
        if entry is not None:
            self.size -= entry[1]
