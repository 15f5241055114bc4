"""What is due today, and the two brakes."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace

import pytest

from gateway.lifecycle.plan import Act, Brakes, Step, Wait, act_for, counts, is_open, plan, seems_due
from gateway.lifecycle.profile import Profile
from gateway.lifecycle.silence import Doubt
from gateway.lifecycle.stages import Assessment, Phase
from gateway.lifecycle.subject import Record, Subject
from gateway.who import State
from tests.unit.lifecycle.build import AG, CALENDAR, Q4, at, subject

NOW = at(6, 3, 10)  # a Wednesday


def told(phase: Phase, seen: float = NOW, address: str = "a@x.example", doubt: Doubt = Doubt.NONE) -> Assessment:
    return Assessment(address, phase, at(3, 2), seen, datetime.date(2026, 6, 2), doubt=doubt, clause="Q4 8.1a")


@pytest.mark.parametrize(
    ("phase", "act"),
    [
        (Phase.TO_WARN, Act.WARN),
        (Phase.TO_LOCK, Act.LOCK),
        (Phase.TO_REWARN, Act.REWARN),
        (Phase.TO_RECLAIM, Act.RECLAIM),
        *[(phase, None) for phase in (Phase.ACTIVE, Phase.WARNED, Phase.LOCKED, Phase.EXEMPT, Phase.CANNOT_TELL)],
    ],
)
def test_the_act_of_each_phase(phase: Phase, act: Act | None) -> None:
    assert act_for(subject(), told(phase), Q4, NOW) is act


@pytest.mark.parametrize("phase", [Phase.TO_LOCK, Phase.TO_RECLAIM, Phase.TO_WARN])
def test_nothing_is_done_on_an_old_look(phase: Phase) -> None:
    assert act_for(subject(), told(phase, NOW - 3601), Q4, NOW) is Act.CHECK


@pytest.mark.parametrize(
    ("phase", "doubt", "act"),
    [
        (Phase.ACTIVE, Doubt.NONE, Act.CLEAR),
        (Phase.EXEMPT, Doubt.NONE, Act.CLEAR),
        (Phase.CANNOT_TELL, Doubt.NOTHING_WAITING, Act.CLEAR),
        (Phase.CANNOT_TELL, Doubt.STALE, None),  # an outage does not undo a warning
        (Phase.WARNED, Doubt.NONE, None),
    ],
)
def test_a_warning_that_does_not_hold_is_taken_back(phase: Phase, doubt: Doubt, act: Act | None) -> None:
    assert act_for(subject(State.WARNED), told(phase, doubt=doubt), Q4, NOW) is act


def test_a_letter_asks_where_nothing_can_be_told() -> None:
    asking = Profile("q", 3, 6, ask=True)
    mute = Assessment("a@x.example", Phase.CANNOT_TELL, doubt=Doubt.NOTHING_WAITING)
    assert act_for(subject(), mute, asking, NOW) is Act.ASK
    assert act_for(subject(), mute, Q4, NOW) is None
    assert act_for(subject(record=Record(asked=at(4, 1))), mute, asking, NOW) is None
    assert act_for(subject(record=Record(asked=at(3, 1))), mute, asking, NOW) is Act.ASK
    gap = Assessment("a@x.example", Phase.CANNOT_TELL, doubt=Doubt.GAP)
    assert act_for(subject(), gap, asking, NOW) is None


def many(count: int, phase: Phase) -> list[tuple[Subject, Assessment]]:
    return [(subject(), told(phase, address=f"hop{n:05}@x.example")) for n in range(count)]


def test_steps_come_in_order_and_all_at_once() -> None:
    made = plan([*many(3, Phase.TO_WARN)[::-1], *many(300, Phase.ACTIVE)], Q4, CALENDAR, NOW)
    assert [step.address for step in made.steps] == [f"hop{n:05}@x.example" for n in range(3)]
    assert not made.waiting


@pytest.mark.parametrize(("due", "taken"), [(21, 0), (20, 1)])
def test_too_many_locks_wait_for_a_person(due: int, taken: int) -> None:
    judged = [*many(due, Phase.TO_LOCK), *many(5, Phase.TO_WARN)]
    made = plan(judged, Q4, CALENDAR, NOW, taken_today=taken)
    assert {step.act for step in made.steps} == {Act.WARN}
    assert len(made.waiting) == due and {why for _, why in made.waiting} == {Wait.TOO_MANY}
    allowed = plan(judged, Q4, CALENDAR, NOW, Brakes(allowed=due + taken), taken_today=taken)
    assert len(allowed.steps) == due + 5


def test_a_large_office_may_lock_its_share() -> None:
    made = plan([*many(100, Phase.TO_LOCK), *many(4_900, Phase.ACTIVE)], Q4, CALENDAR, NOW)
    assert len(made.steps) == 100


@pytest.mark.parametrize(
    ("now", "works"),
    [(at(6, 3, 8), True), (at(6, 3, 7.9), False), (at(6, 3, 16), False), (at(6, 6, 10), False), (at(9, 2, 10), False)],
)
def test_mail_is_taken_away_in_office_hours_only(now: float, works: bool) -> None:
    assert is_open(CALENDAR, Brakes(), now) is works
    made = plan([(subject(), told(Phase.TO_LOCK, now)), (subject(), told(Phase.TO_WARN, now))], Q4, CALENDAR, now)
    assert [step.act for step in made.steps] == ([Act.LOCK, Act.WARN] if works else [Act.WARN])
    assert [why for _, why in made.waiting] == ([] if works else [Wait.NOT_NOW])
    assert is_open(CALENDAR, Brakes(opens=datetime.time(0), closes=datetime.time(0)), now)


def test_a_row_is_plain() -> None:
    row = Step(Act.LOCK, told(Phase.TO_LOCK), datetime.date(2026, 6, 3)).row()
    assert json.loads(json.dumps(row)) == {
        "act": "lock",
        "mailbox": "a@x.example",
        "phase": "to-be-locked",
        "day": "2026-06-03",
        "idle_since": "2026-03-02T12:00:00+07:00",
        "proved_until": "2026-06-03T10:00:00+07:00",
        "deadline": "2026-06-02",
        "clause": "Q4 8.1a",
    }


def test_counting() -> None:
    found = counts([one for _, one in many(3, Phase.TO_LOCK)])
    assert found[Phase.TO_LOCK] == 3 and set(found) == set(Phase) and sum(found.values()) == 3


def test_an_giang_has_no_lock() -> None:
    assert act_for(subject(), told(Phase.TO_RECLAIM), AG, NOW) is Act.RECLAIM


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("ask", [False, True])
def test_what_polling_alone_says_is_listed_and_never_done(state: State, ask: bool) -> None:
    seeming = told(Phase.CANNOT_TELL, doubt=Doubt.POLLING_ONLY)
    assert seems_due(seeming, NOW) and not seems_due(seeming, NOW - 86_400)
    assert not seems_due(replace(seeming, doubt=Doubt.NOTHING_WAITING), NOW)
    assert not seems_due(replace(seeming, deadline=None), NOW)
    assert act_for(subject(state), seeming, replace(Q4, ask=ask), NOW) in (None, Act.CLEAR)
    assert not plan([(subject(State.ACTIVE), seeming)], Q4, CALENDAR, NOW).steps
