"""Every mailbox in its turn: evenly, never twice, nobody forgotten, and the same after a restart."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.imap.schedule import Schedule, next_edge, next_turn, phase
from gateway.imap.settings import Target

HOURS = 6 * 3600.0


@given(st.text(max_size=60), st.floats(0, 4e9), st.floats(60, 1e6))
def test_the_next_turn_is_half_to_one_and_a_half_intervals_away(
    mailbox: str, attempted: float, interval: float
) -> None:
    turn = next_turn(mailbox, attempted, interval)
    assert attempted + interval / 2 - 1e-3 <= turn <= attempted + 1.5 * interval + 1e-3
    again = next_turn(mailbox, turn, interval)
    assert again - turn == pytest.approx(interval, abs=1e-3)


def test_turns_are_spread_evenly() -> None:
    tenths = [0] * 10
    for number in range(10_000):
        tenths[int(phase(f"u{number}@tinh.example", HOURS) / HOURS * 10)] += 1
    assert min(tenths) > 850 and max(tenths) < 1150


def test_edges() -> None:
    assert next_edge([10.0, 20.0, 30.0], 20.0) == 30.0
    assert next_edge([10.0], 20.0) == math.inf


class TestSchedule:
    def test_who_was_never_polled_comes_first_and_once(self) -> None:
        schedule = Schedule(HOURS, 900.0)
        schedule.put(Target("a@x"), 1_000_000.0)
        schedule.put(Target("b@x"))
        assert schedule.take(1_000_001.0) == Target("b@x")
        assert schedule.take(1_000_001.0) is None
        schedule.done("b@x", 1_000_002.0)
        assert schedule.due() >= 1_000_000.0 + HOURS / 2

    def test_a_transient_failure_is_tried_again_sooner_and_sooner_less(self) -> None:
        schedule = Schedule(HOURS, 900.0)
        schedule.put(Target("a@x"), 0.0)
        now, pauses = 0.0, []
        for _ in range(8):
            now = schedule.due()
            assert schedule.take(now)
            schedule.done("a@x", now, transient=True)
            pauses.append(schedule.due() - now)
        assert pauses[0] == 900.0 and pauses == sorted(pauses) and pauses[-1] <= HOURS
        schedule.take(schedule.due())
        schedule.done("a@x", now, transient=False)
        assert schedule.due() - now >= HOURS / 2

    def test_one_that_was_not_asked_stays_due(self) -> None:
        schedule = Schedule(HOURS, 900.0)
        schedule.put(Target("a@x"))
        schedule.take(5.0)
        assert schedule.due() == math.inf
        schedule.done("a@x", 5.0, untried=True)
        assert schedule.take(5.0) == Target("a@x")

    def test_edges_are_polled_beside_its_turn(self) -> None:
        schedule = Schedule(HOURS, 900.0)
        schedule.put(Target("a@x", edges=(100.0, 200.0)), 0.0)
        assert schedule.due() == 100.0
        schedule.take(100.0)
        schedule.done("a@x", 130.0)
        assert schedule.due() == 200.0
        schedule.put(Target("a@x", edges=(150.0, 200.0)))
        assert schedule.due() == 150.0

    def test_edges_that_change_while_it_is_polled(self) -> None:
        schedule = Schedule(HOURS, 900.0)
        schedule.put(Target("a@x"))
        schedule.take(10.0)
        schedule.put(Target("a@x", edges=(50.0,)))
        assert schedule.due() == math.inf
        schedule.done("a@x", 11.0)
        assert schedule.due() == 50.0

    def test_mailboxes_that_are_gone(self) -> None:
        schedule = Schedule(HOURS, 900.0)
        for name in "abc":
            schedule.put(Target(name))
        assert schedule.take(1.0) == Target("a")
        schedule.keep_only({"c"})
        schedule.done("a", 2.0)
        assert len(schedule) == 1
        assert [schedule.take(2.0), schedule.take(2.0)] == [Target("c"), None]

    def test_a_heap_does_not_grow_with_the_days(self) -> None:
        schedule = Schedule(HOURS, 900.0)
        for day in range(3000):
            for number in range(5):
                schedule.put(Target(f"u{number}", edges=(1e9 + day,)), 1e9)
        assert len(schedule._heap) < 1100
