"""Whose each session is: commands name their session only, and its login said who it was. Pure, bounded.

A command may overtake its login on the way, so one of an unknown session waits for a while. After that it counts as it
is, with `master` None: the login was lost, or came before we did.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from gateway.sources.sight import Sighting

MOST: Final = 100_000  # sessions remembered; the oldest go first
_WAITING: Final = 10_000  # commands that wait; above that they wait no longer


class Sessions:
    """`wait`: seconds that a command waits for its session's login."""

    def __init__(self, wait: float = 10.0, most: int = MOST) -> None:
        self._wait, self._most = wait, most
        self._known: OrderedDict[str, Sighting] = OrderedDict()
        self._waiting: deque[Sighting] = deque()

    def take(self, seen: Sighting) -> Sighting | None:
        """The sighting with what its login said, or None: it waits, and comes out of `ripe`."""
        if seen.master is not None:
            if seen.session:
                self._remember(seen)
            return seen
        if (known := self._of(seen)) is not None:
            return known
        if len(self._waiting) >= _WAITING:
            return seen
        self._waiting.append(seen)
        return None

    def ripe(self, now: float, *, all_of_them: bool = False) -> Iterator[Sighting]:
        """Those that need not wait any longer, with what is known of them by now."""
        for _ in range(len(self._waiting)):
            seen = self._waiting.popleft()
            known = self._of(seen)
            if known is not None or all_of_them or now - seen.arrived >= self._wait or now < seen.arrived:
                yield known or seen
            else:
                self._waiting.append(seen)

    def _remember(self, seen: Sighting) -> None:
        self._known[seen.session] = seen
        self._known.move_to_end(seen.session)
        if len(self._known) > self._most:
            self._known.popitem(last=False)

    def _of(self, seen: Sighting) -> Sighting | None:
        login = self._known.get(seen.session) if seen.session else None
        if login is None or login.user != seen.user:
            return None
        self._known.move_to_end(seen.session)
        return replace(seen, master=login.master, client=login.client)
