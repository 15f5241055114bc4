"""What a worker runs beside the mail's path: answers, visits to mailboxes and their life, exact sources, reports.

One place that starts them in their order, hands them each new configuration and ends them. Which of them a worker has
is decided here: what one of a node does is the first worker's. Knows their constructors and none of their business.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from gateway.answering import Answering
from gateway.changing import Change, together
from gateway.config import Settings
from gateway.errors import StartError
from gateway.imap.ports import Outcome
from gateway.journal.decision import Decision, Note
from gateway.journal.journal import Journal
from gateway.knowing import Knowledge
from gateway.logs import get_logger
from gateway.model import Envelope, Message
from gateway.notifier import Notifier
from gateway.rates import LimitStore
from gateway.reporting import Reporting
from gateway.retaining import Retaining
from gateway.sourcing import Sourcing
from gateway.tending import Tending
from gateway.who import Sender

_log = get_logger("congthu.parts")
CLOSE = 12.0  # seconds in which a part has to end
_ROOM = 500  # rows that may wait in the journal's queue when another of ours comes
_PATIENCE = 50  # tenths of a second for that
Secret = Callable[[str], bytes]
"""A key for one purpose."""


class Part(Protocol):
    """One of them."""

    async def start(self) -> None:
        """Begin. StartError for what the configuration, or a newer store, makes impossible."""

    async def prepare(self, settings: Settings) -> Change:
        """All of a new configuration that can be refused. StartError; what was in force stays until the commit."""

    async def close(self) -> None:
        """End, and keep what has to be kept."""


class Parts:
    """`start` once, `prepare` each configuration, `close` at the end. `secret`: keys that nodes have in common."""

    def __init__(
        self,
        settings: Settings,
        knowledge: Knowledge,
        counters: LimitStore,
        journal: Journal,
        *,
        worker: int,
        node: str,
        secret: Secret,
        healths: Callable[[], Mapping[str, bool]],
    ) -> None:
        first, self._journal = worker == 0, journal
        self._answering = Answering(settings, knowledge.database, knowledge.known, secret("answers"), keeps=first)
        self._sourcing = Sourcing(settings, knowledge.database, knowledge.known, counters, worker)
        self._notifier = Notifier(settings, knowledge.database, knowledge.known, keeps=first)
        self._parts: list[Part] = [self._answering, self._notifier, self._sourcing]
        if first:
            tending = Tending(settings, counters, node=node, polled=self._polled, record=self._record)
            tending.checks.append(self._sourcing.look)
            self._parts.append(tending)
            self._parts.append(Reporting(settings, knowledge.database, healths, node))
            self._parts.append(Retaining(settings, node))

    async def start(self) -> None:
        """Start them one after the other. StartError; a part with a bug is left out, and told: mail goes on."""
        for part in self._parts:
            with _harmless(part, "start"):
                await part.start()

    async def prepare(self, settings: Settings) -> Change:
        """Hand on a new configuration. StartError: none of them takes it. A part with a bug keeps the old one."""
        made: list[Change] = []
        try:
            for part in self._parts:
                with _harmless(part, "prepare"):
                    made.append(_told(part, await part.prepare(settings)))
        except BaseException:
            together(made).discard()
            raise
        return together(made)

    async def close(self) -> None:
        """End them all, whatever one of them says; the journal is closed after them, so none may take for ever."""
        ends = (asyncio.wait_for(part.close(), CLOSE) for part in self._parts)
        for part, end in zip(self._parts, await asyncio.gather(*ends, return_exceptions=True), strict=True):
            if end is not None:
                _log.error("part.failed", part=type(part).__name__, where="close", error=repr(end)[:300])

    async def _record(self, notes: Sequence[Note]) -> None:
        """Rows for the journal, as fast as it keeps them: its queue is the mail's."""
        for number, note in enumerate(notes):
            if not await self._has_room():
                _log.warning("part.unrecorded", rows=len(notes) - number, first=note.about, what=note.what)
                return
            self._journal.append(note)

    async def _has_room(self) -> bool:
        for _ in range(_PATIENCE):
            if self._journal.queued < _ROOM:
                return True
            await asyncio.sleep(0.1)
        return False

    def _polled(self, outcome: Outcome) -> None:
        """A mailbox was visited: servers that tell of logins must tell of this one."""
        if outcome.failure is None:
            with _harmless(self._sourcing, "expect"):
                self._sourcing.expect(outcome.mailbox, outcome.at)

    def logged_in(self, login: str, client: str) -> None:
        """The next hop took a login on a listener of ours, from a client's address."""
        with _harmless(self._sourcing, "logged_in"):
            self._sourcing.logged_in(login, client)

    def delivered(self, envelope: Envelope, message: Message, sender: Sender) -> None:
        """A message was delivered, at its first passage."""
        try:  # `_harmless`, without what it costs each message
            self._answering.note(envelope, message, sender)
        except Exception:
            _log.exception("part.failed", part=type(self._answering).__name__, where="note")

    def refused(self, decision: Decision, envelope: Envelope, message: Message, sender: Sender) -> None:
        """A message was refused by a rule, at its first passage; it is on record, and its sender was told."""
        with _harmless(self._notifier, "refused"):
            self._notifier.refused(decision, envelope, message, sender)


def _told(part: Part, change: Change) -> Change:
    """A change that is a part's own: what fails when it is put in force stops no other."""

    async def commit() -> None:
        try:
            await change.commit()
        except Exception:
            _log.exception("part.failed", part=type(part).__name__, where="commit")

    return Change(commit, change.discard)


@contextlib.contextmanager
def _harmless(part: object, where: str) -> Iterator[None]:
    """What runs beside mail must not stop it: a bug is told, and only a StartError is for whoever called."""
    try:
        yield
    except StartError:
        raise
    except Exception:
        _log.exception("part.failed", part=type(part).__name__, where=where)
