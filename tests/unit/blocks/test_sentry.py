"""What conduct's verdict does: blocks or only suspects as configured, tells once, and is in force here at once."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.blocks.deeds import Case
from gateway.blocks.sentry import Sentry
from gateway.blocks.store import BlockStore
from gateway.blocks.watch import Watch
from gateway.conduct.score import Judgement, Level
from gateway.directory.errors import DirectoryUnavailable
from gateway.directory.outbox import Outbox
from gateway.rates import Standing
from tests.unit.blocks.contract import Letters
from tests.unit.directory.support_store import PERSON, filled

WHO = PERSON.address


class Post:
    """A sentry over a real store, with what it wrote."""

    def __init__(self, folder: Path) -> None:
        self.store = BlockStore(filled(folder).database)
        self.watch = Watch(self.store, every=60)
        self.enforce = True
        self.sentry = Sentry(self.store, self.watch, Letters(), lambda: self.enforce)

    def standing(self) -> Standing | None:
        found = self.watch.current.find(WHO)
        return found.standing if found is not None else None

    def mail(self) -> list[str]:
        return [one.notice.kind for one in reversed(Outbox(self.store.database).list())]


def judged(level: Level = Level.BLOCK, at: float | None = None) -> Judgement:
    return Judgement(1.4, level, ("spam",), {"score": 1.4, "at": time.time() if at is None else at})


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    made = Post(tmp_path)
    await made.watch.start(remote=False)
    yield made
    await made.watch.close()


async def test_it_is_blocked_told_once_and_known_at_once(post: Post) -> None:
    for _ in range(3):
        await post.sentry.verdict(WHO, judged())
    assert (post.standing(), post.mail()) == (Standing.BLOCKED, ["sender-blocked"])
    found = post.store.find(WHO)
    assert found is not None
    assert (found.reasons, found.evidence["score"]) == (("spam",), 1.4)


async def test_where_blocking_is_observed_it_is_suspected(post: Post) -> None:
    post.enforce = False
    for _ in range(3):
        await post.sentry.verdict(WHO, judged())
    assert (post.standing(), post.mail()) == (Standing.SUSPECT, ["sender-suspect"])
    post.enforce = True
    await post.sentry.verdict(WHO, judged())
    assert (post.standing(), post.mail()) == (Standing.BLOCKED, ["sender-suspect", "sender-blocked"])
    post.enforce = False
    await post.sentry.verdict(WHO, judged())
    assert post.standing() is Standing.BLOCKED


async def test_one_that_is_only_conspicuous_is_left_alone(post: Post) -> None:
    await post.sentry.verdict(WHO, judged(Level.SUSPECT))
    assert (post.standing(), post.mail(), post.store.history()) == (None, [], [])


async def test_another_process_was_first(post: Post) -> None:
    post.store.block(WHO, Case(), time.time())
    assert post.standing() is None
    await post.sentry.verdict(WHO, judged())
    assert post.mail() == []
    assert len(post.store.history()) == 1


async def test_a_verdict_from_before_a_release_comes_too_late(post: Post) -> None:
    before = time.time() - 5
    await post.sentry.verdict(WHO, judged())
    post.store.release(WHO, "lan", reason="a mistake")
    await post.watch.look()
    await post.sentry.verdict(WHO, judged(at=before))
    assert post.standing() is None
    await post.sentry.verdict(WHO, judged(at=time.time()))
    assert post.standing() is Standing.BLOCKED


@pytest.mark.parametrize("at", [None, "soon", 0.0, 1e300, float("nan"), -1])
async def test_a_verdict_without_a_time_of_its_own_is_of_now(post: Post, at: object) -> None:
    await post.sentry.verdict(WHO, Judgement(1.4, Level.BLOCK, (), {"at": at}))
    found = post.store.find(WHO)
    assert found is not None
    assert abs(found.since - time.time()) < 600


async def test_a_store_that_is_away_is_said_so_and_asked_again(post: Post, tmp_path: Path) -> None:
    path = tmp_path / "congthu.db"
    content = path.read_bytes()
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(DirectoryUnavailable):
        await post.sentry.verdict(WHO, judged())
    path.write_bytes(content)
    await post.sentry.verdict(WHO, judged())
    assert post.standing() is Standing.BLOCKED
