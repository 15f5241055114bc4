"""Steps done for real, on a real store: on record first, done in every way, whole or taken up again."""

from __future__ import annotations

import datetime
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.acting.command import Said
from gateway.acting.completing import Ready, complete
from gateway.acting.doer import Means
from gateway.directory.entry import Exemption
from gateway.directory.plan import change, remove
from gateway.directory.store import DirectoryStore
from gateway.lifecycle.effects import Way
from gateway.lifecycle.plan import Act
from gateway.lifecycle.subject import Lock, Record
from gateway.upkeep.life import LifeStore
from gateway.who import State
from tests.unit.acting.build import DESK, NOW, TODAY, USED, A, B, Office, person, told
from tests.unit.upkeep.build import DAY


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.put(person(), person(B))
    return made


def script(folder: Path, text: str) -> str:
    path = folder / "command"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def ways(*some: Way) -> frozenset[Way]:
    return frozenset({Way.LIST, *some})


class Hook:
    """A webhook that answers as it is told, and keeps what it was sent."""

    def __init__(self, *said: Said) -> None:
        self.said, self.came = list(said), list[tuple[bytes, str]]()

    async def post(self, body: bytes, delivery: str) -> Said:
        self.came.append((body, delivery))
        return self.said.pop(0) if self.said else Said(True)


class TestEachAct:
    async def test_a_warning(self, office: Office) -> None:
        found = await office.doer().do([office.item(Act.WARN)], ways(Way.MAIL))
        assert told(found) == [(A, "mail", True), (A, "list", True)]
        assert (office.state(), office.record()) == (State.WARNED, Record(warned=NOW))
        to_mailbox, to_unit = office.outbox("warn")
        assert (to_mailbox.notice.recipient, to_unit.notice.recipient) == (A, DESK.address)
        assert to_mailbox.created == pytest.approx(NOW)
        change = office.store.changes(key=A)[0]
        assert (change.who, change.source, change.action) == ("congthu", "lifecycle", "change")
        assert office.rows() == [("warn", "list", "done"), ("warn", "mail", "done")]

    async def test_a_lock(self, office: Office) -> None:
        denying = office.denying()
        office.put(person(aliases=("an.tran@tinh.example",)))
        means = Means(office.letters(), denying=denying)
        found = await office.doer(means).do([office.item(Act.LOCK)], ways(Way.DENY, Way.MAIL))
        assert told(found) == [(A, "deny-file", True), (A, "mail", True), (A, "list", True)]
        assert office.state() is State.LOCKED
        assert office.record() == Record(locked=NOW, lock=Lock.DORMANT, held=True, idle_since=USED)
        denied = (office.folder / "denied").read_text().splitlines()[1:]
        assert denied == sorted([A, "an", "an.tran@tinh.example", "an.tran"])
        assert [one.notice.recipient for one in office.outbox("lock")] == [DESK.address]

    async def test_a_lock_by_other_means_holds_nobody_out(self, office: Office) -> None:
        means = Means(office.letters(), [script(office.folder, "exit 0"), "{mailbox}"])
        await office.doer(means).do([office.item(Act.LOCK)], ways(Way.COMMAND))
        assert (office.state(), office.record().held) == (State.LOCKED, False)

    async def test_taking_a_warning_back(self, office: Office) -> None:
        office.put(person(state=State.WARNED))
        office.upkeep.life.change(A, lambda record: replace(record, warned=NOW - DAY, asked=5.0))
        found = await office.doer().do([office.item(Act.CLEAR)], ways())
        assert told(found) == [(A, "list", True)]
        assert (office.state(), office.record()) == (State.ACTIVE, Record(asked=5.0))
        assert office.outbox() == []

    async def test_a_locked_one_is_warned_and_reclaimed(self, office: Office) -> None:
        office.put(person(state=State.LOCKED))
        office.upkeep.life.change(A, lambda _: Record(warned=1.0, locked=2.0, lock=Lock.DORMANT, idle_since=0.5))
        await office.doer().do([office.item(Act.REWARN)], ways(Way.MAIL))
        assert (office.state(), office.record().rewarned) == (State.LOCKED, NOW)
        await office.doer().do([office.item(Act.RECLAIM)], ways(Way.MAIL))
        assert (office.state(), office.record().locked) == (State.RECLAIMED, 2.0)
        assert [one.notice.kind for one in office.outbox()] == ["rewarn", "reclaim"]

    async def test_one_that_was_never_locked_is_marked_when_it_is_reclaimed(self, office: Office) -> None:
        """So that it is seen to be issued again later, and begins anew."""
        await office.doer().do([office.item(Act.RECLAIM)], ways(Way.MAIL))
        assert (office.record().lock, office.record().locked) == (Lock.DORMANT, NOW)

    async def test_the_letter_that_asks(self, office: Office) -> None:
        await office.doer().do([office.item(Act.ASK)], ways(Way.MAIL))
        assert (office.state(), office.record()) == (State.ACTIVE, Record(asked=NOW))
        assert [one.notice.recipient for one in office.outbox("ask")] == [A]
        assert office.store.changes(key=A)[0].who == "test", "nothing of the directory changed"


