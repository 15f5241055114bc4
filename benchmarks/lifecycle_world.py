"""A simulated office for benchmarks.lifecycle: who uses which mailbox when, and what its server counts.

The truth is known: every use of the owner, seen or not. Nothing here knows the gateway's rules; it only fills
the values of `gateway.access` as an IMAP server's STATUS would. All is drawn from one seed.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from gateway.access import Dates, Folder, Observation, Use

DAY = 86_400.0
HOUR = 3_600.0
Works = Callable[[datetime.date], bool]
_ZONE = datetime.timezone(datetime.timedelta(hours=7))

PERSONAS = {
    # share: how they use the mailbox
    "daily": 0.36,
    "weekly": 0.14,
    "monthly": 0.08,
    "quarterly": 0.06,  # before each quarter's report
    "brink": 0.14,  # every 75 to 95 days
    "leaver": 0.12,  # daily, then never again
    "returner": 0.05,  # daily, away for 2 to 5 months, daily
    "never": 0.05,  # created, never used
}
MAIL_A_DAY = ((0.0, 0.08), (1 / 90, 0.12), (1 / 14, 0.15), (1.0, 0.35), (8.0, 0.30))
DEEDS = (("read", 0.55), ("look", 0.15), ("peep", 0.12), ("pop3", 0.08), ("send", 0.10))


@dataclass
class Weather:
    """What goes wrong for everybody: outages of the mail server, the gateway, and the endpoint that takes events."""

    server: list[tuple[float, float]] = field(default_factory=list)
    gateway: list[tuple[float, float]] = field(default_factory=list)
    sink: list[tuple[float, float]] = field(default_factory=list)

    def polls_fail(self, at: float) -> bool:
        """Whether a poll at this moment gives nothing."""
        return _in(self.server, at) or _in(self.gateway, at)

    def events_lost(self, at: float) -> bool:
        """Whether an event of this moment never arrives."""
        return _in(self.sink, at) or _in(self.gateway, at)


def _in(spells: list[tuple[float, float]], at: float) -> bool:
    return any(begin <= at < end for begin, end in spells)


def weather(rng: random.Random, begin: float, end: float) -> Weather:
    """Short outages of the server each month, one of two days; the gateway off for five days; the endpoint thrice."""
    made = Weather()
    at = begin
    while at < end:
        made.server.append((at, at + rng.uniform(600, 8 * HOUR)))
        at += rng.uniform(10, 40) * DAY
    made.server.append(_spell(rng, begin, end, 2 * DAY))
    made.gateway.append(_spell(rng, begin, end, 5 * DAY))
    made.sink = [_spell(rng, begin, end, rng.uniform(HOUR, 2 * DAY)) for _ in range(3)]
    return made


def _spell(rng: random.Random, begin: float, end: float, length: float) -> tuple[float, float]:
    at = rng.uniform(begin, end - length)
    return at, at + length


@dataclass
class Counters:
    """An inbox and a Sent folder as STATUS counts them."""

    uidvalidity: int = 1
    uidnext: int = 1
    messages: int = 0
    recent: int = 0
    unseen: int = 0
    modseq: int = 1
    sent: int = 1
    newest_claimed: float | None = None
    oldest_unclaimed: float | None = None
    newest: float | None = None

    def arrive(self, at: float, dated: float | None = None) -> None:
        """A message comes; `dated`: its INTERNALDATE, where it was copied in."""
        self.uidnext += 1
        self.messages += 1
        self.recent += 1
        self.unseen += 1
        self.modseq += 1
        stamp = at if dated is None else dated
        self.oldest_unclaimed = stamp if self.oldest_unclaimed is None else min(self.oldest_unclaimed, stamp)
        self.newest = stamp if self.newest is None else max(self.newest, stamp)

    def claim(self) -> None:
        """A session selects the inbox."""
        self.recent, self.oldest_unclaimed, self.newest_claimed = 0, None, self.newest

    def remove(self, count: int) -> None:
        """So many of the oldest messages go; none of them is \\Recent."""
        count = min(count, self.messages - self.recent)
        if count > 0:
            self.messages -= count
            self.unseen = min(self.unseen, self.messages)
            self.modseq += 1

    def read(self) -> None:
        """All is marked as seen."""
        if self.unseen:
            self.unseen = 0
            self.modseq += 1

    def remake(self, keep_validity: bool) -> None:
        """The mailbox is made anew, or its index is lost: every message is \\Recent again."""
        if not keep_validity:
            self.uidvalidity += 1
        self.uidnext, self.modseq = self.messages + 1, 1
        self.recent = self.messages
        self.oldest_unclaimed = self.newest

    def observe(self, mailbox: str, at: float, with_dates: bool) -> Observation:
        """What a poll sees; it lasts a second."""
        inbox = Folder(
            "INBOX", Use.INBOX, self.uidvalidity, self.uidnext, self.messages, self.recent, self.unseen, self.modseq
        )
        sent = Folder("Sent", Use.SENT, 1, self.sent, self.sent - 1, 0, 0, 1)
        dates = Dates(self.newest_claimed, self.oldest_unclaimed) if with_dates else None
        return Observation(mailbox, at - 1, at, (inbox, sent), dates=dates)


@dataclass
class Life:
    """One mailbox's year: `uses`: (moment, deed) of its owner; `mail`, `jobs`, `resets`: moments. All in order.

    `phone`: a device that stays connected claims each message at once. `away`: a reason was given, from and until.
    """

    address: str
    persona: str
    created: datetime.date
    uses: list[tuple[float, str]]
    mail: list[float]
    jobs: list[float]
    resets: list[tuple[float, bool]]
    phone: bool = False
    migrated: float | None = None
    away: tuple[datetime.date, datetime.date] | None = None
    examines: bool = False  # its client never selects the inbox: polling cannot see it
    lates: list[float] = field(default_factory=list)  # made by the run: letters


def life(number: int, seed: int, begin: float, end: float, works: Works, *, examines: bool = False) -> Life:
    """Draw a mailbox's life between two moments."""
    rng = random.Random(f"{seed}/{number}")
    persona = rng.choices(list(PERSONAS), list(PERSONAS.values()))[0]
    made = begin if rng.random() < 0.8 else rng.uniform(begin, end - 30 * DAY)
    rate = rng.choices([rate for rate, _ in MAIL_A_DAY], [share for _, share in MAIL_A_DAY])[0]
    uses = [] if persona == "never" else [*_uses(persona, rng, made, end, works)]
    phone = not examines and persona in ("daily", "leaver") and rng.random() < 0.05
    return Life(
        f"hop{number}@tinh.example",
        persona,
        _local(made).date(),
        [(at, "examine" if examines else deed) for at, deed in uses],
        list(_poisson(rng, made, end, rate)),
        [made + 30 * DAY * n + 3 * HOUR for n in range(1, 17)] if rng.random() < 0.1 else [],
        [(at, rng.random() < 0.5) for at in _poisson(rng, made, end, 0.3 / 365)],
        phone,
        made + DAY * 200 if rng.random() < 0.03 else None,
        _away(rng, begin, end) if rng.random() < 0.03 else None,
        examines,
    )


