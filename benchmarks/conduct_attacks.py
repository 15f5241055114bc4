"""What thieves do with a mailbox whose password they have, in many styles; each a stream of events from `start` on.

A style says who is written to, how fast, when, from where and with what. `spam`: how often rspamd would recognise it (0
where no spam filter is there). `lasts`: days after which the attack counts as not found.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.conduct_office import BEGIN, DAY, HOUR, ZONE, Box, Event

_VICTIMS = 1 << 50
_ABROAD = ["185", "45", "91", "103", "196", "41", "5", "77", "102", "156", "179", "200"]


@dataclass(frozen=True, slots=True)
class Style:
    """`gap`: seconds between messages; `each`: recipients a message; `where`: "abroad", "bots", "own", "near".

    `whom`: "anybody", "colleagues", "contacts"; `when`: "always", "office", "night"; `dead`: share of unknown users;
    `same`: one content; `failed`: logins tried before; `grows`: the first days it sends next to nothing.
    """

    name: str
    gap: float
    each: int = 1
    where: str = "abroad"
    whom: str = "anybody"
    when: str = "always"
    dead: float = 0.1
    same: bool = True
    spam: float = 0.5
    failed: int = 0
    grows: int = 0
    most: int = 10_000  # recipients
    lasts: float = 3.0
    kind: str = "official"


STYLES = (
    Style("blast, one recipient a message", 0.4),
    Style("blast, 50 recipients a message", 5, each=50),
    Style("botnet of many networks", 6, where="bots", same=False),
    Style("from the owner's own network", 20, where="own", when="office", same=False),
    Style("random words, new network, no spam verdict", 30, same=False, spam=0),
    Style("20 an hour, day and night", 180, same=False, spam=0.2, lasts=7),
    Style("10 an hour, office hours, own network", 360, where="own", when="office", same=False, spam=0.2, lasts=7),
    Style("3 an hour, day and night, abroad", 1200, same=False, spam=0.2, lasts=7),
    Style("few recipients a message, near network", 120, each=4, where="near", when="office", spam=0.3, lasts=7),
    Style("phishing of the own organisation", 60, each=20, whom="colleagues", dead=0.02, spam=0.1, where="near"),
    Style("to the owner's contacts, own network", 45, where="own", whom="contacts", when="office", dead=0, spam=0.1),
    Style("to the owner's contacts, abroad", 45, whom="contacts", dead=0, spam=0.1),
    Style("dictionary of unknown users", 10, dead=0.6, spam=0.2, same=False),
    Style("after failed logins", 30, failed=60, same=False, spam=0.2),
    Style("nights only, 30 an hour", 120, when="night", same=False, spam=0.1, where="near", lasts=7),
    Style("grows slowly for ten days, then 300 a day", 150, where="near", when="office", same=False, spam=0.1, grows=10,
          lasts=14),
    Style("a unit's mailbox, blast", 1, kind="unit"),
    Style("a service's mailbox, blast", 1, kind="service", same=False),
)  # fmt: skip


def strike(style: Style, box: Box, start: float, rng: random.Random, spam: bool) -> Iterator[Event]:
    """The attack, in order of time, from `start`, until it has written to enough or lasted long enough."""
    at = start
    for _ in range(style.failed):
        at += rng.expovariate(1 / 20)
        yield Event(at, _client(style, box, rng, at), failed=True, hit=True)
    sent, number, crowd = 0, rng.randrange(1 << 30) * 100_000, _crowd(style, box, rng)
    share = style.spam * rng.uniform(0.5, 1.5) if spam else 0.0
    while sent < style.most and at < start + style.lasts * DAY:
        at += rng.expovariate(1 / _gap(style, at - start))
        at = _awake(style, at)
        to = tuple(next(crowd, _VICTIMS + number + sent + k) for k in range(style.each))
        if style.whom == "contacts" and any(one >= _VICTIMS for one in to):
            return
        dead = sum(rng.random() < style.dead for _ in to)
        name = f"offer{number}" if style.same else f"{rng.getrandbits(40):x}"
        alive = to[: len(to) - dead]
        yield Event(at, _client(style, box, rng, at), alive, dead, name, rng.random() < share, hit=True)
        sent += len(to)


def _gap(style: Style, lasted: float) -> float:
    """Slow at first: ten a day, then a quarter more each day."""
    if lasted >= style.grows * DAY:
        return style.gap
    return max(style.gap, 9 * HOUR / (10 * 1.25 ** (lasted / DAY)))


def _crowd(style: Style, box: Box, rng: random.Random) -> Iterator[int]:
    if style.whom == "colleagues":
        return iter(rng.sample(range(6_000), 2_000))
    if style.whom == "contacts":
        return iter(list(dict.fromkeys(box.contacts)))
    return iter(())


def _awake(style: Style, at: float) -> float:
    """The next moment at which this thief works."""
    working: Callable[[float], bool] = {
        "always": lambda hour: True,
        "office": lambda hour: 7.5 <= hour < 17,
        "night": lambda hour: hour >= 23 or hour < 5,
    }[style.when]
    while not working((at + ZONE) % DAY / HOUR) or (style.when == "office" and _weekend(at)):
        at += 600
    return at


def _weekend(at: float) -> bool:
    return int((at - BEGIN) // DAY) % 7 >= 5


def _client(style: Style, box: Box, rng: random.Random, at: float) -> str:
    if style.where == "own":
        return f"{box.office}.1.7"
    if style.where == "bots":
        return f"{rng.choice(_ABROAD)}.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(1, 250)}"
    return f"{118 if style.where == 'near' else 185}.{box.number % 60 + 60}.4.4"
