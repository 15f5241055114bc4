"""What is due in the whole office: the plans of all profiles together, and what cannot be told, counted.

For commands, the console and reports: a dry run. Pure but for what `judged` reads.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from gateway.lifecycle.calendar import Calendar
from gateway.lifecycle.plan import Act, Brakes, Plan, Step, Wait, plan
from gateway.lifecycle.profile import Profile
from gateway.lifecycle.silence import Doubt
from gateway.lifecycle.stages import Assessment, Phase
from gateway.lifecycle.subject import Subject
from gateway.upkeep.view import Judged

TAKING: Final = frozenset({Act.LOCK, Act.RECLAIM})
"""What takes mail away: the brakes hold it."""


@dataclass(frozen=True, slots=True)
class Due:
    """`phases`: mailboxes by phase; `doubts`: those of which nothing can be told, by the reason; `unsure`: these.

    `outside`: mailboxes whose regulation says nothing of lives.
    """

    plan: Plan = field(default_factory=Plan)
    phases: Counter[Phase] = field(default_factory=Counter)
    doubts: Counter[Doubt] = field(default_factory=Counter)
    unsure: tuple[Assessment, ...] = ()
    outside: int = 0

    @property
    def mailboxes(self) -> int:
        """How many were looked at."""
        return self.phases.total() + self.outside


def due(judged: Iterable[Judged], calendar: Calendar, now: float, brakes: Brakes, taken_today: int = 0) -> Due:
    """Plan for everybody. `taken_today`: locks and reclaims that were done already, for the brake."""
    groups: defaultdict[str, list[tuple[Subject, Assessment]]] = defaultdict(list)
    profiles: dict[str, Profile] = {}
    outside = 0
    for one in judged:
        if one.profile is None or one.told is None:
            outside += 1
            continue
        profiles[one.profile.regulation] = one.profile
        groups[one.profile.regulation].append((one.subject, one.told))
    told = [assessed for pairs in groups.values() for _, assessed in pairs]
    unsure = tuple(sorted((one for one in told if cannot_tell(one)), key=lambda one: one.address))
    steps, waiting = list[Step](), list[tuple[Step, Wait]]()
    for name, pairs in sorted(groups.items()):
        made = plan(pairs, profiles[name], calendar, now, brakes, taken_today=taken_today)
        taken_today += sum(step.act in TAKING for step in made.steps)
        steps += made.steps
        waiting += made.waiting
    return Due(
        Plan(tuple(steps), tuple(waiting)),
        Counter(one.phase for one in told),
        Counter(one.doubt for one in unsure),
        unsure,
        outside,
    )


def cannot_tell(told: Assessment) -> bool:
    """Whether nothing can be concluded of this mailbox now."""
    return told.phase is Phase.CANNOT_TELL or (told.phase is Phase.LOCKED and told.doubt is not Doubt.NONE)
