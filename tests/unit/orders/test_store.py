"""The record of orders in a SQLite file: the contract, and what only a file can do."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.directory.database import Database
from gateway.directory.errors import DirectoryUnavailable
from gateway.orders.store import OrderStore
from tests.unit.orders.contract import Contract, mode

URL = "sqlite:///congthu.db"


class TestSqlite(Contract):
    """Every promise."""

    @pytest.fixture
    def url(self) -> str:
        return URL


def test_a_folder_without_a_file_is_read_and_not_filled(tmp_path: Path) -> None:
    record = OrderStore(Database(URL, tmp_path))
    assert (record.version(), record.standing(), record.history(), record.find(1)) == (0, (0, ()), [], None)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "congthu.db").write_bytes(b"x" * 10_000)
    record = OrderStore(Database(URL, tmp_path))
    for ask in (record.version, record.standing, record.prepare, lambda: record.give(mode())):
        with pytest.raises(DirectoryUnavailable, match=r"^the directory's store: [^\n]+$"):
            ask()
