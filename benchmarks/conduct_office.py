"""Ordinary senders of a province, imagined: who they are, and everything that they send in some weeks.

Assumptions (ours; nobody publishes such traffic). Of the mailboxes 82 % are officials', 12 % units', 3 % services', 3 %
units that send newsletters. An official sends a median of 5 messages on a working day (log-normal, sigma 0.8), one in
nine to several people, one recipient in twelve is new. Units send 12, often to lists of 20 to 150, of which 0 to 8 %
are dead addresses. Services write around the clock, a median of 60 a day, mostly to citizens that they never wrote to.
Newsletters: two to four times a month to 500 to 2,500 subscribers, one recipient a message or fifty.

Besides: invitations to 50 to 200 people in one message or a few; mail merges of 60 to 200 letters in 5 to 25 minutes;
double sending within seconds; the last week of a quarter with twice the mail, and reports to everybody concerned; night
shifts, weekend work, leave and return, travel, the mobile networks of a carrier; new employees without any habit;
mistyped passwords, and telephones that try an old one again and again; spam verdicts by mistake (0.15 % of messages,
3 % of newsletters' issues, 2 % of merges). Everybody's recipients are unknown to the gateway on the first day.
"""

from __future__ import annotations

import datetime
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

DAY, HOUR = 86_400, 3_600
ZONE = 7 * HOUR
FIRST = datetime.date(2026, 7, 20)  # a Monday; the month that is measured ends with a quarter
WARM_UP, MONTH = 42, 31  # days
HOLIDAYS = frozenset({datetime.date(2026, 9, 2), datetime.date(2026, 9, 1)})
_EPOCH = datetime.date(1970, 1, 1).toordinal()
BEGIN = (FIRST.toordinal() - _EPOCH) * DAY - ZONE  # local midnight, seconds since the epoch
_CITIZENS = 1 << 40  # numbers of addresses that nobody shares
_COLLEAGUES = 6_000


class Event(NamedTuple):
    """One transaction, or one failed login. `to`: the recipients' numbers; `hit`: an attack's, not the owner's."""

    at: float
    client: str
    to: tuple[int, ...] = ()
    unknown: int = 0
    likeness: str = ""
    spam: bool = False
    failed: bool = False
    hit: bool = False


def rests(day: datetime.date) -> bool:
    """Weekends, and the national day."""
    return day.weekday() >= 5 or day in HOLIDAYS


@dataclass(slots=True)
class Box:
    """One mailbox and its owner's ways. `pace`: messages on a working day; `from_day`: its first day."""

    number: int
    kind: str  # "official", "unit", "service", "newsletter"
    rng: random.Random
    office: str
    home: str
    mobile: tuple[str, ...]
    pace: float = 5.0
    from_day: int = 0
    away: range = range(0)
    travel: range = range(0)
    night: bool = False
    weekends: float = 0.03
    evening: float = 0.1
    roams: float = 0.0
    dead: float = 0.0
    contacts: list[int] = field(default_factory=list)
    subscribers: list[int] = field(default_factory=list)
    fresh: int = 0

    def stranger(self) -> int:
        """Somebody that nobody has written to."""
        self.fresh += 1
        return _CITIZENS + self.number * 1_000_000 + self.fresh


def boxes(count: int, seed: int) -> Iterator[Box]:
    """The province's mailboxes."""
    for number in range(count):
        yield box(number, random.Random(f"{seed}:{number}"))


def box(number: int, rng: random.Random) -> Box:
    """One mailbox, all of it by chance."""
    kind = rng.choices(("official", "unit", "service", "newsletter"), (82, 12, 3, 3))[0]
    carrier = tuple(f"27.{rng.randrange(64, 80)}" for _ in range(6))
    made = Box(number, kind, rng, f"113.{160 + number // 40 % 16}", f"14.{rng.randrange(160, 192)}", carrier)
    made.pace = {"official": 5, "unit": 12, "service": 60, "newsletter": 6}[kind] * math.exp(rng.gauss(0, 0.8))
    made.contacts = [rng.randrange(_COLLEAGUES) for _ in range(int(30 * math.exp(rng.gauss(0.4, 0.6))) + 5)]
    if kind in ("unit", "newsletter"):
        made.dead = rng.uniform(0, 0.08)
    if kind == "newsletter":
        made.subscribers = [made.stranger() for _ in range(rng.randrange(500, 2500))]
    if kind == "official":
        _ways(made, rng)
    return made


