"""Answers of a period, by mailbox and unit."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from gateway.answers.report import answered, waiting
from gateway.answers.store import AnswerTable
from gateway.directory.database import Database
from gateway.directory.entry import Snapshot
from gateway.lifecycle.answers import Passing
from gateway.lifecycle.calendar import Calendar
from gateway.lifecycle.days import DAY, HOUR, start_of
from gateway.who import Kind, Mailbox, Unit
from tests.unit.answers.contract import OTHER, UNIT, came, reply

MONDAY = start_of(datetime.date(2026, 6, 1)) + 9 * HOUR
DIRECTORY = Snapshot(1, (Unit("pnv", "Phòng Nội vụ"),), (Mailbox(UNIT, Kind.UNIT, "pnv"),))
CALENDAR = Calendar()


@pytest.fixture
def table(tmp_path: Path) -> AnswerTable:
    made = AnswerTable(Database("sqlite:///congthu.db", tmp_path), b"key")
    made.prepare()
    return made


def test_figures_by_mailbox(table: AnswerTable) -> None:
    table.keep([came(n, at=MONDAY) for n in range(4)])
    table.keep([reply(0, MONDAY + HOUR), reply(1, MONDAY + 2 * DAY), reply(2, MONDAY + 10 * DAY)])
    table.keep([Passing(MONDAY, "<x@y>", (OTHER,))])
    [unit, other] = answered(table, DIRECTORY, CALENDAR, 0, MONDAY + DAY, MONDAY + 20 * DAY)
    assert (unit.mailbox, unit.unit, other.mailbox, other.unit) == (UNIT, "pnv", OTHER, "")
    one = unit.figures
    assert (one.came, one.answered, one.open) == (4, 3, 1)
    assert (one.in_one, one.due_one, one.in_three, one.due_three) == (1, 4, 2, 4)
    assert (one.share_one, one.share_three) == (0.25, 0.5)
    assert other.figures.share_one == 0


def test_what_is_not_due_yet_spoils_no_share(table: AnswerTable) -> None:
    table.keep([came(1, at=MONDAY), came(2, at=MONDAY)])
    table.keep([reply(1, MONDAY + HOUR)])
    [row] = answered(table, DIRECTORY, CALENDAR, 0, MONDAY, MONDAY + 2 * HOUR, unit="PNV")
    assert (row.figures.share_one, row.figures.due_one, row.figures.open) == (1.0, 1, 1)
    assert answered(table, DIRECTORY, CALENDAR, 0, MONDAY, MONDAY, unit="none") == []


def test_what_is_open(table: AnswerTable) -> None:
    table.keep([came(1, at=MONDAY), came(2, at=MONDAY + DAY), came(3, at=MONDAY + 2 * DAY)])
    table.keep([reply(2, MONDAY + 3 * DAY)])
    now = MONDAY + 3 * DAY
    assert [(one.came, one.age) for one in waiting(table, DIRECTORY, CALENDAR, 0, now, now)] == [
        (MONDAY, 3 * DAY),
        (MONDAY + 2 * DAY, DAY),
    ]
    [first] = waiting(table, DIRECTORY, CALENDAR, 0, now, now, least=2 * DAY)
    assert (first.mailbox, first.unit, first.worked) == (UNIT, "pnv", 3 * 8 * HOUR)


def test_many_open_messages_are_reckoned_in_a_bounded_number_of_steps(table: AnswerTable) -> None:
    asked: list[datetime.date] = []

    class Counting(Calendar):
        def works(self, day: datetime.date) -> bool:
            asked.append(day)
            return True

    table.keep([came(n, at=MONDAY) for n in range(20)])
    answered(table, DIRECTORY, Counting(), 0, MONDAY, MONDAY + 4000 * DAY)
    assert len(asked) <= 20 * 50
