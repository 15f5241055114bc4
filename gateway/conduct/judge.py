"""From a state blob and new deeds to the next blob and a judgement: what a store's `change` runs. Pure and quick."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from gateway.conduct.deeds import add, release, settle_clock
from gateway.conduct.hours import HOUR, Rests, weekend
from gateway.conduct.networks import shown
from gateway.conduct.readings import Reading, read, strange_networks
from gateway.conduct.score import DEFAULT, Judgement, Level, Point, Thresholds, weigh
from gateway.conduct.state import Pace, State, pack, unpack
from gateway.rates import Deed

_AGAIN: Final = HOUR  # seconds after which what still holds is told again
_LEAST: Final = 0.05  # points below which a sign is not worth telling
_NAMED: Final = 8  # networks that the evidence names


def observe(
    blob: bytes | None,
    now: float,
    deeds: Sequence[tuple[Deed, float]],
    *,
    released: float = 0.0,
    rests: Rests = weekend,
    thresholds: Thresholds = DEFAULT,
) -> tuple[bytes, Judgement | None]:
    """The next blob, and the judgement where it is to be told: its level rose, or has held for another hour.

    `deeds`: each with its age in seconds. `released`: when this sender was released last, seconds since the epoch.
    A blob that cannot be read is a sender that nothing is known of.
    """
    state = unpack(blob) or State()
    now = settle_clock(state, now)
    release(state, min(released, now))
    for deed, age in deeds:
        at = now - min(max(age, 0.0), HOUR)
        if at >= state.since:
            add(state, deed, at, rests)
    judgement = judge(state, now, rests, thresholds)
    told = _to_be_told(state, judgement.level, now)
    return pack(state), judgement if told else None


def judge(state: State, now: float, rests: Rests = weekend, thresholds: Thresholds = DEFAULT) -> Judgement:
    """The score now; the running day remembers the worst and the most that it showed."""
    reading = read(state, now)
    score, points = weigh(state, now, reading, rests)
    today = state.today
    today.most = [max(old, seen) for old, seen in zip(today.most, reading.paces, strict=True)]
    today.worst = max(today.worst, score)
    level = thresholds.level(score)
    if level is Level.FINE:
        return Judgement(score, level)
    telling = [point for point in points if point.points >= _LEAST]
    return Judgement(
        score, level, tuple(point.sign.value for point in telling), _evidence(state, now, score, telling, reading)
    )


def peek(blob: bytes | None, now: float, *, thresholds: Thresholds = DEFAULT) -> Judgement | None:
    """The judgement as it stands, for people: nothing is changed. None where nothing is known of the sender."""
    state = unpack(blob)
    if state is None:
        return None
    return judge(state, settle_clock(state, now), thresholds=thresholds)


def _to_be_told(state: State, level: Level, now: float) -> bool:
    if level is Level.FINE:
        # A score that swings about the threshold is told once an hour, not each time.
        state.told = state.told if now - state.told_at < _AGAIN else 0
        return False
    if level <= state.told and now - state.told_at < _AGAIN:
        return False
    state.told, state.told_at = int(level), int(now)
    return True


def _evidence(state: State, now: float, score: float, points: Sequence[Point], reading: Reading) -> Mapping[str, Any]:
    return {
        "score": round(score, 2),
        "at": int(now),
        "days_known": state.days,
        "recipients_hour": reading.paces[Pace.HOUR_RECIPIENTS],
        "recipients_day": reading.paces[Pace.DAY_RECIPIENTS],
        "signs": [
            {
                "sign": point.sign.value,
                "points": round(point.points, 2),
                "seen": round(point.seen),
                "usual": round(point.usual),
                "window": point.window,
            }
            for point in points
        ],
        "networks": [shown(key) for key, _network in strange_networks(state, now)[:_NAMED]],
    }
