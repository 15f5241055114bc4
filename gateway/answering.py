"""Notes what unit mailboxes receive and what answers them (Q4 8.2, 12.4; AG 10.1), off the path of any message.

    answering = Answering(settings, database, known, secret, keeps=worker == 0)
    await answering.start()
    answering.note(envelope, message, sender)      # after the next hop's 250 to a message that was not judged before

It reads identifiers and marks of a header, never a subject or a body. It must not know SMTP.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import Iterable, Iterator
from typing import Final

from gateway import metrics
from gateway.answers.store import AnswerTable
from gateway.automatic import is_automatic
from gateway.batching import Batches
from gateway.changing import Change, quick
from gateway.config import Settings
from gateway.directory.database import Database
from gateway.directory.errors import DirectoryError, DirectoryUnavailable
from gateway.errors import StartError
from gateway.lifecycle.answers import MOST_REFERENCES, Passing
from gateway.logs import get_logger
from gateway.model import Direction, Envelope, Message
from gateway.rules.compiled import Known
from gateway.who import Kind, Sender

_PRUNE_EVERY: Final = 3600.0
_DAY: Final = 86400.0
_LINGER: Final = 1.0  # seconds: an answer is hours old, so a batch may wait for others
_MOST_FIELDS: Final = 4
_LONGEST: Final = 64 * 1024  # octets of References that are read, its end
_IDENTIFIER: Final = re.compile(rb"<[^<>\s]{1,998}>")
_log = get_logger("congthu.answers")


class Answering:
    """One worker's. `secret`: see `AnswerTable`; `keeps`: this worker forgets what is old."""

    def __init__(
        self, settings: Settings, database: Database, known: Known, secret: bytes, *, keeps: bool = False
    ) -> None:
        self._settings, self._database, self._known, self._keeps = settings, database, known, keeps
        self.table = AnswerTable(database, secret)
        self._batches = Batches[Passing]("answers", self.table.keep, retry=DirectoryError, linger=_LINGER)
        self._pruning: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Make the table, begin to write. StartError; a server that is away is waited for."""
        try:
            await asyncio.to_thread(self.table.prepare)
        except DirectoryUnavailable as error:
            if not self._database.remote:
                raise StartError(f"{error}; gateway.data_dir must be writable") from error
            _log.error("answers.unavailable", reason=str(error))
        self._batches.start()
        if self._keeps:
            self._pruning = asyncio.create_task(self._prune(), name="answers-pruning")
        metrics.watch_answers(lambda: self._batches.written, lambda: self._batches.dropped + self.table.dropped)

    async def prepare(self, settings: Settings) -> Change:
        """A new configuration, which nothing can refuse."""

        def take() -> None:
            self._settings = settings

        return quick(take)

    async def close(self) -> None:
        """Write what waits, and end."""
        if self._pruning is not None:
            self._pruning.cancel()
            await asyncio.gather(self._pruning, return_exceptions=True)
        await self._batches.close()

    def note(self, envelope: Envelope, message: Message, sender: Sender) -> None:
        """Take a message that the next hop took. Never waits, never raises."""
        if not self._settings.answers.watch:
            return
        try:
            passing = self._passing(envelope, message, sender)
        except Exception as error:  # it was delivered, and what fails here must not change that
            _log.error("answers.unreadable", error=type(error).__name__)
            return
        if passing is not None:
            self._batches.put(passing)

    def _passing(self, envelope: Envelope, message: Message, sender: Sender) -> Passing | None:
        """What it means; None for what is no unit mailbox's business, which is nearly all."""
        if not self._known.directory.size:
            return None
        sent_by = self._sent_by(envelope, sender)
        came_to = self._units(envelope)
        replies = _identifiers(message, "In-Reply-To") if sent_by else ()
        references = _identifiers(message, "References") if sent_by else ()
        if not (came_to or replies or references) or is_automatic(envelope, message):
            return None
        named = next(iter(_identifiers(message, "Message-ID")), "")
        return Passing(time.time(), named, came_to, sent_by, replies, references)

    def _sent_by(self, envelope: Envelope, sender: Sender) -> str:
        """Our mailbox that wrote it: proved, or in the word of a server of ours that sends its own mail."""
        session = envelope.session
        address = sender.identity.mailbox
        if not address and session.trusted and not session.stranger and session.direction is not Direction.INBOUND:
            address = envelope.reverse_path.text
        found = self._known.directory.find(address) if address else None
        return "" if found is None else found.key

    def _units(self, envelope: Envelope) -> tuple[str, ...]:
        find = self._known.directory.find
        found = (find(recipient.address.text) for recipient in envelope.recipients)
        return tuple(dict.fromkeys(one.key for one in found if one is not None and one.kind is Kind.UNIT))

    async def _prune(self) -> None:
        while True:
            before = time.time() - self._settings.answers.keep * _DAY
            with contextlib.suppress(DirectoryError):  # tried again in an hour
                await asyncio.to_thread(self.table.prune, before)
            await asyncio.sleep(_PRUNE_EVERY)


def _identifiers(message: Message, name: str) -> tuple[str, ...]:
    """The identifiers of a header field, the last ones of many; of odd programs the bare word (RFC 5322 4.5.4)."""
    values = (value for value, _ in zip(message.headers(name), range(_MOST_FIELDS), strict=False))
    return tuple(_words(values))[-MOST_REFERENCES:]


def _words(values: Iterable[bytes]) -> Iterator[str]:
    for value in values:
        end = value[-_LONGEST:]
        found = _IDENTIFIER.findall(end) or [end.strip()[:1000]]
        yield from (one.decode("utf-8", "replace") for one in found if one)
