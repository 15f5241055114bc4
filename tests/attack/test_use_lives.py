"""Attacks on what follows of mailboxes' use: a lock that no evidence bears, a lock's reason lost, letters to nobody."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from gateway.access import Coverage, Evidence, Sign, Source
from gateway.directory.entry import Exemption, Snapshot
from gateway.imap.baseline import Baseline
from gateway.lifecycle.calendar import Calendar
from gateway.lifecycle.days import day_of
from gateway.lifecycle.effects import Way
from gateway.lifecycle.plan import Act
from gateway.lifecycle.profile import Proof
from gateway.lifecycle.silence import known_of
from gateway.lifecycle.subject import Lock, Record
from gateway.sources import policy
from gateway.sources.feed import Feed, Feeding
from gateway.sources.sight import Sighting
from gateway.upkeep.hand import lock, spared_no_more
from gateway.upkeep.store import UseStore
from gateway.upkeep.view import View
from gateway.who import Kind, Mailbox, State, Unit
from tests.unit.acting.build import DESK, HEAD, NOW, TODAY, UNIT, A, Office, person
from tests.unit.upkeep.build import DAY, good, seen


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


class TestLocks:
    async def test_a_person_locks_while_a_pass_reads(self, office: Office) -> None:
        """The pass has an older directory and the newer record: it must not take the lock for one that was lifted."""
        office.silent(person(), last=NOW - DAY)
        one, read = office.round(), [0]

        def directory() -> Snapshot:
            found = office.store.snapshot()
            read[0] += 1
            if read[0] == 1:
                lock(office.store, office.upkeep.life, A, Lock.SECURITY, "mất quyền kiểm soát", "canbo", office.now)
            return found

        one._view = View(office.upkeep, directory, lambda _: office.profile, Calendar())
        await one.run()
        assert (office.state(), office.record().lock) == (State.LOCKED, Lock.SECURITY)

    async def test_who_was_opened_elsewhere_still_begins_anew(self, office: Office) -> None:
        office.silent(person())
        office.upkeep.life.change(A, lambda _: Record(locked=NOW - DAY, lock=Lock.DORMANT))
        await office.passes()
        assert office.record() == Record(reopened=NOW)

    async def test_counting_begins_with_the_end_of_an_exemption(self, office: Office) -> None:
        """Spared for months for a reason; taken back today. It must not be a candidate for a lock in 14 days."""
        office.silent(person(), last=NOW - 300 * DAY)
        office.put(Exemption(A, "đi học"))
        spared_no_more(office.store, office.upkeep.life, A, "canbo", office.now)
        assert office.store.snapshot().exemptions == ()
        found = await office.passes({Act.WARN: (Way.MAIL,)})
        assert (found.steps, office.state()) == ([], State.ACTIVE)

    def test_an_exemption_that_was_over_counts_from_its_last_day(self, office: Office) -> None:
        office.silent(person())
        office.put(Exemption(A, "đi học", TODAY - datetime.timedelta(days=40)))
        spared_no_more(office.store, office.upkeep.life, A, "canbo", office.now)
        reopened = office.record().reopened
        assert reopened is not None
        assert day_of(reopened) == TODAY - datetime.timedelta(days=40)
        assert spared_no_more(office.store, office.upkeep.life, A, "canbo", office.now).steps == ()
        assert office.record().reopened == reopened


class TestClocks:
    """A clock that ran ahead for some polls leaves silences behind that nobody observed."""

    @pytest.fixture
    def use(self, office: Office) -> UseStore:
        return office.upkeep.use

    def test_polls_of_a_future_prove_nothing_once_it_has_come(self, use: UseStore) -> None:
        ahead, before = 10 * DAY, None
        for at in (NOW, NOW + DAY, NOW + 2 * DAY + ahead):
            outcome = good(seen(at, A), before)
            use.keep_outcomes([outcome])
            before = outcome.baseline
        # The clock is right again; before the next poll the owner reads: it is the first of a new chain.
        after = good(replace(seen(NOW + 3 * DAY, A), folders=(replace(seen(0.0).folders[0], recent=0),)), before)
        use.keep_outcomes([after])
        told = use.told([A])[A]
        now = NOW + 2 * DAY + ahead + 60
        known = known_of(told.evidence, told.coverage, Proof(polling_suffices=True, fresh=30 * DAY), now)
        assert known.silent is None, known
        assert max(one.until for one in told.coverage) == NOW + 3 * DAY

    def test_nor_does_what_an_exact_source_watched_then(self, use: UseStore) -> None:
        def watch(since: float, until: float) -> None:
            use.keep([], [Coverage(A, Source.DOVECOT_EVENTS, since, until)])

        watch(NOW - 100 * DAY, NOW + 10 * DAY)
        watch(NOW, NOW + 600)
        assert [one.until for one in use.told([A])[A].coverage] == [NOW + 600]
        watch(NOW - 50 * DAY, NOW + 500)
        assert len(use.told([A])[A].coverage) == 2, "a node that is a little late takes nothing back"

    def test_other_sources_and_mailboxes_keep_theirs(self, use: UseStore) -> None:
        other = [Coverage("b@x", Source.DOVECOT_EVENTS, NOW, NOW + DAY), Coverage(A, Source.ZIMBRA, NOW, NOW + DAY)]
        use.keep([], other)
        use.keep([], [Coverage(A, Source.DOVECOT_EVENTS, NOW - DAY, NOW)])
        assert sum(len(one.coverage) for one in use.told([A, "b@x"]).values()) == 3


class TestSources:
    async def test_what_is_on_its_way_to_the_store_is_waited_for(self) -> None:
        """A pass that asks for the last word while a batch is being kept must not go on without it."""
        kept: list[Evidence] = []
        begun, go_on = asyncio.Event(), asyncio.Event()

        async def keep(evidence: Sequence[Evidence], _: Sequence[Coverage]) -> None:
            begun.set()
            await go_on.wait()
            kept.extend(evidence)

        feed = Feed(keep, lambda login: login, feeding=Feeding(hold=3600), clock=lambda: NOW)
        feed.note(Sighting(A, Source.DOVECOT_EVENTS, Sign.LOGIN, NOW, NOW, session="s", master="", service="imap"))
        first = asyncio.create_task(feed.flush())
        await begun.wait()
        second = asyncio.create_task(feed.flush())
        await asyncio.sleep(0.01)
        assert not second.done()
        go_on.set()
        assert (await first, await second, len(kept)) == (True, True, 1)

    @pytest.mark.parametrize("login", ["", " ", "\x01\x7f", None, 5])
    def test_a_stranger_without_a_name_breaks_no_silence(self, login: object) -> None:
        """Anybody may fail to log in by a name of unprintable signs: garbage would end everybody's coverage."""
        asked = policy.read(orjson.dumps({"login": login, "success": False, "master": ""}), NOW)
        assert (asked.user, asked.success, asked.sighting) == ("", False, None)
        with pytest.raises(ValueError, match="no login"):
            policy.read(orjson.dumps({"login": login, "success": True, "master": ""}), NOW)


