"""Units by their use of mail."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.reports.ranking import LEAST, WEIGHTS, Measure, Parts, enough, ranking

PAIRS = st.integers(0, 50).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))
UNITS = st.lists(st.fixed_dictionaries(dict.fromkeys(Measure, PAIRS)), max_size=5)


def parts(number: int, measured: dict[Measure, tuple[int, int]]) -> Parts:
    return Parts(f"u{number}", f"Đơn vị {number}", measured)


@given(UNITS)
def test_points_and_ranks(units: list[dict[Measure, tuple[int, int]]]) -> None:
    found = ranking(parts(number, one) for number, one in enumerate(units))
    assert sorted(one.parts.unit for one in found) == sorted(f"u{number}" for number in range(len(units)))
    ranked = [one for one in found if one.rank is not None]
    assert found[: len(ranked)] == ranked
    points = [one.points or 0.0 for one in ranked]
    assert points == sorted(points, reverse=True)
    assert all(0 <= one <= 100 for one in points)
    for one in ranked:
        assert one.rank == 1 + sum(other > (one.points or 0.0) for other in points)
    for one in found:
        weight = sum(WEIGHTS[name] for name, (_, whole) in one.parts.measured.items() if whole)
        assert (one.rank is not None) is (weight >= LEAST)


@given(UNITS, st.sampled_from(list(Measure)))
def test_a_better_share_never_makes_a_unit_worse(units: list[dict[Measure, tuple[int, int]]], name: Measure) -> None:
    for one in units:
        part, whole = one[name]
        better = {**one, name: (min(part + 1, whole), whole)}
        (before,), (after,) = ranking([parts(0, one)]), ranking([parts(0, better)])
        assert (after.points or 0) >= (before.points or 0)


def test_by_hand() -> None:
    measured = {Measure.READ: (9, 10), Measure.USED: (1, 2), Measure.SENDING: (0, 0), Measure.CLEAN: (3, 3)}
    (found,) = ranking([parts(1, measured)])
    assert found.points == round((30 * 0.9 + 25 * 0.5 + 25) * 100 / 80, 2)
    assert sum(WEIGHTS.values()) == 100
    assert (enough(1, 9, 10), enough(1, 10, 10)) == ((0, 0), (1, 10))


def test_an_offices_own_weights() -> None:
    measured = {Measure.READ: (1, 10), Measure.USED: (1, 2), Measure.SENDING: (0, 4), Measure.CLEAN: (3, 3)}
    weights = {Measure.READ: 0, Measure.USED: 1, Measure.SENDING: 0, Measure.CLEAN: 3}
    (found,) = ranking([parts(1, measured)], weights)
    assert (found.points, found.rank) == (round((0.5 + 3) * 100 / 4, 2), 1)
    assert set(found.shares) == {Measure.USED, Measure.CLEAN}  # what weighs nothing is not shown
    (nothing,) = ranking([parts(1, measured)], dict.fromkeys(Measure, 0))
    assert (nothing.points, nothing.shares) == (None, {})
    unmeasured = {**measured, Measure.CLEAN: (0, 0)}  # a quarter of the weights is left
    assert ranking([parts(1, unmeasured)], weights)[0].rank is None
