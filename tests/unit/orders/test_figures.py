"""What an order to enforce would have refused: counted once a message, from the record."""

from __future__ import annotations

import pytest

from gateway.orders.figures import Effect
from tests.unit.orders.contract_figures import EffectContract


def test_sweeping() -> None:
    assert not Effect(10, 5).sweeping  # a handful is no flood
    assert not Effect(1000, 50).sweeping
    assert Effect(1000, 51).sweeping
    assert Effect(100_000_000, 5000, more=True).sweeping


@pytest.fixture
def url() -> str:
    return "sqlite:///congthu.db"


class TestSqlite(EffectContract):
    """Every promise."""
