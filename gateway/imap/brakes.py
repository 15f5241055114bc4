"""When not to ask: the poller's own account was refused, or the server itself fails. Pure: takes `now`.

A refused login does not say whose fault it is, and after a few of them a server makes every login of ours wait
(Dovecot's auth penalty: up to 15 s). So whoever is refused has to be cleared by a login that is known to work, and the
first of these that is refused, too, stops the sweep. Until some login has worked, or while the server fails, one poll
runs at a time.
"""

from __future__ import annotations

from collections import deque

from gateway.access import Failure
from gateway.imap.settings import Sweeping, Target

_GOOD = 3  # some of them may be gone themselves by the time they are needed
_SERVER = frozenset({Failure.CONNECT, Failure.TLS})
_PERHAPS = frozenset({Failure.TIMEOUT, Failure.BYE, Failure.CLOSED, Failure.GARBAGE, Failure.REFUSED})


class Brakes:
    """What the outcomes so far allow.

    `good`: the mailboxes whose logins worked last, to tell our account's fault from others'. `cautious`: one poll at a
    time.
    `stopped`: why nothing may be asked before `until` (seconds, epoch); None once a login has worked again.
    """

    def __init__(self, sweeping: Sweeping) -> None:
        self._sweeping = sweeping
        self.good: deque[Target] = deque(maxlen=_GOOD)
        self.stopped: Failure | None = None
        self.until = 0.0
        self.cautious = True
        self._doubts = 0
        self._row = 0
        self._pause = 0.0
        self._stop = 0.0

    def waits(self, now: float) -> float:
        """Seconds in which nothing may be asked. A clock that jumps does not stretch a pause beyond its length."""
        longest = max(self._sweeping.longest_pause, self._sweeping.longest_stop)
        return min(max(self.until - now, 0.0), longest)

    def worked(self, target: Target) -> None:
        """A login worked."""
        self.good.append(target)
        self.stopped = None
        self.until = self._pause = self._stop = 0.0
        self.cautious = False
        self._doubts = self._row = 0

    def doubted(self, now: float) -> bool:
        """A login was refused and none has ever worked: whether that is enough to believe that it is our account."""
        self._doubts += 1
        if self._doubts < self._sweeping.doubtful:
            return False
        self.refused(now)
        return True

    def refused(self, now: float) -> None:
        """Our own account was refused: stop, and try once after a long pause."""
        first = self._sweeping.stopped
        self._stop = min(max(first, 2 * self._stop), self._sweeping.longest_stop)
        self.stopped, self.until, self.cautious = Failure.MASTER, now + self._stop, True
        self._doubts = self._sweeping.doubtful - 1  # the next one decides

    def failed(self, kind: Failure, now: float) -> None:
        """A poll failed for another reason than its login. Trouble of the server's own, or enough in a row: a pause."""
        if kind not in _SERVER | _PERHAPS:
            return
        self._row += 1
        if kind not in _SERVER and self._row < self._sweeping.server_failures:
            return
        if now < self.until:
            return
        self._pause = min(max(self._sweeping.pause, 2 * self._pause), self._sweeping.longest_pause)
        self.stopped, self.until, self.cautious = kind, now + self._pause, True