def _ways(made: Box, rng: random.Random) -> None:
    made.night = rng.random() < 0.05
    made.weekends = 0.5 if rng.random() < 0.1 else 0.03
    made.roams = rng.uniform(0.05, 0.5) if rng.random() < 0.3 else 0.0
    if rng.random() < 0.05:
        made.from_day = WARM_UP + rng.randrange(20)
    if rng.random() < 0.08:
        began = rng.randrange(10, WARM_UP + 15)
        made.away = range(began, began + rng.randrange(7, 30))
    if rng.random() < 0.10:
        began = WARM_UP + rng.randrange(MONTH)
        made.travel = range(began, began + rng.randrange(1, 5))


def events(box: Box, days: range | None = None) -> list[Event]:
    """Everything that this mailbox sends, in order of time."""
    made: list[Event] = []
    for day in days or range(WARM_UP + MONTH):
        if day >= box.from_day and day not in box.away:
            made += _day(box, day)
    made.sort(key=lambda event: event.at)
    return made


def _day(box: Box, day: int) -> Iterator[Event]:
    rng, date = box.rng, FIRST + datetime.timedelta(days=day)
    free = rests(date)
    share = (1.0 if box.kind == "service" else box.weekends) if free else 1.0
    if rng.random() > share:
        return
    rush = 2.0 if date.month % 3 == 0 and date.day >= 24 else 1.0
    back = 3.0 if day - 1 in box.away else 1.0
    wanted = box.pace * rush * back * math.exp(rng.gauss(0, 0.5)) * (0.3 if free else 1)
    for _ in range(min(int(wanted + rng.random()), 3000)):
        yield from _message(box, day)
    yield from _logins(box, day)
    if not free:
        for chance, occasion in _OCCASIONS[box.kind]:
            if rng.random() < chance * (3 if occasion is _report and rush > 1 else 1):
                yield from occasion(box, day)


def clock(box: Box, day: int) -> float:
    """A time at which this sender writes on that day."""
    rng = box.rng
    if box.kind == "service":
        hour = rng.uniform(0, 24)
    elif box.night and rng.random() < 0.4:
        hour = rng.uniform(20, 29)
    elif rng.random() < box.evening:
        hour = rng.uniform(17, 22)
    else:
        hour = rng.choice((rng.gauss(9.5, 1.2), rng.gauss(14.8, 1.2)))
    return BEGIN + day * DAY + max(hour, 0) * HOUR


def place(box: Box, day: int, at: float) -> str:
    """The address that this sender writes from then."""
    rng, hour = box.rng, (at + ZONE) % DAY / HOUR
    if box.kind == "service":
        net = box.office
    elif day in box.travel:
        net = f"171.{224 + (box.number + day // 2) % 16}"
    elif rng.random() < box.roams:
        net = rng.choice(box.mobile)
    else:
        net = box.office if 7 <= hour < 17.5 else box.home
    return f"{net}.{rng.randrange(4)}.{rng.randrange(1, 250)}"


def _someone(box: Box, new: float) -> int:
    rng = box.rng
    if rng.random() >= new:
        return box.contacts[int(len(box.contacts) * rng.random() ** 2)]
    found = rng.randrange(_COLLEAGUES) if rng.random() < 0.5 else box.stranger()
    box.contacts.append(found)
    return found


