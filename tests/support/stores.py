"""Every store of one database as one node has it, for tests that ask all of them the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import argon2
import pytest

from gateway.answers.store import AnswerTable
from gateway.blocks.store import BlockStore
from gateway.console.accounts import Accounts, Lockout
from gateway.console.sessions import Sessions
from gateway.directory.database import Database
from gateway.directory.outbox import Notice, Outbox
from gateway.directory.request_store import RequestStore
from gateway.directory.seen import SharedMemory
from gateway.directory.store import DirectoryStore
from gateway.journal.actions import Actions
from gateway.notifying.book import NoticeBook
from gateway.notifying.refusal import KIND, Refusal
from gateway.orders.store import OrderStore
from gateway.reports.mailings import MailingStore
from gateway.reports.presence import PresenceStore
from gateway.upkeep.records import Upkeep
from tests.support.rooms import ALL


class Letters:
    """Letters of one line."""

    def write(self, refusal: Refusal) -> Notice:
        """About one refusal."""
        return Notice(KIND, refusal.reference, "", refusal.mailbox, b"a letter\r\n")


@dataclass
class Stores:
    """One node's. `url`: the store's; `folder`: the node's data folder."""

    url: str
    folder: Path
    node: str = "gw1"
    database: Database = field(init=False)

    def __post_init__(self) -> None:
        self.database = database = Database(self.url, self.folder)
        self.directory = DirectoryStore(self.url, self.folder)
        self.outbox = Outbox(database)
        self.requests = RequestStore(database)
        self.seen = SharedMemory(database, 1000.0)
        self.blocks = BlockStore(database)
        self.orders = OrderStore(database)
        self.answers = AnswerTable(database, b"key")
        self.book = NoticeBook(database, Letters())
        self.mailings = MailingStore(database)
        self.presence = PresenceStore(database)
        self.accounts = Accounts(database, Lockout(3, 900.0), lambda *_: True)
        self.sessions = Sessions(database, 1800.0, 3600.0)
        self.upkeep = Upkeep(database)
        self.actions = Actions(self.url, self.folder, self.node)

    def prepare(self) -> None:
        """Every room's tables."""
        self.database.prepare(*ALL)


@pytest.fixture
def stores(url: str, tmp_path: Path) -> Stores:
    """One node, its tables made."""
    made = Stores(url, tmp_path)
    made.prepare()
    return made


CHEAP = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords cost what they cost in tests of their own."""
    monkeypatch.setattr("gateway.console.accounts.HASHER", CHEAP)
