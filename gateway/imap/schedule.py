"""Which mailbox is polled when. Pure: takes `now`, keeps a heap; knows neither servers nor stores.

Each mailbox has a moment of its own in the interval, by a digest of its address, so that the load is even and a restart
changes nothing: who was polled lately waits for its next moment, and who was missed comes first.
"""

from __future__ import annotations

import hashlib
import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.imap.settings import Target


def phase(mailbox: str, interval: float) -> float:
    """A mailbox's moment in the interval, in seconds: always the same, and evenly spread over mailboxes."""
    digest = hashlib.blake2b(mailbox.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64 * interval


def next_turn(mailbox: str, attempted: float, interval: float) -> float:
    """The mailbox's first moment that is more than half an interval after the last attempt."""
    own = phase(mailbox, interval)
    turns = math.floor((attempted + interval / 2 - own) / interval) + 1
    return turns * interval + own


def next_edge(edges: Sequence[float], attempted: float) -> float:
    """The first edge after the last attempt, infinity for none."""
    return min((edge for edge in edges if edge > attempted), default=math.inf)


@dataclass(slots=True)
class _Entry:
    target: Target
    attempted: float  # -infinity: never
    retry: float = math.inf
    due: float = math.inf
    tries: int = 0
    running: bool = False


class Schedule:
    """All mailboxes and when each is due. `interval`: seconds. `retry`: the first pause after a transient failure."""

    def __init__(self, interval: float, retry: float) -> None:
        self._interval = interval
        self._retry = retry
        self._entries: dict[str, _Entry] = {}
        self._heap: list[tuple[float, str]] = []

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, target: Target, attempted: float | None = None) -> None:
        """A mailbox, new or with new edges. `attempted`: when it was last polled, None for never, or as is known."""
        entry = self._entries.get(target.mailbox)
        if entry is None:
            entry = _Entry(target, -math.inf if attempted is None else attempted)
            self._entries[target.mailbox] = entry
        elif entry.target == target:
            return
        entry.target = target
        if not entry.running:
            self._push(entry)

    def keep_only(self, mailboxes: set[str]) -> None:
        """Forget all others."""
        for gone in self._entries.keys() - mailboxes:
            del self._entries[gone]

    def due(self) -> float:
        """When the next mailbox is due, infinity for none."""
        while self._heap and self._stale(*self._heap[0]):
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else math.inf

    def take(self, now: float) -> Target | None:
        """The mailbox that has waited longest; it is running until `done`. None where none is due."""
        if self.due() > now:
            return None
        _, mailbox = heapq.heappop(self._heap)
        entry = self._entries[mailbox]
        entry.running = True
        return entry.target

    def done(self, mailbox: str, at: float, *, transient: bool = False, untried: bool = False) -> None:
        """It was polled. `transient`: it failed in a way that may pass, so again soon. `untried`: it never was."""
        entry = self._entries.get(mailbox)
        if entry is None:
            return
        entry.running = False
        if not untried:
            entry.attempted = at
            entry.tries = entry.tries + 1 if transient else 0
            pause = min(self._retry * 2.0 ** min(entry.tries - 1, 30), self._interval)
            entry.retry = at + pause if transient else math.inf
        self._push(entry)

    def _push(self, entry: _Entry) -> None:
        mailbox = entry.target.mailbox
        turn = -math.inf
        if entry.attempted > -math.inf:
            turn = next_turn(mailbox, entry.attempted, self._interval)
        entry.due = min(turn, next_edge(entry.target.edges, entry.attempted), entry.retry)
        heapq.heappush(self._heap, (entry.due, mailbox))
        if len(self._heap) > 2 * len(self._entries) + 1000:
            self._heap = [item for item in self._heap if not self._stale(*item)]
            heapq.heapify(self._heap)

    def _stale(self, due: float, mailbox: str) -> bool:
        entry = self._entries.get(mailbox)
        return entry is None or entry.running or entry.due != due
