"""Two nodes at one moment in every store, on SQLite; tests/services asks the same of PostgreSQL."""

from __future__ import annotations

import pytest

from tests.support.stores import cheap_hashes, stores
from tests.unit.contract_together import TogetherContract

__all__ = ["cheap_hashes", "stores"]


@pytest.fixture
def url() -> str:
    return "sqlite:///congthu.db"


class TestSqlite(TogetherContract):
    """Every promise."""
