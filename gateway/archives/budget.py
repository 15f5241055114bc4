"""What may still be expanded: of a whole message (`Budget`), and of one archive in it (`Meter`). Knows no format."""

from __future__ import annotations

from gateway.archives.errors import SpentError, StopError
from gateway.archives.limits import ArchiveLimits
from gateway.contents import Why

_DEFAULT = ArchiveLimits()


class Budget:
    """Shared by everything in one message, nested archives too. Not for several threads at once.

    Once a limit is reached each further call raises the same `SpentError`.
    """

    __slots__ = ("_entries", "_size", "_spent", "_work", "limits")

    def __init__(self, limits: ArchiveLimits = _DEFAULT) -> None:
        self.limits = limits
        self._entries = 0
        self._size = 0
        self._work = 0
        self._spent: Why | None = None

    @property
    def entries(self) -> int:
        """Entries met so far."""
        return self._entries

    @property
    def size(self) -> int:
        """Bytes expanded so far."""
        return self._size

    @property
    def room(self) -> int:
        """Bytes that may still be expanded."""
        return max(0, self.limits.size - self._size)

    def entry(self) -> None:
        """One more file, folder or link. SpentError(TOO_MANY)."""
        self._entries += 1
        self._judge(self._entries > self.limits.entries, Why.TOO_MANY)

    def expand(self, size: int) -> None:
        """So many bytes came out of an archive. SpentError(TOO_LARGE)."""
        self._size += size
        self._judge(self._size > self.limits.size, Why.TOO_LARGE)

    def work(self, size: int) -> None:
        """So many bytes went into reading one. SpentError(TOO_LARGE)."""
        self._work += size
        self._judge(self._work > self.limits.work, Why.TOO_LARGE)

    def _judge(self, over: bool, why: Why) -> None:
        if over and self._spent is None:
            self._spent = why
        if self._spent is not None:
            raise SpentError(self._spent)


class Meter:
    """One archive's account: passes everything on to the message's budget, and watches the ratio.

    `packed`: the archive's size in bytes.
    """

    __slots__ = ("_between", "_expanded", "_most", "budget", "limits")

    def __init__(self, budget: Budget, packed: int) -> None:
        self.budget = budget
        self.limits = budget.limits
        self._most = max(self.limits.ratio_over, packed * self.limits.ratio)
        self._expanded = 0
        self._between = 0

    def entry(self) -> None:
        """One more file, folder or link."""
        self.budget.entry()

    def expand(self, size: int) -> None:
        """So many bytes of entries. StopError(RATIO), SpentError."""
        self.budget.expand(size)
        self._expanded += size
        self._judge(self._expanded)

    def between(self, size: int) -> None:
        """So many bytes went from one layer to the next inside this archive. StopError(RATIO), SpentError."""
        self.budget.work(size)
        self._between += size
        self._judge(self._between)

    def work(self, size: int) -> None:
        """So many bytes of the archive were read."""
        self.budget.work(size)

    def _judge(self, size: int) -> None:
        if size > self._most:
            raise StopError(Why.RATIO, f"{size} bytes and more")
