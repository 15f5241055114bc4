"""Senders that are watched and stopped: their conduct, who is blocked, and how the rules and the notices hear of it.

One for each worker. It joins rooms that do not know each other: `conduct` scores, `blocks` keeps and tells, rules ask
`known.blocks`. Nothing of it is on the path of a message but a dictionary's answer.
"""

from __future__ import annotations

from gateway.blocks.notices import Writer
from gateway.blocks.sentry import Sentry
from gateway.blocks.standings import Standings
from gateway.blocks.store import BlockStore
from gateway.blocks.watch import Watch
from gateway.changing import Change, quick
from gateway.conduct.likeness import likeness
from gateway.conduct.watch import Conduct
from gateway.config import Settings
from gateway.directory.database import Database
from gateway.directory.letters import Letterhead
from gateway.lifecycle.calendar import Calendar
from gateway.metrics import watch_senders
from gateway.model import Message
from gateway.rates import Deed, LimitStore, Standing, told_by
from gateway.regulations import load
from gateway.rules.blocked_sender import cite
from gateway.rules.compiled import Known
from gateway.rules.policy import today_in_vietnam
from gateway.rules.profiles import Profiles
from gateway.tariff import Tariff

_LONGEST_SUBJECT = 400


class Watching:
    """`start` once, `apply` with each configuration. `database`: the store's; `counters`: where habits are kept."""

    def __init__(self, settings: Settings, database: Database, known: Known, counters: LimitStore) -> None:
        self._known, self._settings = known, settings
        self._database, self._store = database, BlockStore(database)
        self._watch = Watch(self._store, self._put, every=settings.senders.refresh, keep=settings.senders.keep)
        self._sentry = Sentry(self._store, self._watch, _writer(settings), self._enforces)
        self._tariff = _tariff(settings)
        self._conduct = Conduct(
            counters,
            self._sentry.verdict,
            rests=Calendar().rests,
            released=self._watch.released,
            exempt=self._exempt,
        )

    async def start(self) -> None:
        """Make the tables, read who is stopped, begin to watch. StartError."""
        self._known.unread = True
        await self._watch.start(remote=self._database.remote)
        await self._conduct.start()
        watch_senders(self._standing, lambda: self._conduct.dropped)

    def prepare(self, settings: Settings) -> Change:
        """A new configuration. StartError."""
        letters, tariff = _writer(settings), _tariff(settings)

        def take() -> None:
            self._settings, self._sentry.letters, self._tariff = settings, letters, tariff
            self._watch.every, self._watch.keep = settings.senders.refresh, settings.senders.keep

        return quick(take)

    async def close(self) -> None:
        """Take in what waits, and end."""
        await self._conduct.close()
        await self._watch.close()

    @property
    def missing(self) -> str:
        """Why nobody can be told from a locked sender, "" where that is known."""
        return self._watch.missing

    def watches(self) -> bool:
        """Whether conduct is watched now: else nobody need tell of it."""
        return self._settings.senders.watch

    def note(self, deed: Deed) -> None:
        """What a sender did."""
        if self.watches():
            self._conduct.note(deed)

    def likeness(self, message: Message) -> str:
        """A name for a message's content."""
        subject = next(message.headers("subject"), b"")[:_LONGEST_SUBJECT].decode("utf-8", "replace")
        return likeness(subject, message.size, [one.sha256 for one in message.attachments])

    def _put(self, standings: Standings) -> None:
        self._known.blocks, self._known.unread = standings, False

    def _exempt(self, who: str) -> bool:
        override = self._tariff.override(told_by(who)[0])
        return override is not None and not override.conduct

    def _enforces(self) -> bool:
        return self._settings.senders.blocking == "enforce"

    def _standing(self, name: str) -> int:
        return self._watch.current.counts().get(Standing(name), 0)


def _tariff(settings: Settings) -> Tariff:
    """Who has a written exception, the limits' own reading of it."""
    return Tariff(settings.limits, settings.limit_override, today_in_vietnam)


def _writer(settings: Settings) -> Writer:
    """Who writes to units and administrators, and which clauses it cites for whom."""
    channels = settings.request_channel
    sender = settings.notices.sender or (channels[0].address if channels else f"postmaster@{settings.gateway.hostname}")
    head = Letterhead(sender, settings.notices.office)
    profiles = Profiles(settings.gateway.regulation, [(one.pattern, one.regulation) for one in settings.profile])
    return Writer(head, settings.senders.administrators, lambda who, standing: cite(load(profiles.of(who)), standing))
