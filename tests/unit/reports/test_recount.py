"""All reports recounted over SQLite: the same promises as over PostgreSQL (tests/services/test_stores_postgres.py)."""

from __future__ import annotations

import pytest

from tests.unit.reports.contract_recount import RecountContract


@pytest.fixture(scope="class")
def lasting_url() -> str:
    return "sqlite:///congthu.db"


class TestRecount(RecountContract):
    """Every figure."""
