"""Every room's migrations on SQLite, up and down; tests/services asks the same of PostgreSQL."""

from __future__ import annotations

import pytest

from gateway.journal.migrate import MIGRATIONS
from tests.support.rooms import ALL
from tests.unit.journal.contract_migrations import MigrationContract
from tests.unit.journal.support import URL


@pytest.fixture
def url() -> str:
    return URL


class TestSqlite(MigrationContract):
    """Every promise."""


def test_no_room_is_forgotten() -> None:
    """A room with steps of its own stands in the contract."""
    package = MIGRATIONS.folder.parent.parent
    assert {one.folder for one in ALL} == set(package.glob("*/migrations"))
