"""A mailbox as its lifecycle sees it: what the directory says of it, and what was done to it. Values only."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum

from gateway.who import Mailbox


class Lock(StrEnum):
    """Why a mailbox is locked. Stable names, as in the store."""

    NONE = ""
    DORMANT = "dormant"  # not used (Q4 8.1a)
    PASSWORD = "password"  # noqa: S105 - the first password was not changed (Q4 8.3b)
    SECURITY = "security"  # control over it was lost (AG 10.2a)
    HAND = "hand"  # for another reason that a person gave


@dataclass(frozen=True, slots=True)
class Record:
    """What was done, and when, in seconds since the epoch; None: never, or not since it was reopened or reissued.

    `warned`: the warning of the lock (or, where a regulation knows no lock, of the reclaiming) was sent; `rewarned`:
    the warning that a locked mailbox will be reclaimed. `locked`, `lock`: since when and why. `held`: the gateway
    itself keeps everybody out (Dovecot's deny file), so that nobody can have used it since. `idle_since`: the latest
    possible access when it was locked. `reopened`: the lock was taken away, or the mailbox issued again. `asked`: the
    letter was sent that shows whether anybody reads.
    """

    warned: float | None = None
    locked: float | None = None
    lock: Lock = Lock.NONE
    held: bool = False
    idle_since: float | None = None
    rewarned: float | None = None
    reopened: float | None = None
    asked: float | None = None


@dataclass(frozen=True, slots=True)
class Spared:
    """The unit told why the mailbox is not used ("thông báo lý do", Q4 8.1a). `until`: the last day, None: for good."""

    reason: str
    until: datetime.date | None = None

    def holds(self, day: datetime.date) -> bool:
        """Whether it still spares the mailbox on this day."""
        return self.until is None or day <= self.until


@dataclass(frozen=True, slots=True)
class Subject:
    """One mailbox: the directory's entry (its state and date of creation), its record, and why it is spared."""

    mailbox: Mailbox
    record: Record = Record()
    spared: Spared | None = None
