"""Stretches of time, each open at its beginning and closed at its end. Knows nothing of mailboxes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Span(NamedTuple):
    """(since, until], in seconds since the epoch."""

    since: float
    until: float

    def holds(self, other: Span, slack: float = 0.0) -> bool:
        """Whether the whole of `other` lies in it, or at most `slack` seconds outside at each end."""
        return self.since - slack <= other.since and other.until <= self.until + slack

    def meets(self, other: Span) -> bool:
        """Whether they have a moment in common."""
        return self.since < other.until and other.since < self.until


def join(spans: Iterable[Span], hole: float = 0.0) -> list[Span]:
    """Their union, in order. Holes of at most `hole` seconds are closed. Empty and impossible spans are left out."""
    joined: list[Span] = []
    for span in sorted(span for span in spans if is_real(span)):
        if joined and span.since <= joined[-1].until + hole:
            joined[-1] = Span(joined[-1].since, max(joined[-1].until, span.until))
        else:
            joined.append(span)
    return joined


def is_real(span: Span) -> bool:
    """Whether it has a length, and both ends are moments."""
    return math.isfinite(span.since) and math.isfinite(span.until) and span.since < span.until


def common(first: Iterable[Span], second: Iterable[Span]) -> Iterator[Span]:
    """What lies in both. Each is in order and without overlaps, as `join` gives them."""
    left, right = list(first), list(second)
    i = j = 0
    while i < len(left) and j < len(right):
        span = Span(max(left[i].since, right[j].since), min(left[i].until, right[j].until))
        if span.since < span.until:
            yield span
        if left[i].until < right[j].until:
            i += 1
        else:
            j += 1
