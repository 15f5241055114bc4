"""What the outbox promises, on whatever database. A subclass gives the fixture `url`."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from gateway.directory import outbox
from gateway.directory.outbox import GIVE_UP, HELD, Notice, Outbox, Submitted, Waiting, deliver_outbox, enqueue
from tests.unit.directory.support_store import filled

NOW = 1_790_000_000.0


def _notice(number: int = 0) -> Notice:
    return Notice("change", f"pnv{number}", "q4@x.example", f"pnv{number}@x.example", b"From: q4\r\n\r\n.x\r\n")


def _settled(box: Outbox, said: Submitted, now: float = NOW) -> Waiting:
    (one,) = box.take(now, 1)
    box.settle(one, said, now)
    return next(found for found in box.list() if found.number == one.number)


class OutboxContract:
    """Notices are sent once where the mail server says so, again where not, by one process at a time."""

    @pytest.fixture
    def box(self, url: str, tmp_path: Path) -> Outbox:
        database = filled(tmp_path, url).database
        with database.writing() as connection:
            enqueue(connection, [_notice(number) for number in range(3)], int(NOW * 1e6))
        return Outbox(database)

    def test_what_is_taken_is_nobody_elses_for_a_while(self, box: Outbox) -> None:
        assert [one.notice for one in box.take(NOW, 2)] == [_notice(0), _notice(1)]
        assert [one.notice for one in box.take(NOW, 2)] == [_notice(2)]
        assert box.take(NOW + HELD - 1) == []
        assert len(box.take(NOW + HELD + 1)) == 3

    def test_nothing_is_due_before_its_time(self, box: Outbox) -> None:
        assert box.take(NOW - 1) == []

    def test_accepted_is_the_end(self, box: Outbox) -> None:
        found = _settled(box, Submitted(True, reply="250 ok"))
        assert (found.sent, found.failed, found.tries, found.reply) == (NOW, 0, 1, "250 ok")
        assert len(box.take(NOW + 10 * HELD)) == 2
        assert len(box.list(waiting_only=True)) == 2

    def test_refused_for_good_is_given_up(self, box: Outbox) -> None:
        found = _settled(box, Submitted(False, final=True, reply="550 no such user"))
        assert (found.sent, found.failed) == (0, NOW)
        assert len(box.list(waiting_only=True)) == 2

    def test_put_off_longer_and_longer_and_in_the_end_given_up(self, url: str, tmp_path: Path) -> None:
        database = filled(tmp_path, url).database
        with database.writing() as connection:
            enqueue(connection, [_notice()], int(NOW * 1e6))
        box, now, pauses = Outbox(database), NOW, []
        while not (found := _settled(box, Submitted(False, reply="451 later" + "x" * 9999), now)).failed:
            pauses.append(round(found.due - now))
            now = found.due
            assert len(found.reply) == 500
        assert pauses[:4] == [60, 120, 240, 480]
        assert max(pauses) == 4 * 3600
        assert GIVE_UP < now - NOW < GIVE_UP + 4 * 3600 + 1
        assert box.take(now + 10**6) == []

    async def test_delivery_goes_on_after_a_submit_that_raises(self, box: Outbox) -> None:
        async def submit(notice: Notice) -> Submitted:
            if notice.about == "pnv1":
                raise RuntimeError("secret of the upstream")
            return Submitted(True, reply="250 ok")

        assert await deliver_outbox(box, submit) == 2
        found = await asyncio.to_thread(box.list)
        assert [bool(one.sent) for one in found] == [True, False, True]
        assert "secret" not in found[1].reply
        assert "RuntimeError" in found[1].reply
        assert await deliver_outbox(box, submit) == 0

    async def test_a_submit_that_hangs_is_a_try_that_failed(self, box: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(outbox, "HELD", 4.0)

        async def submit(notice: Notice) -> Submitted:
            await asyncio.sleep(60)
            return Submitted(True)

        assert await deliver_outbox(box, submit) == 0
        tries = [one.tries for one in await asyncio.to_thread(box.list)]
        assert tries == [0, 0, 1], "the others were not ours long enough"

    async def test_several_deliver_at_once_and_each_notice_goes_once(self, box: Outbox) -> None:
        sent: list[str] = []

        async def submit(notice: Notice) -> Submitted:
            sent.append(notice.about)
            await asyncio.sleep(0.01)
            return Submitted(True)

        assert sum(await asyncio.gather(*(deliver_outbox(box, submit, limit=1) for _ in range(6)))) == 3
        assert sorted(sent) == ["pnv0", "pnv1", "pnv2"]
