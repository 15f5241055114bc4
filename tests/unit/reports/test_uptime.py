"""Shares of time out of spans of presence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.lifecycle.spans import Span
from gateway.reports.presence import EVERY, GATEWAY, UPSTREAM, Present
from gateway.reports.uptime import BETWEEN, Absence, uptime

DAY = 86_400.0
PERIOD = Span(0.0, 10 * DAY)
UP = f"{UPSTREAM}m"


def here(since: float, until: float, what: str = GATEWAY, node: str = "gw1") -> Present:
    return Present(node, what, Span(since, until))


def both(since: float, until: float, node: str = "gw1") -> list[Present]:
    return [here(since, until, node=node), here(since, until, UP, node)]


def test_nothing_was_measured() -> None:
    found = uptime([], None, PERIOD, 20 * DAY)
    assert (found.measured, found.share, found.absences) == (0, None, ())
    assert uptime([], 11 * DAY, PERIOD, 20 * DAY).measured == 0
    assert uptime([], 5 * DAY, PERIOD, 4 * DAY).share is None


def test_always_there() -> None:
    found = uptime(both(0, 10 * DAY), 0.0, PERIOD, 20 * DAY)
    assert (found.share, found.absent) == (1.0, 0)


def test_it_is_measured_from_the_first_word_on() -> None:
    found = uptime(both(4 * DAY, 10 * DAY), 4 * DAY, PERIOD, 20 * DAY)
    assert (found.measured, found.share) == (6 * DAY, 1.0)


def test_the_gateway_was_off_and_the_mail_server_away() -> None:
    told = [
        here(0, DAY),
        here(2 * DAY, 10 * DAY),
        here(0, DAY, UP),
        here(2 * DAY, 5 * DAY, UP),
        here(5 * DAY + 600, 10 * DAY, UP),
    ]
    found = uptime(told, 0.0, PERIOD, 20 * DAY)
    assert found.running == pytest.approx(9 * DAY, abs=1)
    assert found.serving == pytest.approx(9 * DAY - 600, abs=1)
    assert [(round(one.since), round(one.until), one.gateway) for one in found.absences] == [
        (DAY, 2 * DAY, True),
        (5 * DAY, 5 * DAY + 600, False),
    ]


def test_another_node_stands_in() -> None:
    told = [*both(0, 3 * DAY), *both(2 * DAY, 10 * DAY, "gw2")]
    found = uptime(told, 0.0, PERIOD, 20 * DAY)
    assert (found.share, found.absent) == (1.0, 0)
    assert {name: round(seconds / DAY) for name, seconds in found.nodes.items()} == {"gw1": 3, "gw2": 8}


def test_a_single_missing_word_is_seen_and_two_words_apart_are_not() -> None:
    apart = [*both(0, DAY), *both(DAY + EVERY, 10 * DAY)]
    assert uptime(apart, 0.0, PERIOD, 20 * DAY).absent == 0
    missing = [*both(0, DAY), *both(DAY + 2 * EVERY, 10 * DAY)]
    assert uptime(missing, 0.0, PERIOD, 20 * DAY).absent == 1


def test_what_was_said_last_holds_until_now() -> None:
    found = uptime(both(0, DAY - 50), 0.0, PERIOD, DAY)
    assert (found.share, found.measured) == (1.0, DAY)
    assert uptime(both(0, DAY - 500), 0.0, PERIOD, DAY).absent == 1


SPANS = st.lists(
    st.tuples(
        st.floats(-DAY, 12 * DAY),
        st.floats(0, 4 * DAY),
        st.sampled_from([GATEWAY, UP, f"{UPSTREAM}n"]),
        st.sampled_from(["a", "b"]),
    ),
    max_size=12,
)


@given(SPANS, st.floats(0, 15 * DAY))
def test_the_parts_make_the_whole(told: list[tuple[float, float, str, str]], now: float) -> None:
    found = uptime([here(a, a + long, what, node) for a, long, what, node in told], 0.0, PERIOD, now)
    assert 0 <= found.serving <= found.running <= found.measured <= found.period
    gaps = sum(one.seconds for one in found.absences)
    assert gaps <= found.measured - found.serving + 1e-6
    assert found.measured - found.serving - gaps < (len(told) * 2 + 2) * 1.0
    assert all(one.seconds > BETWEEN - 1 or _at_the_edge(one, now) for one in found.absences)
    assert all(0 <= seconds <= found.measured + 1e-6 for seconds in (*found.nodes.values(), *found.upstreams.values()))


def _at_the_edge(one: Absence, now: float) -> bool:
    """Cut by the period, by now, or by an absence of the other sort."""
    return one.since <= 0 or one.until >= min(now, PERIOD.until) - 1 or one.gateway or one.seconds >= 1
