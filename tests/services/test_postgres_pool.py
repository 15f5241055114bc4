"""The few connections that are kept: taken again, replaced at once where the other end is gone, never hoarded."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # no stubs in the lock
import pytest
import sqlalchemy as sa

from gateway.directory import pool
from gateway.directory.database import Database
from gateway.directory.errors import DirectoryUnavailable
from tests.support.postgres import PostgresServer
from tests.support.processes import signal_each

pytestmark = pytest.mark.service("postgresql")
_OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def pid(database: Database) -> int:
    """Which of the server's processes answers us."""
    with database.reading() as connection:
        return int(connection.scalar(sa.text("SELECT pg_backend_pid()")) or 0)


def others(database: Database) -> int:
    with database.reading() as connection:
        return int(connection.scalar(sa.text(_OTHERS)) or 0)


def settled(database: Database, count: int) -> None:
    """So many others are connected, once those that were cut off or closed are gone from the server."""
    deadline = time.monotonic() + 50
    while (found := others(database)) != count:
        assert time.monotonic() < deadline, f"{found} others are connected, not {count}"
        time.sleep(0.02)


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that a busy machine keeps waiting is not taken for a silent one."""
    monkeypatch.setattr(pool, "_ANSWER", 60.0)


@pytest.fixture
def database(url: str, tmp_path: Path) -> Database:
    return Database(url, tmp_path)


@pytest.fixture
def frozen(postgres: PostgresServer) -> Iterator[psutil.Process]:
    """The server, for who stops it in mid-air; it goes on afterwards."""
    server = psutil.Process(postgres.pid)
    yield server
    signal_each((server, *server.children()), signal.SIGCONT)


def test_one_after_the_other_have_the_same_connection(database: Database) -> None:
    assert len({pid(database) for _ in range(20)}) == 1


def test_what_one_use_says_of_its_transaction_ends_with_it(database: Database) -> None:
    with database.reading() as connection, pytest.raises(sa.exc.DBAPIError, match="read-only"):
        connection.execute(sa.text("CREATE TABLE t (n int)"))
    with database.writing() as connection:
        connection.execute(sa.text("CREATE TABLE t (n int)"))
        assert connection.scalar(sa.text("SHOW transaction_isolation")) == "read committed"
    with pytest.raises(ZeroDivisionError), database.writing() as connection:
        connection.execute(sa.text("INSERT INTO t VALUES (1)"))
        raise ZeroDivisionError
    with database.writing() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM t")) == 0
        connection.execute(sa.text("DROP TABLE t"))


def test_a_server_that_was_restarted_costs_nobody_an_error(postgres: PostgresServer, database: Database) -> None:
    with database.reading(), database.reading():  # two are kept
        before = pid(database)
    postgres.stop()
    with pytest.raises(DirectoryUnavailable):
        pid(database)
    postgres.start()
    assert pid(database) != before
    with database.reading(), database.reading():
        pid(database)


def test_a_connection_that_was_cut_is_replaced_at_once(postgres: PostgresServer, url: str, database: Database) -> None:
    for _ in range(5):
        before = pid(database)
        postgres.cut(url)
        assert pid(database) != before


def test_a_silent_line_is_given_up_soon(
    database: Database, frozen: psutil.Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One silent process of the server: the others answer, and a new connection is one of them."""
    monkeypatch.setattr(pool, "_ANSWER", 0.3)
    before = pid(database)
    silent = psutil.Process(before)
    silent.send_signal(signal.SIGSTOP)
    try:
        assert pid(database) != before
    finally:
        signal_each([silent], signal.SIGCONT)


def test_a_silent_server_is_an_error_and_no_wait(
    database: Database, frozen: psutil.Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "_ANSWER", 0.3)
    pid(database)
    signal_each((frozen, *frozen.children()), signal.SIGSTOP)
    held: list[BaseException] = []

    def ask() -> None:
        try:
            pid(database)
        except BaseException as error:
            held.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(60)
    assert not asking.is_alive() and isinstance(held[0], DirectoryUnavailable)


def test_so_many_and_no_more_are_open_and_two_stay(url: str, tmp_path: Path, database: Database) -> None:
    watcher = Database(url, tmp_path / "other")
    begun = threading.Barrier(pool.MOST + 1)

    def hold() -> None:
        with database.reading() as connection:
            connection.scalar(sa.text("SELECT 1"))
            begun.wait(60)
            begun.wait(60)

    with ThreadPoolExecutor(pool.MOST) as threads:
        done = [threads.submit(hold) for _ in range(pool.MOST)]
        begun.wait(60)
        settled(watcher, pool.MOST)
        begun.wait(60)
        for one in done:
            one.result(60)
    settled(watcher, pool.KEPT)


def test_who_comes_when_all_are_taken_waits_for_one(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def use(_: int) -> int:
        return pid(database)

    with ThreadPoolExecutor(4 * pool.MOST) as threads:
        assert len(set(threads.map(use, range(400)))) >= 1
    with pytest.raises(DirectoryUnavailable, match=r"^the directory's store: QueuePool limit[^\n]+$"):
        monkeypatch.setattr(database._writer.pool, "_timeout", 0.05)
        _nested(database, pool.MOST + 1)
    assert pid(database)


def _nested(database: Database, deep: int) -> None:
    with database.reading():
        if deep:
            _nested(database, deep - 1)


def test_a_fork_has_connections_of_its_own_and_leaves_its_parents_alone(database: Database) -> None:
    before = pid(database)
    out, into = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(into, str(pid(database)).encode())
        finally:
            os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    theirs = int(os.read(out, 20))
    os.close(out)
    os.close(into)
    assert theirs not in (0, before)
    assert pid(database) == before


def test_a_store_that_nobody_has_any_more_has_no_connections(url: str, tmp_path: Path, database: Database) -> None:
    other = Database(url, tmp_path / "other")
    pid(other)
    settled(database, 1)
    del other
    gc.collect()
    settled(database, 0)
