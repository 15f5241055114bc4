"""A mailbox as everybody who judges it sees it: directory, record, polls and evidence together."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.access import Quota, Source
from gateway.directory.database import Database
from gateway.directory.entry import Exemption, Snapshot
from gateway.lifecycle.calendar import Calendar
from gateway.lifecycle.days import wall
from gateway.lifecycle.profile import Profile
from gateway.lifecycle.silence import Doubt
from gateway.lifecycle.stages import Phase
from gateway.lifecycle.subject import Lock, Record
from gateway.upkeep.records import Upkeep
from gateway.upkeep.store import Told
from gateway.upkeep.view import View
from gateway.who import Mailbox, State
from tests.unit.upkeep.build import DAY, NOW, A, B, failed, good, person, seen, use, watched

PROFILE = Profile("tphcm-q4-03-2013", lock_months=3, reclaim_months=6, clauses={"lock": "Q4 8.1a"})


def told_by(*mailboxes: Mailbox, spared: tuple[Exemption, ...] = ()) -> Snapshot:
    return Snapshot(1, mailboxes=mailboxes, exemptions=spared)


@pytest.fixture
def upkeep(tmp_path: Path) -> Upkeep:
    made = Upkeep(Database("sqlite:///congthu.db", tmp_path))
    made.use.prepare()
    return made


def view(upkeep: Upkeep, snapshot: Snapshot) -> View:
    return View(upkeep, lambda: snapshot, lambda one: PROFILE if one.key != "other@x" else None, Calendar())


def test_a_mailbox_of_which_nothing_is_known(upkeep: Upkeep) -> None:
    found = view(upkeep, told_by(person())).one(A.upper(), NOW)
    assert found is not None
    assert found.told is not None
    assert (found.told.phase, found.told.doubt) == (Phase.CANNOT_TELL, Doubt.NO_EVIDENCE)
    assert (found.polled, found.use, found.subject.record) == (None, Told(), Record())
    assert view(upkeep, told_by(person())).one("nobody@x", NOW) is None


def test_silence_that_is_proved_is_judged_by_the_profile(upkeep: Upkeep) -> None:
    upkeep.use.keep([use(NOW - 200 * DAY, NOW - 190 * DAY)], [watched(NOW - 195 * DAY, NOW)])
    upkeep.use.keep_outcomes([good(seen(NOW, quota=Quota(5, 10), old=3)), failed(NOW + 1)])
    found = view(upkeep, told_by(person())).one(A, NOW + 5)
    assert found is not None
    assert found.told is not None
    assert (found.told.phase, found.told.clause) == (Phase.TO_WARN, "Q4 8.1a")
    assert found.known.used == use(NOW - 200 * DAY, NOW - 190 * DAY)
    assert found.polled is not None
    assert (found.polled.quota, found.polled.old_messages) == (Quota(5, 10), 3)
    assert {one.source for one in found.use.coverage} == {Source.DOVECOT_EVENTS, Source.IMAP}


def test_its_record_counts(upkeep: Upkeep) -> None:
    upkeep.use.keep([use(NOW - 200 * DAY, NOW - 190 * DAY)], [watched(NOW - 195 * DAY, NOW)])
    upkeep.life.change(A, lambda _: Record(warned=NOW - 30 * DAY))
    (found,) = view(upkeep, told_by(person())).all(NOW)
    assert found.told is not None
    assert found.told.phase is Phase.TO_LOCK
    locked = replace(person(), state=State.LOCKED)
    upkeep.life.change(A, lambda before: replace(before, locked=NOW, lock=Lock.SECURITY))
    (found,) = view(upkeep, told_by(locked)).all(NOW)
    assert found.told is not None
    assert (found.told.phase, found.told.reason) == (Phase.LOCKED, "security")


def test_a_spared_mailbox_is_spared(upkeep: Upkeep) -> None:
    upkeep.use.keep([], [watched(NOW - 195 * DAY, NOW)])
    until = wall(NOW).date() + datetime.timedelta(days=5)
    spared = (Exemption(A.upper(), "đi học", until),)
    found = view(upkeep, told_by(person(A.upper()), spared=spared)).one(A, NOW)
    assert found is not None
    assert found.told is not None
    assert (found.told.phase, found.told.reason) == (Phase.EXEMPT, "đi học")


def test_all_of_them_each_with_its_own(upkeep: Upkeep) -> None:
    names = sorted(f"m{number}@tinh.example" for number in range(1100))
    upkeep.use.keep([use(1, 2, names[700])], [watched(NOW - 195 * DAY, NOW, names[1])])
    snapshot = told_by(*map(person, names), person("other@x"))
    found = list(view(upkeep, snapshot).all(NOW))
    assert [one.subject.mailbox.key for one in found] == [*names, "other@x"]
    assert found[700].use.evidence == (use(1, 2, names[700]),)
    assert [one.subject.mailbox.key for one in found if one.told and one.told.phase is Phase.TO_WARN] == [names[1]]
    assert (found[-1].told, found[-1].profile) == (None, None), "no regulation speaks of it"


def test_evidence_of_an_alias_is_found_under_the_address(upkeep: Upkeep) -> None:
    upkeep.use.keep([use(1, 2)], [])
    found = view(upkeep, told_by(replace(person(), aliases=(B,)))).one(B, NOW)
    assert found is not None
    assert found.use.evidence == (use(1, 2),)
