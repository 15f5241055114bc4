"""Where reports read from: every store of one configuration, opened when asked. Blocking, reads only."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from gateway.answers.store import AnswerTable
from gateway.config import Settings
from gateway.directory.request_store import RequestStore
from gateway.directory.store import DirectoryStore
from gateway.errors import JournalUnavailable
from gateway.journal.reader import open_reader
from gateway.lifecycle.answers import AnswerStore
from gateway.lifecycle.calendar import Calendar
from gateway.lifecycle.profile import Proof
from gateway.lifecycle.windows import Reading
from gateway.reports.directory_rows import newest_first
from gateway.reports.owners import Lived, lived
from gateway.reports.presence import PresenceStore
from gateway.reports.quarters import Period
from gateway.rules.profiles import Profiles
from gateway.upkeep.records import Upkeep
from gateway.upkeep.view import View
from gateway.using import calendar_of, profiles_of, proof_of, readings_of
from gateway.who import Mailbox


@dataclass(frozen=True, slots=True)
class Sources:
    """The stores of one configuration, and how it reads them. Safe to use in any thread, by several at once."""

    settings: Settings
    store: DirectoryStore
    upkeep: Upkeep
    view: View
    readings: Callable[[Mailbox], Reading]
    regulation_of: Callable[[str], str]
    calendar: Calendar
    proof: Proof
    requests: RequestStore
    presence: PresenceStore
    answers: AnswerStore

    @contextlib.contextmanager
    def journal(self) -> Iterator[sa.Connection]:
        """A read-only connection. JournalUnavailable, also for what fails meanwhile."""
        settings = self.settings
        with contextlib.closing(open_reader(settings.store.url, settings.gateway.data_dir)) as connection:
            try:
                yield connection
            except sa.exc.SQLAlchemyError as error:
                line = str(getattr(error, "orig", None) or error).partition("\n")[0]
                raise JournalUnavailable(f"the journal cannot be read: {line[:300]}") from error

    def lived(self, period: Period) -> Lived:
        """The directory over a period. DirectoryUnavailable."""
        snapshot = self.store.snapshot()
        changes = newest_first(self.store.database, period.since) if snapshot.version else ()
        return lived(snapshot, changes, period.since, period.until)


def sources_of(settings: Settings) -> Sources:
    """The stores that a configuration names. Opens none of them. StartError for a URL that names no store."""
    store = DirectoryStore(settings.store.url, settings.gateway.data_dir)
    database = store.database
    upkeep, calendar = Upkeep(database), calendar_of(settings)
    profiles = Profiles(settings.gateway.regulation, [(one.pattern, one.regulation) for one in settings.profile])
    return Sources(
        settings,
        store,
        upkeep,
        View(upkeep, store.snapshot, profiles_of(settings), calendar),
        readings_of(settings),
        profiles.of,
        calendar,
        proof_of(settings),
        RequestStore(database),
        PresenceStore(database),
        AnswerTable(database),
    )
