"""What the last hour and the last day of a sender show, as figures. Pure."""

from __future__ import annotations

from typing import NamedTuple

from gateway.conduct.habits import TRUSTED, newness, oddness
from gateway.conduct.hours import DAY, HOUR, Rests, is_free, local_day, local_hour
from gateway.conduct.networks import NOWHERE
from gateway.conduct.state import Network, State
from gateway.conduct.windows import DAYS, HOURS, TENS, Count

_SEVERAL = 4  # messages of one content below which it is one mail, sent a few times


class Reading(NamedTuple):
    """`paces`: by `Pace`. `unknown_share`: of all recipients that were tried in the last day; `new_share`: of those
    taken. `throttled`: recipients in the last day.
    """

    paces: tuple[int, ...]
    unknown_share: float
    new_share: float
    throttled: int


class Surroundings(NamedTuple):
    """How it came. `odd`, `strange`: recipients of the last day, each by how odd its hour and how new its network was.

    `failed`: logins in the last day. `networks`: those of the last hour that are not this sender's own.
    """

    odd: float
    strange: float
    failed: int
    networks: int


def read(state: State, now: float) -> Reading:
    """The figures of the windows that end at `now`."""
    hour, day = TENS.total(state.tens, now), HOURS.total(state.hours, now)
    paces = (  # in the order of `Pace`
        _burst(state, now),
        hour[Count.RECIPIENTS],
        hour[Count.NEW],
        day[Count.RECIPIENTS],
        day[Count.NEW],
        day[Count.UNKNOWN],
        day[Count.SPAM],
        sum(net.last > now - DAY and key != NOWHERE for key, net in state.networks.items()),
        _same(state, now),
        day[Count.FIRST],
        DAYS.total(state.week, now)[Count.FIRST],
    )
    tried = day[Count.RECIPIENTS] + day[Count.UNKNOWN]
    return Reading(
        paces,
        unknown_share=day[Count.UNKNOWN] / tried if tried else 0.0,
        new_share=day[Count.NEW] / max(day[Count.RECIPIENTS], 1),
        throttled=day[Count.THROTTLED],
    )


def look_around(state: State, now: float, rests: Rests) -> Surroundings:
    """The context; it costs more than `read`, and is wanted only where there is harm."""
    return Surroundings(
        odd=_odd(state, now, rests),
        strange=_strange(state, now),
        failed=HOURS.total(state.hours, now)[Count.FAILED],
        networks=sum(
            net.last > now - HOUR and newness(net) > 0 for key, net in state.networks.items() if key != NOWHERE
        ),
    )


def _burst(state: State, now: float) -> int:
    """Messages in the running slot of ten minutes, or in the one before, whichever holds more."""
    newest = int(now) // TENS.seconds
    return max(state.tens[number][Count.MESSAGES] if number in state.tens else 0 for number in (newest - 1, newest))


def _same(state: State, now: float) -> int:
    """Recipients of the content that most got in several messages."""
    fitting = (one for one in state.contents.values() if one.last > now - DAY and one.messages >= _SEVERAL)
    return max((one.recipients for one in fitting), default=0)


def _odd(state: State, now: float, rests: Rests) -> float:
    newest = int(now) // HOUR
    free: dict[int, bool] = {}  # two days at most, and a calendar may be slow
    found = 0.0
    for number, counts in state.hours.items():
        if counts[Count.RECIPIENTS] and newest - HOURS.keep < number <= newest:
            day = local_day(number * HOUR)
            if day not in free:
                free[day] = is_free(day, rests)
            found += counts[Count.RECIPIENTS] * oddness(state, local_hour(number * HOUR) + 24 * free[day])
    return found


def strange_networks(state: State, now: float) -> list[tuple[bytes, Network]]:
    """Networks of the running day that are not this sender's own, the most used first."""
    today = state.today.day
    used = ((key, net) for key, net in state.networks.items() if net.day == today and net.sent and net.last > now - DAY)
    return sorted(((key, net) for key, net in used if newness(net)), key=lambda pair: -pair[1].sent)


def _strange(state: State, now: float) -> float:
    """While nothing is known of a mailbox no network is its own, and none is strange."""
    if state.days < TRUSTED:
        return 0.0
    return sum(net.sent * newness(net) for key, net in strange_networks(state, now) if key != NOWHERE)
