"""Senders for the tests of conduct: ordinary days, and what comes after them."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.conduct.judge import observe
from gateway.conduct.score import Judgement, Level
from gateway.rates import Deed

DAY, HOUR = 86_400, 3_600
MONDAY = 1_790_528_400.0 + 3 * HOUR  # 2026-09-28, 03:00 in Hanoi
HOME = "113.160.1.7"


def deed(**given: object) -> Deed:
    """An ordinary letter to one known recipient, unless told otherwise."""
    values: dict[str, object] = {"who": "an@x.example", "at": 0.0, "client": HOME, "recipients": 1}
    return Deed(**{**values, **given})  # type: ignore[arg-type]


class Sender:
    """One sender's blob, and the clock."""

    def __init__(self, now: float = MONDAY) -> None:
        self.now, self.blob = now, None if now else b""
        self.told: list[Judgement] = []

    def send(self, *deeds: Deed, after: float = 0.0, **given: float) -> Judgement | None:
        """Send these at once, `after` seconds later."""
        self.now += after
        self.blob, told = observe(self.blob, self.now, [(one, 0.0) for one in deeds], **given)
        if told is not None:
            self.told.append(told)
        return told

    def many(self, count: int, every: float, one: Deed) -> Iterator[Judgement | None]:
        """The same deed again and again."""
        for _ in range(count):
            yield self.send(one, after=every)

    def work(self, days: int, letters: int = 6, hour: float = 9, **given: object) -> None:
        """Ordinary working days from now on; ends at the same hour of the next day."""
        for _ in range(days):
            midnight = (self.now + 7 * HOUR) // DAY * DAY - 7 * HOUR
            while (int((midnight + 7 * HOUR) // DAY) + 3) % 7 >= 5:
                midnight += DAY
            self.now = midnight + hour * HOUR
            for number in range(letters):
                self.send(deed(new=int(number == 0), **given), after=600)
            self.now = midnight + DAY + hour * HOUR

    def blocked_after(self, count: int, every: float, one: Deed) -> int:
        """How many of these are sent until the sender is to be blocked; fails where all of them are."""
        for number, told in enumerate(self.many(count, every, one), 1):
            if told is not None and told.level is Level.BLOCK:
                return number
        raise AssertionError(f"never blocked; {[judgement.score for judgement in self.told]}")
