"""Mailboxes' use, tended: the poller sweeps, and once an hour what is due in their lives is done or listed.

One for each node, in its first worker; of many nodes one sweeps and one makes the pass, whoever holds the lease. It
joins rooms that do not know each other: `imap` asks, `upkeep` keeps, `lifecycle` decides, `acting` does.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Collection, Coroutine
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.acting.clocks import Clocks
from gateway.acting.denying import Denying
from gateway.acting.doer import REACH, Doer
from gateway.acting.leading import Leader
from gateway.acting.roll import Roll, roll_of
from gateway.acting.rounds import Look, Passed, Record, Round, Rules, nowhere
from gateway.changing import Change
from gateway.config import Settings
from gateway.directory.errors import DirectoryError, DirectoryUnavailable
from gateway.directory.store import DirectoryStore
from gateway.directory.watch import breathe
from gateway.errors import LimitsUnavailable, StartError
from gateway.imap.poll import Poller
from gateway.imap.ports import Outcome
from gateway.imap.settings import Account, Asking, Server, Sweeping
from gateway.imap.sweep import Figures, Sweep
from gateway.lifecycle.days import after_days, day_of
from gateway.logs import get_logger
from gateway.metrics import UseMetrics
from gateway.rates import LimitStore
from gateway.tending_means import means_of
from gateway.throttle.lease import Lease
from gateway.upkeep.leaving import names_of
from gateway.upkeep.records import Upkeep
from gateway.upkeep.view import View
from gateway.using import (
    account_of,
    asking_of,
    brakes_of,
    calendar_of,
    months_of,
    profiles_of,
    readings_of,
    server_of,
    sweeping_of,
    ways_of,
)

_log = get_logger("congthu.tending")
LEASE: Final = 30.0
"""Seconds after which another gateway takes over from one that died."""
FIRST: Final = 60.0
"""Seconds between the start and the first pass: nobody is judged by a start."""
_AGAIN: Final = 60.0  # seconds between a pass that failed and the next
_LOOK: Final = 2.0  # seconds between two questions whether the pass is due and ours


@dataclass(frozen=True, slots=True)
class _Visit:
    """Who asks the mail server, and all that he was made of: the same again needs no new sweep."""

    server: Server
    account: Account
    asking: Asking
    sweeping: Sweeping
    poller: Poller = field(compare=False)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What one configuration makes. `visit` None: no mail server is polled."""

    settings: Settings
    visit: _Visit | None
    denying: Denying | None
    round: Round


