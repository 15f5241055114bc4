"""An office on a real SQLite store, a clock of its own, and mailboxes whose silence is proved."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gateway.acting.completing import Letters
from gateway.acting.denying import Denying
from gateway.acting.doer import Became, Doer, Means
from gateway.acting.item import Item
from gateway.acting.letters import Writer
from gateway.acting.rounds import Look, Passed, Round, Rules
from gateway.directory.entry import Entry
from gateway.directory.letters import Letterhead
from gateway.directory.outbox import Outbox, Waiting
from gateway.directory.plan import change
from gateway.directory.store import DirectoryStore
from gateway.journal.decision import Note
from gateway.lifecycle.calendar import Calendar
from gateway.lifecycle.days import moment, start_of
from gateway.lifecycle.effects import Way, Ways
from gateway.lifecycle.plan import Act, Brakes, Step
from gateway.lifecycle.profile import Profile
from gateway.lifecycle.stages import Assessment, Phase
from gateway.lifecycle.subject import Record, Subject
from gateway.upkeep.records import Upkeep
from gateway.upkeep.rows import Result
from gateway.upkeep.view import View
from gateway.who import Kind, Mailbox, State, Unit
from tests.unit.upkeep.build import DAY, use, watched

TODAY = datetime.date(2026, 6, 3)  # a Wednesday
NOW = moment(TODAY, datetime.time(10))
USED = start_of(datetime.date(2026, 2, 20)) + 3600  # three months before that day are over
Q4 = Profile("tphcm-q4-03-2013", 3, 6, clauses={"lock": "Q4 8.1a", "reclaim": "Q4 8.1b"})
AG = Profile("angiang-50-2009", 0, 6, clauses={"reclaim": "AG 6.4", "notice": "AG 6"})
UNIT = Unit("TCKH", "Phòng Tài chính - Kế hoạch")
DESK = Mailbox("tckh@tinh.example", Kind.UNIT, unit="TCKH")
A, B, C = "an@tinh.example", "binh@tinh.example", "chi@tinh.example"
HEAD = Letterhead("vanthu@tinh.example", "Văn phòng")


def person(address: str = A, state: State = State.ACTIVE, **more: object) -> Mailbox:
    """An official's mailbox."""
    made = Mailbox(address, Kind.PERSONAL, unit="TCKH", state=state, created=datetime.date(2020, 1, 1))
    return replace(made, **more)  # type: ignore[arg-type]


def nowhere(*_: object) -> list[object]:
    """Letters that nobody writes."""
    return []


@dataclass
class Office:
    """`folder`: its data. `now` is the clock's."""

    folder: Path
    profile: Profile = Q4
    now: float = NOW
    url: str = "sqlite:///congthu.db"
    store: DirectoryStore = field(init=False)
    upkeep: Upkeep = field(init=False)
    notes: list[tuple[str, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = DirectoryStore(self.url, self.folder)
        self.upkeep = Upkeep(self.store.database)
        self.upkeep.use.prepare()
        self.put(UNIT, DESK)
        self.used(DESK.key, self.now - 3600)

    def clock(self) -> float:
        return self.now

    def put(self, *entries: Entry) -> None:
        """Into the directory."""
        self.store.apply(change(self.store.snapshot(), *entries), who="test")

    def used(self, key: str, last: float, until: float | None = None) -> None:
        """Its last use, and that an exact source watched it ever since. No session lasts: `used` is when it ended."""
        began = last - 7 * DAY - 60
        self.upkeep.use.keep([use(began, last - 7 * DAY, key)], [watched(began - 400 * DAY, until or self.now, key)])

    def silent(self, *mailboxes: Mailbox, last: float = USED, warned: float | None = None) -> None:
        """Mailboxes that nobody used since."""
        self.put(*mailboxes)
        for mailbox in mailboxes:
            self.used(mailbox.key, last)
            if warned is not None:
                self.upkeep.life.change(mailbox.key, lambda record: replace(record, warned=warned))

    def state(self, key: str = A) -> State:
        found = self.store.snapshot().mailbox(key)
        assert found is not None
        return found.state

    def record(self, key: str = A) -> Record:
        return self.upkeep.life.records([key]).get(key, Record())

    def outbox(self, kind: str = "") -> list[Waiting]:
        found = Outbox(self.store.database).list()
        return [one for one in found if kind in ("", one.notice.kind)][::-1]

    def rows(self, key: str = A) -> list[tuple[str, str, str]]:
        """Act, way and result of its steps, the oldest first."""
        return [(one.act.value, one.way.value, one.result.value) for one in self.upkeep.life.history(key)[::-1]]

    def open(self) -> int:
        """Steps of which nobody said what became of them."""
        return sum(one.result is Result.BEGUN for one in self.upkeep.life.history())

    def item(self, act: Act, mailbox: Mailbox | None = None, day: datetime.date = TODAY) -> Item:
        """A step that is due, as it would be planned."""
        box = mailbox or self.store.snapshot().mailbox(A)
        assert box is not None
        phase = Phase.TO_LOCK if act is Act.LOCK else Phase.TO_WARN
        told = Assessment(box.key, phase, USED, NOW, datetime.date(2026, 5, 20), clause="Q4 8.1a")
        return Item(Step(act, told, day), Subject(box, self.record(box.key)), self.profile)

    def letters(self) -> Letters:
        return Writer(HEAD, Calendar()).of

    def denying(self) -> Denying:
        return Denying(self.folder / "denied", self.store.snapshot, "tinh.example")

    def doer(self, means: Means | None = None, allowed: Callable[[], bool] = lambda: True) -> Doer:
        return Doer(self.upkeep.life, self.store, means or Means(self.letters()), self.clock, allowed)

    def round(
        self,
        ways: Mapping[Act, Iterable[Way]] | None = None,
        means: Means | None = None,
        looks: Iterable[Look] = (),
        brakes: Brakes | None = None,
        allowed: Callable[[], bool] = lambda: True,
    ) -> Round:
        """A pass of this office."""
        rules = Rules(
            Calendar(), brakes or Brakes(), Ways({act: frozenset(some) for act, some in (ways or {}).items()})
        )
        view = View(self.upkeep, self.store.snapshot, lambda _: self.profile, Calendar())
        doer = self.doer(means, allowed)
        more: Any = {"looks": list(looks), "clock": self.clock, "allowed": allowed, "record": self._kept}
        return Round(view, self.upkeep.life, doer, rules, **more)

    async def _kept(self, notes: Sequence[Note]) -> None:
        """What goes into the journal."""
        self.notes += [(note.what, note.about, note.text) for note in notes]

    async def passes(
        self, ways: Mapping[Act, Iterable[Way]] | None = None, means: Means | None = None, **more: object
    ) -> Passed:
        """One pass."""
        return await self.round(ways, means, **more).run()  # type: ignore[arg-type]


def told(steps: Iterable[Became]) -> list[tuple[str, str, bool]]:
    """Mailbox, way, whether it was done."""
    return [(one.item.key, one.way.value, one.said.done) for one in steps]
