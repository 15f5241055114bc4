"""The plans of all profiles together: under one brake, with what cannot be told counted by its reason."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import replace

from gateway.lifecycle.calendar import Calendar
from gateway.lifecycle.plan import Act, Brakes, Wait
from gateway.lifecycle.profile import Profile
from gateway.lifecycle.silence import Doubt, Known
from gateway.lifecycle.stages import Assessment, Phase
from gateway.lifecycle.subject import Subject
from gateway.upkeep.due import due
from gateway.upkeep.store import Told
from gateway.upkeep.view import Judged
from tests.unit.upkeep.build import NOW, person

Q4, AG = Profile("q4", 3, 6), Profile("ag", 0, 6)
ALWAYS = Brakes(least=2, share=0.0, opens=datetime.time(0), closes=datetime.time(0))


def judged(address: str, phase: Phase, profile: Profile | None = Q4, doubt: Doubt = Doubt.NONE) -> Judged:
    told = Assessment(address, phase, NOW - 1, NOW, doubt=doubt)
    return Judged(Subject(person(address)), profile, Known(), told if profile else None, Told())


def all_of(*some: Iterable[Judged]) -> Iterator[Judged]:
    return (one for more in some for one in more)


def locks(count: int, profile: Profile, start: int = 0) -> list[Judged]:
    return [judged(f"m{number}@x", Phase.TO_LOCK, profile) for number in range(start, start + count)]


def test_every_mailbox_is_counted_once() -> None:
    found = due(
        all_of(
            [judged("a@x", Phase.ACTIVE), judged("b@x", Phase.TO_WARN), judged("c@x", Phase.ACTIVE, None)],
            [judged("d@x", Phase.CANNOT_TELL, doubt=Doubt.GAP), judged("e@x", Phase.LOCKED, AG, Doubt.STALE)],
            [judged("f@x", Phase.WARNED, doubt=Doubt.STALE)],
        ),
        Calendar(),
        NOW,
        ALWAYS,
    )
    assert (found.mailboxes, found.outside, found.phases[Phase.ACTIVE]) == (6, 1, 1)
    assert dict(found.doubts) == {Doubt.GAP: 1, Doubt.STALE: 1}
    assert [one.address for one in found.unsure] == ["d@x", "e@x"]
    assert [(step.address, step.act) for step in found.plan.steps] == [("b@x", Act.WARN)]


def test_one_brake_for_all_profiles() -> None:
    both = all_of(locks(2, AG), locks(1, Q4, 10))
    found = due(both, Calendar(), NOW, ALWAYS)
    assert [step.address for step in found.plan.steps] == ["m0@x", "m1@x"]
    assert [(step.address, wait) for step, wait in found.plan.waiting] == [("m10@x", Wait.TOO_MANY)]
    assert not due(locks(2, AG), Calendar(), NOW, ALWAYS, taken_today=1).plan.steps


def test_office_hours_hold_everybody_back() -> None:
    shut = replace(ALWAYS, opens=datetime.time(0), closes=datetime.time(0, 0, 1))
    found = due(locks(1, Q4), Calendar(), NOW, shut)
    assert [wait for _, wait in found.plan.waiting] == [Wait.NOT_NOW]


def test_nobody() -> None:
    found = due([], Calendar(), NOW, ALWAYS)
    assert (found.mailboxes, found.plan.steps, found.plan.waiting) == (0, (), ())