class Tending:
    """`start` once, `prepare` each configuration. `counters`: where the leases are; `node`: this gateway's name.

    `polled` hears of every poll, at once; it must be quick and must not raise. `checks`: whoever else can look at
    mailboxes again when that is asked for puts himself in. `record`: takes rows for the journal. `clock`: seconds since
    the epoch.
    """

    def __init__(
        self,
        settings: Settings,
        counters: LimitStore,
        *,
        node: str,
        polled: Callable[[Outcome], None] = lambda _: None,
        record: Record = nowhere,
        clock: Callable[[], float] = time.time,
        lease: float = LEASE,
        first: float = FIRST,
    ) -> None:
        self._settings, self._clock, self._polled, self._first = settings, clock, polled, first
        self._record = record
        self._store = DirectoryStore(settings.store.url, settings.gateway.data_dir)
        self.upkeep = Upkeep(self._store.database)
        self.checks: list[Look] = []
        owner = f"{node[:100]}:{secrets.token_hex(8)}"
        self._sweeps = Leader(Lease(counters, "mailbox-sweep", owner, lease), "mailbox-sweep")
        self._passes = Leader(Lease(counters, "mailbox-lives", owner, lease), "mailbox-lives")
        self._parts: _Parts | None = None
        self._roll = Roll()
        self._sweep: Sweep | None = None
        self._sweeping: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._passed: float | None = None
        self._pruned = ""
        self._stopped = ""
        self._counts = UseMetrics()
        shared = counters if settings.store.shared else None
        self._clocks = Clocks(clock, self.upkeep.use.tables, shared)
        self._wrong = ""

    async def start(self) -> None:
        """Make the tables, begin to sweep and to judge. StartError.

        A PostgreSQL that does not answer is asked again and again, as for the directory.
        """
        await (await self.prepare(self._settings)).commit()
        prepared = await self._make_tables()
        self._counts.figures, self._counts.age = self.figures, self._age
        self._counts.stale = lambda: self._denying is not None and bool(self._denying.failed)
        self._passes.start()
        for name, work in (("roll", lambda: self._follow(prepared)), ("passes", self._pass)):
            self._tasks.append(asyncio.create_task(_again(name, work), name=f"tending {name}"))

    async def prepare(self, settings: Settings) -> Change:
        """A new configuration; the sweep goes on with it where it was. StartError."""
        parts = await asyncio.to_thread(self._made, settings)
        return Change(lambda: self._take(parts))

    async def _take(self, parts: _Parts) -> None:
        self._settings, before, self._parts = parts.settings, self._parts, parts
        self._roll = Roll()
        if before is not None and before.visit is not None and before.visit == parts.visit:
            return
        await _ended(self._sweeping)
        self._sweep = self._sweeping = None
        if parts.visit is None:
            await self._sweeps.close()
            return
        self._sweep = self._new_sweep(parts.visit)
        self._sweeping = asyncio.create_task(_again("sweep", self._sweep.run), name="tending sweep")
        self._sweeps.start()

    async def close(self) -> None:
        """End what runs; what the sweep found is kept, and the leases are free for another."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await _ended(self._sweeping)
        await asyncio.gather(self._sweeps.close(), self._passes.close())

    def figures(self) -> Figures | None:
        """The sweep's, for metrics; None where no mail server is polled.

        Where another gateway sweeps there is nothing to tell; where nobody does, for how long.
        """
        if self._sweep is None:
            return None
        return self._sweep.figures() if self._sweeps.held else Figures(0, 0, self._sweeps.unled, 0.0, "")

    # What a configuration makes

    def _made(self, settings: Settings) -> _Parts:
        calendar, means = calendar_of(settings), means_of(settings, self._store, self._denying)
        view = View(self.upkeep, self._store.snapshot, profiles_of(settings), calendar)

        def allowed() -> bool:
            """A new configuration may forbid what this one wants: a pass under way goes no further."""
            return self._leads() and self._settings is settings

        doer = Doer(self.upkeep.life, self._store, means, self._clock, allowed)
        rules = Rules(calendar, brakes_of(settings), ways_of(settings))
        rounds = Round(
            view,
            self.upkeep.life,
            doer,
            rules,
            looks=[self._look, self._look_elsewhere],
            clock=self._clock,
            allowed=allowed,
            record=self._record,
        )
        return _Parts(settings, _visit(settings), means.denying, rounds)

    def _leads(self) -> bool:
        return self._passes.held

    def _sweeps_now(self) -> bool:
        """Not before the directory was read: an empty list would be taken for nobody, for a minute."""
        return self._sweeps.held and self._roll.version >= 0

    def _new_sweep(self, visit: _Visit, *, alone: bool = False) -> Sweep:
        """`alone`: for a few mailboxes now, beside the one that runs."""
        return Sweep(
            visit.poller,
            lambda: self._roll.targets,
            self.upkeep,
            visit.sweeping,
            allowed=(lambda: True) if alone else self._sweeps_now,
            polled=self._hear,
        )

    def _hear(self, outcome: Outcome) -> None:
        self._counts.polled("ok" if outcome.failure is None else outcome.failure.value, outcome.seconds)
        self._tell_of_stops(outcome)
        self._polled(outcome)

    def _tell_of_stops(self, outcome: Outcome) -> None:
        """One line when the sweep stops, one for another reason, one when it goes on: not one for each mailbox."""
        reason = self._sweep.stopped if self._sweep is not None else ""
        if reason == self._stopped:
            return
        self._stopped, server = reason, str(self._settings.imap.host)
        if reason:
            _log.warning("poller.stopped", reason=reason, detail=outcome.detail, server=server)
        elif outcome.failure is None:
            _log.info("poller.goes_on", server=server)

    # The roll, and the deny file, as the directory says

    async def _make_tables(self) -> bool:
        try:
            await self.upkeep.prepare()
        except DirectoryUnavailable as error:
            if not self._store.database.remote:
                raise StartError(f"{error}; gateway.data_dir must be writable") from error
            _log.error("tending.unavailable", reason=str(error))
            return False
        return True

    async def _follow(self, prepared: bool) -> None:
        """Whatever the directory's version becomes, and whatever day it is."""
        while True:
            try:
                prepared = prepared or await self._make_tables()
                if prepared:
                    await self._read()
            except (DirectoryError, StartError) as error:
                _log.warning("tending.directory", reason=str(error))
            await asyncio.sleep(self._settings.directory.refresh)

    async def _read(self) -> None:
        parts, denying = self._parts, self._denying
        version, day = await asyncio.to_thread(self._store.version), day_of(self._clock())
        if parts is None or (version, day) == (self._roll.version, self._roll.day):
            if denying is not None and (denying.failed or await asyncio.to_thread(denying.strayed)):
                await denying.follow()
            return
        roll = await asyncio.to_thread(self._rolled, parts.settings)
        if parts is self._parts:
            self._roll = roll
        if denying is not None:
            await denying.follow()

    @property
    def _denying(self) -> Denying | None:
        return self._parts.denying if self._parts is not None else None

    def _rolled(self, settings: Settings) -> Roll:
        readings = readings_of(settings) if settings.imap.edges else None
        return roll_of(self._store.snapshot(), readings, calendar_of(settings), day_of(self._clock()), breathe)

    # The pass

    async def _pass(self) -> None:
        await asyncio.sleep(min(self._first, self._settings.lifecycle.every))
        due = time.monotonic()
        while True:
            if self._passes.held and time.monotonic() >= due:
                parts = self._parts
                went = await self._round() and parts is self._parts
                due = time.monotonic() + (self._settings.lifecycle.every if went else _AGAIN)
            elif not self._passes.held:
                self._counts.phases, self._counts.waiting, self._counts.clock_off = {}, {}, 0.0
            await asyncio.sleep(min(_LOOK, self._settings.lifecycle.every))

    async def _round(self) -> bool:
        """One pass; whether it came to its end."""
        parts = self._parts
        assert parts is not None
        try:
            if not await self._in_time():
                return False
            passed = await parts.round.run()
            await self._prune()
        except (DirectoryError, LimitsUnavailable) as error:
            _log.error("lifecycle.unavailable", reason=str(error))
            return False
        except Exception:  # a bug, or a row that nobody expected: it is tried again, and told every time
            _log.exception("lifecycle.pass_failed")
            return False
        self._show(passed)
        return True

    async def _in_time(self) -> bool:
        """Whether our clock can be right. One that is days ahead would lock whoever was away for less."""
        found = await self._clocks.off()
        wrong = found.other if found is not None else ""
        if wrong != self._wrong:
            if found is not None:
                _log.critical("lifecycle.clock_wrong", reason=str(found), seconds=round(found.seconds))
            else:
                _log.info("lifecycle.clock_right")
        self._wrong, self._counts.clock_off = wrong, abs(found.seconds) if found is not None else 0.0
        return found is None

    def _show(self, passed: Passed) -> None:
        self._passed = time.monotonic()
        self._counts.phases = {phase.value: count for phase, count in passed.phases.items()}
        self._counts.waiting = passed.waiting
        for one in passed.steps:
            result = "done" if one.said.done else "failed"
            self._counts.stepped(one.item.step.act.value, one.way.value, result)
        _log.info(
            "lifecycle.passed", mailboxes=sum(passed.phases.values()), steps=len(passed.steps), seen=passed.looked
        )

    async def _prune(self) -> None:
        """Once a day forget what nobody needs."""
        now = self._clock()
        if (today := day_of(now).isoformat()) == self._pruned:
            return
        snapshot = await asyncio.to_thread(self._store.snapshot)
        settings = self._settings
        forgotten = await self.upkeep.prune(
            now,
            keep=settings.lifecycle.keep,
            months=months_of(settings),
            present=await asyncio.to_thread(names_of, snapshot),
        )
        await asyncio.to_thread(self.upkeep.life.give_up, after_days(day_of(now), -REACH), now)
        self._pruned = today
        _log.info("tending.pruned", rows=forgotten)

    def _age(self) -> float:
        """Since when no pass ended, here or where the lease is."""
        if not self._passes.held:
            return self._passes.unled
        return time.monotonic() - self._passed if self._passed is not None else self._passes.since

    # Looking again

    async def _look(self, names: Collection[str]) -> None:
        """Poll these now, unless nothing may be asked."""
        parts, targets = self._parts, self._roll.some(names)
        figures = self.figures()
        if parts is None or parts.visit is None or not targets or (figures is not None and figures.stopped):
            return
        await self._new_sweep(parts.visit, alone=True).once(targets)

    async def _look_elsewhere(self, names: Collection[str]) -> None:
        for check in tuple(self.checks):
            await check(names)


def _visit(settings: Settings) -> _Visit | None:
    """None where no mail server is named. StartError."""
    if settings.imap.host is None:
        return None
    server, account, asking = server_of(settings), account_of(settings), asking_of(settings)
    try:
        poller = Poller(server, account, asking)
    except OSError as error:
        raise StartError(f"imap.tls_ca: cannot use {settings.imap.tls_ca}: {error.strerror or error}") from error
    return _Visit(server, account, asking, sweeping_of(settings), poller)


async def _again(name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Whatever ends it: mailboxes must not stay unseen, nor shut out, for a bug."""
    while True:
        try:
            await work()
        except Exception:
            _log.exception("tending.failed", task=name)
        await asyncio.sleep(_AGAIN)


async def _ended(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
