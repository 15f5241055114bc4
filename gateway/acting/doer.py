"""Does steps of one kind in every way that is configured for it, and says what became of each.

The order: what takes effect outside first (command, deny file, webhook), then, in one transaction, the state, the
record and the letters. A step that fails in one way goes no further, and is taken up where it stopped at the next pass.
It knows neither the configuration nor the plan.
"""

from __future__ import annotations

import asyncio
import datetime
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from gateway.acting import command
from gateway.acting.command import Said
from gateway.acting.completing import Letters, Ready, complete
from gateway.acting.deny import DenyRefused
from gateway.acting.denying import Denying
from gateway.acting.item import Item
from gateway.directory.errors import DirectoryError
from gateway.directory.store import DirectoryStore
from gateway.lifecycle import effects
from gateway.lifecycle.days import after_days, day_of
from gateway.lifecycle.effects import Way
from gateway.lifecycle.plan import Act
from gateway.upkeep.life import LifeStore
from gateway.upkeep.rows import Result, Taken, key
from gateway.upkeep.tables import chunks

if TYPE_CHECKING:  # with its HTTP library: made only where one is wanted
    from gateway.acting.webhook import Webhook

REACH: Final = 30
"""Days for which a step that was not finished is taken up again, and not begun anew."""
_OUTSIDE: Final = (Way.COMMAND, Way.DENY, Way.WEBHOOK)
_TOLD: Final = 100  # steps in one call of the webhook
_ENOUGH: Final = 3  # failures in a row of a command or webhook: it will not do for the others either
_LATER: Final = Said(False, "put off: it failed several times in a row")
_NOT_OURS: Final = Said(False, "put off: another gateway does it now")


@dataclass(frozen=True, slots=True)
class Means:
    """What steps are done with; None: that way is not set up. `arguments`, `seconds`: the command's."""

    letters: Letters
    arguments: Sequence[str] = ()
    seconds: float = 30.0
    denying: Denying | None = None
    hook: Webhook | None = None


@dataclass(frozen=True, slots=True)
class Became:
    """How a step fared in one way. LIST: as a whole."""

    item: Item
    way: Way
    said: Said


@dataclass(slots=True)
class _Run:
    """Steps under way. `standing`: those that nothing has failed of."""

    standing: list[Item]
    heads: Mapping[str, Taken]
    told: list[Became] = field(default_factory=list)

    def failing(self, said: Mapping[str, Said]) -> list[tuple[Item, Taken]]:
        """The steps that go no further, with their rows as a whole."""
        failed = [item for item in self.standing if item.key in said and not said[item.key].done]
        return [(item, self.heads[item.key]) for item in failed]

    def went(self, way: Way, said: Mapping[str, Said]) -> None:
        """Note what was said of some, by mailbox; those that failed go no further."""
        self.told += [Became(item, way, said[item.key]) for item in self.standing if item.key in said]
        self.standing = [item for item in self.standing if item.key not in said or said[item.key].done]


