"""Letters to our own senders about refused mail, off the path of any message: from the refusal on record to the outbox.

    notifier = Notifier(settings, database, known, keeps=worker == 0)
    await notifier.start()
    notifier.refused(decision, envelope, message, sender)     # after the journal's commit and the reply

Joins rooms that do not know each other. Who submits the letters is `gateway.noticing`'s. It must not know SMTP.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from gateway import metrics
from gateway.batching import Batches
from gateway.changing import Change, quick
from gateway.config import Settings
from gateway.directory.database import Database
from gateway.directory.errors import DirectoryError, DirectoryUnavailable
from gateway.directory.letters import Letterhead
from gateway.errors import StartError
from gateway.journal.decision import Decision
from gateway.logs import get_logger
from gateway.lookup import Lookup
from gateway.model import Envelope, Message
from gateway.notifying.book import Limits, NoticeBook
from gateway.notifying.reader import reader_of
from gateway.notifying.refusal import Refusal, refusal_of
from gateway.rules.compiled import Known
from gateway.who import Sender

if TYPE_CHECKING:
    from gateway.notifying.letter import Letters

_QUEUE: Final = 500
_FORGET_EVERY: Final = 3600.0
_DAY: Final = 86400.0
_STORM: Final = 3600.0  # seconds; letters that are held back are told of in the log once in that time
_log = get_logger("congthu.notifier")


class Notifier:
    """One worker's. `keeps`: this worker forgets letters that are old."""

    def __init__(self, settings: Settings, database: Database, known: Known, *, keeps: bool = False) -> None:
        self._settings, self._database, self._known, self._keeps = settings, database, known, keeps
        self._book = NoticeBook(database)
        self._batches = Batches[Refusal]("refusal notices", self._write, retry=DirectoryError, queue=_QUEUE)
        self._forgetting: asyncio.Task[None] | None = None
        self._told_of_storm = -_STORM

    async def start(self) -> None:
        """Make what letters need where they are wanted; begin to write. StartError, not for a server that is away."""
        await (await self.prepare(self._settings)).commit()
        if self._book.letters is not None:
            try:
                await asyncio.to_thread(self._book.prepare)
            except DirectoryUnavailable as error:
                if not self._database.remote:
                    raise StartError(f"{error}; gateway.data_dir must be writable") from error
                _log.error("refusal_notices.unavailable", reason=str(error))
        self._batches.start()
        if self._keeps:
            self._forgetting = asyncio.create_task(self._forget(), name="refusal-notices")
        book = self._book
        metrics.watch_refusal_notices(
            {
                "written": lambda: book.written,
                "repeated": lambda: book.repeated,
                "limited": lambda: book.limited,
                "held": lambda: book.held,
                "dropped": lambda: self._batches.dropped,
            }
        )

    async def prepare(self, settings: Settings) -> Change:
        """A new configuration. StartError for templates that cannot be used."""
        given = settings.refusal_notices
        letters = await asyncio.to_thread(_letters, settings) if given.enabled else None

        def take() -> None:
            self._settings = settings
            self._book.letters, self._book.limits = letters, Limits(given.per_hour, given.per_day, given.all_per_hour)

        return quick(take)

    async def close(self) -> None:
        """Write what waits, and end."""
        if self._forgetting is not None:
            self._forgetting.cancel()
            await asyncio.gather(self._forgetting, return_exceptions=True)
        await self._batches.close()

    def refused(self, decision: Decision, envelope: Envelope, message: Message, sender: Sender) -> None:
        """Take a refusal that is on record. Never waits, never raises."""
        if self._book.letters is None:
            return
        try:
            refusal = self._refusal(decision, envelope, message, sender)
        except Exception as error:  # the client has its answer, and what fails here must not change that
            _log.error("refusal_notices.unreadable", reference=decision.reference, error=type(error).__name__)
            return
        if refusal is not None:
            self._batches.put(refusal)

    def _refusal(self, decision: Decision, envelope: Envelope, message: Message, sender: Sender) -> Refusal | None:
        settings = self._settings
        given = settings.refusal_notices
        if given.listeners and decision.listener not in given.listeners:
            return None
        own, realm = settings.gateway.domains, settings.authentication.login_domain.lower()
        mailbox = reader_of(envelope, message, sender, self._known.directory, own, realm)
        return refusal_of(decision, message, mailbox, given.silent) if mailbox else None

    def _write(self, refusals: Sequence[Refusal]) -> None:
        """Runs in a thread."""
        book = self._book
        before, held = book.unwritten, book.held
        book.keep(refusals)
        if failed := book.unwritten - before:
            _log.error("refusal_notices.unwritten", letters=failed)
        now = time.monotonic()
        if book.held > held and now - self._told_of_storm >= _STORM:
            self._told_of_storm = now
            _log.warning("refusal_notices.held", per_hour=book.limits.all)

    async def _forget(self) -> None:
        while True:
            if self._book.letters is not None:
                before = time.time() - self._settings.refusal_notices.keep * _DAY
                with contextlib.suppress(DirectoryError):  # tried again in an hour
                    await asyncio.to_thread(self._book.forget, before)
            await asyncio.sleep(_FORGET_EVERY)


def _letters(settings: Settings) -> Letters:
    """Made only where they are wanted: the templates' library is of no use to others."""
    from gateway.notifying.letter import Letters, Office

    channels, gateway = settings.request_channel, settings.gateway
    sender = settings.notices.sender or (channels[0].address if channels else f"postmaster@{gateway.hostname}")
    head = Letterhead(sender, settings.notices.office)
    lookup = Lookup.of(settings)
    office = Office(head, gateway.hostname, None if lookup is None else lookup.url, gateway.contact)
    return Letters(office, settings.refusal_notices.templates)
