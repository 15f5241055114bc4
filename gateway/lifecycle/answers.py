"""How long units' mailboxes take to answer (Q4 8.2, 12.4; AG 10.1), from message identifiers only, never content. Pure.

An answer is a later message from our side whose In-Reply-To or References names the one that came, whoever of the
office wrote it. What was answered by telephone, or from a program that names nothing, is not seen: the figures are for
the office's talk with a unit, and no verdict.
"""

from __future__ import annotations

import hashlib
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from gateway.lifecycle.calendar import Calendar
from gateway.lifecycle.days import DAY, HOUR, after_days, day_of, start_of

_LONGEST_ID: Final = 1_000  # characters (RFC 5322 2.1.1: a line has 998)
MOST_REFERENCES: Final = 50  # the newest of a thread: the last of References, and In-Reply-To
KEEP: Final = 90 * DAY  # an answer after that is none
_LONG_ENOUGH: Final = 45 * DAY  # three working days are in it, whatever is celebrated


@dataclass(frozen=True, slots=True)
class Passing:
    """One message that the next hop took. `came_to`: our units' mailboxes among the recipients, lower case.

    `sent_by`: our mailbox that wrote it, proved, "" for a stranger. `automatic`: it is a list's, a newsletter's, a
    report's or another program's (Auto-Submitted, Precedence, List-Id, null reverse-path): nobody has to answer.
    """

    at: float
    message_id: str
    came_to: tuple[str, ...] = ()
    sent_by: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """A message that waits for an answer of `mailbox`, or has it. `key`: names the message, no text of it.

    `answered`: seconds since the epoch, None: not yet; `by`: who answered, perhaps another mailbox of the office.
    """

    mailbox: str
    key: str
    came: float
    answered: float | None = None
    by: str = ""


class AnswerSink(Protocol):
    """What hears of items and answers."""

    def add(self, items: Sequence[Item]) -> None:
        """Keep new items; one that is kept already (the same mailbox and key) stays as it is."""

    def answer(self, keys: Sequence[str], at: float, by: str) -> int:
        """The items with these keys that came before `at` and are open are answered now; how many there were."""


class AnswerStore(AnswerSink, Protocol):
    """Where items are kept. Bounded: at most so many of a mailbox, the oldest are dropped and counted."""

    def items(self, mailbox: str, since: float, until: float) -> Sequence[Item]:
        """The items of a mailbox ("": of all) that came in (since, until]."""

    def prune(self, before: float) -> int:
        """Forget what came before; how many items that were."""


def key_of(message_id: str) -> str:
    """Names a message: a digest of its identifier without brackets and blanks; "" for none."""
    clean = message_id.strip().removeprefix("<").removesuffix(">").strip()[:_LONGEST_ID]
    return hashlib.sha256(clean.encode("utf-8", "surrogatepass")).hexdigest()[:32] if clean else ""


def note(store: AnswerSink, passing: Passing) -> None:
    """Keep what a message means: it answers others, or waits for an answer itself."""
    if passing.automatic:
        return
    if passing.sent_by and (keys := _answers(passing)):
        store.answer(keys, passing.at, passing.sent_by)
    if key := key_of(passing.message_id):
        waiting = [Item(box, key, passing.at) for box in dict.fromkeys(passing.came_to) if box != passing.sent_by]
        if waiting:
            store.add(waiting)


def _answers(passing: Passing) -> list[str]:
    named = [*passing.in_reply_to[:MOST_REFERENCES], *passing.references[-MOST_REFERENCES:]]
    return list(dict.fromkeys(key for one in named if (key := key_of(one))))


class MemoryAnswers:
    """An `AnswerStore` in memory, for one process and for tests. `most`: open and answered items of a mailbox."""

    def __init__(self, most: int = 2_000) -> None:
        self._most = most
        self._boxes: dict[str, dict[str, Item]] = {}
        self._named: dict[str, set[str]] = {}  # key -> mailboxes
        self.dropped = 0

    def add(self, items: Sequence[Item]) -> None:
        """See `AnswerStore`."""
        for item in items:
            box = self._boxes.setdefault(item.mailbox, {})
            box.setdefault(item.key, item)
            self._named.setdefault(item.key, set()).add(item.mailbox)
            while len(box) > self._most:
                self._forget(box, next(iter(box)), item.mailbox)
                self.dropped += 1

    def answer(self, keys: Sequence[str], at: float, by: str) -> int:
        """See `AnswerStore`."""
        found = 0
        for key in keys:
            for mailbox in self._named.get(key, ()):
                item = self._boxes[mailbox][key]
                if item.answered is None and item.came <= at:
                    self._boxes[mailbox][key] = replace(item, answered=at, by=by)
                    found += 1
        return found

    def items(self, mailbox: str, since: float, until: float) -> Sequence[Item]:
        """See `AnswerStore`."""
        boxes = [self._boxes.get(mailbox, {})] if mailbox else self._boxes.values()
        return [item for box in boxes for item in box.values() if since < item.came <= until]

    def prune(self, before: float) -> int:
        """See `AnswerStore`."""
        gone = 0
        for name, box in list(self._boxes.items()):
            for key in [key for key, item in box.items() if item.came < before]:
                self._forget(box, key, name)
                gone += 1
            if not box:
                del self._boxes[name]
        return gone

    def _forget(self, box: dict[str, Item], key: str, mailbox: str) -> None:
        del box[key]
        named = self._named[key]
        named.discard(mailbox)
        if not named:
            del self._named[key]


