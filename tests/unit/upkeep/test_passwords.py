"""Dates of passwords on SQLite, and a store that an earlier version made."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway.directory.database import Database
from gateway.upkeep.passwords import PasswordKept
from gateway.upkeep.records import Upkeep
from tests.unit.upkeep.build import NOW, A
from tests.unit.upkeep.contract_passwords import PasswordContract


@pytest.fixture
def url() -> str:
    return "sqlite:///congthu.db"


class TestPasswords(PasswordContract):
    """Every promise."""


def test_a_store_of_an_earlier_version(url: str, tmp_path: Path) -> None:
    """Before the daemon has brought it on nothing is known; after it, all is kept as ever."""
    upkeep = Upkeep(Database(url, tmp_path))
    upkeep.use.prepare()
    with upkeep.use.tables.database.writing() as connection:
        for table in ("upkeep_passwords", "upkeep_absent"):
            connection.execute(sa.text(f"DROP TABLE {table}"))
        connection.execute(sa.text("UPDATE upkeep_version SET version_num = '0001'"))
    assert upkeep.passwords.of([A]) == upkeep.passwords.all() == {}
    upkeep.use.prepare()
    upkeep.passwords.put([PasswordKept(A, NOW, False, NOW)])
    assert list(upkeep.passwords.of([A])) == [A]
