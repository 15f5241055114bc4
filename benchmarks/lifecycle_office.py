"""One mailbox's simulated year under the lifecycle: what is seen, judged, done, and whether that was right.

Every morning at 10:00 the office carries out the plan as a gateway would: letters arrive as mail, locks hold, who comes
back is let in again. The truth is asked only afterwards.
"""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass, field, replace

from benchmarks.lifecycle_watchers import Events, Notes, Poller, Records
from benchmarks.lifecycle_world import DAY, HOUR, Counters, Life, Weather
from gateway.access import Source
from gateway.lifecycle.calendar import Calendar
from gateway.lifecycle.days import after_days, after_months, day_of, start_of
from gateway.lifecycle.plan import Act, Brakes, act_for, is_open, seems_due
from gateway.lifecycle.profile import Profile, Proof, profile_of
from gateway.lifecycle.silence import known_of
from gateway.lifecycle.stages import Assessment, Phase, assess
from gateway.lifecycle.subject import Lock, Record, Spared, Subject
from gateway.regulations import Regulation
from gateway.who import Kind, Mailbox, State

VARIANTS = ("imap", "imap+yes", "imap+letters", "events", "last-login", "zimbra", "imap+events")
"""Sources; "yes" and "letters": the office takes polling alone for proof, and sends the letter that asks."""
OFFICE = 10 * HOUR
_SETTINGS = Brakes(opens=datetime.time(8), closes=datetime.time(16))


@dataclass(frozen=True)
class Office:
    """What all mailboxes share."""

    profile: Profile
    calendar: Calendar
    weather: Weather
    begin: float  # of the world
    watch: float  # from here on it is watched
    end: float


@dataclass
class Outcome:
    """What happened to one mailbox. Days by Vietnam's clock."""

    life: Life
    locks: list[float] = field(default_factory=list)
    reclaims: list[float] = field(default_factory=list)
    warnings: list[float] = field(default_factory=list)
    listings: list[float] = field(default_factory=list)  # from when on it was listed as due and not sure
    letters: int = 0
    wrong_locks: int = 0
    wrong_reclaims: int = 0
    wrong_listings: int = 0
    early_warnings: int = 0
    last_use: float | None = None
    told: Assessment | None = None


