"""Figures over SQLite: the same promises as over PostgreSQL (tests/services/test_stores_postgres.py)."""

from __future__ import annotations

import pytest

from tests.unit.reports.contract import FiguresContract


@pytest.fixture
def url() -> str:
    return "sqlite:///congthu.db"


class TestFigures(FiguresContract):
    """Every promise."""
