"""What people did: on record in a chain of its own, before it is done, and covered by the verification."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from gateway.errors import JournalUnavailable
from gateway.journal.actions import Actions
from gateway.journal.chain import load_key
from gateway.journal.decision import Note
from gateway.journal.reader import open_reader
from gateway.journal.verify import Report, verify
from tests.unit.journal.contract_actions import ActionsContract
from tests.unit.journal.support import URL


def check(folder: Path) -> Report:
    with contextlib.closing(open_reader(URL, folder)) as connection:
        return verify(connection, folder, load_key(folder))


def test_a_database_that_went_away_is_opened_again_or_said(tmp_path: Path) -> None:
    actions = Actions(URL, tmp_path, "gw", -2)
    actions.prepare()
    actions.record(Note("action", "a", "", what="x"))
    (tmp_path / "congthu.db").rename(tmp_path / "away.db")
    for name in ("-wal", "-shm"):
        (tmp_path / f"congthu.db{name}").unlink(missing_ok=True)
    (tmp_path / "congthu.db").mkdir()
    with pytest.raises(JournalUnavailable, match="the record cannot be"):
        actions.record(Note("action", "b", "", what="x"))
    (tmp_path / "congthu.db").rmdir()
    actions.record(Note("action", "c", "", what="x"))
    actions.close()


@pytest.fixture
def url() -> str:
    return "sqlite:///congthu.db"


class TestSqlite(ActionsContract):
    """Every promise."""
