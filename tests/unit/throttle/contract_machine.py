"""A store against the reference, step by step, whatever the steps are: asks, settlements, changed limits, clocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from gateway.rates import Ask, Charge, Hold, Limit, LimitStore, Measure, Scope
from tests.unit.throttle.contract import START, Made, name
from tests.unit.throttle.reference import STANDS_STILL, Reference

WINDOWS = (1, 10, 60, 61, 600, 3600, 7200, 86400)
ADDRESSES = tuple(f"r{number}@xa.example" for number in range(6))
_LIMIT = st.builds(Limit, st.sampled_from(Measure), st.sampled_from(WINDOWS), st.integers(0, 12))
_LIMITS = st.lists(_LIMIT, max_size=5).map(tuple)
_ASKED = st.lists(st.sampled_from(ADDRESSES), max_size=5).map(tuple)
_STEPS = st.sampled_from((0, 0.25, 1, 4, 5, 7, 59, 60, 61, 65, 299, 300, 3500, 3600, 7000, 40_000, 86_400))
_LEAPS = st.sampled_from((90_001, 8 * 86_400, 50 * 86_400, 92 * 86_400))
_BACK = st.sampled_from((0.5, 3, 30, 59, 61, 90, 400, 4000, 90_000))


def check(made: Made, run: Callable[[Any], Any], examples: int = 60, steps: int = 40) -> None:
    """Fails with the steps after which the store and the reference differ. `run`: of an `asyncio.Runner`."""
    store: LimitStore = run(made.open())

    class Machine(RuleBasedStateMachine):
        """One example: three accounts of its own."""

        def __init__(self) -> None:
            super().__init__()
            self.reference = Reference()
            self.names = [name() for _ in range(3)]
            self.limits: list[tuple[Limit, ...]] = [()] * 3
            self.holds: dict[int, Hold] = {}
            self.leapt = False
            self.peak = 0.0
            made.clock.now = START

        @initialize(later=st.sampled_from((0, 1.5, 100, 2795.75)))
        def begin(self, later: float) -> None:
            made.clock.now += later

        def charge(self, which: int) -> Charge:
            return Charge(Scope.MAILBOX, self.names[which], self.limits[which])

        @rule(which=st.integers(0, 2), limits=_LIMITS)
        def configure(self, which: int, limits: tuple[Limit, ...]) -> None:
            self.limits[which] = limits

        @rule(
            which=st.lists(st.integers(0, 2), unique=True, max_size=3),
            recipients=_ASKED,
            messages=st.integers(0, 1),
            size=st.sampled_from((0, 1, 5)),
            force=st.booleans(),
        )
        def reserve(self, which: list[int], recipients: tuple[str, ...], messages: int, size: int, force: bool) -> None:
            ask = Ask(tuple(self.charge(one) for one in which), recipients, messages, size, force)
            number = len(self.reference.holds)
            expected = self.reference.reserve(ask, made.clock.now)
            found = run(store.reserve(ask))
            assert found == expected
            self.holds[number] = found.hold

        @precondition(lambda self: bool(self.holds))
        @rule(data=st.data(), delivered=_ASKED)
        def settle(self, data: st.DataObject, delivered: tuple[str, ...]) -> None:
            chosen = data.draw(st.lists(st.sampled_from(sorted(self.holds)), min_size=1, max_size=3, unique=True))
            holds = [self.holds.pop(number) for number in chosen]
            self.reference.settle(chosen, delivered, made.clock.now)
            run(store.settle(holds, delivered))

        @rule()
        def look(self) -> None:
            charges = [self.charge(which) for which in range(3)]
            found = [list(account) for account in run(store.usage(charges))]
            assert found == self.reference.usage(charges, made.clock.now)

        @rule(step=_STEPS)
        def wait(self, step: float) -> None:
            made.clock.now += step

        @rule(leap=_LEAPS)
        def leap(self, leap: int) -> None:
            made.clock.now += leap
            self.leapt = True  # counters that have ended may be gone, or not yet: no way back from here

        @precondition(lambda self: not self.leapt)
        @rule(back=_BACK)
        def fall_back(self, back: float) -> None:
            self.peak = max(self.peak, made.clock.now)
            made.clock.now -= back
            if self.peak - made.clock.now >= STANDS_STILL:  # what is held from before is given back to nobody
                self.holds.clear()
                self.peak = made.clock.now

    quiet = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Machine, settings=quiet)
