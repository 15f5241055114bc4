"""Windows are never shorter than they say, and at most a slot longer; slots do not grow without bound."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.conduct.windows import COUNTS, DAYS, HOURS, MOST, TENS, Slots, Window

STEPS = st.lists(st.tuples(st.floats(0, 20_000), st.integers(0, 50)), max_size=60)


@given(STEPS, st.sampled_from([(TENS, 3600), (HOURS, 86_400), (DAYS, 7 * 86_400)]))
def test_both_bounds_against_an_exact_log(steps: list[tuple[float, int]], which: tuple[Window, int]) -> None:
    window, length = which
    slots: Slots = {}
    log: list[tuple[float, int]] = []
    now = 1.79e9
    for gap, count in steps:
        now += gap
        window.add(slots, now, [count] * COUNTS)
        log.append((now, count))
        held = window.total(slots, now)[3]
        assert sum(count for at, count in log if at > now - length) <= held
        assert held <= sum(count for at, count in log if at > now - length - window.seconds)
        assert len(slots) <= window.keep


def test_what_is_past_is_gone() -> None:
    slots: Slots = {}
    TENS.add(slots, 1.79e9, [1] * COUNTS)
    assert TENS.total(slots, 1.79e9 + 4201) == [0] * COUNTS
    assert TENS.total(slots, 1.79e9 - 601) == [0] * COUNTS  # the future counts no more than the past


def test_counts_do_not_overflow() -> None:
    slots: Slots = {}
    for hour in range(30):
        for _ in range(3):
            HOURS.add(slots, 1.79e9 + 3600 * hour, [MOST] * COUNTS)
    assert max(HOURS.total(slots, 1.79e9 + 29 * 3600)) < 2**32
