"""Exact sources at work in one process: of two gateways one reads, and the other goes on where it ends."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest

from gateway import sourcing
from gateway.access import Kind, Source
from gateway.directory.database import Database
from gateway.directory.entry import Snapshot
from gateway.directory.index import Directory
from gateway.errors import LimitsUnavailable, StartError
from gateway.rules.compiled import Known
from gateway.sourcing import Sourcing
from gateway.throttle.sqlite import SqliteLimits
from gateway.upkeep.records import Upkeep
from gateway.who import Kind as MailboxKind
from gateway.who import Mailbox
from tests.support.changes import put_in_force
from tests.support.ports import HOST, free_port
from tests.unit.rules.make import settings

AN = "an@tinh.example"
TOKEN = "x" * 24


class Gateways:
    """Several of one store and one place where they agree who reads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with closing(sqlite3.connect(folder / "logins.sqlite")) as connection, connection:
            connection.execute("CREATE TABLE last_logins (username, auth_user, last_login)")
            connection.execute("INSERT INTO last_logins VALUES (?, ?, ?)", (AN, AN, int(time.time()) - 60))
        self.url = folder / "url"
        self.url.write_text(f"sqlite:///{folder}/logins.sqlite")
        self.tokens = folder / "tokens"
        self.tokens.write_text(TOKEN)
        self.counters = SqliteLimits(folder / "limits.db")
        self.known = Known(Directory.build(Snapshot(1, mailboxes=(Mailbox(AN, MailboxKind.PERSONAL),)), ()))

    def settings(self, **access: Any) -> Any:
        gateway = {"data_dir": str(self.folder)}
        return settings(gateway=gateway, access={"every": "1s", "last_login": {"url_file": str(self.url)}, **access})

    @asynccontextmanager
    async def one(self, worker: int = 0, **access: Any) -> AsyncIterator[Sourcing]:
        made = self.settings(**access)
        database = Database("sqlite:///congthu.db", self.folder)
        running = Sourcing(made, database, self.known, self.counters, worker)
        await running.start()
        try:
            await put_in_force(running, made)
            yield running
        finally:
            await running.close()

    def told(self) -> Upkeep:
        return Upkeep(Database("sqlite:///congthu.db", self.folder))


@pytest.fixture
async def gateways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Gateways]:
    monkeypatch.setattr(sourcing, "LEASE", 4.0)
    made = Gateways(tmp_path)
    await made.counters.start()
    yield made
    await made.counters.close()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.02)


async def away(*_: object) -> None:
    """A place that gives no answer: it is nobody's turn."""
    raise LimitsUnavailable("no answer")


def reads(one: Sourcing) -> int:
    return one._counts().get(("last-login", "read"), 0)


async def test_of_two_gateways_one_reads(gateways: Gateways) -> None:
    async with gateways.one() as second_of_one, gateways.one(worker=1) as other_worker:
        await until(lambda: reads(second_of_one) >= 1)
        async with AsyncExitStack() as stack:
            third = await stack.enter_async_context(gateways.one())
            before = reads(second_of_one)
            await until(lambda: reads(second_of_one) > before)
            assert reads(third) == reads(other_worker) == 0
            assert set(third._ages().values()) == {0.0}
            await second_of_one.close()
            await until(lambda: reads(third) >= 1)
    (kept,) = gateways.told().use.told([AN])[AN].evidence
    assert (kept.source, kept.kind) == (Source.LAST_LOGIN, Kind.ACCESS)


async def test_a_look_before_something_is_done(gateways: Gateways, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was told and read by then is in the store, whoever has the turn."""
    monkeypatch.setattr(gateways.counters, "change", away)
    async with gateways.one() as running:
        running.logged_in(AN, "")
        await running.look([AN])
        found = gateways.told().use.told([AN])[AN].evidence
    assert {one.source for one in found} == {Source.LAST_LOGIN, Source.SUBMISSION}


async def test_without_the_place_where_they_agree_nobody_reads(
    gateways: Gateways, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateways.counters, "change", away)
    async with gateways.one() as running:
        await until(lambda: running._ages()["last-login"] > 0)
        assert reads(running) == 0


async def test_a_login_to_send(gateways: Gateways) -> None:
    """Of a mailbox of ours; in any worker."""
    async with gateways.one(worker=3) as running:
        for login in ("AN@Tinh.example", "an", "la@tinh.example", "?", "x" * 10_000, "\0"):
            running.logged_in(login, "192.0.2.1")
        counts = {labels: count for labels, count in running._counts().items() if count}
        assert counts == {("submission", "automatic"): 2, ("submission", "stranger"): 4}
    (kept,) = gateways.told().use.told([AN])[AN].evidence
    assert (kept.source, kept.kind, kept.mailbox) == (Source.SUBMISSION, Kind.AUTOMATIC, AN)


async def test_an_address_that_is_taken_and_a_token_that_is_none(gateways: Gateways) -> None:
    """Nothing of a configuration that cannot be used is in force."""
    bind = f"{HOST}:{free_port()}"
    good: dict[str, Any] = {"bind": bind, "tokens_file": str(gateways.tokens)}
    async with gateways.one(**good) as running:
        with pytest.raises(StartError, match=r"^access: cannot listen on .*another program listens there"):
            async with gateways.one(**good):
                pass
        gateways.tokens.write_text("ngan")
        with pytest.raises(StartError, match=r"^access\.tokens_file: a token has at least 24"):
            await put_in_force(running, gateways.settings(**good))
        gateways.tokens.write_text(TOKEN)
        with pytest.raises(StartError, match=r"^access\.certificate: cannot use certificate /khong/co"):
            await put_in_force(running, gateways.settings(**good, certificate="/khong/co", key="/khong/co"))
        with pytest.raises(StartError, match="set both"):
            await put_in_force(running, gateways.settings(**good, certificate="/khong/co"))
        reader, writer = await asyncio.open_connection(*bind.rsplit(":", 1))
        head = f"POST /dovecot/events?token={TOKEN} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
        writer.write(f"{head}\r\n{{}}".encode())
        assert (await reader.readline()).startswith(b"HTTP/1.1 400")
        writer.close()
        await put_in_force(running, gateways.settings(bind=bind, tokens_file=str(gateways.tokens), events=False))
        assert running._ages()["dovecot-policy"] > running._ages()["dovecot-events"] == 0.0
        await put_in_force(running, gateways.settings())
        assert running._ages()["dovecot-policy"] == 0.0
        with pytest.raises(OSError, match="Connect call failed"):
            await asyncio.open_connection(*bind.rsplit(":", 1))