class TestOutside:
    async def test_the_command_gets_the_step(self, office: Office) -> None:
        log = office.folder / "log"
        words = [script(office.folder, f'echo "$@" >> {log}'), "{act}", "{mailbox}", "{day}", "{deadline}", "{clause}"]
        await office.doer(Means(office.letters(), words)).do([office.item(Act.LOCK)], ways(Way.COMMAND))
        assert log.read_text() == f"lock {A} 2026-06-03 2026-05-20 Q4 8.1a\n"

    async def test_a_command_that_fails_stops_the_step(self, office: Office) -> None:
        means = Means(office.letters(), [script(office.folder, "echo no; exit 7")])
        found = await office.doer(means).do([office.item(Act.LOCK)], ways(Way.COMMAND, Way.MAIL))
        assert told(found) == [(A, "command", False)]
        assert found[0].said.detail == "exit 7: no"
        assert (office.state(), office.record(), office.outbox()) == (State.ACTIVE, Record(), [])
        assert office.rows() == [("lock", "list", "failed"), ("lock", "command", "failed")]

    async def test_it_is_tried_again_and_what_was_done_is_not(self, office: Office) -> None:
        log = office.folder / "log"
        hook = Hook(Said(False, "answer 503"), Said(True))
        means = Means(office.letters(), [script(office.folder, f"echo x >> {log}")], hook=hook)  # type: ignore[arg-type]
        doing = ways(Way.COMMAND, Way.WEBHOOK, Way.MAIL)
        assert not (await office.doer(means).do([office.item(Act.LOCK)], doing))[-1].said.done
        office.now += 2 * DAY  # not even on another day
        later = office.item(Act.LOCK, day=TODAY + datetime.timedelta(days=2))
        found = await office.doer(means).do([later], doing)
        assert told(found) == [(A, "webhook", True), (A, "mail", True), (A, "list", True)]
        assert log.read_text() == "x\n"
        assert len(hook.came) == 2
        assert hook.came[0] == hook.came[1], "the same delivery again"
        assert (office.state(), office.open(), len(office.outbox())) == (State.LOCKED, 0, 1)
        assert "05/06/2026" in _text(office), "the letter counts from the day on which it was written"

    async def test_after_a_month_it_is_begun_anew(self, office: Office) -> None:
        hook = Hook(Said(False))
        means = Means(office.letters(), hook=hook)  # type: ignore[arg-type]
        await office.doer(means).do([office.item(Act.WARN)], ways(Way.WEBHOOK))
        office.now += 40 * DAY
        later = office.item(Act.WARN, day=TODAY + datetime.timedelta(days=40))
        await office.doer(means).do([later], ways(Way.WEBHOOK))
        assert hook.came[0] != hook.came[1]
        assert office.rows()[-1] == ("warn", "webhook", "done")

    async def test_a_command_that_never_works_is_not_asked_for_everybody(self, office: Office) -> None:
        many = [person(f"m{number}@tinh.example") for number in range(9)]
        office.put(*many)
        log = office.folder / "log"
        means = Means(office.letters(), [script(office.folder, f"echo x >> {log}; exit 1")])
        found = await office.doer(means).do([office.item(Act.LOCK, one) for one in many], ways(Way.COMMAND))
        assert len(log.read_text()) == 2 * 3
        assert [one.said.detail for one in found][-6:] == ["put off: it failed several times in a row"] * 6

    async def test_an_address_that_could_be_an_option(self, office: Office) -> None:
        office.put(odd := person("-rf@tinh.example"))
        means = Means(office.letters(), [script(office.folder, "exit 0"), "{mailbox}"])
        (found,) = await office.doer(means).do([office.item(Act.LOCK, odd)], ways(Way.COMMAND))
        assert found.said == (False, "no command can be given this address")

    async def test_a_deny_file_that_is_not_ours(self, office: Office) -> None:
        (office.folder / "denied").write_text("giamdoc:\n")
        means = Means(office.letters(), denying=office.denying())
        (found,) = await office.doer(means).do([office.item(Act.LOCK)], ways(Way.DENY, Way.MAIL))
        assert "was not written by the gateway" in found.said.detail
        assert (office.state(), office.outbox()) == (State.ACTIVE, [])

    async def test_a_name_that_the_deny_file_cannot_hold(self, office: Office) -> None:
        office.put(odd := person('"a b"@tinh.example'))
        means = Means(office.letters(), denying=office.denying())
        items = [office.item(Act.LOCK), office.item(Act.LOCK, odd)]
        found = await office.doer(means).do(items, ways(Way.DENY))
        assert told(found) == [(A, "deny-file", True), (odd.key, "deny-file", False), (A, "list", True)]
        assert office.state(odd.key) is State.ACTIVE

    async def test_a_lock_that_comes_to_nothing_opens_again(self, office: Office) -> None:
        means = Means(office.letters(), denying=office.denying(), hook=Hook(Said(False)))  # type: ignore[arg-type]
        await office.doer(means).do([office.item(Act.LOCK)], ways(Way.DENY, Way.WEBHOOK))
        assert (office.folder / "denied").read_text().splitlines()[1:] == []

    async def test_the_webhook_gets_a_hundred_at_a_time(self, office: Office) -> None:
        many = [person(f"m{number}@tinh.example") for number in range(130)]
        office.put(*many)
        hook = Hook()
        means = Means(office.letters(), hook=hook)  # type: ignore[arg-type]
        await office.doer(means).do([office.item(Act.WARN, one) for one in many], ways(Way.WEBHOOK))
        assert [body.count(b'"mailbox"') for body, _ in hook.came] == [100, 30]
        assert office.state("m7@tinh.example") is State.WARNED

    @pytest.mark.parametrize("way", [Way.COMMAND, Way.DENY, Way.WEBHOOK])
    async def test_a_way_that_is_not_set_up_fails(self, office: Office, way: Way) -> None:
        (found,) = await office.doer().do([office.item(Act.LOCK)], ways(way))
        assert not found.said.done
        assert office.state() is State.ACTIVE

    async def test_whoever_lost_the_lease_does_no_more(self, office: Office) -> None:
        log = office.folder / "log"
        asked: list[int] = []

        def allowed() -> bool:
            asked.append(1)
            return len(asked) < 3

        means = Means(office.letters(), [script(office.folder, f"echo x >> {log}")])
        items = [office.item(Act.LOCK), office.item(Act.LOCK, person(B))]
        found = await office.doer(means, allowed).do(items, ways(Way.COMMAND))
        assert log.read_text() == "x\n"
        assert told(found) == [(A, "command", True), (B, "command", False)]
        assert office.state() is State.ACTIVE, "who has it now ends it"
        assert await office.doer(means, lambda: False).do([office.item(Act.WARN)], ways(Way.MAIL)) == []