@dataclass(frozen=True, slots=True)
class Figures:
    """A mailbox's answers. `median`: seconds on the clock, `median_worked`: of working days only; None without answers.

    `by_others`: answered by another mailbox of the office. `open`: not answered yet; `oldest`: when the first came.
    `in_one`, `in_three`: answered within one and three days' working hours, of the `due_one`, `due_three` for which
    that can be said: the answer is there, or the time is over.
    """

    mailbox: str
    came: int
    answered: int
    by_others: int
    open: int
    median: float | None = None
    median_worked: float | None = None
    oldest: float | None = None
    in_one: int = 0
    due_one: int = 0
    in_three: int = 0
    due_three: int = 0

    @property
    def share_one(self) -> float | None:
        """Of those due, the share (0 to 1) that was answered within a working day; None where none was due."""
        return self.in_one / self.due_one if self.due_one else None

    @property
    def share_three(self) -> float | None:
        """The same within three."""
        return self.in_three / self.due_three if self.due_three else None


def figures(items: Iterable[Item], calendar: Calendar, now: float) -> list[Figures]:
    """One row a mailbox, in order of address. An answer later than 90 days is none."""
    boxes: dict[str, list[Item]] = {}
    for item in items:
        boxes.setdefault(item.mailbox, []).append(item)
    return [_figures(mailbox, boxes[mailbox], calendar, now) for mailbox in sorted(boxes)]


def _figures(mailbox: str, items: Sequence[Item], calendar: Calendar, now: float) -> Figures:
    done = [(item, item.answered) for item in items if item.answered is not None and not _is_late(item)]
    waiting = [item.came for item in items if item.answered is None and item.came <= now]
    took = [answered - item.came for item, answered in done]
    worked = [worked_seconds(item.came, answered, calendar) for item, answered in done]
    open_ = (item.came for item in items if item.answered is None or _is_late(item))
    late = [worked_seconds(came, min(now, came + _LONG_ENOUGH), calendar) for came in open_]
    in_one, due_one = _within(worked, late, 1)
    in_three, due_three = _within(worked, late, 3)
    return Figures(
        mailbox,
        came=len(items),
        answered=len(done),
        by_others=sum(item.by != mailbox for item, _ in done),
        open=len(waiting),
        median=statistics.median(took) if took else None,
        median_worked=statistics.median(worked) if worked else None,
        oldest=min(waiting, default=None),
        in_one=in_one,
        due_one=due_one,
        in_three=in_three,
        due_three=due_three,
    )


def _is_late(item: Item) -> bool:
    """Whether its answer came so late that it is none."""
    return item.answered is not None and item.answered - item.came > KEEP


def _within(worked: Sequence[float], late: Sequence[float], days: int) -> tuple[int, int]:
    """How many were answered within so many working days, and how many were due by then."""
    term = days * WORKED_A_DAY
    over = sum(one > term for one in (*worked, *late))
    quick = sum(one <= term for one in worked)
    return quick, quick + over


WORKDAY: Final = ((7.5 * HOUR, 11.5 * HOUR), (13 * HOUR, 17 * HOUR))
"""Hours that are worked, in seconds after midnight."""
WORKED_A_DAY: Final = sum(end - begin for begin, end in WORKDAY)


def worked_seconds(since: float, until: float, calendar: Calendar) -> float:
    """How many seconds of working hours lie between two moments; at most 400 days are looked at."""
    total, day = 0.0, day_of(since)
    for _ in range(400):
        midnight = start_of(day)
        if midnight >= until:
            break
        if calendar.works(day):
            total += sum(max(min(until, midnight + end) - max(since, midnight + begin), 0.0) for begin, end in WORKDAY)
        day = after_days(day, 1)
    return total
