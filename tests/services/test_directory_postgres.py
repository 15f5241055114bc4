"""The directory on a real PostgreSQL: the same promises as on SQLite, and several nodes at once."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from gateway.directory.entry import Snapshot
from gateway.directory.errors import DirectoryStale, DirectoryUnavailable
from gateway.directory.outbox import Notice, Outbox, Submitted, deliver_outbox
from gateway.directory.plan import Wanted, after, change, diff
from gateway.directory.request_store import Request, RequestSeen, RequestStore
from gateway.directory.schema import VERSION_TABLE, metadata
from gateway.directory.store import DirectoryStore
from gateway.journal.store import Store, resolve_url
from gateway.who import Kind, Mailbox
from tests.services.test_journal_postgres import Server
from tests.unit.directory.support_store import PERSON, filled, whole

pytestmark = pytest.mark.service("postgresql")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    folder = Path(f"/tmp/congthu-pgd-{os.getpid()}")  # a Unix socket's path must be short
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
    name = f"d{time.monotonic_ns()}"
    engine = sa.create_engine(resolve_url(server.url, tmp_path), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.url.replace("/postgres?", f"/{name}?")


def test_it_is_kept_and_recorded(url: str, tmp_path: Path) -> None:
    empty = DirectoryStore(url, tmp_path)
    assert (empty.version(), empty.snapshot()) == (0, Snapshot())
    store = filled(tmp_path, url)
    assert store.snapshot() == after(Snapshot(), whole().steps)
    assert store.apply(change(store.snapshot(), replace(PERSON, holder="Ân")), who="lan") == 2
    assert store.changes(key=PERSON.key)[0].before == PERSON
    with store.database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []


def test_nothing_is_half_applied(url: str, tmp_path: Path) -> None:
    store = filled(tmp_path, url)
    thief = Mailbox("thief@x.example", Kind.PERSONAL, aliases=(PERSON.address,))
    plan = replace(diff(store.snapshot(), Wanted(mailboxes=(thief,))), flaws=())
    with pytest.raises(DirectoryUnavailable) as caught:
        store.apply(plan, who="x")
    assert "INSERT" not in str(caught.value)
    assert store.snapshot() == after(Snapshot(), whole().steps)
    assert store.version() == 1


def test_nodes_at_once_and_one_wins(url: str, tmp_path: Path) -> None:
    store = filled(tmp_path, url)
    plans = [change(store.snapshot(), replace(PERSON, holder=f"H{number}")) for number in range(6)]
    results: list[object] = []

    def attempt(number: int) -> None:
        try:
            results.append(DirectoryStore(url, tmp_path).apply(plans[number], who="x"))
        except DirectoryStale as error:
            results.append(type(error))

    _at_once(attempt, 6)
    assert sorted(map(str, results)) == sorted(map(str, [2, *[DirectoryStale] * 5]))


def _at_once(function: object, count: int) -> None:
    threads = [threading.Thread(target=function, args=(number,)) for number in range(count)]  # type: ignore[arg-type]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_nodes_start_at_once_beside_their_journals(url: str, tmp_path: Path) -> None:
    errors: list[BaseException] = []

    def start(number: int) -> None:
        folder = tmp_path / f"gw{number}"
        folder.mkdir()
        try:
            if number % 2:
                DirectoryStore(url, folder).prepare()
            else:
                journal = Store(resolve_url(url, folder), folder)
                journal.open()
                journal.close()
        except BaseException as error:
            errors.append(error)

    _at_once(start, 6)
    assert errors == []
    assert filled(tmp_path, url).version() == 1


def test_twenty_thousand_mailboxes(url: str, tmp_path: Path) -> None:
    store = DirectoryStore(url, tmp_path)
    store.prepare()
    many = tuple(Mailbox(f"m{number:05}@x.example", Kind.PERSONAL, note="đ") for number in range(20_000))
    store.apply(diff(Snapshot(), Wanted(mailboxes=many)), who="x")
    assert store.snapshot().mailboxes == many


async def test_requests_and_notices(url: str, tmp_path: Path) -> None:
    store = await asyncio.to_thread(filled, tmp_path, url)
    requests, box = RequestStore(store.database), Outbox(store.database)
    seen = RequestSeen("R1", 1_790_000_000.0, "q4@x.example", PERSON.address, kinds=("create",), message_id="<\x00>")
    await asyncio.to_thread(requests.add, [seen, seen])
    (found,) = await asyncio.to_thread(requests.find, "R1")
    assert found == Request(replace(seen, message_id="<\ufffd>"))
    notices = [Notice("completion", f"R{number}", "q4@x.example", "a@x.example", b"x") for number in range(12)]
    await asyncio.to_thread(lambda: requests.answer("R1", by="lan", answer="", now=1.0, notices=notices))
    sent: list[str] = []

    async def submit(notice: Notice) -> Submitted:
        sent.append(notice.about)
        return Submitted(True)

    assert sum(await asyncio.gather(*(deliver_outbox(box, submit, limit=4) for _ in range(5)))) == 12
    assert len(set(sent)) == 12


def test_a_server_that_dies_and_comes_back(server: Server, url: str, tmp_path: Path) -> None:
    store = filled(tmp_path, url)
    server.stop()
    try:
        for ask in (store.version, store.snapshot, store.prepare):
            with pytest.raises(DirectoryUnavailable, match=r"^the directory's store: [^\n]+$"):
                ask()
    finally:
        server.start()
    assert store.version() == 1