@dataclass
class _Desk:
    """One mailbox's state in the run."""

    life: Life
    office: Office
    variant: str

    def __post_init__(self) -> None:
        self.counters, self.notes = Counters(), Notes()
        self.poller = Poller(self.notes) if "imap" in self.variant else None
        self.events = Events(self.notes, self.office.weather) if "events" in self.variant else None
        coarse = 7 * DAY if self.variant == "zimbra" else 0.0
        source = {"last-login": Source.LAST_LOGIN, "zimbra": Source.ZIMBRA}.get(self.variant)
        self.records = Records(self.notes, source, coarse) if source else None
        self.mailbox = Mailbox(self.life.address, Kind.PERSONAL, created=self.life.created)
        self.record = Record()
        self.outcome = Outcome(self.life)
        self.again: datetime.date | None = None  # nothing can change before
        self.knocked: float | None = None  # the owner found it locked
        self.listed = False

    # the world

    def arrive(self, at: float) -> None:
        self.counters.arrive(at)
        if self.life.phone and self.mailbox.state in (State.ACTIVE, State.WARNED):
            self.counters.claim()

    def migrate(self, at: float) -> None:
        """An administrator copies old mail in: all of it is \\Recent, with dates of long ago."""
        for n in range(20):
            self.counters.arrive(at, at - (700 - n) * DAY)
        if self.life.phone:
            self.counters.claim()

    def use(self, at: float, deed: str) -> None:
        if self.mailbox.state in (State.LOCKED, State.RECLAIMED):
            self.knocked = at if self.knocked is None else self.knocked
            return
        self.outcome.last_use = at
        self._touch(deed)
        self._told(at, automatic=False)

    def _touch(self, deed: str) -> None:
        if deed == "send":
            self.counters.sent += 1
        elif deed != "examine":
            self.counters.claim()
        if deed == "read":
            self.counters.read()
        elif deed == "pop3":
            self.counters.remove(self.counters.messages)

    def _told(self, at: float, automatic: bool) -> None:
        if self.events and at >= self.office.watch:
            self.events.used(self.life.address, at, automatic)
        if self.records:
            self.records.used(at)

    def phone(self, at: float) -> None:
        """The device connects again, once a day."""
        if self.mailbox.state in (State.ACTIVE, State.WARNED):
            self.counters.claim()
            self._told(at, automatic=True)

    def poll(self, at: float) -> None:
        if self.poller:
            self.poller.poll(self.life.address, self.counters, at, self.office.weather.polls_fail(at))
        if self.events:
            self.events.control(self.life.address, at)
        if self.records:
            self.records.look(self.life.address, at, self.office.weather.polls_fail(at))

    # the office

    def morning(self, at: float) -> None:
        if _down(self.office.weather, at) or (self.again is not None and day_of(at) < self.again):
            return
        if self.knocked is not None:
            self._reopen(at)
        act = self._judge(at)
        if act is Act.CHECK:
            self.poll(at)
            act = self._judge(at + 1)
        if act is not None and act is not Act.CHECK:
            self._do(act, at + 1)

    def _reopen(self, at: float) -> None:
        self.knocked = None
        if self.mailbox.state is State.LOCKED:
            self.mailbox, self.record = replace(self.mailbox, state=State.ACTIVE), Record(reopened=at)

    def _judge(self, at: float) -> Act | None:
        spared = Spared("nghỉ phép", self.life.away[1]) if self.life.away and day_of(at) >= self.life.away[0] else None
        subject = Subject(self.mailbox, self.record, spared)
        profile = self.office.profile
        known = known_of(self.notes.evidence.values(), self.notes.coverage.values(), profile.proof, at)
        told = assess(subject, known, profile, self.office.calendar, at)
        self.outcome.told = told
        self._list(told, at)
        quiet = told.phase is Phase.ACTIVE and told.due is not None and self.mailbox.state is State.ACTIVE
        self.again = told.due if quiet else None
        act = act_for(subject, told, profile, at)
        taking = act in (Act.LOCK, Act.RECLAIM)
        return None if taking and not is_open(self.office.calendar, _SETTINGS, at) else act

    def _list(self, told: Assessment, at: float) -> None:
        """What seems due is listed from the first morning on."""
        before, self.listed = self.listed, seems_due(told, at)
        if self.listed and not before:
            months = self.office.profile.lock_months or self.office.profile.reclaim_months
            self.outcome.listings.append(at)
            self.outcome.wrong_listings += self._used_within(at, months)

    def _do(self, act: Act, at: float) -> None:
        told, out = self.outcome.told, self.outcome
        assert told is not None
        if act in (Act.WARN, Act.ASK):
            self.arrive(at)
        if act is Act.WARN:
            out.warnings.append(at)
            out.early_warnings += self._used_within(at, self.office.profile.lock_months or 6, spare=21)
            self.mailbox, self.record = replace(self.mailbox, state=State.WARNED), replace(self.record, warned=at)
        elif act is Act.ASK:
            out.letters += 1
            self.record = replace(self.record, asked=at)
        elif act is Act.CLEAR:
            self.mailbox, self.record = replace(self.mailbox, state=State.ACTIVE), replace(self.record, warned=None)
        elif act is Act.REWARN:
            self.record = replace(self.record, rewarned=at)
        elif act is Act.LOCK:
            out.locks.append(at)
            out.wrong_locks += self._used_within(at, self.office.profile.lock_months)
            self.mailbox = replace(self.mailbox, state=State.LOCKED)
            self.record = replace(self.record, locked=at, lock=Lock.DORMANT, held=True, idle_since=told.idle_since)
        elif act is Act.RECLAIM:
            out.reclaims.append(at)
            out.wrong_reclaims += self._used_within(at, self.office.profile.reclaim_months)
            self.mailbox = replace(self.mailbox, state=State.RECLAIMED)

    def _used_within(self, at: float, months: int, spare: int = 0) -> bool:
        """Whether it was used, or created, in the calendar months before; to the letter, and nothing rounded up."""
        last = max(start_of(self.life.created), self.outcome.last_use or 0.0)
        if self.record.reopened is not None:
            last = max(last, self.record.reopened)
        return day_of(at) <= after_days(after_months(day_of(last), months), -spare)


def _down(weather: Weather, at: float) -> bool:
    return any(begin <= at < end for begin, end in weather.gateway)


def profile_for(variant: str, regulation: Regulation) -> Profile:
    """What the office of a variant asks for."""
    letters = variant.endswith("+letters")
    return profile_of(regulation, Proof(polling_suffices=letters or variant.endswith("+yes")), ask=letters)


def live(life: Life, office: Office, variant: str) -> Outcome:
    """Run one mailbox through the whole time."""
    desk = _Desk(life, office, variant)
    for at, _, kind, value in _script(life, office):
        if kind == "use":
            desk.use(at, str(value))
        elif kind == "mail":
            desk.arrive(at)
        elif kind == "poll":
            desk.poll(at)
        elif kind == "morning":
            desk.morning(at)
        elif kind == "phone":
            desk.phone(at)
        elif kind == "job":
            desk.counters.remove(desk.counters.messages // 2)
        elif kind == "reset":
            desk.counters.remake(bool(value))
        elif kind == "migrate":
            desk.migrate(at)
    return desk.outcome


def _script(life: Life, office: Office) -> list[tuple[float, int, str, object]]:
    """Everything that happens, in order."""
    moments: list[tuple[float, str, object]] = [(at, "use", deed) for at, deed in life.uses]
    moments += [(at, "mail", None) for at in life.mail]
    moments += [(at, "job", None) for at in life.jobs if at < office.end]
    moments += [(at, "reset", kept) for at, kept in life.resets]
    if life.migrated is not None:
        moments.append((life.migrated, "migrate", None))
    digest = hashlib.sha256(life.address.encode()).digest()
    offset = int.from_bytes(digest[:4], "big") / 2**32 * DAY
    made = start_of(life.created)
    day = start_of(day_of(office.begin))
    while day < office.end:
        if day >= made:
            if life.phone:
                moments.append((day + 6 * HOUR, "phone", None))
            if day >= office.watch:
                moments += [(day + offset, "poll", None), (day + OFFICE, "morning", None)]
        day += DAY
    moments.sort(key=lambda one: one[0])
    return [(at, n, kind, value) for n, (at, kind, value) in enumerate(moments)]
