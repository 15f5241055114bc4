"""From a target to an outcome: poll, infer, and find out whose fault a refused login is. Never raises for a mailbox."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from gateway.access import Failure
from gateway.imap.baseline import Baseline
from gateway.imap.brakes import Brakes
from gateway.imap.evidence import Job, infer
from gateway.imap.failures import PollFailed
from gateway.imap.ports import Asker, Clock, Outcome, Records
from gateway.imap.settings import Target

_log = logging.getLogger(__name__)


class Attempts:
    """Makes polls. `longest_gap`: seconds between two observations that still make one coverage."""

    def __init__(
        self,
        asker: Asker,
        records: Records,
        brakes: Brakes,
        clock: Clock,
        *,
        longest_gap: float,
        jobs: Callable[[], Sequence[Job]],
    ) -> None:
        self._asker, self._records, self._brakes, self._clock = asker, records, brakes, clock
        self._longest_gap, self._jobs = longest_gap, jobs
        self._clearing = asyncio.Lock()
        self._cleared = 0  # how often our account was shown to be good

    async def make(self, target: Target) -> Outcome:
        """One poll. Raises only what `Records.baseline` raises, and cancellation."""
        before = Baseline.from_bytes(await self._records.baseline(target.mailbox))
        began, cleared = self._clock.now(), self._cleared
        try:
            seen = await self._asker.poll(target, before)
        except PollFailed as failed:
            kind = await self._judge(target, failed, cleared)
            return self._failed(target, before, began, kind, failed.detail)
        except Exception:
            _log.exception("poll failed in a way that it must not", extra={"mailbox": target.mailbox})
            return self._failed(target, before, began, Failure.GARBAGE, "a fault of ours")
        self._works(target)
        findings = infer(before, seen, self._jobs(), self._longest_gap)
        now = self._clock.now()
        return Outcome(target.mailbox, now, now - began, findings=findings, baseline=findings.baseline)

    def _works(self, target: Target) -> None:
        self._cleared += 1
        self._brakes.worked(target)

    def _failed(self, target: Target, before: Baseline | None, began: float, kind: Failure, detail: str) -> Outcome:
        """A failed poll says nothing of use, and ends the chain of polls without a gap."""
        now = self._clock.now()
        cut = replace(before, cut=True) if before is not None and not before.cut else None
        return Outcome(target.mailbox, now, now - began, kind, detail, baseline=cut)

    async def _judge(self, target: Target, failed: PollFailed, cleared: int) -> Failure:
        """What it was, and what follows for the sweep."""
        if failed.own:
            return failed.kind
        if not failed.entering:
            self._brakes.failed(failed.kind, self._clock.now())
            return failed.kind
        async with self._clearing:
            if failed.kind is Failure.AUTH:
                return Failure.MASTER if await self._ours(target, cleared) else Failure.AUTH
            return await self._vanished(target, failed.kind, cleared)

    async def _vanished(self, target: Target, kind: Failure, cleared: int) -> Failure:
        """Dovecot says UNAVAILABLE of a mailbox whose user is gone, and of its own trouble, too: do others get in?"""
        if self._cleared > cleared or await self._probe(target):
            return Failure.VANISHED
        self._brakes.failed(kind, self._clock.now())
        return kind

    async def _ours(self, target: Target, cleared: int) -> bool:
        """Whether it is our own account that is refused. One asks, the others wait for what that one finds out."""
        now = self._clock.now()
        if self._brakes.stopped is Failure.MASTER and self._brakes.until > now:
            return True  # somebody has found it out meanwhile
        if self._cleared > cleared:
            return False  # a login has worked since ours began
        if not self._others(target):
            return self._brakes.doubted(now)
        await self._probe(target)
        return self._brakes.stopped is Failure.MASTER

    def _others(self, target: Target) -> dict[str, Target]:
        """The mailboxes whose logins worked last, the last one first, but for this one."""
        return {one.mailbox: one for one in reversed(self._brakes.good) if one.mailbox != target.mailbox}

    async def _probe(self, target: Target) -> bool:
        """Whether a mailbox whose login worked lately can be entered now; where it is refused, our account is.

        One that cannot be entered may be gone itself: the one before it is asked.
        """
        for good in self._others(target).values():
            try:
                await self._asker.probe(good)
            except PollFailed as failed:
                if failed.own or (failed.entering and failed.kind is not Failure.AUTH):
                    continue
                self._trouble(failed.kind)
                return False
            self._works(good)
            return True
        return False

    def _trouble(self, kind: Failure) -> None:
        """What it means that a mailbox fails which worked before."""
        if kind is Failure.AUTH:
            self._brakes.refused(self._clock.now())
        else:
            self._brakes.failed(kind, self._clock.now())
