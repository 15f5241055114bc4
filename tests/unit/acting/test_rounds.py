"""The pass on a real store: proved silence is warned of, locked, reclaimed; weak or missing evidence does nothing."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from gateway.access import Sign, Source, Strength
from gateway.acting.doer import Means
from gateway.directory.entry import Exemption
from gateway.directory.outbox import Outbox, Submitted
from gateway.lifecycle.days import moment
from gateway.lifecycle.effects import Way
from gateway.lifecycle.plan import Act, Brakes
from gateway.lifecycle.stages import Phase
from gateway.lifecycle.subject import Lock, Record
from gateway.who import Kind, State
from tests.unit.acting.build import AG, DESK, NOW, Q4, TODAY, USED, A, B, C, Office, person, told
from tests.unit.upkeep.build import DAY, use, watched

DONE = dict.fromkeys((Act.WARN, Act.LOCK, Act.REWARN, Act.RECLAIM), (Way.MAIL,))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def arrive(office: Office, *, accepted: bool = True, at: float = 0.0) -> None:
    """The mail server takes, or refuses for good, what is in the outbox."""
    box = Outbox(office.store.database)
    moment_ = at or office.now + 1
    for one in box.take(moment_):
        box.settle(one, Submitted(accepted, final=not accepted), moment_)


def watch(office: Office, *keys: str) -> None:
    """The exact source goes on to see everything up to now."""
    for key in keys:
        office.upkeep.use.keep([], [watched(USED - 7 * DAY - 60 - 400 * DAY, office.now, key)])
    office.used(DESK.key, office.now - 3600)


async def test_a_life_from_the_warning_to_the_reclaiming(office: Office) -> None:
    office.silent(person())
    means = Means(office.letters(), denying=office.denying())
    doing = {**DONE, Act.LOCK: (Way.MAIL, Way.DENY)}
    found = await office.passes(doing, means)
    assert told(found.steps) == [(A, "mail", True), (A, "list", True)]
    assert (office.state(), found.phases[Phase.TO_WARN], found.phases[Phase.ACTIVE]) == (State.WARNED, 1, 1)
    arrive(office)

    office.now += 14 * DAY
    watch(office, A)
    assert (await office.passes(doing, means)).steps == [], "14 whole days are given"
    office.now += DAY
    watch(office, A)
    found = await office.passes(doing, means)
    assert told(found.steps) == [(A, "deny-file", True), (A, "mail", True), (A, "list", True)]
    assert office.state() is State.LOCKED
    assert A in (office.folder / "denied").read_text()

    office.now = moment(datetime.date(2026, 8, 10), datetime.time(9))  # within 14 days of the six months' end
    watch(office)
    assert {one.item.step.act for one in (await office.passes(doing, means)).steps} == {Act.REWARN}
    arrive(office)
    office.now = moment(datetime.date(2026, 8, 26), datetime.time(9))
    watch(office)
    assert {one.item.step.act for one in (await office.passes(doing, means)).steps} == {Act.RECLAIM}
    assert office.state() is State.RECLAIMED
    assert [one.notice.kind for one in office.outbox() if one.notice.recipient == DESK.address] == [
        "warn",
        "lock",
        "rewarn",
        "reclaim",
    ]
    assert A in (office.folder / "denied").read_text(), "who is reclaimed does not get in again"
    assert office.open() == 0
    assert office.notes == [
        ("lifecycle-warn", A, "mail; Q4 8.1a; 2026-05-20"),
        ("lifecycle-lock", A, "deny-file, mail; Q4 8.1a; 2026-05-20"),
        ("lifecycle-warn-of-reclaiming", A, "mail; Q4 8.1b; 2026-08-20"),
        ("lifecycle-reclaim", A, "mail; Q4 8.1b; 2026-08-20"),
    ]


async def test_by_default_everything_is_listed_once_and_nothing_is_done(office: Office) -> None:
    office.silent(person())
    for _ in range(3):
        found = await office.passes()
        assert (found.steps, office.state(), office.record(), office.outbox()) == ([], State.ACTIVE, Record(), [])
        office.now += DAY
        watch(office, A)
    assert office.rows() == [("warn", "list", "done")]
    assert [(what, about) for what, about, _ in office.notes] == [("lifecycle-due", A)], "what it would do, once"
    assert office.upkeep.life.history(A)[0].step["proved_until"] is not None


async def test_ag_reclaims_without_a_lock(tmp_path: Path) -> None:
    office = Office(tmp_path, AG)
    office.silent(person(), last=USED - 100 * DAY, warned=NOW - 20 * DAY)
    found = await office.passes(DONE)
    assert [one.item.step.act for one in found.steps] == [Act.RECLAIM, Act.RECLAIM]
    assert office.state() is State.RECLAIMED


class TestNothingWithoutProof:
    async def test_nothing_is_known(self, office: Office) -> None:
        office.put(person())
        found = await office.passes(DONE)
        assert (found.steps, found.phases[Phase.CANNOT_TELL]) == ([], 1)

    async def test_a_gap(self, office: Office) -> None:
        office.put(person())
        office.upkeep.use.keep([], [watched(USED, NOW - 60 * DAY, A), watched(NOW - 59 * DAY, NOW, A)])
        found = await office.passes(DONE)
        assert found.steps == []
        assert office.state() is State.ACTIVE

    async def test_weak_evidence_of_use_is_enough_to_spare(self, office: Office) -> None:
        office.silent(person(), warned=NOW - 30 * DAY)
        hint = use(NOW - 20 * DAY, NOW - 19 * DAY, A, strength=Strength.WEAK, source=Source.IMAP, sign=Sign.SENT)
        office.upkeep.use.keep([hint], [])
        assert (await office.passes(DONE)).steps == []

    async def test_an_observation_of_an_hour_ago_locks_nobody(self, office: Office) -> None:
        office.put(person())
        office.used(A, USED, until=NOW - 2 * 3600)
        office.upkeep.life.change(A, lambda record: replace(record, warned=NOW - 30 * DAY))
        found = await office.passes(DONE)
        assert (found.steps, found.waiting["not-seen-lately"]) == ([], 1)
        assert office.state() is State.ACTIVE

    async def test_it_is_looked_at_again_and_then_locked(self, office: Office) -> None:
        office.put(person())
        office.used(A, USED, until=NOW - 2 * 3600)
        office.upkeep.life.change(A, lambda record: replace(record, warned=NOW - 30 * DAY))
        asked: list[Collection[str]] = []

        async def look(names: Collection[str]) -> None:
            asked.append(list(names))
            watch(office, A)

        found = await office.passes(DONE, looks=[look])
        assert (asked, found.looked, office.state()) == ([[A]], 1, State.LOCKED)

    async def test_it_is_looked_at_again_and_was_used(self, office: Office) -> None:
        office.put(person())
        office.used(A, USED, until=NOW - 2 * 3600)
        office.upkeep.life.change(A, lambda record: replace(record, warned=NOW - 30 * DAY))

        async def look(_: Collection[str]) -> None:
            office.upkeep.use.keep([use(NOW - 60, NOW - 30, A)], [])
            watch(office, A)

        found = await office.passes(DONE, looks=[look])
        assert (found.steps, office.state()) == ([], State.ACTIVE)

    async def test_a_look_that_fails_does_nothing(self, office: Office) -> None:
        office.put(person())
        office.used(A, USED, until=NOW - 2 * 3600)
        office.upkeep.life.change(A, lambda record: replace(record, warned=NOW - 30 * DAY))

        async def look(_: Collection[str]) -> None:
            raise RuntimeError("no server")

        assert (await office.passes(DONE, looks=[look])).steps == []

    async def test_used_between_the_plan_and_the_deed(self, office: Office) -> None:
        """The batch is judged once more."""
        office.silent(person(), person(B), warned=NOW - 30 * DAY)

        made = office.round(DONE)
        real = made._some

        async def some(names: Collection[str]) -> list[object]:
            office.upkeep.use.keep([use(NOW - 60, NOW - 30, B)], [])
            return await real(names)  # type: ignore[return-value]

        made._some = some  # type: ignore[assignment]
        await made.run()
        assert (office.state(A), office.state(B)) == (State.LOCKED, State.ACTIVE)


class TestSpared:
    async def test_an_exemption(self, office: Office) -> None:
        office.silent(person(), warned=NOW - 30 * DAY)
        office.put(Exemption(A, "nghỉ thai sản", datetime.date(2026, 12, 31)))
        found = await office.passes(DONE)
        assert (found.steps, found.phases[Phase.EXEMPT]) == ([], 1)

    async def test_a_programmes_mailbox(self, office: Office) -> None:
        office.silent(replace(person(), kind=Kind.SERVICE))
        assert (await office.passes(DONE)).steps == []

    async def test_a_warning_is_taken_back_by_itself(self, office: Office) -> None:
        office.silent(person(state=State.WARNED), last=NOW - 2 * DAY, warned=NOW - 10 * DAY)
        found = await office.passes(DONE)
        assert [one.item.step.act for one in found.steps] == [Act.CLEAR]
        assert (office.state(), office.record().warned) == (State.ACTIVE, None)

    async def test_a_warning_that_somebody_else_gave_is_not_ours_to_take_back(self, office: Office) -> None:
        office.silent(person(state=State.WARNED), last=NOW - 2 * DAY)
        assert (await office.passes()).steps == []
        assert (office.state(), office.rows()) == (State.WARNED, [("clear", "list", "done")])


class TestTheLetterThatAsks:
    ASKS: ClassVar = {Act.ASK: (Way.MAIL,)}

    @pytest.fixture
    def office(self, tmp_path: Path) -> Office:
        """A mailbox that is polled, and where nothing waits."""
        made = Office(tmp_path, replace(Q4, ask=True))
        made.put(person())
        made.upkeep.use.keep([], [watched(NOW - 200 * DAY, NOW, A, Source.IMAP)])
        return made

    async def test_it_is_sent_once_in_a_period(self, office: Office) -> None:
        for days in (0, 1, 30):
            office.now = NOW + days * DAY
            office.upkeep.use.keep([], [watched(NOW - 200 * DAY, office.now, A, Source.IMAP)])
            office.used(DESK.key, office.now - 3600)
            await office.passes(self.ASKS)
        assert [one.notice.recipient for one in office.outbox()] == [A]
        assert (office.record().asked, office.state()) == (NOW, State.ACTIVE)

    async def test_not_where_the_office_does_not_ask(self, office: Office) -> None:
        office.profile = Q4
        await office.passes()
        assert office.outbox() == []


class TestBrakes:
    async def test_more_than_usual_waits_for_a_person(self, office: Office) -> None:
        office.silent(person(), person(B), person(C), warned=NOW - 30 * DAY)
        found = await office.passes(DONE, brakes=Brakes(least=2, share=0))
        assert (found.steps, found.waiting["too-many"]) == ([], 3)
        assert office.rows() == [("lock", "list", "done")]
        assert office.upkeep.life.history(A)[0].detail == "listed: too-many"
        found = await office.passes(DONE, brakes=Brakes(least=2, share=0, allowed=3))
        assert {key for key, _, _ in told(found.steps)} == {A, B, C}

    async def test_what_was_done_today_counts(self, office: Office) -> None:
        office.silent(person(), person(B), warned=NOW - 30 * DAY)
        await office.passes(DONE, brakes=Brakes(least=2, share=0))
        office.silent(person(C), warned=NOW - 30 * DAY)
        found = await office.passes(DONE, brakes=Brakes(least=2, share=0))
        assert (found.steps, found.waiting["too-many"], office.state(C)) == ([], 1, State.ACTIVE)

    async def test_nothing_is_taken_when_nobody_is_there(self, office: Office) -> None:
        office.now = moment(TODAY, datetime.time(7))
        office.silent(person(), warned=NOW - 30 * DAY)
        office.silent(person(B))
        found = await office.passes(DONE)
        assert found.waiting["outside-office-hours"] == 1
        assert (office.state(A), office.state(B)) == (State.ACTIVE, State.WARNED), "letters may go at any time"

    async def test_whoever_lost_the_lease_does_nothing(self, office: Office) -> None:
        office.silent(person())
        assert (await office.passes(DONE, allowed=lambda: False)).steps == []
        assert office.state() is State.ACTIVE


class TestWarningsThatDoNotArrive:
    async def test_the_lock_waits_for_the_letter(self, office: Office) -> None:
        office.silent(person())
        await office.passes(DONE)
        office.now += 15 * DAY
        watch(office, A)
        found = await office.passes(DONE)
        assert (found.steps, found.waiting["letter-not-delivered"]) == ([], 1)

    async def test_the_days_count_from_its_arrival(self, office: Office) -> None:
        office.silent(person())
        await office.passes(DONE)
        late = office.now + 4 * DAY
        arrive(office, at=late)
        office.now += 15 * DAY
        watch(office, A)
        assert (await office.passes(DONE)).steps == []
        assert office.record().warned == pytest.approx(late)
        office.now = late + 15 * DAY
        watch(office, A)
        await office.passes(DONE)
        assert office.state() is State.LOCKED

    async def test_one_that_was_refused_is_none(self, office: Office) -> None:
        office.silent(person())
        await office.passes(DONE)
        arrive(office, accepted=False)
        office.now += DAY
        watch(office, A)
        found = await office.passes(DONE)
        assert [one.item.step.act for one in found.steps] == [Act.WARN, Act.WARN], "a new letter, a new day"
        assert office.record().warned == office.now


class TestOpenedByOthers:
    async def test_one_that_an_import_opened_begins_anew(self, office: Office) -> None:
        office.silent(person(), warned=NOW - 30 * DAY)
        await office.passes(DONE)
        assert office.state() is State.LOCKED
        office.put(person())
        office.now += 60
        found = await office.passes(DONE)
        assert (found.steps, found.phases[Phase.ACTIVE], office.state()) == ([], 2, State.ACTIVE)
        assert office.record() == Record(reopened=office.now)

    async def test_a_lock_for_another_reason_stands(self, office: Office) -> None:
        office.silent(person(state=State.LOCKED), last=USED - 200 * DAY)
        office.upkeep.life.change(A, lambda _: Record(locked=NOW - DAY, lock=Lock.PASSWORD))
        found = await office.passes(DONE)
        assert (found.steps, found.phases[Phase.LOCKED], office.state()) == ([], 1, State.LOCKED)
        assert office.record().lock is Lock.PASSWORD
