"""How much of a period the mail path was there (AG 8.3: "liên tục 24/24"), out of spans of presence. Pure.

What is measured: that at least one gateway ran, and that at least one of its mail servers answered it. Not measured:
whether people could reach webmail, and any time before the record began.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.lifecycle.spans import Span, common, join
from gateway.reports.presence import EVERY, GATEWAY, UPSTREAM, Present
from gateway.reports.texts import share

BETWEEN: Final = EVERY * 1.5
"""Seconds between two spans that are no absence. A longer hole counts whole, from the last good word to the next."""
_MOST: Final = 200
_LEAST: Final = 1e-3  # a single word is a span without a length


@dataclass(frozen=True, slots=True)
class Absence:
    """Seconds since the epoch. `gateway`: no gateway ran; else gateways ran, and no mail server answered."""

    since: float
    until: float
    gateway: bool

    @property
    def seconds(self) -> float:
        """How long."""
        return self.until - self.since


@dataclass(frozen=True, slots=True)
class Uptime:
    """Seconds. `measured`: of the period, since the record began and until now; `running`: at least one gateway ran;
    `serving`: and one of its mail servers answered. `nodes`, `upstreams`: each one's own seconds. `absences`: the
    longest first, at most 200 of `absent`.
    """

    period: float
    measured: float
    running: float
    serving: float
    nodes: dict[str, float]
    upstreams: dict[str, float]
    absences: tuple[Absence, ...] = ()
    absent: int = 0

    @property
    def share(self) -> float | None:
        """Of the measured time the mail path was there; None: nothing was measured."""
        return share(self.serving, self.measured)


def uptime(spans: Iterable[Present], began: float | None, period: Span, now: float) -> Uptime:
    """`began`: when the record began, None: there is none."""
    told = [one for one in spans if one.span.until >= one.span.since]
    end = min(period.until, now)
    window = Span(max(period.since, began if began is not None else end), end)
    if window.since >= window.until:
        return Uptime(period.until - period.since, 0.0, 0.0, 0.0, {}, {})
    running = _within([one.span for one in told if one.what == GATEWAY], window)
    answering = _within([one.span for one in told if one.what.startswith(UPSTREAM)], window)
    serving = list(common(running, answering))
    absences = _absences(running, serving, window)
    return Uptime(
        period.until - period.since,
        window.until - window.since,
        _length(running),
        _length(serving),
        _each(told, window, lambda one: one.node if one.what == GATEWAY else ""),
        _each(told, window, lambda one: one.what.removeprefix(UPSTREAM) if one.what != GATEWAY else ""),
        tuple(sorted(absences, key=lambda one: (-one.seconds, one.since))[:_MOST]),
        len(absences),
    )


def _within(spans: Iterable[Span], window: Span) -> list[Span]:
    """Their union in the window. What was so at the last word is taken to be so until now."""
    joined = join((Span(one.since, one.until + _LEAST) for one in spans), BETWEEN)
    if joined and joined[-1].until >= window.until - BETWEEN:
        joined[-1] = Span(joined[-1].since, max(joined[-1].until, window.until))
    return list(common(joined, [window]))


def _length(spans: Iterable[Span]) -> float:
    return sum(one.until - one.since for one in spans)


def _each(told: Sequence[Present], window: Span, name_of: Callable[[Present], str]) -> dict[str, float]:
    found: dict[str, list[Span]] = {}
    for one in told:
        if name := name_of(one):
            found.setdefault(name, []).append(one.span)
    return {name: _length(_within(found[name], window)) for name in sorted(found)}


def _absences(running: Sequence[Span], serving: Sequence[Span], window: Span) -> list[Absence]:
    off = [Absence(one.since, one.until, True) for one in _holes(running, window)]
    off_spans = [Span(one.since, one.until) for one in off]
    behind = [
        Absence(part.since, part.until, False) for hole in _holes(serving, window) for part in _without(hole, off_spans)
    ]
    return [one for one in (*off, *behind) if one.seconds >= 1]


def _holes(spans: Sequence[Span], window: Span) -> list[Span]:
    made, at = [], window.since
    for one in spans:
        if one.since > at:
            made.append(Span(at, one.since))
        at = max(at, one.until)
    return [*made, Span(at, window.until)] if at < window.until else made


def _without(whole: Span, taken: Sequence[Span]) -> list[Span]:
    return _holes(list(common(taken, [whole])), whole)