def _message(box: Box, day: int) -> Iterator[Event]:
    rng, at = box.rng, clock(box, day)
    if box.kind == "service":
        to = (box.stranger() if rng.random() < 0.7 else _someone(box, 0),)
        yield Event(at, place(box, day, at), to, int(rng.random() < 0.02), f"result{box.number}", rng.random() < 0.0015)
        return
    many = rng.randrange(2, 12) if rng.random() < 0.11 else 1
    to = tuple({_someone(box, 0.08) for _ in range(many)})
    one = Event(at, place(box, day, at), to, int(rng.random() < 0.007), _name(rng), rng.random() < 0.0015)
    yield one
    if rng.random() < 0.01:  # sent again: an impatient hand, or a program that got no answer
        yield one._replace(at=at + rng.choice((0.3, 2, 40, 300)))


def _name(rng: random.Random) -> str:
    return f"{rng.getrandbits(48):x}"


def _logins(box: Box, day: int) -> Iterator[Event]:
    rng = box.rng
    times = rng.randrange(20, 60) if rng.random() < 0.003 else rng.randrange(1, 4) if rng.random() < 0.03 else 0
    at = clock(box, day)
    for _ in range(times):
        at += rng.expovariate(1 / 60)
        yield Event(at, place(box, day, at), failed=True)


def _crowd(box: Box, day: int, many: int, new: float, each: int, gap: float, spam: bool = False) -> Iterator[Event]:
    """The same content to many: `each` recipients a message, `gap` seconds between messages."""
    rng, at, name = box.rng, clock(box, day), _name(box.rng)
    at, client = min(at, BEGIN + day * DAY + 16 * HOUR), ""
    to = list(dict.fromkeys(_someone(box, new) for _ in range(many)))
    client = place(box, day, at)
    for start in range(0, len(to), each):
        part = tuple(to[start : start + each])
        dead = sum(rng.random() < box.dead for _ in part)
        yield Event(at, client, part, dead, name, spam)
        at += gap * rng.uniform(0.5, 1.5)


def _invitation(box: Box, day: int) -> Iterator[Event]:
    rng = box.rng
    return _crowd(box, day, rng.randrange(50, 201), rng.uniform(0.2, 0.8), rng.choice((50, 100, 200)), 60)


def _merge(box: Box, day: int) -> Iterator[Event]:
    rng, many = box.rng, box.rng.randrange(60, 201)
    gap = rng.uniform(5, 25) * 60 / many
    return _crowd(box, day, many, rng.uniform(0.1, 0.6), 1, gap, rng.random() < 0.02)


def _circular(box: Box, day: int) -> Iterator[Event]:
    return _crowd(box, day, box.rng.randrange(20, 151), 0.05, 50, 30)


def _report(box: Box, day: int) -> Iterator[Event]:
    """A report with its parts, sent to everybody concerned in several messages within the hour."""
    for _ in range(box.rng.randrange(2, 6)):
        yield from _crowd(box, day, box.rng.randrange(5, 40), 0.15, 20, 120)


def _newsletter(box: Box, day: int) -> Iterator[Event]:
    rng = box.rng
    box.subscribers += [box.stranger() for _ in range(rng.randrange(20))]
    name, spam, each = _name(rng), rng.random() < 0.03, rng.choice((1, 50))
    at = BEGIN + day * DAY + rng.uniform(8, 15) * HOUR
    gap = rng.uniform(0.5, 2) if each == 1 else 20
    for start in range(0, len(box.subscribers), each):
        part = tuple(box.subscribers[start : start + each])
        yield Event(at, f"{box.office}.1.9", part, sum(rng.random() < box.dead / 4 for _ in part), name, spam)
        at += gap


_Occasion = Callable[[Box, int], Iterator[Event]]
_OCCASIONS: dict[str, tuple[tuple[float, _Occasion], ...]] = {
    "official": ((0.004, _invitation), (0.0025, _merge), (0.01, _report)),
    "unit": ((0.06, _invitation), (0.01, _merge), (0.25, _circular), (0.03, _report)),
    "service": (),
    "newsletter": ((0.14, _newsletter), (0.03, _invitation), (0.1, _circular)),
}
