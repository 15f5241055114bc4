"""The store as the event loop uses it: the sweep keeps in it and resumes from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.access import Failure, Source
from gateway.directory.database import Database
from gateway.imap.baseline import Baseline
from gateway.lifecycle.effects import Way
from gateway.upkeep.records import Upkeep
from gateway.upkeep.rows import Result
from tests.unit.imap.test_sweep import Lab, lab, names, refused
from tests.unit.upkeep.build import NOW, step, use, watched

__all__ = ["lab"]


@pytest.fixture
async def upkeep(tmp_path: Path) -> Upkeep:
    made = Upkeep(Database("sqlite:///congthu.db", tmp_path))
    await made.prepare()
    return made


async def test_the_sweep_keeps_in_it_and_resumes_from_it(upkeep: Upkeep, lab: Lab) -> None:
    lab.records = upkeep  # type: ignore[assignment]
    targets = names(12)
    await lab.once(targets)
    first = await upkeep.past()
    assert set(first) == {target.mailbox for target in targets}
    lab.asker.fault = refused([targets[3].mailbox])
    await lab.once(targets)
    past = await upkeep.past()
    assert all(past[name].attempted > first[name].attempted for name in past)  # type: ignore[operator]
    polled = upkeep.use.polled(list(past))
    assert {one.mailbox for one in polled.values() if one.failure is Failure.AUTH} == {targets[3].mailbox}
    assert polled[targets[3].mailbox].observed == first[targets[3].mailbox].observed
    baseline = Baseline.from_bytes(await upkeep.baseline(targets[3].mailbox))
    assert baseline is not None
    assert baseline.cut


async def test_sources_keep_in_it(upkeep: Upkeep) -> None:
    await upkeep.keep_sources([use(1, 2)], [watched(0, 3)])
    assert await upkeep.covered(Source.DOVECOT_EVENTS) == {watched(0, 3).mailbox: watched(0, 3)}
    assert await upkeep.covered(Source.IMAP) == {}


async def test_it_is_pruned_as_a_whole(upkeep: Upkeep) -> None:
    await upkeep.keep_sources([use(1, 2), use(3, 4)], [watched(0, 3)])
    (old,) = upkeep.life.begin([step()], Way.MAIL, NOW)
    upkeep.life.finish(old.number, Result.DONE, NOW)
    assert await upkeep.prune(NOW) == 2
    assert len(upkeep.life.history()) == 1
    assert await upkeep.prune(NOW + 500 * 86400) == 1
    assert upkeep.life.history() == []
