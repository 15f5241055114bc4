"""How habits are learned: once a day, slowly, and from ordinary days. Pure.

An attack must not teach the state that it is ordinary: no day raises a habit by more than a quarter (a week's by a
twentieth), and one whose score came near to being suspect by a fifth of that, and it teaches nothing else. Habits fade
with the days on which the mailbox is used, not with the calendar: nobody who was on leave begins anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from gateway.conduct.hours import DAY, NIGHT, Rests, is_free
from gateway.conduct.state import Network, Pace, State, Today

FLOORS: Final[dict[Pace, float]] = {
    Pace.BURST: 30,
    Pace.HOUR_RECIPIENTS: 250,
    Pace.HOUR_NEW: 50,
    Pace.DAY_RECIPIENTS: 500,
    Pace.DAY_NEW: 80,
    Pace.DAY_UNKNOWN: 8,
    Pace.DAY_SPAM: 2,
    Pace.DAY_NETWORKS: 4,
    Pace.DAY_SAME: 100,
    Pace.DAY_FIRST: 50,
    Pace.WEEK_FIRST: 100,
}
"""What any mailbox may do without being unusual."""
YOUTH: Final = (1, 2, 10)
"""How much more than a person a mailbox may do while its habits are not known: anybody's, a unit's, a service's."""
KINDS: Final[Mapping[str, int]] = {"unit": 1, "service": 2}
"""Places in `YOUTH` by `Deed.kind`."""
NEWCOMER: Final = 4
"""The same for new recipients, whatever the mailbox is for."""
HEADROOM: Final = 1.3
"""Times the most that ordinary days showed; some weeks do not show everything."""
GRACE: Final = 3
"""Times what stood against a sender when it was released; for a day, so that it can finish what it began."""
YOUNG: Final = 10
"""Ordinary days after which a mailbox's habits are taken for known."""
TRUSTED: Final = 3
"""Ordinary days after which a network is a mailbox's own."""
_NEW: Final = frozenset({Pace.HOUR_NEW, Pace.DAY_NEW, Pace.DAY_FIRST, Pace.WEEK_FIRST})
_CALM: Final = 0.5  # the worst score of an ordinary day
_FADE: Final = 0.985  # of a peak is left after a day that does not reach it
_GROWTH: Final = (1.25, 1.05)  # of a peak, at most, on an ordinary day, and of a week's
_CREEP: Final = (1.05, 1.01)  # the same on any other, or a mailbox that always writes much would never be known
_SLOW: Final = 1 / 20  # how much a day changes the profile of hours


def expected(state: State, pace: Pace) -> float:
    """How much of it would be nothing unusual for this sender."""
    usual = max(FLOORS[pace], state.peaks[pace] * (1 if pace is Pace.WEEK_FIRST else HEADROOM))
    if state.days < YOUNG:
        usual = max(usual, FLOORS[pace] * _youth(state, pace))
    if state.since and state.last < state.since + DAY:
        usual = max(usual, GRACE * state.grace[pace])
    return usual


def _youth(state: State, pace: Pace) -> float:
    """Times the floor that are granted while nothing is known: everybody is new to a mailbox that has no past."""
    most = YOUTH[state.kind] * (NEWCOMER if pace in _NEW else 1)
    return 1 + (most - 1) * (1 - state.days / YOUNG)


def oddness(state: State, slot: int) -> float:
    """0 for an hour in which this sender is used to write, 1 for one in which it never did; `slot`: 0 to 47."""
    base = slot // 24 * 24
    if state.days < YOUNG:
        return float(slot - base in NIGHT)
    near = max(state.profile[base + (slot + step) % 24] for step in (-1, 0, 1))
    return max(0.0, 1 - near / 32)  # an hour of one day in eight is nobody's surprise


def newness(network: Network) -> float:
    """1 for a network that is new to this sender, 0 for one of its own."""
    return max(0.0, 1 - network.days / TRUSTED)


def turn(state: State, day: int, rests: Rests) -> None:
    """A day begins: learn from the one that is over, if it was an ordinary one."""
    today = state.today
    if today.hours:
        calm = today.worst < _CALM
        _learn_peaks(state, *(_GROWTH if calm else _CREEP))
        if calm:
            _learn_ways(state, rests)
    state.today = Today(day)


def _learn_ways(state: State, rests: Rests) -> None:
    _learn_hours(state, 24 * is_free(state.today.day, rests))
    for network in state.networks.values():
        network.days += network.day == state.today.day and network.sent > 0
    state.days += 1


def _learn_hours(state: State, base: int) -> None:
    step = max(_SLOW, 1 / (state.days + 1))
    for hour in range(24):
        old, seen = state.profile[base + hour], state.today.hours >> hour & 1
        state.profile[base + hour] = round(old + step * (255 * seen - old))


def _learn_peaks(state: State, daily: float, weekly: float) -> None:
    for pace in Pace:
        growth = weekly if pace is Pace.WEEK_FIRST else daily
        old = state.peaks[pace]
        most = max(old, FLOORS[pace] * _youth(state, pace) if state.days < YOUNG else FLOORS[pace]) * growth
        state.peaks[pace] = max(old * _FADE, min(state.today.most[pace], most))