class TestChangedMeanwhile:
    @pytest.mark.parametrize("what", ["gone", "state", "spared"])
    async def test_it_is_left_alone(self, office: Office, what: str) -> None:
        item = office.item(Act.WARN)
        if what == "gone":
            office.store.apply(remove(office.store.snapshot(), person()), who="test")
        elif what == "state":
            office.put(person(state=State.LOCKED))
        else:
            office.put(Exemption(A, "đi học", datetime.date(2026, 12, 1)))
        found = await office.doer().do([item, office.item(Act.WARN, person(B))], ways(Way.MAIL))
        assert [(key, done) for key, way, done in told(found) if way == "list"] == [(A, False), (B, True)]
        assert office.record() == Record()
        assert {one.notice.about for one in office.outbox()} == {B}

    async def test_another_change_of_the_mailbox_is_kept(self, office: Office) -> None:
        item = office.item(Act.WARN)
        office.put(person(holder="Trần Thị An"))
        await office.doer().do([item], ways(Way.MAIL))
        found = office.store.snapshot().mailbox(A)
        assert found is not None
        assert (found.holder, found.state) == ("Trần Thị An", State.WARNED)

    async def test_a_directory_that_changes_at_that_moment(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        item, other = office.item(Act.WARN), DirectoryStore(office.url, office.folder)
        real, times = office.store.snapshot, iter(range(99))

        def snapshot() -> Any:
            found = real()
            if next(times) < 2:
                moved = person("moi@tinh.example", holder=str(found.version))
                other.apply(change(other.snapshot(), moved), who="test")
            return found

        monkeypatch.setattr(office.store, "snapshot", snapshot)
        found = await office.doer().do([item], ways(Way.MAIL))
        assert told(found)[-1] == (A, "list", True)
        assert len(office.outbox()) == 2

    async def test_done_twice_a_day_is_done_once(self, office: Office) -> None:
        item = office.item(Act.WARN)
        await office.doer().do([item], ways(Way.MAIL))
        office.put(person())
        assert await office.doer().do([item], ways(Way.MAIL)) == []
        assert len(office.outbox()) == 2

    def test_two_gateways_that_end_the_same(self, office: Office) -> None:
        """Without leases in common: one of them does it."""
        item = office.item(Act.ASK)
        (head,) = office.upkeep.life.begin([item.step], Way.LIST, NOW)
        (mail,) = office.upkeep.life.begin([item.step], Way.MAIL, NOW)
        ready = [Ready(item, head, mail)]
        assert complete(office.store, ready, office.letters(), NOW) == {}
        assert complete(office.store, ready, office.letters(), NOW + 5) == {}
        assert (len(office.outbox()), office.record().asked) == (1, NOW)

    async def test_what_was_only_listed_that_day_is_done(self, office: Office) -> None:
        item = office.item(Act.WARN)
        office.upkeep.life.note([item.step], NOW, "too-many")
        await office.doer().do([item], ways(Way.MAIL))
        assert office.state() is State.WARNED
        assert office.rows() == [("warn", "list", "done"), ("warn", "mail", "done")]


class Killed(BaseException):
    """As a process that is ended at that point."""


class TestKilled:
    """Wherever it ends, before or after each thing that is written, the next pass makes it whole: never two letters."""

    @pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
    @pytest.mark.parametrize("nth", range(10))
    async def test_anywhere(self, office: Office, monkeypatch: pytest.MonkeyPatch, nth: int, after: bool) -> None:
        hook, log = Hook(), office.folder / "log"
        words = [script(office.folder, f"echo x >> {log}")]
        doing = ways(Way.COMMAND, Way.DENY, Way.WEBHOOK, Way.MAIL)
        count = 0

        def dying(real: Any) -> Any:
            def called(*args: Any, **more: Any) -> Any:
                nonlocal count
                count += 1
                here = count - 1 == nth
                if here and not after:
                    raise Killed
                made = real(*args, **more)
                if here:
                    raise Killed
                return made

            return called

        with monkeypatch.context() as patch:
            for name in ("begin", "finish"):
                patch.setattr(LifeStore, name, dying(getattr(LifeStore, name)))
            patch.setattr("gateway.acting.doer.complete", dying(complete))
            means = Means(office.letters(), words, denying=office.denying(), hook=hook)  # type: ignore[arg-type]
            try:
                await office.doer(means).do([office.item(Act.LOCK)], doing)
                ended = True
            except Killed:
                ended = False
        assert ended == (nth == 9), "nine things are written"
        if office.state() is not State.LOCKED:  # as the next pass would find it due
            means = Means(office.letters(), words, denying=office.denying(), hook=hook)  # type: ignore[arg-type]
            await office.doer(means).do([office.item(Act.LOCK)], doing)
        assert (office.state(), office.record().held, office.open()) == (State.LOCKED, True, 0)
        assert len(office.outbox()) == 1
        assert {result for _, _, result in office.rows()} == {"done"}
        assert len(log.read_text()) // 2 in (1, 2), "at most twice: it is for the command to be the same then"
        assert len(set(hook.came)) == 1
        assert A in (office.folder / "denied").read_text()


def _text(office: Office) -> str:
    import email
    import email.policy

    (one,) = office.outbox()
    return str(email.message_from_bytes(one.notice.message, policy=email.policy.default).get_content())