class Doer:
    """`clock`: seconds since the epoch. `allowed`: whether it is still ours to do; asked before each deed outside."""

    def __init__(
        self,
        life: LifeStore,
        directory: DirectoryStore,
        means: Means,
        clock: Callable[[], float],
        allowed: Callable[[], bool] = lambda: True,
    ) -> None:
        self._life, self._directory, self._means = life, directory, means
        self._clock, self._allowed = clock, allowed

    async def do(self, items: Sequence[Item], ways: frozenset[Way]) -> list[Became]:
        """Do these, all of one act, each mailbox once. DirectoryError: some may be begun. What was done earlier on the
        same day is left out.
        """
        told: list[Became] = []
        for some in chunks(items):
            told += await self._do(list(some), ways)
        return told

    async def _do(self, items: list[Item], ways: frozenset[Way]) -> list[Became]:
        run = await asyncio.to_thread(self._started, items)
        if not run.standing or not self._allowed():
            return []
        try:
            for way in (one for one in _OUTSIDE if one in ways):
                said = await self._outside(way, run.standing)
                await self._finish(run.failing(said), said)
                run.went(way, said)
            if run.standing and self._allowed():
                await self._complete(run, ways)
        finally:
            if Way.DENY in ways and self._means.denying is not None:
                await self._means.denying.settle()
        return run.told

    def _started(self, items: list[Item]) -> _Run:
        """On record as a whole, with the day on which each was begun; less those that are done."""
        since = after_days(day_of(self._clock()), -REACH)
        left = self._life.unfinished([item.key for item in items], since)
        dated = [_of_day(item, left.get((key(item.key), item.step.act))) for item in items]
        heads = self._life.begin([item.step for item in dated], Way.LIST, self._clock(), again=True)
        pairs = [(item, head) for item, head in zip(dated, heads, strict=True) if head.result is Result.BEGUN]
        return _Run([item for item, _ in pairs], {item.key: head for item, head in pairs})

    async def _outside(self, way: Way, items: Sequence[Item]) -> dict[str, Said]:
        """What became of this way for each of these, by mailbox. Those for which it was done before are left out."""
        if way is Way.COMMAND:
            return await self._commands(items)
        begun = await self._begin(items, way)
        said = await (self._deny(items) if way is Way.DENY else self._hooks(begun))
        await self._finish(begun, said)
        return said

    async def _begin(self, items: Sequence[Item], way: Way) -> list[tuple[Item, Taken]]:
        steps = [item.step for item in items]
        rows = await asyncio.to_thread(self._life.begin, steps, way, self._clock(), again=True)
        return [(item, row) for item, row in zip(items, rows, strict=True) if row.result is Result.BEGUN]

    async def _finish(self, begun: Sequence[tuple[Item, Taken]], said: Mapping[str, Said]) -> None:
        for item, row in begun:
            one = said[item.key]
            result = Result.DONE if one.done else Result.FAILED
            await asyncio.to_thread(self._life.finish, row.number, result, self._clock(), detail=one.detail)

    async def _commands(self, items: Sequence[Item]) -> dict[str, Said]:
        """One after the other, each on record by itself."""
        told: dict[str, Said] = {}
        failures = 0
        for item in items:
            if (later := self._later(failures)) is not None:
                told[item.key] = later
            elif begun := await self._begin([item], Way.COMMAND):
                told[item.key] = await self._command(item)
                failures = 0 if told[item.key].done else failures + 1
                await self._finish(begun, told)
        return told

    def _later(self, failures: int) -> Said | None:
        """Why nothing more is done outside now; None: it may be."""
        if not self._allowed():
            return _NOT_OURS
        return _LATER if failures >= _ENOUGH else None

    async def _command(self, item: Item) -> Said:
        arguments = effects.command(item.step, self._means.arguments)
        if not arguments:
            return Said(False, "no command can be given this address")
        return await command.run(arguments, self._means.seconds)

    async def _deny(self, items: Sequence[Item]) -> dict[str, Said]:
        """All of them, also those that stood in it before: until the directory tells of the lock only we know it."""
        denying = self._means.denying
        if denying is None:
            return {item.key: Said(False, "no deny file is configured") for item in items}
        try:
            refused = await denying.add([item.subject.mailbox for item in items])
        except (DenyRefused, DirectoryError) as error:
            return {item.key: Said(False, str(error)) for item in items}
        bad = Said(False, "the deny file cannot hold this name")
        return {item.key: bad if item.key in refused else Said(True) for item in items}

    async def _hooks(self, begun: Sequence[tuple[Item, Taken]]) -> dict[str, Said]:
        told: dict[str, Said] = {}
        failures = 0
        for start in range(0, len(begun), _TOLD):
            some = begun[start : start + _TOLD]
            said = self._later(failures) or await self._hook(some)
            failures = 0 if said.done else failures + 1
            told |= {item.key: said for item, _ in some}
        return told

    async def _hook(self, some: Sequence[tuple[Item, Taken]]) -> Said:
        if self._means.hook is None:
            return Said(False, "no webhook is configured")
        numbers = ",".join(str(row.number) for _, row in some)
        delivery = hashlib.sha256(numbers.encode()).hexdigest()[:32]
        return await self._means.hook.post(effects.webhook([item.step for item, _ in some]), delivery)

    async def _complete(self, run: _Run, ways: frozenset[Way]) -> None:
        mails = await self._mails(run, ways)
        ready = [
            Ready(item, run.heads[item.key], mails.get(item.key), held=Way.DENY in ways and item.step.act is Act.LOCK)
            for item in run.standing
        ]
        refused = await asyncio.to_thread(complete, self._directory, ready, self._means.letters, self._clock())
        said = {item.key: Said(item.key not in refused, refused.get(item.key, "")) for item in run.standing}
        failing = run.failing(said)
        await self._finish(failing, said)
        await self._finish([(item, mails[item.key]) for item, _ in failing if item.key in mails], said)
        run.told += [Became(item, Way.MAIL, said[item.key]) for item in run.standing if item.key in mails]
        run.went(Way.LIST, said)

    async def _mails(self, run: _Run, ways: frozenset[Way]) -> dict[str, Taken]:
        if Way.MAIL not in ways:
            return {}
        return {item.key: row for item, row in await self._begin(run.standing, Way.MAIL)}


def _of_day(item: Item, day: datetime.date | None) -> Item:
    """The step under the day on which it was begun."""
    return item if day is None else replace(item, step=replace(item.step, day=day))
