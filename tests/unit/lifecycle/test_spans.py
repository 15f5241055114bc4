"""Stretches of time against sets of points."""

from __future__ import annotations

import itertools
import math

from hypothesis import given
from hypothesis import strategies as st

from gateway.lifecycle.spans import Span, common, join

SPANS = st.lists(st.builds(Span, st.integers(0, 30).map(float), st.integers(0, 30).map(float)), max_size=8)


def points(spans: list[Span]) -> set[float]:
    """The halves in each: (since, until] on a grid."""
    return {n / 2 for n in range(62) if any(span.since < n / 2 <= span.until for span in spans)}


@given(SPANS)
def test_a_union_holds_what_its_parts_hold_and_is_in_order(spans: list[Span]) -> None:
    joined = join(spans)
    assert points(joined) == points(spans)
    assert all(one.until < after.since for one, after in itertools.pairwise(joined))


@given(SPANS, SPANS)
def test_what_is_common_lies_in_both(first: list[Span], second: list[Span]) -> None:
    found = list(common(join(first), join(second)))
    assert points(found) == points(first) & points(second)


def test_holes_are_closed_only_up_to_their_length() -> None:
    parts = [Span(0, 10), Span(13, 20), Span(24, 30)]
    assert join(parts, 3) == [Span(0, 20), Span(24, 30)]
    assert join(parts) == parts


def test_what_is_no_stretch_is_left_out() -> None:
    assert join([Span(5, 5), Span(9, 2), Span(math.nan, 3), Span(0, math.inf)]) == []


def test_holding_and_meeting() -> None:
    assert Span(0, 10).holds(Span(0, 10)) and not Span(0, 10).holds(Span(0, 11))
    assert Span(0, 10).holds(Span(-1, 11), slack=1)
    assert Span(0, 10).meets(Span(9, 12)) and not Span(0, 10).meets(Span(10, 12))