class TestReaders:
    def test_nobody_is_written_to_at_a_mailbox_that_is_shut(self, office: Office) -> None:
        """A unit's mailbox that is locked itself reads nothing: the unit above is told."""
        above = Unit("VP", "Văn phòng")
        office.put(above, replace(UNIT, parent="VP"), Mailbox("vp@tinh.example", Kind.UNIT, unit="VP"), person())
        for state in (State.LOCKED, State.RECLAIMED):
            office.put(replace(DESK, state=state))
            notices = office.letters()(office.item(Act.WARN), office.store.snapshot(), NOW)
            assert [one.recipient for one in notices] == [A, "vp@tinh.example"]
        office.put(Mailbox("tckh2@tinh.example", Kind.UNIT, unit="TCKH"))
        notices = office.letters()(office.item(Act.WARN), office.store.snapshot(), NOW)
        assert [one.recipient for one in notices] == [A, "tckh2@tinh.example"]
        assert HEAD.sender not in {one.recipient for one in notices}


def test_a_baseline_of_a_future_is_no_ground_for_a_comparison() -> None:
    ahead = good(seen(NOW + 10 * DAY))
    assert isinstance(ahead.baseline, Baseline)
    found = good(seen(NOW), ahead.baseline)
    assert found.findings is not None
    assert (found.findings.coverage.since, found.findings.evidence) == (NOW, ())
