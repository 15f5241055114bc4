"""The record of senders on a real PostgreSQL: the same promises as on SQLite, several nodes, and a server that dies."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway.blocks.store import BlockStore
from gateway.blocks.watch import Watch
from gateway.directory.database import Database
from gateway.directory.errors import DirectoryUnavailable
from gateway.directory.store import DirectoryStore
from gateway.journal.store import Store, resolve_url
from tests.services.test_journal_postgres import Server
from tests.unit.blocks.contract import CASE, Contract, at_once
from tests.unit.blocks.test_watch import until

pytestmark = pytest.mark.service("postgresql")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    folder = Path(f"/tmp/congthu-pgb-{os.getpid()}")  # a Unix socket's path must be short
    folder.mkdir(mode=0o755)
    made = Server(folder)
    made.create()
    made.start()
    yield made
    with contextlib.suppress(AssertionError):
        made.stop()
    shutil.rmtree(folder)


@pytest.fixture
def url(server: Server, tmp_path: Path) -> str:
    """A fresh database, with a collation that does not order as Python does."""
    name = f"b{time.monotonic_ns()}"
    engine = sa.create_engine(resolve_url(server.url, tmp_path), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.url.replace("/postgres?", f"/{name}?")


class TestPostgresql(Contract):
    """Every promise."""


def test_nodes_start_at_once_beside_their_journals_and_directories(url: str, tmp_path: Path) -> None:
    errors: list[BaseException] = []

    def start(number: int) -> None:
        folder = tmp_path / f"gw{number}"
        folder.mkdir()
        try:
            if number % 3 == 0:
                BlockStore(Database(url, folder)).prepare()
            elif number % 3 == 1:
                DirectoryStore(url, folder).prepare()
            else:
                journal = Store(resolve_url(url, folder), folder)
                journal.open()
                journal.close()
        except BaseException as error:
            errors.append(error)

    at_once(start, 6)
    assert errors == []
    record = BlockStore(Database(url, tmp_path))
    assert record.block("a@x", CASE, 1.0)


async def test_a_server_that_dies_releases_nobody_and_is_asked_again(
    server: Server, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.blocks.watch._SOON", 0.05)
    one, other = (BlockStore(Database(url, tmp_path)) for _ in range(2))
    watch, late = Watch(one, every=0.05), Watch(other, every=0.05)
    await watch.start(remote=True)
    await asyncio.to_thread(other.block, "a@x", CASE, time.time())
    await until(lambda: watch.current.find("a@x") is not None)
    await asyncio.to_thread(server.stop)
    try:
        await late.start(remote=True)
        assert late.missing
        for ask in (one.version, one.snapshot, one.prepare, lambda: one.lock("b@x", "lan", "stolen")):
            with pytest.raises(DirectoryUnavailable, match=r"^the directory's store: [^\n]+$"):
                await asyncio.to_thread(ask)
        assert watch.current.find("a@x") is not None
    finally:
        await asyncio.to_thread(server.start)
    await until(lambda: not late.missing)
    assert late.current.find("a@x") is not None
    await asyncio.to_thread(lambda: one.release("a@x", "lan", reason="a mistake"))
    await until(lambda: watch.current.find("a@x") is None and late.current.find("a@x") is None)
    await watch.close()
    await late.close()
