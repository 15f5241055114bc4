"""How far a pushed source's silence counts: where nothing comes, nobody logged in, or the way to us is broken. Pure.

So coverage of a mailbox grows only from one sighting of it to the next (the poller logs in to each in its turn, and is
seen), and everything ends where the way may have been broken: nothing came from anybody for `beat` seconds, something
was lost or refused by us, or a poll that went well was not seen. A restart of ours begins anew: Dovecot does not send
again what it could not deliver.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Final

from gateway.access import Coverage, Source

_MOST: Final = 500_000  # mailboxes
_GRACE: Final = 120.0  # seconds within which a poll's login must have been seen


class Watch:
    """Of one source. `beat`: see above. `longest`: seconds between two sightings of a mailbox that hang together."""

    def __init__(self, source: Source, beat: float = 3600.0, longest: float = 15 * 3600.0) -> None:
        self._source, self._beat, self._longest = source, beat, longest
        self._epoch = 0
        self._any = math.nan
        self._spans: dict[str, tuple[int, float, float]] = {}
        self._expected: deque[tuple[str, float]] = deque(maxlen=_MOST)
        self.broken = 0
        """How often everything had to begin anew."""

    def sign(self, mailbox: str, at: float) -> Coverage | None:
        """Something of this mailbox came at this time of our clock. What is covered now; None while it is a moment."""
        if at < self._any or at - self._any > self._beat:  # the clock went back, or nothing came for long
            self.lost()
        self._any = at
        epoch, since, until = self._spans.get(mailbox, (-1, at, at))
        if epoch != self._epoch or at - until > self._longest:
            since = at
        if mailbox in self._spans or len(self._spans) < _MOST:
            self._spans[mailbox] = (self._epoch, since, at)
        return Coverage(mailbox, self._source, since, at) if at > since else None

    def lost(self) -> None:
        """Something was lost, or may have been: nothing hangs together with what was before."""
        self._epoch += 1
        self.broken += 1

    def expect(self, mailbox: str, at: float) -> None:
        """The poller logged in to this mailbox at about this time: it must have been seen here."""
        self._expected.append((mailbox, at))

    def check(self, now: float) -> None:
        """Whether everything that was expected has come."""
        while self._expected and self._expected[0][1] + _GRACE < now:
            mailbox, at = self._expected.popleft()
            _, _, until = self._spans.get(mailbox, (-1, 0.0, -math.inf))
            if until < at - _GRACE:
                self.lost()
