"""Pages in bounded time: the same rows as a search over everything gives, whatever the filters and the time."""

from __future__ import annotations

import pytest

from tests.unit.journal.contract_paging import PagingContract


@pytest.fixture(scope="class")
def lasting_url() -> str:
    return "sqlite:///congthu.db"


class TestSqlite(PagingContract):
    """Every promise."""
