"""The end of a step: the directory's state, the mailbox's record, its letters and the rows that say so, all at once.

One transaction: whoever is killed at any point leaves a step that is done, or one that is begun and can be done again;
never a letter twice. Blocking. It must not know how the ways before it were done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import sqlalchemy as sa

from gateway.acting.item import Item, record_after, state_after
from gateway.directory.entry import Snapshot
from gateway.directory.errors import DirectoryStale, PlanRefused
from gateway.directory.outbox import Notice, enqueue
from gateway.directory.plan import change
from gateway.directory.store import DirectoryStore
from gateway.lifecycle.subject import Spared
from gateway.upkeep.life import finish_in
from gateway.upkeep.rows import Result, Taken

WHO: Final = "congthu"
SOURCE: Final = "lifecycle"
_TRIES: Final = 5  # while somebody else changes the directory
Letters = Callable[[Item, Snapshot, float], Sequence[Notice]]


@dataclass(frozen=True, slots=True)
class Ready:
    """A step that is done but for its end. `head`: its row as a whole; `mail`: that of its letters, None for none.

    `held`: the deny file keeps everybody out.
    """

    item: Item
    head: Taken
    mail: Taken | None = None
    held: bool = False


def complete(store: DirectoryStore, ready: Sequence[Ready], letters: Letters, now: float) -> dict[str, str]:
    """End these steps; those that could not be ended by their mailbox, with the reason. DirectoryUnavailable.

    A mailbox that is not what it was when it was judged is left alone.
    """
    left, refused = list(ready), dict[str, str]()
    for _ in range(_TRIES):
        current = store.snapshot()
        left = _standing(left, current, refused)
        try:
            _end(store, current, left, letters, now)
        except DirectoryStale:
            continue
        except PlanRefused as error:
            return {**refused, **{one.item.key: f"the directory refuses it: {error}"[:300] for one in left}}
        return refused
    return {**refused, **{one.item.key: "the directory changes all the time" for one in left}}


def _standing(ready: Sequence[Ready], current: Snapshot, refused: dict[str, str]) -> list[Ready]:
    """Those that the directory tells the same of as when they were judged."""
    mailboxes = {mailbox.key: mailbox for mailbox in current.mailboxes}
    spared = {one.key: Spared(one.reason, one.until) for one in current.exemptions}
    kept: list[Ready] = []
    for one in ready:
        subject, found = one.item.subject, mailboxes.get(one.item.key)
        if found is None or (found.state, found.kind) != (subject.mailbox.state, subject.mailbox.kind):
            refused[one.item.key] = "the mailbox was changed meanwhile"
        elif spared.get(one.item.key) != subject.spared:
            refused[one.item.key] = "its exemption was changed meanwhile"
        else:
            kept.append(replace(one, item=replace(one.item, subject=replace(subject, mailbox=found))))
    return kept


def _end(store: DirectoryStore, current: Snapshot, ready: Sequence[Ready], letters: Letters, now: float) -> None:
    written: Mapping[str, Sequence[Notice]] = {
        one.item.key: letters(one.item, current, now) for one in ready if one.mail is not None
    }
    entries = [
        replace(box, state=state_after(one.item.step.act, box.state))
        for one in ready
        for box in (one.item.subject.mailbox,)
    ]

    def also(connection: sa.Connection) -> None:
        for one in ready:
            work = record_after(one.item, now, held=one.held)
            if not finish_in(connection, one.head.number, Result.DONE, now, work=work):
                continue  # another gateway ended it
            if one.mail is not None and finish_in(connection, one.mail.number, Result.DONE, now):
                enqueue(connection, written[one.item.key], int(now * 1e6))

    store.apply(change(current, *entries), who=WHO, source=SOURCE, also=also)
