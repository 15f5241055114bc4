"""Evidence and subjects for tests of the lifecycle. Times are given as local days or moments."""

from __future__ import annotations

import datetime

from gateway.access import Coverage, Evidence, Kind, Sign, Source, Strength
from gateway.lifecycle.calendar import Calendar
from gateway.lifecycle.days import start_of
from gateway.lifecycle.profile import Profile
from gateway.lifecycle.silence import Doubt, Known
from gateway.lifecycle.spans import Span
from gateway.lifecycle.subject import Record, Spared, Subject
from gateway.who import Kind as MailboxKind
from gateway.who import Mailbox, State

BOX = "nvan@tinh.example"
Q4 = Profile(
    "tphcm-q4-03-2013", 3, 6, unlock_days=5, clauses={"lock": "Q4 8.1a", "reclaim": "Q4 8.1b", "password": "Q4 8.3b"}
)
AG = Profile("angiang-50-2009", 0, 6, clauses={"reclaim": "AG 6.4", "security": "AG 10.2a"})
CALENDAR = Calendar()
NOON = 12 * 3600.0


def at(month: int, day: int, hour: float = 12, year: int = 2026) -> float:
    """A moment of 2026, local time."""
    return start_of(datetime.date(year, month, day)) + hour * 3600


def used(
    since: float,
    until: float | None = None,
    strength: Strength = Strength.STRONG,
    source: Source = Source.IMAP,
    kind: Kind = Kind.ACCESS,
) -> Evidence:
    """An access."""
    sign = Sign.RECENT_CLEARED if source is Source.IMAP else Sign.LOGIN
    return Evidence(BOX, kind, strength, since, since if until is None else until, source, sign)


def unused(since: float, until: float, strength: Strength = Strength.STRONG) -> Evidence:
    """The same message was unclaimed."""
    sign = Sign.RECENT_KEPT if strength is Strength.STRONG else Sign.OLDEST_UNCLAIMED
    return Evidence(BOX, Kind.UNUSED, strength, since, until, Source.IMAP, sign)


def watched(since: float, until: float, source: Source = Source.IMAP) -> Coverage:
    """No gap."""
    return Coverage(BOX, source, since, until)


def subject(
    state: State = State.ACTIVE,
    record: Record | None = None,
    spared: Spared | None = None,
    kind: MailboxKind = MailboxKind.PERSONAL,
    created: datetime.date | None = datetime.date(2020, 1, 1),
) -> Subject:
    """A mailbox."""
    return Subject(Mailbox(BOX, kind, state=state, created=created), record or Record(), spared)


def silent(since: float, until: float) -> Known:
    """A silence that is proved."""
    return Known(Span(since, until), used(since), Doubt.NONE, until)
