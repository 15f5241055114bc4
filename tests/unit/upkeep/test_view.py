"""A mailbox as everybody who judges it sees it: directory, record, polls and evidence together."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.access import Kind, Quota, Source, Strength
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


def test_some_of_them_by_their_own_addresses(upkeep: Upkeep) -> None:
    upkeep.use.keep([use(1, 2)], [])
    made = view(upkeep, told_by(replace(person(), aliases=("khac@x",)), person(B)))
    (found,) = made.some([A.upper(), "khac@x", "nobody@x"], NOW)
    assert (found.subject.mailbox.key, found.use.evidence) == (A, (use(1, 2),))
    assert made.some([], NOW) == []


def test_briefly_the_same_is_told(upkeep: Upkeep) -> None:
    """Used lately, by a phone only, by a weak sign, by a time that cannot be, silent, locked, spared, of no rule."""
    names = [f"m{number}@x" for number in range(9)]
    lately, long_ago = (NOW - 9 * DAY, NOW - 8 * DAY), (NOW - 200 * DAY, NOW - 190 * DAY)
    upkeep.use.keep(
        [
            replace(use(*lately), mailbox=names[0]),
            replace(use(*lately), mailbox=names[1], kind=Kind.AUTOMATIC),
            replace(use(*lately), mailbox=names[2], strength=Strength.WEAK),
            replace(use(NOW - DAY, NOW + 9 * DAY), mailbox=names[3]),
            *(replace(use(*long_ago), mailbox=name) for name in names[3:]),
        ],
        [replace(watched(NOW - 195 * DAY, NOW), mailbox=name) for name in names],
    )
    upkeep.life.change(names[5], lambda _: Record(locked=NOW, lock=Lock.DORMANT, held=True, idle_since=NOW - 195 * DAY))
    boxes = [person(name) for name in names]
    boxes[5:8] = [
        replace(boxes[5], state=State.LOCKED),
        replace(boxes[6], state=State.RECLAIMED),
        replace(boxes[7], created=wall(NOW - 20 * DAY).date()),
    ]
    snapshot = told_by(*boxes, person("other@x"), spared=(Exemption(names[8], "nghỉ thai sản"),))
    for automatic in (True, False):
        profile = replace(PROFILE, proof=replace(PROFILE.proof, automatic_is_use=automatic))
        profiles = dict.fromkeys(names, profile)
        made = View(upkeep, lambda: snapshot, lambda one: profiles.get(one.key), Calendar())  # noqa: B023
        whole, brief = list(made.all(NOW)), list(made.brief(NOW))
        assert [(one.subject, one.profile, one.told) for one in brief] == [
            (one.subject, one.profile, one.told) for one in whole
        ]
        phases = [one.told.phase for one in brief if one.told]
        assert (phases[0], phases[1] is Phase.ACTIVE) == (Phase.ACTIVE, automatic)
        assert Phase.ACTIVE not in phases[2:5]
        assert brief[0].use == Told() != whole[0].use, "nothing was read for it"
