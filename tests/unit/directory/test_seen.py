"""What proved a mailbox once proves none again, for all workers of a store; what was not delivered may come again."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.directory.database import Database
from gateway.directory.errors import DirectoryUnavailable
from gateway.directory.seen import SharedMemory
from tests.unit.directory.contract_seen import SeenContract


async def test_a_store_that_is_gone_is_said(tmp_path: Path) -> None:
    memory = SharedMemory(Database("postgresql://nobody@127.0.0.1:1/none", tmp_path), 1.0)
    with pytest.raises(DirectoryUnavailable):
        await memory.claim(["a"], 1.0)


@pytest.fixture
def url() -> str:
    return "sqlite:///congthu.db"


class TestSqlite(SeenContract):
    """Every promise."""
