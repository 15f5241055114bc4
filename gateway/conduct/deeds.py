"""How a deed changes the state of its sender. Pure; whatever the clocks say, the state stays bounded."""

from __future__ import annotations

import hashlib
from typing import Final, TypeVar

from gateway.conduct.habits import KINDS, turn
from gateway.conduct.hours import DAY, Rests, local_day, local_hour
from gateway.conduct.networks import network_of
from gateway.conduct.state import CONTENTS, NETWORKS, Content, Network, State, Today
from gateway.conduct.windows import DAYS, HOURS, TENS
from gateway.rates import Deed

_FAR: Final = DAY  # a state that is further in the future was written by a wrong clock
_LIMIT: Final = 0x7FFFFFFF * 2.0  # seconds; times beyond it are no times
_MANY: Final = 1_000_000
_Row = TypeVar("_Row", Network, Content)


def settle_clock(state: State, now: float) -> float:
    """The time to go by: never before what was seen already, unless that came from a clock that was far ahead."""
    now = min(max(now, 0.0), _LIMIT)
    if state.last > now + _FAR:
        forget(state)
        state.last, state.told_at, state.since = int(now), min(state.told_at, int(now)), min(state.since, int(now))
        state.today.day = local_day(now)
        for network in state.networks.values():
            network.last, network.day, network.sent = int(now), 0, 0
    state.last = max(state.last, int(now))
    return max(now, float(state.last))


def forget(state: State) -> None:
    """What the last day held counts no more (a release, a clock put right); habits stay."""
    state.tens.clear()
    state.hours.clear()
    state.week.clear()
    state.contents.clear()
    state.told = 0
    state.today.most, state.today.worst = [0] * len(state.today.most), 0.0
    for network in state.networks.values():
        network.sent = 0
        network.last = 0


def release(state: State, since: float) -> None:
    """This sender was released at `since` (0: never): what was before does not count any more."""
    if int(since) > state.since:
        state.grace = list(state.today.most)
        forget(state)
        state.since = int(min(since, _LIMIT))


def add(state: State, deed: Deed, at: float, rests: Rests) -> None:
    """Take in one deed, at `at` seconds since the epoch (at most a little before the newest)."""
    day = local_day(at)
    if day > state.today.day:
        turn(state, day, rests)
    elif day < state.today.day - 1:  # what no clock did
        state.today = Today(day)
    counts = _counts(deed)
    TENS.add(state.tens, at, counts)
    HOURS.add(state.hours, at, counts)
    DAYS.add(state.week, at, counts)
    if not deed.failed_login:
        state.kind = KINDS.get(deed.kind, 0)
        state.today.hours |= 1 << local_hour(at)
        _add_network(state, network_of(deed.client), counts[0], at)
        if deed.likeness:
            _add_content(state, deed.likeness, counts[0], at)


def _counts(deed: Deed) -> tuple[int, ...]:
    """By `Count`. What is counted comes from a count of SMTP replies, but nothing relies on it."""
    if deed.failed_login:
        return (0, 0, 0, 0, 0, 0, 1, 0)
    told = (deed.recipients, 1, deed.new, deed.unknown, deed.throttled, int(deed.spam), 0, int(deed.new > 0))
    return tuple(min(max(value, 0), _MANY) for value in told)


def _add_network(state: State, key: bytes, recipients: int, at: float) -> None:
    if key not in state.networks and len(state.networks) >= NETWORKS:
        # Those that were used once go first: an attack from everywhere does not drive out a sender's own.
        del state.networks[min(state.networks, key=lambda known: _worth(state.networks[known]))]
    network = state.networks.setdefault(key, Network())
    if network.day != state.today.day:
        network.day, network.sent = state.today.day, 0
    network.last, network.sent = max(network.last, int(at)), min(network.sent + recipients, _MANY)


def _worth(network: Network) -> tuple[int, int]:
    return network.days, network.last


def _add_content(state: State, likeness: str, recipients: int, at: float) -> None:
    key = hashlib.blake2b(likeness.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    for old in [known for known, one in state.contents.items() if one.last < at - DAY]:
        del state.contents[old]
    if key not in state.contents and len(state.contents) >= CONTENTS:
        del state.contents[min(state.contents, key=lambda known: _weight(state.contents[known]))]
    one = state.contents.setdefault(key, Content())
    one.last, one.messages = max(one.last, int(at)), one.messages + 1
    one.recipients = min(one.recipients + recipients, _MANY)


def _weight(content: Content) -> tuple[int, int]:
    return content.messages, content.last
