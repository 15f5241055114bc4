"""The store on SQLite: whole or not at all, on record, polled without a lock, beside a journal that goes on."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from gateway.directory import migrations
from gateway.directory.entry import Snapshot
from gateway.directory.errors import DirectoryUnavailable
from gateway.directory.migrate import HEAD
from gateway.directory.plan import change
from gateway.directory.schema import VERSION_TABLE, metadata
from gateway.directory.store import DirectoryStore
from gateway.errors import StartError
from tests.unit.directory.contract_store import StoreContract
from tests.unit.directory.support_store import PERSON, filled

_URL = "sqlite:///congthu.db"


@pytest.fixture
def url() -> str:
    return _URL


class TestSqlite(StoreContract):
    """Every promise."""


@pytest.fixture
def store(tmp_path: Path) -> DirectoryStore:
    return filled(tmp_path)


def test_there_is_none_before_it_is_made(tmp_path: Path) -> None:
    store = DirectoryStore(_URL, tmp_path)
    assert store.version() == 0
    assert store.snapshot() == Snapshot()
    assert store.changes() == []
    assert not list(tmp_path.iterdir()), "a look makes no file"
    store.prepare()
    assert store.snapshot() == Snapshot()


def test_a_folder_that_cannot_be_looked_at_is_no_empty_directory(tmp_path: Path) -> None:
    with pytest.raises(DirectoryUnavailable):
        DirectoryStore("sqlite:///congthu.db", tmp_path / ("x" * 300)).snapshot()


def test_the_file_is_not_for_others(store: DirectoryStore, tmp_path: Path) -> None:
    assert not stat.S_IMODE(os.stat(tmp_path / "congthu.db").st_mode) & 0o007
    os.chmod(tmp_path / "congthu.db", 0o644)
    store.prepare()
    assert not stat.S_IMODE(os.stat(tmp_path / "congthu.db").st_mode) & 0o007


@pytest.fixture
def writer(tmp_path: Path, store: DirectoryStore) -> Iterator[sqlite3.Connection]:
    """Another process in the middle of a transaction."""
    connection = sqlite3.connect(tmp_path / "congthu.db", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("UPDATE directory_state SET version = 99")
    yield connection
    connection.close()


def test_readers_do_not_wait_for_a_writer(store: DirectoryStore, writer: sqlite3.Connection) -> None:
    assert store.version() == 1
    assert len(store.snapshot().mailboxes) == 3


def test_a_writer_waits_and_gives_up_with_one_line(store: DirectoryStore, writer: sqlite3.Connection) -> None:
    plan = change(store.snapshot(), replace(PERSON, holder="A"))
    with pytest.raises(DirectoryUnavailable, match=r"^the directory's store: database is locked$"):
        store.apply(plan, who="x")
    writer.execute("ROLLBACK")
    assert store.apply(plan, who="x") == 2


def test_a_database_of_a_newer_version_is_left_alone(store: DirectoryStore, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "congthu.db") as connection:
        connection.execute("UPDATE directory_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StartError, match="newer version"):
        store.prepare()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "congthu.db").write_bytes(b"hello " * 2000)
    store = DirectoryStore(_URL, tmp_path)
    for ask in (store.version, store.snapshot, store.prepare):
        with pytest.raises(DirectoryUnavailable, match="not a database"):
            ask()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DirectoryUnavailable):
        DirectoryStore(_URL, tmp_path / "none").prepare()


def test_migrations_make_the_tables_of_the_schema(store: DirectoryStore) -> None:
    with store.database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []


def test_the_newest_migration_is_the_one_this_version_wants() -> None:
    assert ScriptDirectory(str(Path(migrations.__path__[0]))).get_current_head() == HEAD
