"""What is to be done today, as values: who is warned, locked, told, asked. Pure; somebody else does it, and records it.

Two brakes: when much more than usual is due at once (a server that tells nothing is likelier than that everybody left),
locks wait for a person; and nothing that takes mail away is done on a free day or outside office hours, when
nobody could undo it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from gateway.lifecycle.calendar import Calendar
from gateway.lifecycle.days import after_months, day_of, wall
from gateway.lifecycle.profile import Profile
from gateway.lifecycle.silence import Doubt
from gateway.lifecycle.stages import Assessment, Phase
from gateway.lifecycle.subject import Subject
from gateway.who import State


class Act(StrEnum):
    """What is to be done. Stable names, as in the journal and in the configuration."""

    WARN = "warn"  # to the mailbox and to its unit: 14 days before
    CLEAR = "clear"  # it was used after the warning: it is active again
    CHECK = "check"  # look at the mailbox again now: the last observation is too old for what is due
    LOCK = "lock"  # and tell the unit
    REWARN = "warn-of-reclaiming"  # to the unit: 14 days before
    RECLAIM = "reclaim"  # and tell the unit in writing (AG 6)
    ASK = "ask"  # a letter to the mailbox: whether it is claimed tells whether anybody reads


_ACTS: Final = {
    Phase.TO_WARN: Act.WARN,
    Phase.TO_LOCK: Act.LOCK,
    Phase.TO_REWARN: Act.REWARN,
    Phase.TO_RECLAIM: Act.RECLAIM,
}
_TAKING: Final = frozenset({Act.LOCK, Act.RECLAIM})


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do to one mailbox, and why. `day`: the local day for which it was planned."""

    act: Act
    told: Assessment
    day: datetime.date

    @property
    def address(self) -> str:
        """The mailbox."""
        return self.told.address

    def row(self) -> dict[str, Any]:
        """For the journal, a webhook and `--json`: plain values; moments as people write them, with their zone."""
        told = self.told
        return {
            "act": self.act.value,
            "mailbox": told.address,
            "phase": told.phase.value,
            "day": self.day.isoformat(),
            "idle_since": None if told.idle_since is None else wall(told.idle_since).isoformat(),
            "proved_until": None if told.proved_until is None else wall(told.proved_until).isoformat(),
            "deadline": None if told.deadline is None else told.deadline.isoformat(),
            "clause": told.clause,
        }


class Wait(StrEnum):
    """Why something that is due is not done now. Stable names."""

    TOO_MANY = "too-many"  # a person has to say yes
    NOT_NOW = "outside-office-hours"


@dataclass(frozen=True, slots=True)
class Brakes:
    """`share` of all mailboxes, and at least `least`, may be locked or reclaimed in one day's plan. `allowed`: a person
    said yes to so many. `opens`, `closes`: office hours on working days; both the same: at any time of any day.
    """

    least: int = 20
    share: float = 0.02
    allowed: int = 0
    opens: datetime.time = datetime.time(8)
    closes: datetime.time = datetime.time(16)

    def most(self, mailboxes: int) -> int:
        """How many may be taken away today."""
        return max(self.least, int(mailboxes * self.share), self.allowed)


@dataclass(frozen=True, slots=True)
class Plan:
    """`steps`: to be done now, in the order of addresses; `waiting`: due, and why it has to wait."""

    steps: tuple[Step, ...] = ()
    waiting: tuple[tuple[Step, Wait], ...] = field(default=())


def plan(
    judged: Iterable[tuple[Subject, Assessment]],
    profile: Profile,
    calendar: Calendar,
    now: float,
    brakes: Brakes | None = None,
    *,
    taken_today: int = 0,
) -> Plan:
    """What is due at `now` for these mailboxes: all that follow one profile.

    `taken_today`: locks and reclaims that were done already, for the brake.
    """
    brakes, day = brakes or Brakes(), day_of(now)
    pairs = list(judged)
    steps = [Step(act, told, day) for subject, told in pairs if (act := act_for(subject, told, profile, now))]
    steps.sort(key=lambda step: (step.address, step.act))
    taking = sum(step.act in _TAKING for step in steps)
    too_many = taking + taken_today > brakes.most(len(pairs))
    shut = not is_open(calendar, brakes, now)
    waiting = [(step, Wait.TOO_MANY if too_many else Wait.NOT_NOW) for step in steps if step.act in _TAKING]
    if not (too_many or shut):
        return Plan(tuple(steps))
    return Plan(tuple(step for step in steps if step.act not in _TAKING), tuple(waiting))


_SEEMING = frozenset({Doubt.POLLING_ONLY, Doubt.WEAK_USE})


def act_for(subject: Subject, told: Assessment, profile: Profile, now: float) -> Act | None:
    """The one thing to do to this mailbox, None for nothing."""
    act = _ACTS.get(told.phase)
    if act is not None:
        late = told.proved_until is None or now - told.proved_until > profile.proof.confirm
        return Act.CHECK if late else act
    if _is_void(subject, told):
        return Act.CLEAR
    return Act.ASK if profile.ask and _is_mute(subject, told, profile, now) else None


def _is_void(subject: Subject, told: Assessment) -> bool:
    """Whether a warning stands in the directory that does not hold any more. An outage does not undo it."""
    if subject.mailbox.state is not State.WARNED:
        return False
    return told.phase in (Phase.ACTIVE, Phase.EXEMPT) or (
        told.phase is Phase.CANNOT_TELL and told.doubt is not Doubt.STALE
    )


def _is_mute(subject: Subject, told: Assessment, profile: Profile, now: float) -> bool:
    """Whether nothing can be told because nothing waits there, and no letter was sent in this period."""
    if told.phase is not Phase.CANNOT_TELL or told.doubt is not Doubt.NOTHING_WAITING or told.idle_since is not None:
        return False
    asked = subject.record.asked
    months = profile.lock_months or profile.reclaim_months
    return asked is None or after_months(day_of(asked), months) < day_of(now)


def seems_due(told: Assessment, now: float) -> bool:
    """Whether its period is over by polling alone, or but for a hint of use behind a lock: to be listed as "cannot be
    sure", for a person, and never acted upon.
    """
    return told.doubt in _SEEMING and told.deadline is not None and told.deadline < day_of(now)


def is_open(calendar: Calendar, brakes: Brakes, now: float) -> bool:
    """Whether there is somebody in the office who could undo what is done."""
    if brakes.opens == brakes.closes:
        return True
    at = wall(now)
    return calendar.works(at.date()) and brakes.opens <= at.time() < brakes.closes


def counts(judged: Sequence[Assessment]) -> dict[Phase, int]:
    """Mailboxes by phase, all phases, for the metric and the report."""
    found = dict.fromkeys(Phase, 0)
    for told in judged:
        found[told.phase] += 1
    return found
