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
    """`paces`: by `Pace`. `odd`, `strange`: recipients of the last day, each by how odd its hour and how new its
    network was. `unknown_share`: of all recipients that were tried in the last day; `new_share`: of those taken.
    """

    paces: tuple[int, ...]
    odd: float
    strange: float
    unknown_share: float
    new_share: float
    throttled: int
    failed: int
    networks_hour: int


def read(state: State, now: float, rests: Rests) -> Reading:
    """The figures of the windows that end at `now`."""
    hour, day = TENS.total(state.tens, now), HOURS.total(state.hours, now)
    lately = {key: net for key, net in state.networks.items() if net.last > now - DAY and key != NOWHERE}
    paces = (  # in the order of `Pace`
        _burst(state),
        hour[Count.RECIPIENTS],
        hour[Count.NEW],
        day[Count.RECIPIENTS],
        day[Count.NEW],
        day[Count.UNKNOWN],
        day[Count.SPAM],
        len(lately),
        _same(state, now),
        day[Count.FIRST],
        DAYS.total(state.week, now)[Count.FIRST],
    )
    tried = day[Count.RECIPIENTS] + day[Count.UNKNOWN]
    return Reading(
        paces,
        odd=_odd(state, now, rests),
        strange=_strange(state),
        unknown_share=day[Count.UNKNOWN] / tried if tried else 0.0,
        new_share=day[Count.NEW] / max(day[Count.RECIPIENTS], 1),
        throttled=day[Count.THROTTLED],
        failed=day[Count.FAILED],
        networks_hour=sum(net.last > now - HOUR and newness(net) > 0 for net in lately.values()),
    )


def _burst(state: State) -> int:
    """Messages in the newest slot of ten minutes."""
    return state.tens[max(state.tens)][Count.MESSAGES] if state.tens else 0


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


def strange_networks(state: State) -> list[tuple[bytes, Network]]:
    """Networks of the running day that are not this sender's own, the most used first."""
    today = state.today.day
    found = [(key, net) for key, net in state.networks.items() if net.day == today and newness(net) and net.sent]
    return sorted(found, key=lambda pair: -pair[1].sent)


def _strange(state: State) -> float:
    """While nothing is known of a mailbox no network is its own, and none is strange."""
    if state.days < TRUSTED:
        return 0.0
    return sum(net.sent * newness(net) for key, net in strange_networks(state) if key != NOWHERE)
