"""Locks and reopenings by a person: directory and record together, and only as the regulations let it be asked for."""

from __future__ import annotations

import pytest

from tests.unit.upkeep.contract_hand import HandContract


@pytest.fixture
def url() -> str:
    return "sqlite:///congthu.db"


class TestSqlite(HandContract):
    """Every promise."""
