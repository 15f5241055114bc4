"""Our own notices reach the mail server whole, wait while it is down, and are given up where it refuses for good."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.config import UpstreamConfig
from gateway.config_values import HostPort
from gateway.directory.database import Database
from gateway.directory.outbox import Notice, Outbox, Waiting, enqueue
from gateway.noticing import Letter, Noticer
from gateway.upstream.base import Upstream
from gateway.upstream.maildir import MaildirUpstream
from gateway.upstream.smtp import SmtpUpstream
from tests.support.ports import HOST, free_port
from tests.support.recorder import Recorder

TEXT = "From: phong@tinh.example\r\nSubject: Báo\r\n\r\n.Xong\r\n..\r\n".encode()
NOTICE = Notice("completion", "R-1", "phong@tinh.example", "stttt@tinh.example", TEXT)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    made = Database("sqlite:///congthu.db", tmp_path)
    made.prepare()
    return made


@pytest.fixture
def server() -> Iterator[Recorder]:
    with Recorder() as made:
        yield made


def put(database: Database, notice: Notice = NOTICE) -> Outbox:
    with database.writing() as connection:
        enqueue(connection, [notice], int(time.time() * 1e6))
    return Outbox(database)


async def after(outbox: Outbox, upstream: Upstream | None, tries: int = 1) -> Waiting:
    """The notice once it was tried so often."""
    noticer = Noticer(outbox, lambda: upstream, "gw.tinh.example")
    task = asyncio.create_task(noticer.run(0.02))
    try:
        for _ in range(500):
            (found,) = await asyncio.to_thread(outbox.list)
            if found.tries >= tries:
                return found
            await asyncio.sleep(0.02)
        return found
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        if upstream is not None:
            await upstream.close()


def smtp(port: int) -> SmtpUpstream:
    config = UpstreamConfig(hosts=(HostPort(f"{HOST}:{port}"),), tls="none", connect_timeout=2.0)
    return SmtpUpstream("mailserver", config, "gw.tinh.example")


async def test_byte_for_byte(database: Database, server: Recorder) -> None:
    found = await after(put(database), smtp(server.port))
    assert found.sent
    (got,) = server.messages
    assert got.content == TEXT


async def test_into_a_maildir(database: Database, tmp_path: Path) -> None:
    found = await after(put(database), MaildirUpstream("box", tmp_path / "mail"))
    assert found.sent
    (file,) = (tmp_path / "mail").rglob("new/*")
    assert file.read_bytes().endswith(TEXT.replace(b"\r\n", b"\n")) or file.read_bytes().endswith(TEXT)


async def test_it_waits_while_nobody_answers(database: Database) -> None:
    found = await after(put(database), smtp(free_port()))
    assert (found.sent, found.failed) == (0, 0)
    assert found.due > time.time()


@pytest.mark.parametrize(("recipient", "final"), [("unknown@tinh.example", True), ("later@tinh.example", False)])
async def test_what_the_server_says_is_kept(database: Database, server: Recorder, recipient: str, final: bool) -> None:
    server.fail["RCPT"] = "550 5.1.1 no such user" if final else "450 4.2.1 later"
    notice = Notice("completion", "R-1", "phong@tinh.example", recipient, TEXT)
    found = await after(put(database, notice), smtp(server.port))
    assert not found.sent
    assert bool(found.failed) is final
    assert "5.1.1" in found.reply or "4.2.1" in found.reply
    assert not server.messages


async def test_without_an_upstream_nothing_is_tried(database: Database) -> None:
    outbox = put(database)
    noticer = Noticer(outbox, lambda: None, "gw")
    task = asyncio.create_task(noticer.run(0.01))
    await asyncio.sleep(0.1)
    task.cancel()
    (found,) = outbox.list()
    assert found.tries == 0


async def test_a_store_that_is_gone_does_not_end_it(tmp_path: Path) -> None:
    outbox = Outbox(Database("postgresql://nobody@127.0.0.1:1/none", tmp_path))
    noticer = Noticer(outbox, lambda: MaildirUpstream("box", tmp_path), "gw")
    task = asyncio.create_task(noticer.run(0.01))
    await asyncio.sleep(0.3)
    assert not task.done()
    task.cancel()


class Odd(Outbox):
    """Holds something that nobody expected, at the first look."""

    looks = 0

    def take(self, now: float, limit: int = 20) -> list[Waiting]:
        self.looks += 1
        if self.looks == 1:
            raise ValueError("what is this?")
        return super().take(now, limit)


async def test_nor_does_a_row_that_nobody_expected(database: Database, tmp_path: Path) -> None:
    put(database)
    found = await after(Odd(database), MaildirUpstream("box", tmp_path / "mail"))
    assert found.sent


@pytest.mark.parametrize(("data", "dots"), [(b"", 0), (b".a\r\n", 1), (b"a\r\n.b\r\n..\r\n", 2), (b"a.\r\n", 0)])
async def test_a_letter(data: bytes, dots: int) -> None:
    letter = Letter(data)
    assert (letter.size, letter.leading_dots, letter.ends_with_crlf) == (len(data), dots, data.endswith(b"\r\n"))
    assert b"".join([piece async for piece in letter.chunks(3)]) == data
