"""Habits are learned slowly, from ordinary days; an attack does not teach that it is ordinary."""

from __future__ import annotations

from itertools import pairwise

from gateway.conduct.habits import FLOORS, HEADROOM, expected, newness, oddness
from gateway.conduct.hours import weekend
from gateway.conduct.networks import network_of
from gateway.conduct.readings import look_around
from gateway.conduct.score import Level
from gateway.conduct.state import Pace, State, unpack
from tests.unit.conduct.support import DAY, HOME, HOUR, Sender, deed


def state_of(sender: Sender) -> State:
    state = unpack(sender.blob)
    assert state is not None
    return state


def test_hours_and_networks_are_learned() -> None:
    sender = Sender()
    sender.work(20)
    state = state_of(sender)
    assert oddness(state, 9) == 0.0
    assert oddness(state, 10) == 0.0
    assert oddness(state, 2) == 1.0
    assert oddness(state, 24 + 9) == 1.0  # a free day
    assert newness(state.networks[network_of(HOME)]) == 0.0


def test_no_network_is_strange_to_a_newcomer() -> None:
    sender = Sender()
    sender.work(2)
    sender.send(deed(recipients=50, client="185.9.4.4"))
    assert look_around(state_of(sender), sender.now, weekend).strange == 0.0
    sender.work(2)
    sender.send(deed(recipients=50, client="186.9.4.4"))
    assert look_around(state_of(sender), sender.now, weekend).strange == 50.0


def test_a_night_worker_is_not_odd_at_night() -> None:
    sender = Sender()
    sender.work(20, hour=2)
    assert oddness(state_of(sender), 2) == 0.0
    assert oddness(state_of(sender), 14) == 1.0


def test_who_writes_much_every_day_is_used_to_it() -> None:
    sender = Sender()
    sender.work(30, letters=100, kind="unit")
    assert expected(state_of(sender), Pace.BURST) == FLOORS[Pace.BURST]
    assert expected(state_of(sender), Pace.DAY_RECIPIENTS) == FLOORS[Pace.DAY_RECIPIENTS]
    assert state_of(sender).peaks[Pace.DAY_RECIPIENTS] >= 100
    for _ in range(30):
        sender.send(*[deed(kind="service", recipients=9, new=9)] * 3, after=3 * HOUR)
    assert state_of(sender).peaks[Pace.DAY_NEW] > FLOORS[Pace.DAY_NEW]


def test_a_new_service_is_not_blocked_for_being_one() -> None:
    sender = Sender()
    for _ in range(12 * 24):
        sender.send(*[deed(kind="service", new=1)] * 20, after=HOUR)
    assert not [one for one in sender.told if one.level is Level.BLOCK]
    other = Sender()
    for _ in range(2 * 24):
        other.send(*[deed(new=1)] * 60, after=HOUR)
    assert [one for one in other.told if one.level is Level.BLOCK]


def test_an_attack_teaches_little() -> None:
    sender = Sender()
    sender.work(20)
    before = state_of(sender)
    for _ in range(3):
        sender.work(1, letters=1)
        sender.now -= DAY
        list(sender.many(900, 20, deed(new=1, client="185.9.4.4")))
        sender.now += DAY - 900 * 20
    sender.work(1)
    after = state_of(sender)
    assert after.days - before.days <= 2  # what was learned is of the days before and after
    assert expected(after, Pace.DAY_NEW) <= FLOORS[Pace.DAY_NEW] * HEADROOM * 1.05**4
    assert newness(after.networks[network_of("185.9.4.4")]) == 1.0


def test_growth_is_slow_and_fades_by_days_of_use() -> None:
    sender = Sender()
    sender.work(12)
    seen = []
    for _ in range(6):
        sender.send(deed(recipients=1000))
        sender.work(1, letters=1)
        seen.append(state_of(sender).peaks[Pace.DAY_RECIPIENTS])
    grown = [one for one in seen if one > FLOORS[Pace.DAY_RECIPIENTS]]
    assert grown  # over a weekend two days are learned
    assert all(later <= 1.25**2 * before + 1 for before, later in pairwise(grown))
    sender.now += 300 * DAY
    sender.work(1)
    assert state_of(sender).peaks[Pace.DAY_RECIPIENTS] > 0.95 * seen[-1]


def test_a_week_is_learned_more_slowly_than_a_day() -> None:
    sender = Sender()
    sender.work(12)
    for _ in range(10):
        sender.work(1, letters=1)
        sender.now -= DAY
        list(sender.many(80, 60, deed(new=1)))
        sender.now += DAY - 80 * 60
    peaks = state_of(sender).peaks
    assert FLOORS[Pace.WEEK_FIRST] < peaks[Pace.WEEK_FIRST] <= FLOORS[Pace.WEEK_FIRST] * 1.05**10
    assert peaks[Pace.DAY_FIRST] >= 79
