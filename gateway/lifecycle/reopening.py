"""Who may ask for a locked mailbox back, how, and from which day on. Pure.

Q4 8.1a: a unit's mailbox by an official letter, an official's by a request from the unit's mailbox. Q4 8.3b: after a
lock for the password requests are dealt with after 5 days. AG 10.2a: after lost control, by the written confirmation.
AG 6.4: a reclaimed mailbox is issued again on the office's list.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum

from gateway.lifecycle.days import after_days, day_of
from gateway.lifecycle.profile import Profile
from gateway.lifecycle.subject import Lock, Subject
from gateway.who import Kind, State


class Asking(StrEnum):
    """How the request has to come. Stable names."""

    LETTER = "official-letter"  # công văn of the unit
    UNIT_MAILBOX = "unit-mailbox"
    CONFIRMATION = "written-confirmation"  # with its number
    LIST = "office-list"  # reissue: the head of the unit's office sends a list
    NONE = "not-locked"


@dataclass(frozen=True, slots=True)
class Reopening:
    """`by`: how it is asked for; `first`: the first day on which it may be granted, None: on any. `clause`: where."""

    by: Asking
    first: datetime.date | None = None
    clause: str = ""


def reopening(subject: Subject, profile: Profile) -> Reopening:
    """How this mailbox is opened again under its profile."""
    mailbox, record, clauses = subject.mailbox, subject.record, profile.clauses
    by = Asking.LETTER if mailbox.kind is Kind.UNIT else Asking.UNIT_MAILBOX
    if mailbox.state is State.RECLAIMED:
        return Reopening(Asking.LIST, clause=clauses.get("reissue", clauses.get("reopen", "")))
    if mailbox.state is not State.LOCKED:
        return Reopening(Asking.NONE)
    if record.lock is Lock.SECURITY:
        return Reopening(Asking.CONFIRMATION, clause=clauses.get("security", ""))
    if record.lock is Lock.PASSWORD:
        return Reopening(by, _after_wait(record.locked, profile.unlock_days), clauses.get("password", ""))
    return Reopening(by, clause=clauses.get("reopen", ""))


def may_reopen(subject: Subject, profile: Profile, asked: Asking, now: float) -> bool:
    """Whether a request that came like this may be granted now. An official letter is good for everything but AG 10.2a:
    where control was lost, only the written confirmation is.
    """
    needed = reopening(subject, profile)
    if needed.by is Asking.NONE or (needed.first is not None and day_of(now) < needed.first):
        return False
    return asked is needed.by or (asked is Asking.LETTER and needed.by is Asking.UNIT_MAILBOX)


def _after_wait(locked: float | None, days: int) -> datetime.date | None:
    """The day of the lock is not counted (Civil Code 2015, article 147.2): five whole days pass, then it may be."""
    return None if locked is None or not days else after_days(day_of(locked), days + 1)
