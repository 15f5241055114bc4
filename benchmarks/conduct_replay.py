"""One mailbox's events, through the limits and through `gateway.conduct` as in the gateway: who is stopped, when."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from benchmarks.conduct_office import BEGIN, DAY, HOUR, WARM_UP, Event, rests
from gateway.conduct.judge import observe
from gateway.conduct.score import DEFAULT, Judgement, Level, Thresholds
from gateway.rates import Deed

LATE = 5.0  # seconds until all workers know of a block
RELEASE = 2 * HOUR  # after a false block
MEASURED = BEGIN + WARM_UP * DAY
LIMITS: dict[str, tuple[tuple[int, int, int], ...]] = {  # (measure, seconds, count): recipients, messages, new
    "official": (
        *((0, 60, 250), (0, HOUR, 600), (0, DAY, 1500)),
        *((1, 60, 60), (1, HOUR, 300), (1, DAY, 1000), (2, DAY, 500)),
    ),
    "unit": (
        *((0, 60, 500), (0, HOUR, 1500), (0, DAY, 5000)),
        *((1, 60, 100), (1, HOUR, 600), (1, DAY, 2000), (2, DAY, 2000)),
    ),
    "service": (
        *((0, 60, 1000), (0, HOUR, 10000), (0, DAY, 50000)),
        *((1, 60, 600), (1, HOUR, 6000), (1, DAY, 30000), (2, DAY, 10000)),
    ),
}
LIMITS["newsletter"] = LIMITS["service"]
"""The product's defaults ([limits]); a newsletter's mailbox has a written exception."""
_KINDS = {"unit": "unit", "newsletter": "unit", "service": "service"}


class Meter:
    """The default limits of one mailbox, exactly: what was admitted in each window."""

    def __init__(self, kind: str) -> None:
        self._limits = LIMITS[kind]
        self._seen: list[deque[tuple[float, int]]] = [deque() for _ in self._limits]
        self._sums = [0] * len(self._limits)

    def admit(self, at: float, recipients: int, new: int) -> int:
        """How many of these recipients (new ones first) there is room for; they are counted."""
        rooms = [(limit[0], limit[2] - self._used(place, at)) for place, limit in enumerate(self._limits)]
        if any(measure == 1 and room < 1 for measure, room in rooms):
            return 0
        known = recipients - new
        fits = min(recipients, *(room + (0, 0, known)[measure] for measure, room in rooms if measure != 1))
        if fits > 0:
            for place, (measure, _s, _c) in enumerate(self._limits):
                amount = (fits, 1, min(new, fits))[measure]
                self._seen[place].append((at, amount))
                self._sums[place] += amount
        return max(fits, 0)

    def _used(self, place: int, at: float) -> int:
        seen, since = self._seen[place], at - self._limits[place][1]
        while seen and seen[0][0] <= since:
            self._sums[place] -= seen.popleft()[1]
        return self._sums[place]


@dataclass(slots=True)
class Outcome:
    """What became of one stream of events. Times in seconds; `hits`: recipients of the attack that got its mail."""

    blocks: list[tuple[float, Judgement]] = field(default_factory=list)
    suspects: list[tuple[float, Judgement]] = field(default_factory=list)
    stopped: float = 0.0
    hits: int = 0
    messages: int = 0
    throttled: int = 0
    deeds: int = 0


@dataclass(slots=True)
class Player:
    """One mailbox: its state, whom it has written to, its limits. `limits`, `conduct`: which of them work."""

    kind: str
    blob: bytes | None = None
    known: set[int] = field(default_factory=set)
    limits: bool = True
    conduct: bool = True
    thresholds: Thresholds = DEFAULT
    meter: Meter | None = None
    released: float = 0.0

    def play(self, events: Iterable[Event], *, attack: bool) -> Outcome:
        """All events, in order. An attack ends with the block; an ordinary sender is released and goes on."""
        out = Outcome()
        self.meter = self.meter or Meter(self.kind)
        waiting = 0.0  # how much later an ordinary sender sends what a false block held up
        for event in events:
            at = event.at + (0 if attack else waiting)
            if out.stopped and at > out.stopped + LATE:
                if attack:
                    break
                if at < out.stopped + RELEASE:
                    waiting += out.stopped + RELEASE - at
                    at = out.stopped + RELEASE
                self.released, out.stopped = out.stopped + RELEASE, 0.0
            waiting = max(waiting - 60, 0.0)
            self._one(event._replace(at=at) if at != event.at else event, out)
        return out

    def _one(self, event: Event, out: Outcome) -> None:
        fresh = [one for one in event.to if one not in self.known]
        fits = len(event.to)
        if self.limits and self.meter and event.to:
            fits = self.meter.admit(event.at, len(event.to), len(fresh))
        refused = len(event.to) - fits
        new = min(len(fresh), fits)
        self.known.update(event.to[:fits] if refused else event.to)
        out.throttled += refused
        if event.hit:
            out.hits, out.messages = out.hits + fits, out.messages + (fits > 0)
        if self.conduct:
            self._judge(event, fits, new, refused, out)

    def _judge(self, event: Event, fits: int, new: int, refused: int, out: Outcome) -> None:
        if not (fits or event.unknown or refused or event.spam or event.failed):
            return
        deed = Deed("", event.at, event.client, fits, new, event.unknown, refused, event.likeness, event.spam,
                    event.failed, _KINDS.get(self.kind, "personal"))  # fmt: skip
        out.deeds += 1
        self.blob, told = observe(
            self.blob, event.at, [(deed, 0.0)], released=self.released, rests=rests, thresholds=self.thresholds
        )
        if told is not None and told.level is Level.BLOCK and not out.stopped:
            out.blocks.append((event.at, told))
            out.stopped = event.at
        elif told is not None and told.level is Level.SUSPECT:
            out.suspects.append((event.at, told))
