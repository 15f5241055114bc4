"""The console's stores on SQLite; tests/services asks the same of PostgreSQL."""

from __future__ import annotations

import pytest

from tests.support.stores import cheap_hashes, stores
from tests.unit.console.contract_accounts import AccountsContract, SessionsContract, accounts, sessions
from tests.unit.console.contract_journal import ConsoleJournalContract

__all__ = ["accounts", "cheap_hashes", "sessions", "stores"]


@pytest.fixture
def url() -> str:
    return "sqlite:///congthu.db"


class TestAccounts(AccountsContract):
    """Every promise."""


class TestSessions(SessionsContract):
    """Every promise."""


class TestJournal(ConsoleJournalContract):
    """Every promise."""
