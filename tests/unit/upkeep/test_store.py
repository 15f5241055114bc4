"""The record of mailboxes' use in a SQLite file: the contracts, and what only a file can do."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway.access import Source
from gateway.blocks.store import BlockStore
from gateway.directory.database import Database
from gateway.directory.errors import DirectoryUnavailable
from gateway.journal.store import Store, resolve_url
from gateway.upkeep.records import Upkeep
from gateway.upkeep.schema import absent, evidence
from gateway.upkeep.store import UseStore
from tests.unit.upkeep.build import DAY, NOW, A, good, seen, use
from tests.unit.upkeep.contract import LeaveContract, PruneContract, UseContract
from tests.unit.upkeep.contract_life import LifeContract

URL = "sqlite:///congthu.db"


class _Sqlite:
    @pytest.fixture
    def url(self) -> str:
        return URL


class TestUse(_Sqlite, UseContract):
    """Every promise."""


class TestPrune(_Sqlite, PruneContract):
    """Every promise."""


class TestLeave(_Sqlite, LeaveContract):
    """Every promise."""


class TestLife(_Sqlite, LifeContract):
    """Every promise."""


def test_beside_the_journal_and_the_standings(tmp_path: Path) -> None:
    journal = Store(resolve_url(URL, tmp_path), tmp_path)
    journal.open()
    BlockStore(Database(URL, tmp_path)).prepare()
    store = UseStore(Database(URL, tmp_path))
    store.prepare()
    store.keep_outcomes([good(seen(NOW))])
    journal.close()
    assert A in store.past()


def test_a_folder_without_a_file_is_read_and_not_filled(tmp_path: Path) -> None:
    upkeep = Upkeep(Database(URL, tmp_path))
    assert (upkeep.use.past(), upkeep.use.told([A]), upkeep.life.history()) == ({}, {}, [])
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "congthu.db").write_bytes(b"x" * 10_000)
    upkeep = Upkeep(Database(URL, tmp_path))
    for ask in (
        upkeep.use.past,
        upkeep.use.prepare,
        lambda: upkeep.use.told([A]),
        lambda: upkeep.use.covered(Source.IMAP),
        lambda: upkeep.use.keep([use(1, 2)], []),
        lambda: upkeep.life.records([A]),
    ):
        with pytest.raises(DirectoryUnavailable, match=r"^the directory's store: [^\n]+$"):
            ask()


async def test_rows_of_fifty_thousand_mailboxes_stay_bounded(tmp_path: Path) -> None:
    """Two years of use, a fifth of the mailboxes gone after the first round: what is kept stops growing."""
    upkeep = Upkeep(Database(URL, tmp_path))
    await upkeep.prepare()
    names = [f"m{number}@tinh.example" for number in range(50_000)]
    present, kept = frozenset(names[:40_000]), []
    for moment in (NOW + number * 240 * DAY for number in range(3)):
        users = names if moment == NOW else names[:40_000]
        await upkeep.keep_sources([use(moment - 2, moment, name) for name in users], [])
        await upkeep.prune(moment, months=7, present=present)
        with upkeep.use.tables.reading() as connection:
            counted = (sa.select(sa.func.count()).select_from(table) for table in (evidence, absent))
            kept.append(tuple(connection.execute(query).scalar_one() for query in counted))
    assert kept == [(50_000, 10_000), (80_000, 0), (80_000, 0)]
