"""Letters: every template has its places, and says when and how to object."""

from __future__ import annotations

import datetime
from dataclasses import replace
from importlib.resources import files
from string import Template

import pytest

from gateway.lifecycle.letters import TEMPLATES, letter_of
from gateway.lifecycle.plan import Act, Step
from gateway.lifecycle.profile import Profile
from gateway.lifecycle.stages import Assessment, Phase
from gateway.lifecycle.subject import Lock, Record, Subject
from gateway.who import Kind, State
from tests.unit.lifecycle.build import AG, CALENDAR, Q4, at, subject

LETTERS = [Act.WARN, Act.LOCK, Act.REWARN, Act.RECLAIM, Act.ASK]


def step(act: Act, idle: float | None = at(3, 2), clause: str = "Q4 8.1a") -> Step:
    told = Assessment("nvan@tinh.example", Phase.TO_WARN, idle, at(5, 19), datetime.date(2026, 6, 2), clause=clause)
    return Step(act, told, datetime.date(2026, 5, 19))


def text(act: Act, who: Subject | None = None, profile: Profile = Q4, idle: float | None = at(3, 2)) -> str:
    made = letter_of(step(act, idle), who or subject(record=Record(warned=at(5, 5))), "Phòng Nội vụ", profile, CALENDAR)
    assert made is not None
    source = files(TEMPLATES).joinpath(f"{made.kind}.txt").read_text(encoding="utf-8")
    return Template(source).substitute({**made.places, "office": "Văn phòng"})


@pytest.mark.parametrize("act", LETTERS)
@pytest.mark.parametrize("profile", [Q4, AG])
@pytest.mark.parametrize("state", [State.ACTIVE, State.LOCKED])
def test_every_place_is_filled(act: Act, profile: Profile, state: State) -> None:
    body = text(act, subject(state), profile, None if act is Act.ASK else at(3, 2))
    assert "$" not in body and "-- English --" in body and "nvan@tinh.example" in body


def test_a_warning_says_what_happens_when_and_how_to_keep_it() -> None:
    body = text(Act.WARN)
    assert "sắp bị tạm khóa" in body and "từ ngày 03/06/2026" in body and "từ 02/03/2026" in body
    assert "báo lý do" in body and "Q4 8.1a" in body
    assert "sắp bị thu hồi" in text(Act.WARN, profile=AG)


@pytest.mark.parametrize(
    ("kind", "how"), [(Kind.UNIT, "gửi công văn"), (Kind.PERSONAL, "dùng hộp thư điện tử của đơn vị")]
)
def test_a_lock_says_how_it_is_opened(kind: Kind, how: str) -> None:
    body = text(Act.LOCK, subject(kind=kind, record=Record(warned=at(5, 5))))
    assert how in body and "cảnh báo ngày 05/05/2026" in body and "sau ngày 03/09/2026" in body


def test_who_gets_which() -> None:
    for act, to_mailbox, to_unit in [(Act.WARN, True, True), (Act.LOCK, False, True), (Act.ASK, True, False)]:
        made = letter_of(step(act), subject(), "", Q4, CALENDAR)
        assert made is not None and (made.to_mailbox, made.to_unit) == (to_mailbox, to_unit)
    assert letter_of(step(Act.CHECK), subject(), "", Q4, CALENDAR) is None


def test_a_reclaimed_mailbox_tells_of_the_second_warning() -> None:
    record = Record(warned=at(5, 5), locked=at(6, 3), lock=Lock.DORMANT, rewarned=at(8, 20))
    body = text(Act.RECLAIM, replace(subject(State.LOCKED), record=record))
    assert "cảnh báo ngày 20/08/2026" in body and "cấp lại" in body
