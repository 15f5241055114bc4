"""What the sweep needs of others, as protocols, and what it hands to them. Values and signatures only."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway.access import Failure, Observation
from gateway.imap.baseline import Baseline
from gateway.imap.evidence import Findings
from gateway.imap.settings import Target


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one poll brought. `failure` None: `findings` stand. `baseline`: what to keep, None for what is kept already.

    `at`: when it ended, seconds since the epoch; `seconds`: how long it took. `detail`: a word of ours for the log.
    """

    mailbox: str
    at: float
    seconds: float
    failure: Failure | None = None
    detail: str = ""
    findings: Findings | None = None
    baseline: Baseline | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """When a mailbox was last asked, and last observed; None for never. Seconds since the epoch."""

    attempted: float | None = None
    observed: float | None = None


class Records(Protocol):
    """Where outcomes are kept. Whatever it raises makes the sweep wait and try again; nothing is lost meanwhile."""

    async def past(self) -> Mapping[str, Past]:
        """Of every mailbox that was ever polled, by address: asked when the sweep becomes ours."""

    async def baseline(self, mailbox: str) -> bytes | None:
        """What `Baseline.to_bytes` made last."""

    async def keep(self, outcomes: Sequence[Outcome]) -> None:
        """All of them in one transaction: baseline, attempt, evidence and coverage (both replace by their keys)."""


class Asker(Protocol):
    """What polls: `gateway.imap.poll.Poller`."""

    async def poll(self, target: Target, before: Baseline | None = None) -> Observation:
        """One observation, or PollFailed."""

    async def probe(self, target: Target) -> None:
        """Log in and leave, or PollFailed."""


class Clock(Protocol):
    """Time, so that a test can make a year pass."""

    def now(self) -> float:
        """Seconds since the epoch."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""


class SystemClock:
    """The machine's."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
