"""Which reports are to be mailed, and which were. Makes none: a worker asks here whether there is anything to make.

Apart from mailing.py, so that a worker does not load what it leaves to another process.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from gateway.config import Settings
from gateway.directory.database import Database
from gateway.directory.dialects import insert_into
from gateway.directory.outbox import Notice, enqueue
from gateway.lifecycle.calendar import Calendar
from gateway.regulations import Regulation, load
from gateway.reports.due import Due, Rhythm, dates_of, due
from gateway.reports.schema import MIGRATIONS, mailings


class MailingStore:
    """Which reports were mailed. DirectoryUnavailable from every method: it is the directory's store."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._made = False

    @property
    def made(self) -> bool:
        """False where nothing was ever mailed."""
        if not self._made and self._database.exists:
            with self._database.reading() as connection:
                self._made = sa.inspect(connection).has_table(mailings.name)
        return self._made

    def prepare(self) -> None:
        """Make or migrate the tables, the directory's too. StartError, DirectoryUnavailable."""
        self._database.prepare(MIGRATIONS)

    def mailed(self, prefix: str) -> frozenset[str]:
        """The keys that begin so and are on record."""
        if not self.made:
            return frozenset()
        key = mailings.c.key
        with self._database.reading() as connection:
            found = connection.execute(sa.select(key).where(key.startswith(prefix, autoescape=True))).scalars()
            return frozenset(found)

    def open(self, key: str) -> bool:
        """Whether a report is not mailed yet, or not to everybody."""
        return key not in self.mailed(key)

    def post(self, key: str, notices: Sequence[Notice], now: float) -> bool:
        """Put notices into the outbox under this key; False, and nothing is done, where that was done before."""
        with self._database.writing() as connection:
            made = insert_into(connection, mailings).values(key=key, made=now, notices=len(notices))
            if connection.execute(made.on_conflict_do_nothing().returning(mailings.c.key)).first() is None:
                return False
            enqueue(connection, notices, int(now * 1e6))
        return True


def rhythm_of(settings: Settings) -> Rhythm | None:
    """When this office's reports are mailed; None where no regulation of its sets dates."""
    dates, own = dates_of(regulations_of(settings)), settings.reports
    return None if dates is None else Rhythm(dates, own.closing_day, own.units_ahead, own.at)


def wanted(settings: Settings, found: Sequence[Due]) -> list[Due]:
    """Those that this office wants to be mailed."""
    asked = {"quarterly": bool(settings.reports.mail_to), "changes": settings.reports.mail_units}
    return [one for one in found if asked[one.name]]


def pending(settings: Settings, calendar: Calendar, now: float) -> list[Due]:
    """What is due and wanted, whether it was mailed or not. Reads nothing."""
    rhythm = rhythm_of(settings)
    return [] if rhythm is None else wanted(settings, due(now, calendar, rhythm))


def regulations_of(settings: Settings) -> list[Regulation]:
    """Those that a configuration names, in its order."""
    named = (settings.gateway.regulation, *(one.regulation for one in settings.profile))
    return [load(name) for name in dict.fromkeys(named)]
