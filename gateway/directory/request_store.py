"""Requests about mailboxes that passed a request channel (Q4 6.1, AG 6): who asked, for what, and who answered.

Blocking: for threads and commands. `gateway.directory.requests` is the side of the event loop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gateway.directory.database import Database
from gateway.directory.dialects import insert_into
from gateway.directory.outbox import Notice, enqueue
from gateway.directory.schema import requests


@dataclass(frozen=True, slots=True)
class RequestSeen:
    """One request as the gateway let it pass. `reference`: its decision's in the journal; `when`: seconds since epoch.

    `mailbox`: the unit mailbox that was proved, `how` (a `gateway.who.Proof`); `kinds` as `contents.RequestSigns`;
    `reason`: it gives one; `rows` in `lists` attached. `message_id`: for the answer's In-Reply-To, "" for none.
    """

    reference: str
    when: float
    channel: str
    mailbox: str
    unit: str = ""
    how: str = ""
    kinds: tuple[str, ...] = ()
    reason: bool = False
    rows: int = 0
    lists: int = 0
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """A request with what became of it. `answered`: seconds since the epoch, 0 while it is open."""

    seen: RequestSeen
    answered: float = 0.0
    answered_by: str = ""
    answer: str = ""


class RequestStore:
    """The requests of one store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, seen: Sequence[RequestSeen]) -> None:
        """Keep requests; one that is kept already (reference and channel) stays as it is. DirectoryUnavailable."""
        if not seen:
            return
        with self._database.writing() as connection:
            insert = insert_into(connection, requests).on_conflict_do_nothing()
            connection.execute(insert, [_row(one) for one in seen])

    def find(self, reference: str) -> list[Request]:
        """The requests with this reference: one for each channel that it went to. DirectoryUnavailable."""
        return self.list(reference=reference)

    def list(
        self, *, reference: str = "", mailbox: str = "", open_only: bool = False, since: float = 0, limit: int = 0
    ) -> list[Request]:
        """Requests, newest first. `since`: seconds since the epoch. DirectoryUnavailable."""
        query = sa.select(requests).order_by(requests.c.time.desc(), requests.c.reference, requests.c.channel)
        if reference:
            query = query.where(requests.c.reference == reference)
        if mailbox:
            name = _plain(mailbox)  # as it is kept, too: a database may know the small letters of ASCII only
            query = query.where(sa.or_(requests.c.mailbox == name, sa.func.lower(requests.c.mailbox) == name.lower()))
        if open_only:
            query = query.where(requests.c.answered.is_(None))
        if since:
            query = query.where(requests.c.time >= int(since * 1e6))
        with self._database.reading() as connection:
            return [_request(row) for row in connection.execute(query.limit(limit or None))]

    def answer(self, reference: str, *, by: str, answer: str, now: float, notices: Sequence[Notice] = ()) -> int:
        """Mark a request answered and put its notices out, at once; how many rows. 0: there is none that is open.

        DirectoryUnavailable.
        """
        moment = int(now * 1e6)
        mine = sa.update(requests).where(requests.c.reference == reference, requests.c.answered.is_(None))
        with self._database.writing() as connection:
            done = connection.execute(mine.values(answered=moment, answered_by=by, answer=answer)).rowcount
            if done:
                enqueue(connection, notices, moment)
        return int(done)


def _row(seen: RequestSeen) -> dict[str, Any]:
    return {
        "reference": _plain(seen.reference),
        "channel": _plain(seen.channel),
        "time": int(seen.when * 1e6),
        "mailbox": _plain(seen.mailbox),
        "unit": _plain(seen.unit),
        "how": _plain(seen.how),
        "kinds": _plain(" ".join(seen.kinds)),
        "reason": int(seen.reason),
        "rows": min(max(seen.rows, 0), 2**31 - 1),
        "lists": min(max(seen.lists, 0), 2**31 - 1),
        "message_id": _plain(seen.message_id),
        "answered_by": "",
        "answer": "",
    }


def _plain(text: str) -> str:
    """Bounded, and without what PostgreSQL cannot keep: NUL and lone surrogates."""
    return text[:998].replace("\x00", "\ufffd").encode(errors="replace").decode()


def _request(row: sa.Row[Any]) -> Request:
    seen = RequestSeen(
        row.reference,
        row.time / 1e6,
        row.channel,
        row.mailbox,
        row.unit,
        row.how,
        tuple(row.kinds.split()),
        bool(row.reason),
        row.rows,
        row.lists,
        row.message_id,
    )
    return Request(seen, (row.answered or 0) / 1e6, row.answered_by, row.answer)
