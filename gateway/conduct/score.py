"""How unusual the last hour and day of a sender are, as a score with reasons. Pure.

    score = harm + min(context, harm + a little)          where there is any harm, else 0

*Harm* is volume and content: many new recipients, unknown ones, spam. *Context* is how it comes: at night, from new
networks, after failed logins. Context alone never blocks anybody: people travel, work late and mistype passwords, and a
stranger can make logins fail. Each sign has a weight and grows from nothing, at what is usual for this
sender, to its whole weight, at several times that.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any, Final, NamedTuple

from gateway.conduct.habits import FLOORS, expected
from gateway.conduct.hours import Rests
from gateway.conduct.readings import Reading, Surroundings, look_around
from gateway.conduct.state import Pace, State


class Sign(StrEnum):
    """What speaks against a sender. Stable names, as in the journal."""

    NEW_RECIPIENTS = "new_recipients"
    FIRST_LETTERS = "first_letters"  # many messages to new recipients, in a day or over a week
    MANY_RECIPIENTS = "many_recipients"
    BURST = "burst"  # many messages in ten minutes
    UNKNOWN_USERS = "unknown_users"
    SAME_CONTENT = "same_content"
    SPAM = "spam"
    THROTTLED = "throttled"
    ODD_HOURS = "odd_hours"
    NEW_NETWORK = "new_network"
    MANY_NETWORKS = "many_networks"
    FAILED_LOGINS = "failed_logins"


class Level(IntEnum):
    """What a score means."""

    FINE = 0
    SUSPECT = 1  # worth a look
    BLOCK = 2  # past the threshold


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Scores from which a sender is suspect, and from which it is to be blocked."""

    suspect: float = 0.7
    block: float = 1.0

    def level(self, score: float) -> Level:
        """What this score means."""
        return Level.BLOCK if score >= self.block else Level.SUSPECT if score >= self.suspect else Level.FINE


DEFAULT: Final = Thresholds()


class Point(NamedTuple):
    """One sign: `points` of the score, `seen` in the `window` ("10min", "hour", "day", "week"), `usual` at most."""

    sign: Sign
    points: float
    seen: float
    usual: float
    window: str = "day"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A sender's score; `reasons`: names of signs, the heaviest first; `evidence`: JSON-able, bounded, for a person."""

    score: float
    level: Level
    reasons: tuple[str, ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)


CONTEXT: Final = frozenset({Sign.ODD_HOURS, Sign.NEW_NETWORK, Sign.MANY_NETWORKS, Sign.FAILED_LOGINS})
_PACED: Final[tuple[tuple[Sign, Pace, str, float, float], ...]] = (
    (Sign.NEW_RECIPIENTS, Pace.HOUR_NEW, "hour", 4, 0.8),
    (Sign.NEW_RECIPIENTS, Pace.DAY_NEW, "day", 3, 0.8),
    (Sign.FIRST_LETTERS, Pace.DAY_FIRST, "day", 4, 0.3),
    (Sign.FIRST_LETTERS, Pace.WEEK_FIRST, "week", 3, 1.0),
    (Sign.MANY_RECIPIENTS, Pace.HOUR_RECIPIENTS, "hour", 4, 0.35),
    (Sign.MANY_RECIPIENTS, Pace.DAY_RECIPIENTS, "day", 4, 0.35),
    (Sign.BURST, Pace.BURST, "10min", 6, 0.3),
    (Sign.UNKNOWN_USERS, Pace.DAY_UNKNOWN, "day", 4, 0.7),
    (Sign.SAME_CONTENT, Pace.DAY_SAME, "day", 5, 0.3),
    (Sign.SPAM, Pace.DAY_SPAM, "day", 4, 0.7),
    (Sign.MANY_NETWORKS, Pace.DAY_NETWORKS, "day", 3, 0.5),
)
"""Signs that are measured by the sender's habit: window, how many times the usual count in full, the weight then."""
_FREE: Final = 0.15  # what context counts beyond the harm that it goes with


def weigh(state: State, now: float, reading: Reading, rests: Rests) -> tuple[float, list[Point]]:
    """The score, and the signs that it is made of, the heaviest first."""
    best: dict[Sign, Point] = {}
    _take(best, _paced(state, reading))
    _take(best, _ramped(((Sign.THROTTLED, reading.throttled, 10, 200, "day", 0.25),)))
    harm = sum(point.points for point in best.values() if point.sign not in CONTEXT)
    if not harm:
        return 0.0, []
    _take(best, _ramped(_context(look_around(state, now, rests))))
    context = sum(point.points for point in best.values() if point.sign in CONTEXT)
    return harm + min(context, harm + _FREE), sorted(best.values(), key=lambda point: -point.points)


def _take(best: dict[Sign, Point], points: Iterator[Point]) -> None:
    """Of each sign the heaviest."""
    for point in points:
        if point.points > 0 and (point.sign not in best or point.points > best[point.sign].points):
            best[point.sign] = point


def _paced(state: State, reading: Reading) -> Iterator[Point]:
    paces = reading.paces
    for sign, pace, window, full, weight in _PACED:
        seen = paces[pace]
        if seen > FLOORS[pace] and seen > (usual := expected(state, pace)):
            excess = min(math.log(seen / usual) / math.log(full), 1.0)
            yield Point(sign, weight * excess * _factor(sign, reading), seen, usual, window)


def _factor(sign: Sign, reading: Reading) -> float:
    if sign is Sign.UNKNOWN_USERS:
        return ramp(reading.unknown_share, 0.05, 0.3)
    if sign in (Sign.MANY_RECIPIENTS, Sign.BURST, Sign.SAME_CONTENT):
        # Many letters to people that one writes to all the time are a circular or a newsletter, rarely a thief's.
        return 0.4 + 0.6 * ramp(reading.new_share, 0.1, 0.5)
    return 1.0


_Ramp = tuple[Sign, float, float, float, str, float]


def _context(around: Surroundings) -> tuple[_Ramp, ...]:
    return (
        (Sign.ODD_HOURS, around.odd, 10, 60, "day", 0.35),
        (Sign.NEW_NETWORK, around.strange, 10, 60, "day", 0.35),
        (Sign.MANY_NETWORKS, around.networks, 3, 8, "hour", 0.5),
        (Sign.FAILED_LOGINS, around.failed, 5, 40, "day", 0.25 * ramp(around.strange, 0, 20)),
    )


def _ramped(rows: tuple[_Ramp, ...]) -> Iterator[Point]:
    """What is not measured by the habit: from nothing at `low` to the whole weight at `high`."""
    for sign, seen, low, high, window, weight in rows:
        if seen > low:
            yield Point(sign, weight * ramp(seen, low, high), seen, low, window)


def ramp(value: float, low: float, high: float) -> float:
    """0 up to `low`, 1 from `high` on, straight between."""
    return min(max((value - low) / (high - low), 0.0), 1.0)
