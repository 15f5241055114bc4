"""What locks and reopenings by a person promise, on whatever database. A subclass gives the fixture `url`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gateway.directory.entry import Snapshot
from gateway.directory.errors import DirectoryError
from gateway.directory.plan import Wanted, diff
from gateway.directory.store import DirectoryStore
from gateway.lifecycle.profile import Profile
from gateway.lifecycle.reopening import Asking
from gateway.lifecycle.subject import Lock, Record
from gateway.upkeep.hand import HandRefused, lock, reopen
from gateway.upkeep.life import LifeStore
from gateway.upkeep.records import Upkeep
from gateway.who import Kind, Mailbox, State, Unit
from tests.unit.upkeep.build import DAY, NOW

PERSON = Mailbox("An@tinh.example", Kind.PERSONAL, "pnv", aliases=("an2@tinh.example",))


OFFICE = Mailbox("pnv@tinh.example", Kind.UNIT, "pnv")


GONE = Mailbox("cu@tinh.example", Kind.PERSONAL, "pnv", state=State.RECLAIMED)


PROFILE = Profile(
    "tphcm-q4-03-2013",
    3,
    6,
    unlock_days=5,
    clauses={"reopen": "Q4 8.1a", "password": "Q4 8.3b", "security": "AG 10.2a"},
)


def state_of(store: DirectoryStore, address: str) -> State:
    found = store.snapshot().mailbox(address)
    assert found is not None
    return found.state


def opened(store: DirectoryStore, life: LifeStore, address: str, asked: Asking, number: str, now: float) -> Mailbox:
    return reopen(store, life, address, lambda _: PROFILE, asked, number, "root@gw", now)


class HandContract:
    """Directory and record together, and only as the regulations let it be asked for."""

    @pytest.fixture
    def store(self, url: str, tmp_path: Path) -> DirectoryStore:
        """Three mailboxes of a unit."""
        made = DirectoryStore(url, tmp_path)
        Upkeep(made.database).use.prepare()
        made.apply(diff(Snapshot(), Wanted((Unit("pnv", "Phòng Nội vụ"),), (PERSON, OFFICE, GONE), (), ())), who="test")
        return made

    @pytest.fixture
    def life(self, store: DirectoryStore) -> LifeStore:
        return Upkeep(store.database).life

    def test_a_lock_is_in_the_directory_the_record_and_the_changes(
        self, store: DirectoryStore, life: LifeStore
    ) -> None:
        after = lock(store, life, "AN2@tinh.example", Lock.SECURITY, " mất \n điện thoại ", "root@gw", NOW, held=True)
        assert (after.address, after.state) == (PERSON.address, State.LOCKED)
        assert state_of(store, PERSON.address) is State.LOCKED
        assert life.records([PERSON.key]) == {PERSON.key: Record(locked=NOW, lock=Lock.SECURITY)}
        change = store.changes(key=PERSON.key, limit=1)[0]
        assert (change.who, change.source) == ("root@gw", "lock, security: mất điện thoại")

    def test_behind_a_lock_for_silence_counting_goes_on(self, store: DirectoryStore, life: LifeStore) -> None:
        life.change(PERSON.key, lambda _: Record(warned=NOW - DAY, asked=NOW - 2 * DAY, reopened=NOW - 3 * DAY))
        lock(store, life, PERSON.address, Lock.DORMANT, "không dùng", "root", NOW, held=True)
        made = Record(
            locked=NOW, lock=Lock.DORMANT, held=True, idle_since=NOW, reopened=NOW - 3 * DAY, asked=NOW - 2 * DAY
        )
        assert life.records([PERSON.key])[PERSON.key] == made

    @pytest.mark.parametrize(("address", "reason"), [(GONE.address, "x"), (PERSON.address, " \n ")])
    def test_what_cannot_be_locked(self, store: DirectoryStore, life: LifeStore, address: str, reason: str) -> None:
        before = store.version()
        with pytest.raises(HandRefused):
            lock(store, life, address, Lock.HAND, reason, "root", NOW)
        assert (store.version(), life.records([address])) == (before, {})
        with pytest.raises(DirectoryError):
            lock(store, life, "nobody@tinh.example", Lock.HAND, "x", "root", NOW)

    def test_nobody_is_locked_twice(self, store: DirectoryStore, life: LifeStore) -> None:
        lock(store, life, PERSON.address, Lock.HAND, "x", "root", NOW)
        with pytest.raises(HandRefused, match="locked already"):
            lock(store, life, PERSON.address, Lock.SECURITY, "y", "root", NOW + 1)
        assert life.records([PERSON.key])[PERSON.key].lock is Lock.HAND

    @pytest.mark.parametrize(
        ("address", "why", "asked", "fine"),
        [
            (OFFICE.address, Lock.DORMANT, Asking.LETTER, True),
            (OFFICE.address, Lock.DORMANT, Asking.UNIT_MAILBOX, False),
            (PERSON.address, Lock.DORMANT, Asking.UNIT_MAILBOX, True),
            (PERSON.address, Lock.DORMANT, Asking.LETTER, True),
            (PERSON.address, Lock.DORMANT, Asking.CONFIRMATION, False),
            (PERSON.address, Lock.SECURITY, Asking.LETTER, False),
            (PERSON.address, Lock.SECURITY, Asking.CONFIRMATION, True),
            (PERSON.address, Lock.HAND, Asking.LIST, False),
        ],
    )
    def test_it_opens_as_the_regulation_asks(
        self, store: DirectoryStore, life: LifeStore, address: str, why: Lock, asked: Asking, fine: bool
    ) -> None:
        lock(store, life, address, why, "x", "root", NOW)
        if not fine:
            with pytest.raises(HandRefused):
                opened(store, life, address, asked, "12/CV", NOW + DAY)
            assert state_of(store, address) is State.LOCKED
            assert life.records([address])[address.lower()].lock is why
            return
        assert opened(store, life, address, asked, "12/CV", NOW + DAY).state is State.ACTIVE
        assert state_of(store, address) is State.ACTIVE
        assert life.records([address])[address.lower()] == Record(reopened=NOW + DAY)
        assert store.changes(limit=1)[0].source == f"unlock, {asked.value} 12/CV"

    def test_five_whole_days_after_a_lock_for_the_password(self, store: DirectoryStore, life: LifeStore) -> None:
        lock(store, life, PERSON.address, Lock.PASSWORD, "chưa đổi", "root", NOW)
        with pytest.raises(HandRefused, match=r"from \d\d/\d\d/\d{4} on \(Q4 8\.3b\)"):
            opened(store, life, PERSON.address, Asking.LETTER, "12/CV", NOW + 5 * DAY)
        assert opened(store, life, PERSON.address, Asking.LETTER, "12/CV", NOW + 6 * DAY).state is State.ACTIVE

    def test_a_reclaimed_mailbox_is_issued_again_on_a_list(self, store: DirectoryStore, life: LifeStore) -> None:
        with pytest.raises(HandRefused, match="list"):
            opened(store, life, GONE.address, Asking.LETTER, "12/CV", NOW)
        assert opened(store, life, GONE.address, Asking.LIST, "7/DS", NOW).state is State.ACTIVE
        assert life.records([GONE.key])[GONE.key].reopened == NOW

    def test_what_is_open_is_not_opened_and_a_number_is_asked_for(self, store: DirectoryStore, life: LifeStore) -> None:
        with pytest.raises(HandRefused, match="not locked"):
            opened(store, life, PERSON.address, Asking.LETTER, "12/CV", NOW)
        lock(store, life, PERSON.address, Lock.HAND, "x", "root", NOW)
        with pytest.raises(HandRefused, match="number"):
            opened(store, life, PERSON.address, Asking.LETTER, "  ", NOW)

    def test_without_a_profile_it_still_opens(self, store: DirectoryStore, life: LifeStore) -> None:
        lock(store, life, PERSON.address, Lock.HAND, "x", "root", NOW)
        found = reopen(store, life, PERSON.address, lambda _: None, Asking.LETTER, "1", "root", NOW)
        assert found == replace(PERSON, state=State.ACTIVE)
