"""What every store promises, asked of one real PostgreSQL; tests/unit asks the same of SQLite."""

from __future__ import annotations

import pytest

from tests.support.stores import cheap_hashes, stores
from tests.unit.answers.contract import AnswersContract
from tests.unit.blocks.contract import Contract as BlocksContract
from tests.unit.console.contract_accounts import AccountsContract, SessionsContract, accounts, sessions
from tests.unit.console.contract_journal import ConsoleJournalContract
from tests.unit.contract_hostile import HostileContract, text
from tests.unit.contract_together import TogetherContract
from tests.unit.directory.contract_outbox import OutboxContract
from tests.unit.directory.contract_requests import RequestContract
from tests.unit.directory.contract_seen import SeenContract
from tests.unit.directory.contract_store import StoreContract
from tests.unit.journal.contract_actions import ActionsContract
from tests.unit.journal.contract_journal import JournalContract
from tests.unit.journal.contract_migrations import MigrationContract
from tests.unit.journal.contract_paging import PagingContract
from tests.unit.journal.contract_reading import ReadingContract
from tests.unit.journal.contract_retention import RetentionContract
from tests.unit.notifying.contract import BookContract
from tests.unit.orders.contract import Contract as OrdersContract
from tests.unit.orders.contract_figures import EffectContract
from tests.unit.reports.contract import FiguresContract
from tests.unit.reports.contract_archive import ArchiveContract
from tests.unit.reports.contract_recount import RecountContract
from tests.unit.upkeep.contract import LeaveContract, PruneContract, UseContract
from tests.unit.upkeep.contract_hand import HandContract
from tests.unit.upkeep.contract_life import LifeContract
from tests.unit.upkeep.contract_passwords import PasswordContract

__all__ = ["accounts", "cheap_hashes", "sessions", "stores", "text"]
pytestmark = pytest.mark.service("postgresql")


class TestMigrations(MigrationContract):
    """Every promise."""


class TestJournal(JournalContract):
    """Every promise."""


class TestReading(ReadingContract):
    """Every promise."""


class TestPaging(PagingContract):
    """Every promise."""


class TestActions(ActionsContract):
    """Every promise."""


class TestRetention(RetentionContract):
    """Every promise."""


class TestDirectory(StoreContract):
    """Every promise."""


class TestOutbox(OutboxContract):
    """Every promise."""


class TestRequests(RequestContract):
    """Every promise."""


class TestSeen(SeenContract):
    """Every promise."""


class TestBlocks(BlocksContract):
    """Every promise."""


class TestOrders(OrdersContract):
    """Every promise."""


class TestEffect(EffectContract):
    """Every promise."""


class TestUse(UseContract):
    """Every promise."""


class TestPrune(PruneContract):
    """Every promise."""


class TestLeave(LeaveContract):
    """Every promise."""


class TestLife(LifeContract):
    """Every promise."""


class TestHand(HandContract):
    """Every promise."""


class TestPasswords(PasswordContract):
    """Every promise."""


class TestAnswers(AnswersContract):
    """Every promise."""


class TestBook(BookContract):
    """Every promise."""


class TestFigures(FiguresContract):
    """Every promise."""


class TestArchive(ArchiveContract):
    """Every promise."""


class TestRecount(RecountContract):
    """Every figure of every report."""


class TestHostile(HostileContract):
    """Every promise."""


class TestTogether(TogetherContract):
    """Every promise."""


class TestAccounts(AccountsContract):
    """Every promise."""


class TestSessions(SessionsContract):
    """Every promise."""


class TestConsoleJournal(ConsoleJournalContract):
    """Every promise."""
