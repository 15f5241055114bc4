"""What is remembered of a sender, and how it is packed into a few kilobytes. Pure.

The blob begins with a version byte and is read strictly: what was written by another version, cut off or changed, is
no state, and the sender begins anew.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from enum import IntEnum
from operator import le
from typing import Final

from gateway.conduct.networks import WIDTH
from gateway.conduct.windows import COUNTS, DAYS, HOURS, MOST, TENS, Slots

VERSION: Final = 1
NETWORKS: Final = 48
"""The most networks that are remembered of a sender."""
CONTENTS: Final = 32
"""The most contents that are remembered of a sender."""
_DIGEST: Final = 4  # bytes of a likeness that are kept
_ROW: Final = 1 + COUNTS  # numbers of a slot


class Pace(IntEnum):
    """What a habit is kept of: the most of it that a day showed."""

    BURST = 0  # messages in ten minutes
    HOUR_RECIPIENTS = 1
    HOUR_NEW = 2
    DAY_RECIPIENTS = 3
    DAY_NEW = 4
    DAY_UNKNOWN = 5
    DAY_SPAM = 6
    DAY_NETWORKS = 7
    DAY_SAME = 8  # recipients of one content, sent in several messages
    DAY_FIRST = 9  # messages with new recipients
    WEEK_FIRST = 10


PACES: Final = len(Pace)
_HEAD: Final = struct.Struct(f"<BBBHIIIBBBBB48s{PACES}fII{PACES}If{PACES}I")
_NETWORK: Final = struct.Struct(f"<{WIDTH}sIIHI")
_CONTENT: Final = struct.Struct(f"<{_DIGEST}sIHI")


_LARGEST: Final = (TENS.keep, HOURS.keep, DAYS.keep, NETWORKS, CONTENTS, 2)


@dataclass(slots=True)
class Network:
    """`last`: seconds; `day`: the day of `sent`, recipients on that day; `days`: days it was used without complaint."""

    last: int = 0
    day: int = 0
    days: int = 0
    sent: int = 0


@dataclass(slots=True)
class Content:
    """What was sent of one likeness since it was new."""

    last: int = 0
    messages: int = 0
    recipients: int = 0


@dataclass(slots=True)
class Today:
    """The running day. `hours`: bits of the hours with deeds. `most`: the largest readings. `worst`: score."""

    day: int = 0
    hours: int = 0
    most: list[int] = field(default_factory=lambda: [0] * PACES)
    worst: float = 0.0


@dataclass(slots=True)
class State:
    """One sender. `last`: the newest time seen, seconds. `since`: what was before does not count (a release).

    `told`, `told_at`: the level that was told last, and when. `days`: ordinary days that the habits were learned from.
    `kind`: see `habits.YOUTH`. `grace`: by `Pace`, what is granted for a day after `since`.
    `profile`: how often each hour is used, 0 to 255, working days and free days. `peaks`: by `Pace`.
    """

    last: int = 0
    since: int = 0
    told: int = 0
    told_at: int = 0
    days: int = 0
    profile: bytearray = field(default_factory=lambda: bytearray(48))
    peaks: list[float] = field(default_factory=lambda: [0.0] * PACES)
    today: Today = field(default_factory=Today)
    grace: list[int] = field(default_factory=lambda: [0] * PACES)
    kind: int = 0
    tens: Slots = field(default_factory=dict)
    hours: Slots = field(default_factory=dict)
    week: Slots = field(default_factory=dict)
    networks: dict[bytes, Network] = field(default_factory=dict)
    contents: dict[bytes, Content] = field(default_factory=dict)


def pack(state: State) -> bytes:
    """The blob, at most 3,014 bytes. Whoever changes a state keeps its numbers within 0 to 2^32 - 1."""
    windows, today = (state.tens, state.hours, state.week), state.today
    sizes = (*map(len, windows), len(state.networks), len(state.contents))
    times = (state.last, state.since, state.told_at)
    head = _HEAD.pack(
        VERSION, state.told, state.kind, min(state.days, 0xFFFF), *times, *sizes, bytes(state.profile), *state.peaks,
        today.day, today.hours, *today.most, today.worst, *state.grace,
    )  # fmt: skip
    numbers = [number for slots in windows for key, counts in slots.items() for number in (key, *counts)]
    parts = [head, struct.pack(f"<{len(numbers)}I", *numbers)]
    for key, net in state.networks.items():
        parts.append(_NETWORK.pack(key, net.last, net.day, min(net.days, 0xFFFF), net.sent))
    for key, one in state.contents.items():
        parts.append(_CONTENT.pack(key, one.last, min(one.messages, 0xFFFF), one.recipients))
    return b"".join(parts)


def unpack(blob: bytes | None) -> State | None:
    """The state; None where there is none, or none that can be read."""
    if blob is None or len(blob) < _HEAD.size or blob[0] != VERSION:
        return None
    _version, told, kind, days, last, since, told_at, *rest = _HEAD.unpack_from(blob)
    tens, hours, week, networks, contents = sizes = rest[:5]
    profile, peaks = bytearray(rest[5]), rest[6 : 6 + PACES]
    day, bits, *most = rest[6 + PACES : -1 - PACES]
    worst, *grace = rest[-1 - PACES :]
    slots = (tens + hours + week) * _ROW
    ends = _HEAD.size + slots * 4 + networks * _NETWORK.size
    fits = len(blob) == ends + contents * _CONTENT.size and all(map(le, (*sizes, kind), _LARGEST))
    if not fits or not all(0.0 <= value < 1e12 for value in (*peaks, worst)):  # NaN is not, either
        return None
    state = State(last, since, told, told_at, days, profile, peaks, Today(day, bits, most, worst), grace, kind)
    numbers = struct.unpack_from(f"<{slots}I", blob, _HEAD.size)
    if max(numbers, default=0) > MOST:
        return None
    rows = [(numbers[i], list(numbers[i + 1 : i + _ROW])) for i in range(0, slots, _ROW)]
    state.tens, state.hours = dict(rows[:tens]), dict(rows[tens : tens + hours])
    state.week = dict(rows[tens + hours :])
    _tables(state, memoryview(blob), ends - networks * _NETWORK.size, ends)
    return state


def _tables(state: State, view: memoryview, begins: int, ends: int) -> None:
    for key, last, used, days, sent in _NETWORK.iter_unpack(view[begins:ends]):
        state.networks[key] = Network(last, used, days, sent)
    for key, last, messages, recipients in _CONTENT.iter_unpack(view[ends:]):
        state.contents[key] = Content(last, messages, recipients)
