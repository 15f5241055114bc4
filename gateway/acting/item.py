"""One step with all that is needed to do it, and what it makes of a mailbox. Pure values."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gateway.lifecycle.plan import Act, Step
from gateway.lifecycle.profile import Profile
from gateway.lifecycle.subject import Lock, Record, Subject
from gateway.upkeep.life import Work
from gateway.who import Mailbox, State

_AFTER = {
    Act.WARN: State.WARNED,
    Act.CLEAR: State.ACTIVE,
    Act.LOCK: State.LOCKED,
    Act.RECLAIM: State.RECLAIMED,
}


@dataclass(frozen=True, slots=True)
class Item:
    """What is due, to whom, by which profile."""

    step: Step
    subject: Subject
    profile: Profile

    @property
    def key(self) -> str:
        """The mailbox."""
        return self.subject.mailbox.key


def state_after(act: Act, state: State) -> State:
    """The directory's state of the mailbox once this is done."""
    return _AFTER.get(act, state)


def record_after(item: Item, now: float, *, held: bool) -> Work:
    """What the record says then. `held`: the deny file keeps everybody out."""
    idle = item.step.told.idle_since

    def locked(record: Record) -> Record:
        return replace(record, locked=now, lock=Lock.DORMANT, held=held, idle_since=idle, rewarned=None)

    def reclaimed(record: Record) -> Record:
        """Whoever issues it again later begins anew: a lock that the directory no longer tells of shows that."""
        return replace(record, lock=record.lock or Lock.DORMANT, locked=record.locked or now)

    works: dict[Act, Work] = {
        Act.WARN: lambda record: replace(record, warned=now),
        Act.CLEAR: lambda record: replace(record, warned=None),
        Act.LOCK: locked,
        Act.REWARN: lambda record: replace(record, rewarned=now),
        Act.RECLAIM: reclaimed,
        Act.ASK: lambda record: replace(record, asked=now),
    }
    return works.get(item.step.act, lambda record: record)


def was_reopened(subject: Subject) -> bool:
    """Whether somebody opened it in the directory (an import, a sheet) without telling its record."""
    return is_in(subject.mailbox) and subject.record.lock is not Lock.NONE


def is_in(mailbox: Mailbox) -> bool:
    """Whether its owner may log in, as the directory says."""
    return mailbox.state in (State.ACTIVE, State.WARNED)


def reopened(now: float, seen: Record) -> Work:
    """What the record says of a mailbox that was opened or issued again: counting begins anew.

    `seen`: the record before the mailbox was seen to be open; one that is another now was made by somebody since.
    """
    return lambda record: Record(reopened=now, asked=record.asked) if record == seen and record.lock else record
