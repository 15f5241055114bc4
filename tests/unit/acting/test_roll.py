"""Whom the poller visits, and when."""

from __future__ import annotations

import datetime
import itertools

from gateway.acting.roll import roll_of
from gateway.directory.entry import Snapshot
from gateway.lifecycle.calendar import Calendar
from gateway.lifecycle.days import moment
from gateway.lifecycle.windows import GRACE, Reading, Window
from gateway.who import State
from tests.unit.acting.build import DESK, TODAY, B, person

MORNING = Reading((Window("morning-start", datetime.time(6, 30), datetime.time(9)),))


def test_everybody_but_who_is_reclaimed() -> None:
    boxes = (person(), person(B, State.RECLAIMED), person("khoa@tinh.example", State.LOCKED))
    roll = roll_of(Snapshot(7, mailboxes=boxes), None, Calendar(), TODAY)
    assert (roll.version, roll.day) == (7, TODAY)
    assert [target.mailbox for target in roll.targets] == ["an@tinh.example", "khoa@tinh.example"]
    assert [target.edges for target in roll.targets] == [(), ()]
    assert roll.some(["khoa@tinh.example", B, "la@x"]) == [roll.targets[1]]


def test_edges_are_spread_over_the_minutes_beside_a_window() -> None:
    many = tuple(person(f"m{number}@tinh.example") for number in range(500))
    reading_of = lambda box: MORNING if box.key != DESK.key else Reading()  # noqa: E731
    roll = roll_of(Snapshot(1, mailboxes=(*many, DESK)), reading_of, Calendar(), TODAY)
    assert roll.targets[-1].edges == ()
    opens, closes = moment(TODAY, datetime.time(6, 30)), moment(TODAY, datetime.time(9))
    befores = sorted(target.edges[0] for target in roll.targets[:-1])
    assert opens - GRACE <= befores[0] < opens - GRACE + 30
    assert opens - 30 < befores[-1] <= opens
    assert max(later - earlier for earlier, later in itertools.pairwise(befores)) < 30
    assert all(closes <= target.edges[1] <= closes + GRACE for target in roll.targets[:-1])
    again = roll_of(Snapshot(2, mailboxes=(*many, DESK)), reading_of, Calendar(), TODAY)
    assert again.targets == roll.targets, "always at the same moment"


def test_tomorrow_and_no_free_day() -> None:
    friday = datetime.date(2026, 6, 5)
    roll = roll_of(Snapshot(1, mailboxes=(DESK,)), lambda _: MORNING, Calendar(), friday)
    assert len(roll.targets[0].edges) == 2, "Saturday has none"
    roll = roll_of(Snapshot(1, mailboxes=(DESK,)), lambda _: MORNING, Calendar(), TODAY)
    assert len(roll.targets[0].edges) == 4
