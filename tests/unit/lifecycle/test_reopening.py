"""Who may ask for a mailbox back, and when."""

from __future__ import annotations

import datetime

import pytest

from gateway.lifecycle.reopening import Asking, Reopening, may_reopen, reopening
from gateway.lifecycle.subject import Lock, Record
from gateway.who import Kind, State
from tests.unit.lifecycle.build import AG, Q4, at, subject


def locked(lock: Lock, kind: Kind = Kind.PERSONAL, when: float = at(6, 3)) -> Record:
    return Record(locked=when, lock=lock)


def test_a_unit_writes_a_letter_and_asks_for_its_people_from_its_mailbox() -> None:
    """Q4 8.1a."""
    unit = subject(State.LOCKED, locked(Lock.DORMANT), kind=Kind.UNIT)
    person = subject(State.LOCKED, locked(Lock.DORMANT))
    assert reopening(unit, Q4).by is Asking.LETTER
    assert reopening(person, Q4).by is Asking.UNIT_MAILBOX
    assert not may_reopen(unit, Q4, Asking.UNIT_MAILBOX, at(6, 4))
    assert may_reopen(unit, Q4, Asking.LETTER, at(6, 4))
    assert may_reopen(person, Q4, Asking.UNIT_MAILBOX, at(6, 3)) and may_reopen(person, Q4, Asking.LETTER, at(6, 3))


@pytest.mark.parametrize(("now", "may"), [(at(6, 3), False), (at(6, 8, 23.9), False), (at(6, 9, 0), True)])
def test_five_whole_days_after_a_lock_for_the_password(now: float, may: bool) -> None:
    """Q4 8.3b: "sau 05 ngày, kể từ ngày hộp thư bị khóa"."""
    who = subject(State.LOCKED, locked(Lock.PASSWORD))
    assert reopening(who, Q4) == Reopening(Asking.UNIT_MAILBOX, datetime.date(2026, 6, 9), "Q4 8.3b")
    assert may_reopen(who, Q4, Asking.UNIT_MAILBOX, now) is may
    assert may_reopen(who, AG, Asking.UNIT_MAILBOX, at(6, 3))  # the other regulation has no such wait


@pytest.mark.parametrize("asked", [Asking.LETTER, Asking.UNIT_MAILBOX, Asking.LIST])
def test_after_lost_control_only_the_confirmation_counts(asked: Asking) -> None:
    """AG 10.2a."""
    who = subject(State.LOCKED, locked(Lock.SECURITY))
    assert reopening(who, AG).by is Asking.CONFIRMATION and reopening(who, AG).clause == "AG 10.2a"
    assert not may_reopen(who, AG, asked, at(9, 1))
    assert may_reopen(who, AG, Asking.CONFIRMATION, at(6, 3))


def test_a_reclaimed_mailbox_is_issued_again_on_a_list() -> None:
    """AG 6.4."""
    assert reopening(subject(State.RECLAIMED), AG).by is Asking.LIST
    assert may_reopen(subject(State.RECLAIMED), AG, Asking.LIST, at(6, 3))


def test_what_is_not_locked_is_not_opened() -> None:
    assert not may_reopen(subject(), Q4, Asking.NONE, at(6, 3))