def _away(rng: random.Random, begin: float, end: float) -> tuple[datetime.date, datetime.date]:
    first = _local(rng.uniform(begin, end)).date()
    return first, first + datetime.timedelta(days=rng.randint(30, 240))


def _local(at: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(at, _ZONE)


def _poisson(rng: random.Random, begin: float, end: float, a_day: float) -> Iterator[float]:
    at = begin
    while a_day > 0:
        at += rng.expovariate(a_day) * DAY
        if at >= end:
            return
        yield at


def _uses(persona: str, rng: random.Random, begin: float, end: float, works: Works) -> Iterator[tuple[float, str]]:
    for at in _days(persona, rng, begin, end):
        if not begin < at < end or (persona != "brink" and not works(_local(at).date())):
            continue
        for _ in range(rng.choice((1, 1, 2, 3))):
            yield at, rng.choices([deed for deed, _ in DEEDS], [share for _, share in DEEDS])[0]
            at += rng.uniform(60, 3 * HOUR)


def _days(persona: str, rng: random.Random, begin: float, end: float) -> Iterator[float]:
    """Moments of each persona's working days, in office hours or near the end of the day."""
    pauses: dict[str, Callable[[], float]] = {
        "weekly": lambda: rng.uniform(4, 10),
        "monthly": lambda: rng.uniform(20, 45),
        "quarterly": lambda: rng.uniform(84, 92),
        "brink": lambda: rng.choice((rng.uniform(75, 95), 90, 91, 92)),
    }
    pause = pauses.get(persona, lambda: 1.0)
    stops = rng.uniform(begin, end) if persona in ("leaver", "returner") else end
    returns = stops + rng.uniform(60, 150) * DAY if persona == "returner" else end
    day = begin - begin % DAY
    while day < end:
        at = day + rng.uniform(0, 10) * HOUR + (rng.uniform(0, 9) * HOUR if persona == "brink" else 0)
        if at < stops or at >= returns:
            yield at
        day += max(round(pause()), 1) * DAY
