"""Our own notices on their way out: kept with the change that they tell of, sent until the mail server has them.

The only mail that this software ever queues, for it is its own. It knows the store; whoever submits a message (SMTP to
the upstream) is handed in. Several processes may deliver at once: each notice is taken by one of them at a time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from gateway.directory.database import Database
from gateway.directory.schema import outbox
from gateway.logs import get_logger

_log = get_logger("directory")
HELD: Final = 300.0  # seconds: a notice that was taken and neither sent nor put off is free again after this time
GIVE_UP: Final = 5 * 86400.0  # seconds from its making (RFC 5321 4.5.4.1)
_FIRST_PAUSE: Final = 60.0  # seconds, doubled with each try
_LONGEST_PAUSE: Final = 4 * 3600.0
_BATCH: Final = 20
_REPLY: Final = 500  # characters of a reply that are kept


@dataclass(frozen=True, slots=True)
class Notice:
    """A finished message. `message`: RFC 5322 with CRLF; `kind`: the template's name; `about`: what it tells of."""

    kind: str
    about: str
    sender: str
    recipient: str
    message: bytes


@dataclass(frozen=True, slots=True)
class Waiting:
    """A notice in the outbox. Times are seconds since the epoch, 0 for none; `failed`: given up at this time."""

    number: int
    notice: Notice
    created: float
    due: float
    tries: int
    sent: float
    failed: float
    reply: str


@dataclass(frozen=True, slots=True)
class Submitted:
    """What the mail server said: `accepted`, or refused for good where `final`; else it is tried again."""

    accepted: bool
    final: bool = False
    reply: str = ""


Submit = Callable[[Notice], Awaitable[Submitted]]


def enqueue(connection: sa.Connection, notices: Sequence[Notice], now: int) -> None:
    """Put notices in, inside the caller's transaction. `now`: microseconds since the epoch."""
    rows = [
        {
            "kind": notice.kind,
            "about": notice.about,
            "sender": notice.sender,
            "recipient": notice.recipient,
            "message": notice.message,
            "created": now,
            "due": now,
            "tries": 0,
            "reply": "",
        }
        for notice in notices
    ]
    if rows:
        connection.execute(sa.insert(outbox), rows)


class Outbox:
    """The outbox of one store. Its own methods block; `deliver_outbox` is for the event loop."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, now: float, limit: int = _BATCH) -> list[Waiting]:
        """Notices that are due; they are ours for `HELD` seconds. DirectoryUnavailable."""
        moment = int(now * 1e6)
        due = sa.select(outbox).where(outbox.c.sent.is_(None), outbox.c.failed.is_(None), outbox.c.due <= moment)
        query = due.order_by(outbox.c.due, outbox.c.number).limit(limit).with_for_update(skip_locked=True)
        with self._database.writing() as connection:
            found = [_waiting(row) for row in connection.execute(query)]
            self._set(connection, [one.number for one in found], due=int((now + HELD) * 1e6))
        return found

    def settle(self, waiting: Waiting, said: Submitted, now: float) -> None:
        """Keep what became of a try. DirectoryUnavailable: then it is tried once more than needed, never lost."""
        moment = int(now * 1e6)
        values: dict[str, Any] = {"tries": waiting.tries + 1, "reply": said.reply[:_REPLY]}
        if said.accepted:
            values["sent"] = moment
        elif said.final or now - waiting.created > GIVE_UP:
            values["failed"] = moment
        else:
            values["due"] = moment + int(min(_FIRST_PAUSE * 2 ** min(waiting.tries, 20), _LONGEST_PAUSE) * 1e6)
        with self._database.writing() as connection:
            self._set(connection, [waiting.number], **values)

    @staticmethod
    def _set(connection: sa.Connection, numbers: Sequence[int], **values: Any) -> None:
        if numbers:
            connection.execute(sa.update(outbox).where(outbox.c.number.in_(numbers)).values(**values))

    def list(self, *, waiting_only: bool = False, limit: int = 0) -> list[Waiting]:
        """Notices, newest first. DirectoryUnavailable."""
        query = sa.select(outbox).order_by(outbox.c.number.desc()).limit(limit or None)
        if waiting_only:
            query = query.where(outbox.c.sent.is_(None), outbox.c.failed.is_(None))
        with self._database.reading() as connection:
            return [_waiting(row) for row in connection.execute(query)]


async def deliver_outbox(box: Outbox, submit: Submit, *, limit: int = _BATCH) -> int:
    """Try what is due once; how many the mail server took. DirectoryUnavailable.

    A `submit` that raises, or takes longer than half of `HELD`, is a try that failed; nothing it says reaches anybody
    but the log. What cannot be tried while it is ours is left to the next time.
    """
    accepted = 0
    ours = time.monotonic() + HELD / 2
    for waiting in await asyncio.to_thread(box.take, time.time(), limit):
        if time.monotonic() > ours:
            break
        said = await _submitted(submit, waiting)
        await asyncio.to_thread(box.settle, waiting, said, time.time())
        accepted += said.accepted
    return accepted


async def _submitted(submit: Submit, waiting: Waiting) -> Submitted:
    notice = waiting.notice
    try:
        async with asyncio.timeout(HELD / 2):
            said = await submit(notice)
    except Exception as error:  # whatever it is, the notice is kept
        _log.warning("directory.notice_failed", number=waiting.number, error=type(error).__name__)
        return Submitted(False, reply=f"not submitted ({type(error).__name__})")
    if not said.accepted:
        _log.warning("directory.notice_refused", number=waiting.number, to=notice.recipient, final=said.final)
    return said


def _waiting(row: sa.Row[Any]) -> Waiting:
    notice = Notice(row.kind, row.about, row.sender, row.recipient, bytes(row.message))
    sent, failed = ((value or 0) / 1e6 for value in (row.sent, row.failed))
    return Waiting(row.number, notice, row.created / 1e6, row.due / 1e6, row.tries, sent, failed, row.reply)
