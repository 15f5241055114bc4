"""Whatever is asked and however clocks go, Redis answers as the embedded store does, to the last bit of every float.

And as the reference model, where the clock never jumps back by more than a minute (there a log knows more than slots).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from gateway.rates import Ask, Charge, Hold, Limit, Measure, Scope
from gateway.throttle.redis import RedisLimits
from gateway.throttle.sqlite import SqliteLimits
from tests.support.redis import RedisServer
from tests.unit.throttle.contract import DAY, HOUR, MINUTE, START, Clock, name
from tests.unit.throttle.reference import STANDS_STILL, Reference

pytestmark = pytest.mark.service("redis")

_PEOPLE = [f"p{number}@xa.example" for number in range(6)]
_WINDOWS = st.sampled_from([1, 7, MINUTE, 61, 600, HOUR, HOUR + 1, 43_210, DAY])
_LIMITS = st.lists(st.builds(Limit, st.sampled_from(Measure), _WINDOWS, st.integers(0, 9)), max_size=5).map(tuple)


@dataclass(frozen=True)
class Wait:
    """The clock goes, or jumps."""

    seconds: float


@dataclass(frozen=True)
class Reserve:
    """`accounts`: which of the example's, in this order; it may be one twice."""

    accounts: tuple[int, ...]
    recipients: tuple[str, ...]
    messages: int
    size: int
    force: bool


@dataclass(frozen=True)
class Settle:
    """`holds`: which of those that are not settled yet, from the newest."""

    holds: int
    delivered: tuple[str, ...]


_NAMES = st.lists(st.sampled_from(_PEOPLE), max_size=5).map(tuple)
_STEPS = st.lists(
    st.one_of(
        st.builds(
            Wait, st.one_of(st.floats(0, 130), st.floats(-60, 0), st.floats(0, 2 * DAY), st.floats(0, 100 * DAY))
        ),
        st.builds(Wait, st.floats(-3 * DAY, 0)),
        st.builds(
            Reserve,
            st.lists(st.integers(0, 2), min_size=1, max_size=4).map(tuple),
            _NAMES,
            st.integers(0, 2),
            st.integers(0, 5),
            st.booleans(),
        ),
        st.builds(
            Reserve, st.just((0, 1, 2)), _NAMES.filter(bool), st.integers(0, 1), st.integers(0, 2), st.just(value=False)
        ),
        st.builds(Settle, st.integers(1, 3), _NAMES),
    ),
    max_size=40,
)


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with RedisServer() as made:
        yield made


@dataclass
class Trial:
    """The stores side by side. `model`: None from the clock's first jump back on."""

    embedded: SqliteLimits
    shared: RedisLimits
    clock: Clock
    charges: tuple[Charge, ...]
    model: Reference | None = field(default_factory=Reference)
    latest: float = START
    held: list[tuple[int, Hold]] = field(default_factory=list)
    asked: int = 0

    async def take(self, step: Wait | Reserve | Settle) -> None:
        """One step, and all answers alike."""
        if isinstance(step, Wait):
            self.clock.now = max(self.clock.now + step.seconds, 0.0)
            if self.latest - self.clock.now > STANDS_STILL - 1:
                self.model = None
            self.latest = max(self.latest, self.clock.now)
        elif isinstance(step, Reserve):
            await self._reserve(step)
        else:
            await self._settle(step)
        usage = await self.embedded.usage(self.charges)
        assert list(map(list, await self.shared.usage(self.charges))) == list(map(list, usage))
        if self.model is not None:
            assert self.model.usage(self.charges, self.clock.now) == list(map(list, usage))

    async def _reserve(self, step: Reserve) -> None:
        charges = tuple(self.charges[number] for number in step.accounts)
        ask = Ask(charges, step.recipients, step.messages, step.size, step.force)
        grant = await self.embedded.reserve(ask)
        assert await self.shared.reserve(ask) == grant
        if len(set(step.accounts)) < len(step.accounts):
            self.model = None  # it knows no account that is named twice
        if self.model is not None:
            assert self.model.reserve(ask, self.clock.now) == grant
        self.held.append((self.asked, grant.hold))
        self.asked += 1

    async def _settle(self, step: Settle) -> None:
        ended = [self.held.pop() for _ in range(min(step.holds, len(self.held)))]
        holds = [hold for _, hold in ended]
        await self.embedded.settle(holds, step.delivered)
        await self.shared.settle(holds, step.delivered)
        if self.model is not None:
            self.model.settle([number for number, _ in ended], step.delivered, self.clock.now)


@given(st.tuples(_LIMITS, _LIMITS, _LIMITS), _STEPS)
@settings(max_examples=80, phases=(Phase.explicit, Phase.generate, Phase.shrink))
async def test_the_same_answers(
    server: RedisServer, limits: tuple[tuple[Limit, ...], ...], steps: list[Wait | Reserve | Settle]
) -> None:
    clock = Clock()
    scopes = (Scope.MAILBOX, Scope.UNIT, Scope.CLIENT)
    charges = tuple(Charge(scope, name(), own) for scope, own in zip(scopes, limits, strict=True))
    with tempfile.TemporaryDirectory() as folder:
        embedded = SqliteLimits(Path(folder) / "limits.db", timeout=30, clock=clock)
        shared = RedisLimits(server.unix_url, timeout=30, clock=clock)
        await embedded.start()
        try:
            trial = Trial(embedded, shared, clock, charges)
            for step in steps:
                await trial.take(step)
        finally:
            await embedded.close()
            await shared.close()
