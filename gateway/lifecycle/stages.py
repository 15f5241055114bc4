"""Where a mailbox stands in its life: active, to be warned, warned, to be locked, locked, to be reclaimed, reclaimed.

A pure function of (profile, evidence, now). Every period begins with the *latest possible* access, and nothing is done
that is not proved: between "surely used in time" and "surely unused" stands "cannot tell", with the reason.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from enum import StrEnum

from gateway.lifecycle.calendar import Calendar
from gateway.lifecycle.days import after_days, after_months, day_of, start_of
from gateway.lifecycle.profile import Profile
from gateway.lifecycle.silence import SKEW, Doubt, Known
from gateway.lifecycle.spans import Span
from gateway.lifecycle.subject import Lock, Record, Subject
from gateway.who import State


class Phase(StrEnum):
    """Stable names, as in the journal and in metrics."""

    ACTIVE = "active"
    CANNOT_TELL = "cannot-tell"
    EXEMPT = "exempt"
    TO_WARN = "to-be-warned"
    WARNED = "warned"
    TO_LOCK = "to-be-locked"
    LOCKED = "locked"
    TO_REWARN = "to-be-warned-of-reclaiming"
    REWARNED = "warned-of-reclaiming"
    TO_RECLAIM = "to-be-reclaimed"
    RECLAIMED = "reclaimed"


@dataclass(frozen=True, slots=True)
class Assessment:
    """`idle_since`: the latest possible access, or where counting began later; None: unknown. `proved_until`: so far
    silence is proved. `deadline`: the period's last day. `due`: the first day on which the next step may be done; in
    `cannot-tell` the day on which, at the earliest, something could be told if the silence goes on. `doubt`: why it
    cannot be told, or why a warned mailbox waits. `clause`: the regulation's, for the next step.

    With the doubt `polling-only`, `idle_since` and `deadline` are what polling alone says: for the list of what seems
    due and cannot be sure. So they are with `hint-of-use` behind a lock. There is no `due`: nothing follows.
    """

    address: str
    phase: Phase
    idle_since: float | None = None
    proved_until: float | None = None
    deadline: datetime.date | None = None
    due: datetime.date | None = None
    doubt: Doubt = Doubt.NONE
    reason: str = ""
    clause: str = ""


@dataclass(frozen=True, slots=True)
class _Step:
    """One way down: its period, the phases on it, and when its warning was sent."""

    months: int
    clause: str
    rest: Phase
    warn: Phase
    warned_phase: Phase
    do: Phase
    warned: float | None


def assess(subject: Subject, known: Known, profile: Profile, calendar: Calendar, now: float) -> Assessment:
    """Judge one mailbox. Any values; never raises."""
    told = _apart(subject, profile, now)
    if told is not None:
        return told
    locked, record = subject.mailbox.state is State.LOCKED, subject.record
    if locked:
        known = _while_locked(known, record, now)
    step = _step(locked, record, profile)
    if not step.months:
        return Assessment(subject.mailbox.key, Phase.ACTIVE)
    return _descend(subject, known, step, _View(profile, calendar, now))


def resting(
    subject: Subject, used_since: float | None, profile: Profile, calendar: Calendar, now: float
) -> Assessment | None:
    """What `assess` says where no silence has to be weighed for it; None where one has. Most mailboxes, cheaply.

    `used_since`: the beginning of the last certain use (`Known.used.not_before`), None for none.
    """
    told = _apart(subject, profile, now)
    if told is not None or subject.mailbox.state is State.LOCKED:
        return told
    step = _step(False, subject.record, profile)
    if not step.months:
        return Assessment(subject.mailbox.key, Phase.ACTIVE)
    return _resting(subject, used_since, step, _View(profile, calendar, now))


def _apart(subject: Subject, profile: Profile, now: float) -> Assessment | None:
    """Of those whose use does not matter."""
    mailbox, record = subject.mailbox, subject.record
    if mailbox.state is State.RECLAIMED:
        return Assessment(mailbox.key, Phase.RECLAIMED)
    locked = mailbox.state is State.LOCKED
    if not locked and mailbox.kind not in profile.kinds:
        return Assessment(mailbox.key, Phase.EXEMPT, reason=mailbox.kind.value)
    if subject.spared is not None and subject.spared.holds(day_of(now)):
        phase = Phase.LOCKED if locked else Phase.EXEMPT
        return Assessment(mailbox.key, phase, due=_day_after(subject.spared.until), reason=subject.spared.reason)
    if locked and (record.lock is not Lock.DORMANT or not profile.reclaim_months):
        return Assessment(mailbox.key, Phase.LOCKED, reason=record.lock.value)
    return None


@dataclass(frozen=True, slots=True)
class _View:
    profile: Profile
    calendar: Calendar
    now: float

    @property
    def today(self) -> datetime.date:
        return day_of(self.now)

    def deadline(self, since: float, months: int) -> datetime.date:
        """The last day of a period: months that begin on the day after, moved to a working day."""
        return self.calendar.roll(after_months(day_of(since), months))


def _step(locked: bool, record: Record, profile: Profile) -> _Step:
    if not locked and profile.lock_months:
        clause = profile.clauses.get("lock", "")
        phases = (Phase.ACTIVE, Phase.TO_WARN, Phase.WARNED, Phase.TO_LOCK)
        return _Step(profile.lock_months, clause, *phases, record.warned)
    clause = profile.clauses.get("reclaim", "")
    if locked:
        phases = (Phase.LOCKED, Phase.TO_REWARN, Phase.REWARNED, Phase.TO_RECLAIM)
        return _Step(profile.reclaim_months, clause, *phases, record.rewarned)
    phases = (Phase.ACTIVE, Phase.TO_WARN, Phase.WARNED, Phase.TO_RECLAIM)
    return _Step(profile.reclaim_months, clause, *phases, record.warned)


def _while_locked(known: Known, record: Record, now: float) -> Known:
    """Behind our own lock nobody can have used it: the silence that led to the lock goes on, unless use was seen.

    What only hints at use takes nothing back, but nothing is reclaimed over it either: a person has to look.
    """
    if not record.held or record.locked is None or record.idle_since is None or record.locked > now:
        return known
    used_since = known.used is not None and known.used.not_after > record.locked + SKEW
    if used_since or not record.idle_since < now:
        return known
    span = Span(record.idle_since, now)
    if known.hint is not None and known.hint > record.locked + SKEW:
        return Known(None, known.used, Doubt.WEAK_USE, known.seen, known.basis, supposed=span)
    return Known(span, known.used, Doubt.NONE, now, known.basis)


def _descend(subject: Subject, known: Known, step: _Step, view: _View) -> Assessment:
    rests = _resting(subject, known.used.not_before if known.used else None, step, view)
    if rests is not None:
        return rests
    floor, address, silent = _floor(subject), subject.mailbox.key, known.silent
    if silent is None or view.now - silent.until > view.profile.proof.fresh:
        doubt = known.doubt if silent is None and known.doubt else Doubt.STALE
        told = Assessment(address, _unsure(step), doubt=doubt, clause=step.clause)
        if silent is not None or known.supposed is None:
            return told
        return _seeming(told, max(floor, known.supposed.since), step, view)
    idle = max(floor, silent.since)
    deadline = view.deadline(idle, step.months)
    told = Assessment(address, step.rest, idle, silent.until, deadline, clause=step.clause, doubt=known.doubt)
    if view.today < _warn_day(deadline, view):
        return _replace(told, step.rest if not known.doubt else _unsure(step), _warn_day(deadline, view))
    return _warned(told, step, view)


def _resting(subject: Subject, used_since: float | None, step: _Step, view: _View) -> Assessment | None:
    """Where so much of the period is left that nothing can be due yet, whatever the silence since."""
    floor = _floor(subject)
    certain = max(floor, used_since if used_since is not None else floor)
    deadline = view.deadline(certain, step.months)
    warn = _warn_day(deadline, view)
    if view.today < warn and certain > _NEVER:
        return Assessment(subject.mailbox.key, step.rest, certain, deadline=deadline, due=warn)
    return None


def _seeming(told: Assessment, idle: float, step: _Step, view: _View) -> Assessment:
    """When it would be due if polling were proof."""
    deadline = view.deadline(idle, step.months)
    return replace(told, idle_since=idle, deadline=deadline)


def _warned(told: Assessment, step: _Step, view: _View) -> Assessment:
    """The silence is proved and the period nearly over: warn, wait, then do it."""
    assert told.idle_since is not None and told.proved_until is not None and told.deadline is not None
    sent = step.warned
    if sent is None or not told.idle_since < sent <= view.now + SKEW:
        return _replace(told, step.warn, view.today)
    notice_ends = after_days(day_of(sent), view.profile.notice_days)
    due = after_days(max(told.deadline, notice_ends), 1)
    if view.today < due:
        return _replace(told, step.warned_phase, due)
    if told.proved_until < start_of(due):
        return _replace(told, step.warned_phase, due, Doubt.STALE)
    return _replace(told, step.do, due)


_NEVER = start_of(datetime.date(1970, 1, 1))


def _floor(subject: Subject) -> float:
    """Counting begins here at the earliest: the day of creation, of reopening, or after the last spared day."""
    moments = [_NEVER]
    if subject.mailbox.created is not None:
        moments.append(start_of(subject.mailbox.created))
    if subject.record.reopened is not None:
        moments.append(subject.record.reopened)
    if subject.spared is not None and subject.spared.until is not None:
        moments.append(start_of(subject.spared.until))
    return max(moments)


def _warn_day(deadline: datetime.date, view: _View) -> datetime.date:
    return after_days(deadline, -view.profile.notice_days)


def _unsure(step: _Step) -> Phase:
    return Phase.LOCKED if step.rest is Phase.LOCKED else Phase.CANNOT_TELL


def _day_after(day: datetime.date | None) -> datetime.date | None:
    return None if day is None else after_days(day, 1)


def _replace(told: Assessment, phase: Phase, due: datetime.date, doubt: Doubt | None = None) -> Assessment:
    settled = phase in (Phase.ACTIVE, Phase.TO_WARN, Phase.TO_LOCK, Phase.TO_REWARN, Phase.TO_RECLAIM)
    kept = Doubt.NONE if settled else told.doubt if doubt is None else doubt
    return Assessment(
        told.address, phase, told.idle_since, told.proved_until, told.deadline, due, kept, told.reason, told.clause
    )
