"""Notices are sent once where the mail server says so, again where it does not, and by one process at a time."""

from __future__ import annotations

import pytest

from tests.unit.directory.contract_outbox import OutboxContract


@pytest.fixture
def url() -> str:
    return "sqlite:///congthu.db"


class TestSqlite(OutboxContract):
    """Every promise."""
