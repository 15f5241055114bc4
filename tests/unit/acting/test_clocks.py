"""A clock that is held against others: who is believed, what is within bounds, what happens when nobody answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.acting.clocks import SETTLED, TOLERANCE, Clocks, since_start
from gateway.directory.database import Database
from gateway.errors import LimitsUnavailable
from gateway.upkeep.records import Upkeep
from tests.unit.upkeep.build import good, seen

NOW = 1_790_000_000.0
A_DAY = 86_400.0


class Counters:
    """A store whose clock is `at`; nothing is written into it."""

    def __init__(self, at: float) -> None:
        self.at = at

    async def change(self, _key: str, _keep: float, work: Callable[[bytes | None, float], tuple[Any, Any]]) -> Any:
        new, result = work(None, self.at)
        assert new is None
        return result


class Away(Counters):
    """It gives no answer."""

    async def change(self, *_: Any) -> Any:
        raise LimitsUnavailable("away")


class Machine:
    """`wall` can be set, `life` goes on."""

    def __init__(self) -> None:
        self.wall, self.life = NOW, 1000.0

    def pass_(self, seconds: float) -> None:
        self.wall += seconds
        self.life += seconds


def clocks(folder: Path, machine: Machine, counters: Any = None) -> tuple[Clocks, Upkeep]:
    upkeep = Upkeep(Database("sqlite:///congthu.db", folder))
    made = Clocks(lambda: machine.wall, upkeep.use.tables, counters, life=lambda: machine.life)
    return made, upkeep


@pytest.mark.parametrize(
    ("ahead", "told"),
    [(0.0, 0.0), (TOLERANCE, 0.0), (-TOLERANCE, 0.0), (TOLERANCE + 1, TOLERANCE + 1), (-3 * A_DAY, -3 * A_DAY)],
)
async def test_against_the_store_that_many_share(tmp_path: Path, ahead: float, told: float) -> None:
    machine = Machine()
    found = await clocks(tmp_path, machine, Counters(NOW - ahead))[0].off()
    assert (found.seconds if found else 0.0) == told
    assert found is None or "store.shared" in found.other


async def test_a_store_that_does_not_answer_is_told(tmp_path: Path) -> None:
    with pytest.raises(LimitsUnavailable):
        await clocks(tmp_path, Machine(), Away(NOW))[0].off()


async def test_behind_the_newest_poll(tmp_path: Path) -> None:
    machine = Machine()
    made, upkeep = clocks(tmp_path, machine)
    assert await made.off() is None, "nothing was made yet"
    await upkeep.prepare()
    assert await made.off() is None, "nothing was polled yet"
    await upkeep.keep([good(seen(NOW + 2 * A_DAY))])
    found = await made.off()
    assert found is not None
    assert found.seconds == pytest.approx(-2 * A_DAY, abs=1)
    assert str(found) == "this machine's clock is 172800 s behind the newest poll on record"
    await upkeep.keep([good(seen(NOW + TOLERANCE - 1))])
    assert await made.off() is None


@pytest.mark.parametrize("jump", [5 * A_DAY, -5 * A_DAY])
async def test_a_clock_that_was_set_is_believed_after_a_day(tmp_path: Path, jump: float) -> None:
    machine = Machine()
    made, _ = clocks(tmp_path, machine)
    machine.pass_(40 * A_DAY)
    assert await made.off() is None, "time that passes is no jump"
    machine.wall += jump
    for _ in range(3):
        found = await made.off()
        assert found is not None and found.seconds == jump
        machine.pass_(SETTLED / 4)
    machine.pass_(SETTLED / 4)
    assert await made.off() is None
    machine.wall += A_DAY
    assert await made.off() is not None, "and so is the next time"


async def test_one_that_is_set_back_in_time_is_fine_at_once(tmp_path: Path) -> None:
    machine = Machine()
    made, _ = clocks(tmp_path, machine)
    machine.wall += A_DAY
    assert await made.off() is not None
    machine.wall -= A_DAY
    assert await made.off() is None


async def test_the_worst_is_told(tmp_path: Path) -> None:
    machine = Machine()
    made, _ = clocks(tmp_path, machine, Counters(NOW))
    machine.wall += A_DAY
    made._counters.at = NOW - A_DAY  # type: ignore[union-attr]
    found = await made.off()
    assert found is not None and found.seconds == 2 * A_DAY


def test_this_machines_life() -> None:
    assert 0 < since_start() <= since_start()
