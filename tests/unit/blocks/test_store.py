"""The record of senders in a SQLite file: the contract, and what only a file can do."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.blocks.store import BlockStore
from gateway.directory.database import Database
from gateway.directory.errors import DirectoryUnavailable
from gateway.journal.store import Store, resolve_url
from tests.unit.blocks.contract import CASE, Contract

URL = "sqlite:///congthu.db"


class TestSqlite(Contract):
    """Every promise."""

    @pytest.fixture
    def url(self) -> str:
        return URL


def test_beside_the_journal(tmp_path: Path) -> None:
    journal = Store(resolve_url(URL, tmp_path), tmp_path)
    journal.open()
    record = BlockStore(Database(URL, tmp_path))
    record.prepare()
    assert record.block("a@x", CASE, 1.0)
    journal.close()


def test_a_folder_without_a_file_is_read_and_not_filled(tmp_path: Path) -> None:
    record = BlockStore(Database(URL, tmp_path))
    assert (record.version(), record.blocks(), record.history()) == (0, [], [])
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "congthu.db").write_bytes(b"x" * 10_000)
    record = BlockStore(Database(URL, tmp_path))
    for ask in (record.version, record.snapshot, record.prepare, lambda: record.block("a@x", CASE, 1.0)):
        with pytest.raises(DirectoryUnavailable, match=r"^the directory's store: [^\n]+$"):
            ask()
