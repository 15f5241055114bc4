"""What a store has to answer, said the plain way: a log of everything that was counted, and sums over it.

No slots, no bytes, no store: slow and easy to believe. `true_count` is what really happened in a window on end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from gateway.rates import Ask, Charge, Exceeded, Grant, Hold, Limit, Measure, Usage

WIDTHS = ((60, 5), (3600, 300), (86400, 3600))
STANDS_STILL = 60  # seconds that a clock may fall back before what is counted is dated anew


def width_of(window: int) -> int:
    """How finely a limit of this window is counted, seconds."""
    return next(width for span, width in WIDTHS if window <= span)


@dataclass
class Event:
    """Something that was counted to an account. `at`: whole seconds; `hold`: by which ask. `gone`: widths of slots in
    which it stands no more, for a clock that falls back must not bring it back.
    """

    hold: int
    at: int
    amounts: dict[Measure, int]
    moved: bool = False
    gone: set[int] = field(default_factory=set)


@dataclass
class Book:
    """One account."""

    events: list[Event] = field(default_factory=list)
    known: dict[str, int] = field(default_factory=dict)
    last: int | None = None

    def count(self, limit: Limit, now: int) -> int:
        """What counts against this limit: everything as old as a slot that the window touches."""
        width = width_of(limit.seconds)
        oldest = (now - limit.seconds) // width
        counted = (event for event in self.events if event.at // width >= oldest and width not in event.gone)
        return sum(event.amounts.get(limit.measure, 0) for event in counted)

    def forget(self, now: int) -> None:
        """What no window touches any more."""
        for event in self.events:
            event.gone |= {width for span, width in WIDTHS if event.at // width < (now - span) // width}

    def free_at(self, limit: Limit, need: int, now: int) -> int:
        """The second at which there is room for `need`, if nobody counts anything more."""
        width = width_of(limit.seconds)
        ends = sorted({(event.at // width + 1) * width + limit.seconds for event in self.events})
        ends = [end for end in ends if end > now]
        return next(end for end in ends if self.count(limit, end) + need <= limit.count)


class Reference:
    """A store as it should be. `reserve` and `settle` take the time."""

    def __init__(self) -> None:
        self.books: dict[str, Book] = {}
        self.holds: dict[int, tuple[Hold, int]] = {}

    def book(self, charge: Charge) -> Book:
        """The account of a charge."""
        return self.books.setdefault(charge.key, Book())

    def _now(self, charges: Sequence[Charge], now: float) -> int:
        second = int(now)
        lasts = [last for charge in charges if (last := self.book(charge).last) is not None]
        return max([second, *(last for last in lasts if last - second <= STANDS_STILL)])

    def _dated(self, book: Book, second: int) -> None:
        if book.last is not None and book.last > second:
            for event in book.events:
                event.moved = event.moved or event.at > second
                event.at = min(event.at, second)
            book.last = second

    def reserve(self, ask: Ask, now: float) -> Grant:
        """The answer to an ask."""
        second = self._now(ask.charges, now)
        at = now if second == int(now) else float(second)
        books = [self.book(charge) for charge in ask.charges]
        for book in books:
            self._dated(book, second)
        number = len(self.holds)
        own = [Event(number, second, {}) for _ in books]
        for book, event in zip(books, own, strict=True):
            book.events.append(event)
        whole = {Measure.MESSAGES: ask.messages, Measure.BYTES: ask.size}
        met = self._met(ask.charges, books, {m: n for m, n in whole.items() if n}, second, at)
        fits = not met
        fresh = self._fresh(ask, second)
        granted: list[bool] = []
        new_ones: list[str] = []
        for name, unknown in zip(ask.recipients, fresh, strict=True):
            new = unknown and name not in new_ones
            needs = {Measure.RECIPIENTS: 1, **({Measure.NEW: 1} if new else {})}
            found = self._met(ask.charges, books, needs, second, at) if fits else met
            for key, value in found.items():
                met.setdefault(key, value)
            granted.append(not found)
            if new and (ask.force or not found):
                new_ones.append(name)
            if not found:
                for event in own:
                    for measure in needs:
                        event.amounts[measure] = event.amounts.get(measure, 0) + 1
        counted = [ask.force or one for one in granted]
        held = ask.force or (fits and (any(granted) or not granted))
        taken = tuple(name for name, count in zip(ask.recipients, counted, strict=True) if count)
        messages, size = (ask.messages, ask.size) if held else (0, 0)
        for book, event in zip(books, own, strict=True):
            event.amounts = {
                Measure.RECIPIENTS: len(taken),
                Measure.NEW: len(new_ones),
                Measure.MESSAGES: messages,
                Measure.BYTES: size,
            }
            if any(event.amounts.values()):
                book.last = second
                book.forget(second)
            else:
                book.events.remove(event)
        hold = Hold(ask.charges, taken, tuple(new_ones), messages, size, at)
        self.holds[number] = (hold, number)
        exceeded = tuple(met[charge.key] for charge in ask.charges if charge.key in met)
        return Grant(tuple(granted), fits, exceeded, hold)

    def _met(
        self, charges: Sequence[Charge], books: Sequence[Book], needs: dict[Measure, int], second: int, at: float
    ) -> dict[str, Exceeded]:
        met: dict[str, Exceeded] = {}
        for charge, book in zip(charges, books, strict=True):
            for limit in charge.limits:
                need = needs.get(limit.measure, 0)
                used = book.count(limit, second)
                if need and used + need > limit.count:
                    never = need > limit.count
                    wait = float(limit.seconds) if never else book.free_at(limit, need, second) - at
                    met.setdefault(charge.key, Exceeded(charge.scope, charge.who, limit, used, wait))
                    break
        return met

    def _fresh(self, ask: Ask, second: int) -> list[bool]:
        payer = payer_of_new(ask.charges)
        if payer is None:
            return [False] * len(ask.recipients)
        known, today = self.book(payer).known, second // 86400
        answers: list[bool] = []
        for name in ask.recipients:
            day = known.get(name)
            fresh = day is None or today - day > 90
            answers.append(fresh)
            if not fresh and day is not None and today - day >= 7:
                known[name] = today
        return answers

    def settle(self, numbers: Sequence[int], delivered: Sequence[str], now: float) -> None:
        """The end of what the asks with these numbers (0, 1, ... in the order of `reserve`) held."""
        wanted = set(delivered)
        for number in numbers:
            hold, _ = self.holds[number]
            payer = payer_of_new(hold.charges)
            known = self.book(payer).known if payer is not None else {}
            today = int(now) // 86400
            back = {
                Measure.RECIPIENTS: sum(name not in wanted for name in hold.taken),
                Measure.NEW: sum(
                    name not in wanted or (name in known and today - known[name] <= 90) for name in hold.new
                ),
            }
            if not delivered:
                back |= {Measure.MESSAGES: hold.messages, Measure.BYTES: hold.size}
            for charge in hold.charges:
                for event in self.book(charge).events:
                    if event.hold == number and not event.moved:
                        event.amounts = {m: event.amounts.get(m, 0) - back.get(m, 0) for m in Measure}
            for name in hold.new:
                if name in wanted:
                    known[name] = today

    def usage(self, charges: Sequence[Charge], now: float) -> list[list[Usage]]:
        """What every window holds."""
        second = self._now(charges, now)
        return [[Usage(limit, self.book(charge).count(limit, second)) for limit in charge.limits] for charge in charges]


def payer_of_new(charges: Sequence[Charge]) -> Charge | None:
    """Whose list says who is new: the first charge that limits it."""
    limited = (charge for charge in charges if any(limit.measure is Measure.NEW for limit in charge.limits))
    return next(limited, None)
