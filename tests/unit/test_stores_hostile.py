"""Text from strangers in every store, on SQLite; tests/services asks the same of PostgreSQL."""

from __future__ import annotations

import pytest

from tests.support.stores import cheap_hashes, stores
from tests.unit.contract_hostile import HostileContract, text

__all__ = ["cheap_hashes", "stores", "text"]


@pytest.fixture
def url() -> str:
    return "sqlite:///congthu.db"


class TestSqlite(HostileContract):
    """Every promise."""
