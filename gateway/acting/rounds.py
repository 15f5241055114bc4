"""The pass: judge every mailbox, look again where the last look is old, plan, do. Once an hour, by one gateway of many.

It decides nothing by itself: `gateway.lifecycle` says what is due, the brakes what has to wait, `Doer` does it. What is
only listed is on record once for each deadline.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from gateway.acting.arrivals import letters, settle
from gateway.acting.doer import Became, Doer
from gateway.acting.item import Item, is_in, reopened, was_reopened
from gateway.directory.watch import breathe
from gateway.journal.decision import Note
from gateway.lifecycle.calendar import Calendar
from gateway.lifecycle.days import day_of
from gateway.lifecycle.effects import Way, Ways
from gateway.lifecycle.plan import Act, Brakes, Plan, Step, act_for, is_open
from gateway.lifecycle.stages import Phase
from gateway.logs import get_logger
from gateway.upkeep.due import Due, due
from gateway.upkeep.life import LifeStore
from gateway.upkeep.rows import key
from gateway.upkeep.store import Told
from gateway.upkeep.view import Judged, View

_log = get_logger("congthu.lifecycle")
_ORDER: Final = (Act.CLEAR, Act.WARN, Act.REWARN, Act.ASK, Act.LOCK, Act.RECLAIM)
_TAKING: Final = frozenset({Act.LOCK, Act.RECLAIM})
_BATCH: Final = 50  # steps between two looks at whether they are still due
_SLOWLY: Final = 5  # the same where each waits for a command
_EVERY: Final = 32  # mailboxes judged between two breaths
ON_ITS_WAY: Final = "letter-not-delivered"
"""Why a lock waits: the mail server has not taken the warning yet."""
UNSEEN: Final = "not-seen-lately"
"""Why anything waits: the last observation is too old, and a new one could not be had."""
Look = Callable[[Collection[str]], Awaitable[None]]
"""Looks at these mailboxes again, now, by whatever source it has; what it finds is in the store when it returns."""
Record = Callable[[Sequence[Note]], Awaitable[None]]
"""Puts what was done, or would be, into the journal's chain."""
BY: Final = "congthu"


async def nowhere(_: Sequence[Note]) -> None:
    """Kept by nobody."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the office wants. See `gateway.lifecycle`."""

    calendar: Calendar
    brakes: Brakes
    ways: Ways

    def doing(self, act: Act) -> frozenset[Way] | None:
        """How this is done; None where it is only listed. What the gateway warned of it also takes back itself.

        The deny file is for those who are kept out, and for no others.
        """
        ways = self.ways.of(act) if act in _TAKING else self.ways.of(act) - {Way.DENY}
        undoes = act is Act.CLEAR and (self.ways.of(act) | self.ways.of(Act.WARN)) != {Way.LIST}
        return ways if undoes or ways != {Way.LIST} else None


@dataclass(slots=True)
class Passed:
    """What a pass found and did. `waiting`: steps that are due and wait, by reason; `looked`: mailboxes seen again."""

    phases: Counter[Phase] = field(default_factory=Counter)
    waiting: Counter[str] = field(default_factory=Counter)
    steps: list[Became] = field(default_factory=list)
    looked: int = 0


