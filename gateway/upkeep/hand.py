"""Locks and reopenings by a person: the directory's state and the mailbox's record in one transaction, on record.

What the regulations ask before a mailbox is opened again is `gateway.lifecycle.reopening`'s to say; here it is held to.
Blocking. It must not know how Dovecot hears of it: the deny file follows the directory's state.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import sqlalchemy as sa

from gateway.directory.deeds import find, unexempt
from gateway.directory.entry import Snapshot
from gateway.directory.plan import Plan, change
from gateway.directory.store import DirectoryStore
from gateway.errors import CongThuError
from gateway.lifecycle.days import start_of
from gateway.lifecycle.letters import HOW
from gateway.lifecycle.profile import Profile
from gateway.lifecycle.reopening import Asking, may_reopen, reopening
from gateway.lifecycle.subject import Lock, Record, Subject
from gateway.upkeep.life import LifeStore, Work, change_in
from gateway.upkeep.rows import key
from gateway.who import Mailbox, State

_LONGEST: Final = 300  # characters of a reason or a number, in the record of changes
_SHUT: Final = frozenset({State.LOCKED, State.RECLAIMED})


class HandRefused(CongThuError):  # noqa: N818 - as in gateway/errors.py
    """What was asked for may not be done; a sentence for people. Nothing was changed."""


def lock(
    store: DirectoryStore,
    life: LifeStore,
    address: str,
    why: Lock,
    reason: str,
    who: str,
    now: float,
    *,
    held: bool = False,
) -> Mailbox:
    """Lock the mailbox with this address or alias; as it is then. `held`: a deny file keeps everybody out of it.

    HandRefused where it is locked or reclaimed, or no reason is given; DirectoryError: no such mailbox.
    """
    words = _line(reason)
    if not words or why is Lock.NONE:
        raise HandRefused("a lock needs a reason")
    current = store.snapshot()
    before = find(current, address)
    if before.state in _SHUT:
        raise HandRefused(_shut(before, life.records([before.key]).get(key(before.key), Record())))
    made = Record(locked=now, lock=why, held=held and why is Lock.DORMANT, idle_since=_idle(why, now))

    def locked(record: Record) -> Record:
        return replace(made, reopened=record.reopened, asked=record.asked)

    return _change(store, current, replace(before, state=State.LOCKED), locked, who, f"lock, {why.value}: {words}")


def reopen(
    store: DirectoryStore,
    life: LifeStore,
    address: str,
    profile_of: Callable[[Mailbox], Profile | None],
    asked: Asking,
    number: str,
    who: str,
    now: float,
) -> Mailbox:
    """Open a locked mailbox again, or issue a reclaimed one again; as it is then. Counting begins anew.

    `number`: of the letter, the confirmation or the list, or the request's reference. HandRefused where it came in
    another way than the regulation asks, too early, or without its number; DirectoryError: no such mailbox.
    """
    words = _line(number)
    if not words:
        raise HandRefused("name what asks for it by its number")
    current = store.snapshot()
    before = find(current, address)
    record = life.records([before.key]).get(key(before.key), Record())
    profile = profile_of(before) or Profile("")
    subject = Subject(before, record)
    if not may_reopen(subject, profile, asked, now):
        raise HandRefused(why_not(subject, profile))

    def opened(record: Record) -> Record:
        return Record(reopened=now, asked=record.asked)

    return _change(store, current, replace(before, state=State.ACTIVE), opened, who, f"unlock, {asked.value} {words}")


def spared_no_more(store: DirectoryStore, life: LifeStore, address: str, who: str, now: float) -> Plan:
    """Take a mailbox's exemption back; what was changed, no step where there was none. DirectoryError: no such mailbox.

    Counting begins with its end, which is told in the record: the directory forgets it.
    """
    current = store.snapshot()
    mailbox, done = find(current, address), unexempt(current, address)
    until = next((one.until for one in current.exemptions if one.key == mailbox.key), None)
    end = now if until is None else min(now, start_of(until))

    def spared(record: Record) -> Record:
        return replace(record, reopened=max(end, record.reopened or end))

    if done.steps:
        store.apply(done, who=who, source="exempt", also=lambda connection: _write(connection, mailbox, spared))
    return done


def why_not(subject: Subject, profile: Profile) -> str:
    """How this mailbox is opened again, for whoever asked in another way."""
    needed = reopening(subject, profile)
    address = subject.mailbox.address
    if needed.by is Asking.NONE:
        return f"{address} is not locked"
    clause = f" ({needed.clause})" if needed.clause else ""
    first = f", from {needed.first:%d/%m/%Y} on" if needed.first is not None else ""
    how = HOW[needed.by]
    return f"{address}: {how.vi} / {how.en.rstrip('.')}{first}{clause}"


def _change(store: DirectoryStore, current: Snapshot, after: Mailbox, work: Work, who: str, source: str) -> Mailbox:
    store.apply(
        change(current, after),
        who=who,
        source=source,
        also=lambda connection: _write(connection, after, work),
    )
    return after


def _write(connection: sa.Connection, after: Mailbox, work: Work) -> None:
    change_in(connection, key(after.key), work)


def _idle(why: Lock, now: float) -> float | None:
    """Behind a lock for not being used counting goes on; a person's lock proves nothing of the time before it."""
    return now if why is Lock.DORMANT else None


def _shut(mailbox: Mailbox, record: Record) -> str:
    why = f" ({record.lock.value})" if record.lock else ""
    return f"{mailbox.address} is {mailbox.state.value} already{why}; `congthu mailboxes show` tells since when"


def _line(text: str) -> str:
    return " ".join(text.split())[:_LONGEST]
