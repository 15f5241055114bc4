"""The journal on a real PostgreSQL: the same promises as on SQLite."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway.errors import JournalUnavailable
from gateway.journal import Journal, Note
from gateway.journal.chain import row_id
from gateway.journal.prune import prune
from gateway.journal.query import Filter, search
from gateway.journal.reader import open_reader
from gateway.journal.store import resolve_url
from tests.unit.journal.support import check, decision, names, refusal, running, until

pytestmark = pytest.mark.service("postgresql")


class Server:
    """A private cluster on a Unix socket."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        self._bin = found[-1] if found else Path("/usr/bin")
        self.url = f"postgresql://postgres@/postgres?host={folder}"

    def _run(self, *command: str) -> None:
        prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        program = [*prefix, str(self._bin / command[0]), *command[1:]]
        done = subprocess.run(program, capture_output=True, text=True, cwd="/", stdin=subprocess.DEVNULL)
        assert done.returncode == 0, done.stderr

    def create(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        self._run("initdb", "-D", f"{self.folder}/data", "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8")

    def start(self) -> None:
        options = f"-c listen_addresses= -c unix_socket_directories={self.folder}"
        log = f"{self.folder}/log"
        self._run("pg_ctl", "start", "-w", "-D", f"{self.folder}/data", "-l", log, "-o", options)

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", f"{self.folder}/data")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    folder = Path(f"/tmp/congthu-pg-{os.getpid()}")  # a Unix socket's path must be short
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
    """A fresh database."""
    name = f"j{time.monotonic_ns()}"
    engine = sa.create_engine(resolve_url(server.url, tmp_path), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.url.replace("/postgres?", f"/{name}?")


def _sql(url: str, folder: Path, statement: str) -> None:
    engine = sa.create_engine(resolve_url(url, folder))
    with engine.begin() as connection:
        assert connection.execute(sa.text(statement)).rowcount
    engine.dispose()


async def test_rows_are_written_found_and_proved(url: str, tmp_path: Path) -> None:
    async with running(tmp_path, url) as journal:
        one = refusal(recipients=["Bình@tinh.example", "\x00x"])
        await journal.commit(one)
        for _ in range(300):
            journal.append(decision())
        journal.append(Note("outcome", one.reference, "đã gửi", time=1.0))
    report = check(tmp_path, url)
    assert (report.total, report.rows) == (0, 303)
    with contextlib.closing(open_reader(url, tmp_path)) as connection:
        wanted = Filter(recipient="bình@tinh.example", action="reject", clause="Q4 4.2", text="BÁO")
        assert [found.record["reference"] for found in search(connection, wanted)] == [one.reference]
        assert len(list(search(connection, Filter(sender="an@*")))) == 301


async def test_nodes_start_at_once_and_share_it(url: str, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("gw1", "gw2", "gw3")]
    for folder in folders:
        folder.mkdir()
    journals = [Journal(url, folder, node=folder.name) for folder in folders]
    await asyncio.gather(*(journal.start() for journal in journals))
    await asyncio.gather(*(journal.commit(refusal()) for journal in journals for _ in range(20)))
    await asyncio.gather(*(journal.close() for journal in journals))
    for folder in folders:
        report = check(folder, url, node=folder.name)
        assert (report.total, report.chains, report.rows) == (0, 1, 21)
    assert "other-key" in names(check(folders[0], url))


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("UPDATE decisions SET size = 1 WHERE id = {row}", "columns-edited"),
        ("UPDATE decisions SET payload = '{{}}' WHERE id = {row}", "payload-edited"),
        ("DELETE FROM decisions WHERE id = {row}", "row-removed"),
        ("DELETE FROM decisions WHERE id > {row}", "tail-removed"),
        ("DELETE FROM decision_recipients WHERE decision = {row}", "index-edited"),
    ],
)
async def test_tampering_is_found(url: str, tmp_path: Path, statement: str, name: str) -> None:
    async with running(tmp_path, url) as journal:
        for _ in range(3):
            await journal.commit(refusal())
    _sql(url, tmp_path, statement.format(row=row_id(1, 2)))
    assert name in names(check(tmp_path, url))


async def test_a_poison_row_does_not_stop_the_others(url: str, tmp_path: Path) -> None:
    async with running(tmp_path, url) as journal:
        first = refusal()
        await journal.commit(first)
        again = journal.commit(refusal(reference=first.reference))
        strange = journal.commit(decision(listener="\x00"))
        results = await asyncio.gather(again, strange, journal.commit(refusal()), return_exceptions=True)
        assert [type(result) for result in results] == [JournalUnavailable, JournalUnavailable, type(None)]
    assert check(tmp_path, url).rows == 3


async def test_pruned_rows_still_verify(url: str, tmp_path: Path) -> None:
    async with running(tmp_path, url) as journal:
        for number in range(10):
            await journal.commit(refusal(time=1_790_000_000.0 + number))
    assert [step.rows for step in prune(url, tmp_path, "gw1", 1_790_000_004_000_000)] == [4]
    report = check(tmp_path, url)
    assert (report.total, report.pruned) == (0, 4)


async def test_a_server_that_dies_and_comes_back(server: Server, url: str, tmp_path: Path) -> None:
    async with running(tmp_path, url, commit_timeout=1) as journal:
        await journal.commit(refusal())
        server.stop()
        with pytest.raises(JournalUnavailable):
            await journal.commit(refusal())
        await until(lambda: not journal.room())
        journal.append(decision())
        server.start()
        await until(lambda: journal.healthy and journal.queued == 0)
        await journal.commit(refusal())
    report = check(tmp_path, url)
    assert report.total == 0
    assert report.rows >= 4


async def test_a_server_that_is_down_at_start(server: Server, url: str, tmp_path: Path) -> None:
    server.stop()
    try:
        async with running(tmp_path, url) as journal:
            assert not journal.healthy
            assert not journal.room()
            server.start()
            journal._intake.hurry()
            await until(lambda: journal.healthy)
            await journal.commit(refusal())
    finally:
        with contextlib.suppress(AssertionError):
            server.start()
    with pytest.raises(JournalUnavailable, match="does not answer"):
        open_reader(f"postgresql://x@/x?host={tmp_path}", tmp_path)
