"""How full, and how old."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.access import Quota
from gateway.lifecycle.capacity import GIB, Fullness, capacity, old_before, rises
from tests.unit.lifecycle.build import at

MIB = 1024**2


@pytest.mark.parametrize(
    ("used", "fullness", "threshold"),
    [
        (0, Fullness.FINE, 0.0),
        (819 * MIB, Fullness.FINE, 0.0),
        (820 * MIB, Fullness.FILLING, 0.8),
        (930 * MIB, Fullness.FILLING, 0.9),
        (1000 * MIB, Fullness.FILLING, 0.95),
        (1024 * MIB, Fullness.FULL, 0.95),
        (3000 * MIB, Fullness.FULL, 0.95),
    ],
)
def test_thresholds(used: int, fullness: Fullness, threshold: float) -> None:
    found = capacity(Quota(used, GIB))
    assert (found.fullness, found.threshold, found.differs) == (fullness, threshold, False)


@pytest.mark.parametrize(
    ("limit", "allowed", "differs"),
    [
        (GIB, GIB, False),
        (1000**3, GIB, False),
        (2 * GIB, GIB, True),
        (GIB // 2, GIB, True),
        (0, GIB, True),
        (5, 0, False),
    ],
)
def test_a_server_that_allows_something_else(limit: int, allowed: int, differs: bool) -> None:
    assert capacity(Quota(1, limit), allowed).differs is differs


def test_the_smaller_limit_counts() -> None:
    assert capacity(Quota(GIB, 2 * GIB)).fullness is Fullness.FULL
    assert capacity(Quota(GIB, 0), 0).fullness is Fullness.FINE


@pytest.mark.parametrize("quota", [None, Quota(-1, GIB), Quota(5, -7)])
def test_what_cannot_be_is_unknown(quota: Quota | None) -> None:
    assert capacity(quota).fullness is Fullness.UNKNOWN


def test_each_threshold_is_told_once() -> None:
    steps = [capacity(Quota(share * GIB // 100, GIB)) for share in (10, 85, 86, 92, 96, 100, 101, 50, 85)]
    told = [rises(before, now) for before, now in zip([None, *steps], steps, strict=False)]
    assert told == [False, True, False, True, True, True, False, False, True]


@given(st.integers(), st.integers(), st.integers(0))
def test_any_numbers(used: int, limit: int, allowed: int) -> None:
    assert capacity(Quota(used, limit), allowed).fullness in Fullness


def test_six_months_old() -> None:
    """Q4 11.8."""
    assert old_before(at(8, 31)) == datetime.date(2026, 2, 28)
