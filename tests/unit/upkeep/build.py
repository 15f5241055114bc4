"""Values for the tests of what is kept of mailboxes' use."""

from __future__ import annotations

import datetime
from dataclasses import replace

from gateway.access import Coverage, Evidence, Failure, Folder, Kind, Observation, Quota, Sign, Source, Strength, Use
from gateway.imap.baseline import Baseline
from gateway.imap.evidence import infer
from gateway.imap.ports import Outcome
from gateway.lifecycle.plan import Act, Step
from gateway.lifecycle.stages import Assessment, Phase
from gateway.who import Kind as MailboxKind
from gateway.who import Mailbox

DAY = 86400.0
NOW = 1_780_000_000.123456
A, B = "an@tinh.example", "binh@tinh.example"
HOSTILE = "A\x00b\udc80\n'; DROP TABLE x; --@tinh.example" + "Đ" * 1000


def use(not_before: float, not_after: float, mailbox: str = A, **changes: object) -> Evidence:
    """An access that Dovecot told."""
    made = Evidence(mailbox, Kind.ACCESS, Strength.EXACT, not_before, not_after, Source.DOVECOT_EVENTS, Sign.LOGIN)
    return replace(made, **changes)  # type: ignore[arg-type]


def unused(not_before: float, not_after: float, mailbox: str = A) -> Evidence:
    """The same message unclaimed."""
    kind, sign = Kind.UNUSED, Sign.RECENT_KEPT
    return use(not_before, not_after, mailbox, kind=kind, sign=sign, strength=Strength.STRONG, source=Source.IMAP)


def watched(since: float, until: float, mailbox: str = A, source: Source = Source.DOVECOT_EVENTS) -> Coverage:
    """Without a gap."""
    return Coverage(mailbox, source, since, until)


def seen(
    at: float, mailbox: str = A, *, quota: Quota | None = None, old: int | None = None, new: int = 3
) -> Observation:
    """An inbox with three messages that nobody claimed."""
    inbox = Folder("INBOX", Use.INBOX, 7, new + 1, new, new, new)
    return Observation(mailbox, at - 1.0, at, (inbox,), quota=quota, old_messages=old)


def good(observation: Observation, before: Baseline | None = None) -> Outcome:
    """A poll that went well."""
    found = infer(before, observation)
    return Outcome(observation.mailbox, observation.at + 0.5, 1.5, findings=found, baseline=found.baseline)


def failed(at: float, mailbox: str = A, *, baseline: Baseline | None = None, detail: str = "no answer") -> Outcome:
    """One that did not."""
    return Outcome(mailbox, at, 60.0, Failure.TIMEOUT, detail, baseline=baseline)


def step(act: Act = Act.WARN, mailbox: str = A, day: int = 1) -> Step:
    """Something that is due."""
    told = Assessment(mailbox, Phase.TO_WARN, NOW - 80 * DAY, NOW, datetime.date(2026, 6, 15), clause="Q4 8.1a")
    return Step(act, told, datetime.date(2026, 6, day))


def person(address: str = A) -> Mailbox:
    """An official's mailbox."""
    return Mailbox(address, MailboxKind.PERSONAL, created=datetime.date(2020, 1, 1))