class Round:
    """One pass at a time. `clock`: seconds since the epoch; `allowed`: whether it is still ours to do."""

    def __init__(
        self,
        view: View,
        life: LifeStore,
        doer: Doer,
        rules: Rules,
        *,
        looks: Sequence[Look],
        clock: Callable[[], float],
        allowed: Callable[[], bool] = lambda: True,
        record: Record = nowhere,
    ) -> None:
        self._view, self._life, self._doer, self._rules = view, life, doer, rules
        self._looks, self._clock, self._allowed, self._record = looks, clock, allowed, record

    async def run(self) -> Passed:
        """A whole pass. DirectoryUnavailable: it ends there, and what was begun is taken up by the next."""
        passed = Passed()
        waits = await asyncio.to_thread(self._arrivals)
        judged = await asyncio.to_thread(self._judge)
        planned = await asyncio.to_thread(self._plan, judged)
        again = [step.address for step in planned.plan.steps if step.act is Act.CHECK]
        if again and self._looks and self._allowed():
            await self._look(again)
            judged |= {one.subject.mailbox.key: one for one in await self._some(again)}
            planned = await asyncio.to_thread(self._plan, judged)
            passed.looked = len(again)
        passed.phases = planned.phases
        await self._do(planned.plan, waits, passed)
        return passed

    def _arrivals(self) -> frozenset[str]:
        now = self._clock()
        return settle(self._life, letters(self._life.tables.database, now))

    def _judge(self) -> dict[str, Judged]:
        """Every mailbox, without what is not needed any more; those that somebody opened begin anew."""
        now, judged = self._clock(), dict[str, Judged]()
        for number, one in enumerate(self._view.brief(now)):
            judged[one.subject.mailbox.key] = _slim(one)
            if number % _EVERY == 0:
                breathe()
        opened = self._opened([one for one in judged.values() if was_reopened(one.subject)], now)
        return judged | {one.subject.mailbox.key: _slim(one) for one in self._view.some(opened, now)}

    def _opened(self, seeming: Sequence[Judged], now: float) -> list[str]:
        """Begin anew for those that somebody opened in the directory; their names.

        Records are read after the directory, so a lock of this very minute looks the same. So the directory is read
        once more, and the record has to be the one that was read before that.
        """
        names = [one.subject.mailbox.key for one in seeming]
        still = {one.subject.mailbox.key for one in self._view.some(names, now) if is_in(one.subject.mailbox)}
        for one in seeming:
            name = one.subject.mailbox.key
            if name in still:
                self._life.change(name, reopened(now, one.subject.record))
                _log.info("lifecycle.reopened", mailbox=name)
        return names

    async def _some(self, names: Collection[str]) -> list[Judged]:
        return [_slim(one) for one in await asyncio.to_thread(self._view.some, names, self._clock())]

    async def _look(self, names: Sequence[str]) -> None:
        for look in self._looks:
            try:
                await look(names)
            except Exception:  # whatever it is, nothing was seen: what is due waits for the next pass
                _log.exception("lifecycle.look_failed")

    def _plan(self, judged: Mapping[str, Judged]) -> Due:
        """One plan of all profiles."""
        now, rules = self._clock(), self._rules
        return due(judged.values(), rules.calendar, now, rules.brakes, self._life.taken(day_of(now)))

    async def _do(self, planned: Plan, waits: Collection[str], passed: Passed) -> None:
        await self._list([(step, wait.value) for step, wait in planned.waiting])
        passed.waiting.update(wait.value for _, wait in planned.waiting)
        passed.waiting[UNSEEN] += sum(step.act is Act.CHECK for step in planned.steps)
        for act in _ORDER:
            steps = [step for step in planned.steps if step.act is act]
            ways = self._rules.doing(act)
            if ways is None:
                await self._list([(step, "") for step in steps])
                continue
            held = [step for step in steps if act in _TAKING and step.address in waits]
            passed.waiting[ON_ITS_WAY] += len(held)
            await self._act([step.address for step in steps if step not in held], act, ways, passed)

    async def _act(self, names: Sequence[str], act: Act, ways: frozenset[Way], passed: Passed) -> None:
        """In small batches, each of which is judged once more: what is not due any more is not done."""
        size = _SLOWLY if Way.COMMAND in ways else _BATCH
        for start in range(0, len(names), size):
            if not self._allowed():
                return
            due = await self._some(names[start : start + size])
            items = [item for one in due if (item := self._item(one, act)) is not None]
            told = await self._doer.do(items, ways)
            passed.steps += told
            for one in told:
                _tell(one)
            await self._record([_deed(one.item.step, ways) for one in told if one.way is Way.LIST and one.said.done])

    def _item(self, one: Judged, act: Act) -> Item | None:
        now = self._clock()
        if one.told is None or one.profile is None or act_for(one.subject, one.told, one.profile, now) is not act:
            return None
        if act in _TAKING and not is_open(self._rules.calendar, self._rules.brakes, now):
            return None
        return Item(Step(act, one.told, day_of(now)), one.subject, one.profile)

    async def _list(self, due: Sequence[tuple[Step, str]]) -> None:
        """On record as listed, where the same was not listed before."""
        await self._record([_listing(step, why) for step, why in await asyncio.to_thread(self._note, due)])

    def _note(self, due: Sequence[tuple[Step, str]]) -> list[tuple[Step, str]]:
        """The same in the store; those that are new there."""
        before, noted = self._life.listed([step.address for step, _ in due]), list[tuple[Step, str]]()
        for why in sorted({why for _, why in due}):
            fresh = [step for step, reason in due if reason == why and not _is_listed(step, before)]
            self._life.note(fresh, self._clock(), why)
            noted += [(step, why) for step in fresh]
        return noted


def _is_listed(step: Step, before: Mapping[tuple[str, Act], Mapping[str, object]]) -> bool:
    row = before.get((key(step.address), step.act))
    return row is not None and row.get("deadline") == step.row()["deadline"]


def _deed(step: Step, ways: Collection[Way]) -> Note:
    """That a step was done as a whole, and in which ways."""
    by = ", ".join(sorted(way.value for way in ways if way is not Way.LIST))
    return Note("action", step.address, _why(step, by), by=BY, what=f"lifecycle-{step.act.value}")


def _listing(step: Step, why: str) -> Note:
    """That a step is due, and was not done: it is only listed, or has to wait."""
    return Note("action", step.address, _why(step, step.act.value, why), by=BY, what="lifecycle-due")


def _why(step: Step, *words: str) -> str:
    deadline = step.told.deadline
    return "; ".join(filter(None, (*words, step.told.clause, deadline.isoformat() if deadline else "")))


def _slim(one: Judged) -> Judged:
    return replace(one, use=Told())


def _tell(one: Became) -> None:
    words = {"act": one.item.step.act.value, "way": one.way.value, "mailbox": one.item.key}
    if one.said.done:
        _log.info("lifecycle.done", **words)
    else:
        _log.error("lifecycle.failed", **words, reason=one.said.detail)
