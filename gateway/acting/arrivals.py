"""Whether warnings arrived: the days of a notice count from the letter that the mail server took, not from its writing.

A warning whose letters were all refused was none; while none is taken yet, nothing that rests on it is done. Blocking.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final, Literal, NamedTuple

import sqlalchemy as sa

from gateway.directory.database import Database
from gateway.directory.schema import outbox
from gateway.lifecycle.subject import Record
from gateway.upkeep.life import LifeStore

_BACK: Final = 60 * 86_400.0  # seconds: letters older than that are past every notice
_SAME: Final = 1.0  # seconds within which a letter is of the warning
_LATE: Final = 60.0  # seconds by which a letter may be taken later, and the warning still counts from its writing
Field = Literal["warned", "rewarned"]
_FIELDS: Final[Mapping[str, Field]] = {"warn": "warned", "rewarn": "rewarned"}


class Letter(NamedTuple):
    """One letter of a warning, in seconds since the epoch; None: not taken, not given up."""

    mailbox: str
    field: Field
    created: float
    sent: float | None
    failed: float | None


def letters(database: Database, now: float) -> list[Letter]:
    """The warnings' letters of the last two months. DirectoryUnavailable."""
    query = sa.select(outbox.c.about, outbox.c.kind, outbox.c.created, outbox.c.sent, outbox.c.failed).where(
        outbox.c.kind.in_(list(_FIELDS)), outbox.c.created >= int((now - _BACK) * 1e6)
    )
    with database.reading() as connection:
        return [
            Letter(row.about, _FIELDS[row.kind], row.created / 1e6, _seconds(row.sent), _seconds(row.failed))
            for row in connection.execute(query)
        ]


def _seconds(moment: int | None) -> float | None:
    return None if moment is None else moment / 1e6


def settle(life: LifeStore, sent: Iterable[Letter]) -> frozenset[str]:
    """Bring the records in line with what became of their letters; the mailboxes whose warning is still on its way."""
    by_mailbox: defaultdict[str, list[Letter]] = defaultdict(list)
    for one in sent:
        by_mailbox[one.mailbox].append(one)
    waiting: set[str] = set()
    for mailbox, record in life.records(list(by_mailbox)).items():
        if any(_on_its_way(record, field, by_mailbox[mailbox]) for field in _FIELDS.values()):
            waiting.add(mailbox)
        if corrected(record, by_mailbox[mailbox]) != record:
            life.change(mailbox, lambda before, told=by_mailbox[mailbox]: corrected(before, told))  # type: ignore[misc]
    return frozenset(waiting)


def corrected(record: Record, sent: Iterable[Letter]) -> Record:
    """The record with its warnings at the moment when they arrived, and without those that never will. Pure."""
    told = list(sent)
    for field in _FIELDS.values():
        ours = _of_warning(record, field, told)
        arrived = [one.sent for one in ours if one.sent is not None]
        if arrived and min(arrived) > ours[0].created + _LATE:
            record = _at(record, field, min(arrived))
        elif ours and not arrived and all(one.failed is not None for one in ours):
            record = _at(record, field, None)
    return record


def _at(record: Record, field: Field, moment: float | None) -> Record:
    return replace(record, warned=moment) if field == "warned" else replace(record, rewarned=moment)


def _on_its_way(record: Record, field: Field, sent: Iterable[Letter]) -> bool:
    ours = _of_warning(record, field, sent)
    return bool(ours) and all(one.sent is None for one in ours)


def _of_warning(record: Record, field: Field, sent: Iterable[Letter]) -> list[Letter]:
    moment = getattr(record, field)
    return [] if moment is None else [one for one in sent if one.field == field and abs(one.created - moment) < _SAME]
