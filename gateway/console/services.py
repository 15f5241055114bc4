"""What pages are made of: the stores, opened once, and the settings. Nothing here listens or renders."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from gateway.blocks.store import BlockStore
from gateway.config import Settings
from gateway.console.accounts import Accounts, Lockout
from gateway.console.book import Book, Shelf
from gateway.console.brakes import Brake
from gateway.console.devices import Devices
from gateway.console.figures import Figures
from gateway.console.patience import Patience
from gateway.console.sessions import Sessions
from gateway.directory.request_store import RequestStore
from gateway.directory.store import DirectoryStore
from gateway.errors import JournalUnavailable
from gateway.journal.actions import Actions
from gateway.journal.reader import open_reader
from gateway.lifecycle.days import day_of
from gateway.lookup import Lookup
from gateway.orders.store import OrderStore
from gateway.upkeep.records import Upkeep
from gateway.using import secret

if TYPE_CHECKING:
    from gateway.console.oidc import OidcClient

_DAYS: Final = 90
_ASKING: Final = 3  # threads that ask another server for a password; there are eight for all pages
_TURN: Final = 1.0  # seconds to wait for one's turn


class Services:
    """The stores of one configuration; any thread may use them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        console, gateway, store = settings.console, settings.gateway, settings.store
        self.directory = DirectoryStore(store.url, gateway.data_dir)
        database = self.directory.database
        self.accounts = Accounts(database, Lockout(console.attempts, console.lockout), self._outside)
        self._shelf = Shelf(self.directory)
        self.sessions = Sessions(database, console.idle, console.lifetime)
        self.blocks = BlockStore(database)
        self.orders = OrderStore(database)
        self.requests = RequestStore(database)
        self.upkeep = Upkeep(database)
        self.actions = Actions(store.url, gateway.data_dir, gateway.node or gateway.hostname)
        self.figures = Figures()
        self.devices = Devices.of(settings)
        self._closing = threading.Event()
        self.pages_brake = Brake(240, 60.0)
        self.sign_in_brake, self.names_brake = Brake(10, 300.0), Brake(20, 300.0)  # a client's tries; tries of a name
        self.patience = Patience()
        self._asking = threading.BoundedSemaphore(_ASKING)
        self.export_brake = Brake(6, 300.0)
        self.report_brake = Brake(20, 300.0)
        self.lookup_brake, self.lookups_brake = Brake(40, 300.0), Brake(600, 60.0)  # a client's; all clients'
        self.conversion_brake, self.conversions_brake = Brake(20, 300.0), Brake(60, 60.0)

    @property
    def book(self) -> Book:
        """The directory as it is now, ordered for pages. DirectoryUnavailable."""
        return self._shelf.now()

    def prepare(self) -> None:
        """Make or migrate what the pages read: the journal first, which others of these tables stand beside.

        StartError, and errors of the store.
        """
        self.actions.prepare()
        self.accounts.prepare()
        self.blocks.prepare()
        self.orders.prepare()
        self.upkeep.use.prepare()

    def warm(self) -> None:
        """Count the past days that the first pages show, so that nobody waits for it. Takes its time."""
        with self.journal() as connection:
            self.figures.warm(connection, _DAYS, day_of(time.time()), self._closing)

    def hush(self) -> None:
        """Let `warm` end: the process is about to."""
        self._closing.set()

    def _outside(self, way: str, name: str, password: str) -> bool:
        """Ask the server that knows; OutsideBusy where so many are asking that this would stop other pages."""
        from gateway.console.outside import OutsideBusy, directory_server, mail_server

        if not self._asking.acquire(timeout=_TURN):
            raise OutsideBusy("too many passwords are being asked for")
        try:
            return (directory_server if way == "ldap" else mail_server)(self.settings, name, password)
        finally:
            self._asking.release()

    @cached_property
    def oidc(self) -> OidcClient | None:
        """The OpenID provider; None where none is configured. StartError where its secret cannot be read."""
        console = self.settings.console
        given = console.oidc
        if not (given.issuer and given.client_id and console.url):
            return None
        from gateway.console.oidc import OidcClient

        held = secret(given.client_secret_file, "console.oidc.client_secret_file") if given.client_secret_file else ""
        return OidcClient(given, held, f"{console.url.rstrip('/')}/dang-nhap/oidc/xong")

    @cached_property
    def lookup(self) -> Lookup | None:
        """Reads the public addresses of refusals; None where there are none. StartError."""
        return Lookup.of(self.settings)

    @contextlib.contextmanager
    def journal(self) -> Iterator[sa.Connection]:
        """A read-only view of the journal. JournalUnavailable."""
        with contextlib.closing(self.open_journal()) as connection:
            try:
                yield connection
            except sa.exc.SQLAlchemyError as error:
                line = str(getattr(error, "orig", None) or error).partition("\n")[0]
                raise JournalUnavailable(f"the journal cannot be read: {line[:300]}") from error

    def open_journal(self) -> sa.Connection:
        """The same for whoever closes it. JournalUnavailable."""
        return open_reader(self.settings.store.url, self.settings.gateway.data_dir)

    @cached_property
    def rules(self) -> tuple[str, ...]:
        """The names of all rules, in the order of the table."""
        from gateway.rules.table import RULES

        return tuple(rule.name for rule in RULES)

    def close(self) -> None:
        """Let go of what is held."""
        self.actions.close()
