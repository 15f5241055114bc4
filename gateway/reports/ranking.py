"""Units by their use of mail, for the yearly commendation (Q4 15). Pure; the method is told in the report itself.

The text names no measure, so this is one that an office can follow with a pencil: shares that the report shows, each
with a weight, which the office may set. What could not be measured of a unit is left out and its weight spread over the
rest; a unit of which too little is known gets no rank. It is a proposal for a person, who may know better.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Measure(StrEnum):
    """What is measured of a unit: a share, 0 to 1. Stable names."""

    READ = "read"  # reading windows in which the unit's mailboxes were read, of those of which something is known
    USED = "used"  # mailboxes that are in use, of those of which something is known
    SENDING = "sending"  # mailboxes that sent at least one message, of all that are active
    CLEAN = "clean"  # decisions on its mail without a finding of a rule, of all decisions on its mail


Weights = Mapping[Measure, int]
WEIGHTS: Final[Weights] = {
    Measure.READ: 30,
    Measure.USED: 25,
    Measure.SENDING: 20,
    Measure.CLEAN: 25,
}
LEAST: Final = 45
"""Of all weights, in percent: so much must have been measured for a rank."""

LEAST_WINDOWS: Final = 10
"""Reading windows of which something must be known."""


def enough(part: int, whole: int, least: float) -> tuple[int, int]:
    """The pair, or none where the whole is too small to say something of the unit."""
    return (part, whole) if whole >= least else (0, 0)


@dataclass(frozen=True, slots=True)
class Parts:
    """(part, whole) for each measure; a whole of 0 was not measured."""

    unit: str
    name: str
    measured: Mapping[Measure, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Ranked:
    """`points`: 0 to 100, None where too little is known; `rank`: 1 is the best, equal points have equal ranks."""

    parts: Parts
    shares: Mapping[Measure, float]
    points: float | None
    rank: int | None = None


def ranking(units: Iterable[Parts], weights: Weights = WEIGHTS) -> list[Ranked]:
    """In the order of ranks; units without one at the end, by name. A measure without a weight does not count."""
    made = [_judge(one, weights) for one in units]
    ranked = sorted(
        (one for one in made if one.points is not None), key=lambda one: (-(one.points or 0), one.parts.name)
    )
    rest = sorted((one for one in made if one.points is None), key=lambda one: one.parts.name)
    return [*_numbered(ranked), *rest]


def _judge(parts: Parts, weights: Weights) -> Ranked:
    shares = {name: part / whole for name, (part, whole) in parts.measured.items() if whole > 0 and weights[name]}
    weight = sum(weights[name] for name in shares)
    if not weight or weight * 100 < LEAST * sum(weights.values()):
        return Ranked(parts, shares, None)
    points = sum(weights[name] * value for name, value in shares.items()) * 100 / weight
    return Ranked(parts, shares, round(points, 2))


def _numbered(ranked: Sequence[Ranked]) -> list[Ranked]:
    made: list[Ranked] = []
    for place, one in enumerate(ranked, 1):
        same = made and made[-1].points == one.points
        made.append(Ranked(one.parts, one.shares, one.points, made[-1].rank if same else place))
    return made
