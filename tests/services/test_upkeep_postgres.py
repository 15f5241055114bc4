"""The record of mailboxes' use on a real PostgreSQL: the same promises as on SQLite, and nodes that start at once."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway.directory.database import Database
from gateway.journal.store import resolve_url
from gateway.upkeep.records import Upkeep
from tests.services.test_journal_postgres import Server
from tests.unit.upkeep.build import NOW, A, good, seen
from tests.unit.upkeep.contract import PruneContract, UseContract, at_once
from tests.unit.upkeep.contract_life import LifeContract

pytestmark = pytest.mark.service("postgresql")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    folder = Path(f"/tmp/congthu-pgu-{os.getpid()}")  # a Unix socket's path must be short
    folder.mkdir(mode=0o755)
    made = Server(folder)
    made.create()
    made.start()
    engine = sa.create_engine(resolve_url(made.url, folder), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:  # nothing here asks what survives a power cut
        connection.execute(sa.text("ALTER SYSTEM SET fsync = off"))
        connection.execute(sa.text("SELECT pg_reload_conf()"))
    engine.dispose()
    yield made
    with contextlib.suppress(AssertionError):
        made.stop()
    shutil.rmtree(folder)


@pytest.fixture
def url(server: Server, tmp_path: Path) -> str:
    """The one database, emptied: making one a test takes longer than the tests."""
    engine = sa.create_engine(resolve_url(server.url, tmp_path))
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    engine.dispose()
    return server.url


class TestUse(UseContract):
    """Every promise."""


class TestPrune(PruneContract):
    """Every promise."""


class TestLife(LifeContract):
    """Every promise."""


def test_nodes_start_at_once(url: str, tmp_path: Path) -> None:
    def start(number: int) -> None:
        folder = tmp_path / f"gw{number}"
        folder.mkdir()
        upkeep = Upkeep(Database(url, folder))
        upkeep.use.prepare()
        upkeep.use.keep_outcomes([good(seen(NOW + number))])

    assert at_once(start, 4) == []
    assert A in Upkeep(Database(url, tmp_path)).use.past()
