"""The book of letters in a SQLite file."""

from __future__ import annotations

import pytest

from tests.unit.notifying.contract import BookContract


class TestBook(BookContract):
    """Every promise."""

    @pytest.fixture
    def url(self) -> str:
        return "sqlite:///congthu.db"
