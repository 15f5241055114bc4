"""A whole gateway in the test's own event loop: real sockets, real journal, the embedded Maildir behind it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from gateway.app import App
from gateway.config import Settings
from gateway.journal.intake import Intake

MESSAGE = b"From: a@so.example\r\nTo: q4@tphcm.gov.vn\r\nSubject: thu\r\n\r\nXin chao.\r\n"


def listening() -> socket.socket:
    sock = socket.create_server(("127.0.0.1", 0))
    sock.setblocking(False)
    return sock


class Client:
    """A client that sends what it is told and reads whole replies."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def reply(self) -> bytes:
        """One reply, all its lines; b"" at the end of the connection."""
        lines = b""
        while True:
            line = await asyncio.wait_for(self.reader.readline(), 60)
            lines += line
            if line[3:4] != b"-":
                return lines

    async def ask(self, *lines: bytes) -> bytes:
        """Send lines one at a time; the last reply."""
        answer = b""
        for line in lines:
            self.send(line + b"\r\n")
            answer = await self.reply()
        return answer

    async def rest(self) -> bytes:
        return await asyncio.wait_for(self.reader.read(), 60)

    async def close(self) -> None:
        self.writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            await asyncio.wait_for(self.writer.wait_closed(), 2)


class Counted(Intake[Any]):
    """The queue before a journal's writer, which counts what it is given."""

    def __init__(self, interval: float) -> None:
        super().__init__(interval)
        self.given = 0

    def put(self, item: Any) -> None:
        self.given += 1
        super().put(item)


@dataclass
class Running:
    app: App
    ports: dict[str, int]
    folder: Path
    clients: list[Client] = field(default_factory=list)

    async def connect(self, listener: str = "inbound", *, greet: bool = True, tls: Any = None) -> Client:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.ports[listener], ssl=tls, limit=2**20)
        client = Client(reader, writer)
        self.clients.append(client)
        if greet:
            assert (await client.reply()).startswith(b"220 ")
        return client

    async def ready(self, listener: str = "inbound", **options: Any) -> Client:
        """A client that has said EHLO."""
        client = await self.connect(listener, **options)
        assert (await client.ask(b"EHLO client.example")).startswith(b"250-")
        return client

    async def submit(self, wire: bytes, *, rcpt: bytes = b"q4@tphcm.gov.vn", sender: bytes = b"a@so.example") -> bytes:
        """Send one message over a new connection; the reply to its end. `wire` is what goes after 354."""
        client = await self.ready()
        assert (await client.ask(b"MAIL FROM:<" + sender + b">", b"RCPT TO:<" + rcpt + b">", b"DATA")).startswith(
            b"354"
        )
        client.send(wire)
        return await client.reply()

    def delivered(self) -> list[bytes]:
        return [path.read_bytes() for path in sorted((self.folder / "maildir").glob("*/new/*"))]

    def contents(self) -> list[bytes]:
        """Delivered messages without the one Received field that we put before them."""
        return [without_trace(message) for message in self.delivered()]

    async def stored(self) -> None:
        """Return when each row that the journal was given until now is in the database."""
        intake = self.app.journal._intake
        assert isinstance(intake, Counted)
        given = intake.given
        async with asyncio.timeout(60):
            while self.app.journal.written + self.app.journal.failed < given:
                await asyncio.sleep(0.005)

    async def decisions(self) -> list[sqlite3.Row]:
        """What is on record of all that was answered: what is accepted is written a little later than its reply."""
        await self.stored()
        database = sqlite3.connect(self.folder / "congthu.db")
        database.row_factory = sqlite3.Row
        try:
            return database.execute("select * from decisions where kind = 'decision' order by rowid").fetchall()
        finally:
            database.close()


def without_trace(message: bytes) -> bytes:
    """The message without the header fields that the gateway prepended."""
    lines = message.split(b"\r\n")
    at = 0
    while lines[at].startswith((b"Return-Path:", b"Delivered-To:")):
        at += 1
    assert lines[at].startswith(b"Received: from "), lines[:3]
    at += 1
    while lines[at].startswith((b"\t", b"X-Congthu-Pass:")):
        at += 1
    return b"\r\n".join(lines[at:])


Start = Callable[..., Awaitable[Running]]


_SECTIONS = (
    *("rules", "store", "upstream", "exemption", "authentication", "directory", "request_channel"),
    *("limits", "limit_override", "senders", "passwords"),
)


@pytest.fixture
async def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Start]:
    """Start a gateway; keyword arguments change the inbound listener, `listeners` replaces all of them."""
    monkeypatch.setattr("gateway.journal.journal.Intake", Counted)
    running: list[Running] = []

    async def go(
        *, listeners: list[dict[str, Any]] | None = None, gateway: dict[str, Any] | None = None, **options: Any
    ) -> Running:
        extra = {key: options.pop(key) for key in _SECTIONS if key in options}
        # A busy machine's disk may keep the store waiting, and mail that is not counted would fail the test instead.
        extra["limits"] = {"store_timeout": 30.0} | extra.get("limits", {})
        one = {"name": "inbound", "bind": "127.0.0.1:1", "direction": "inbound", "upstream": "box"} | options
        settings = Settings.model_validate(
            {
                "gateway": {
                    "hostname": "gw.test.example",
                    "data_dir": tmp_path,
                    "domains": ["tphcm.gov.vn"],
                    "regulation": "tphcm-q4-03-2013",
                    "trusted_networks": [],
                }
                | (gateway or {}),
                "listener": listeners or [one],
                "authentication": {"verify": False},
                "upstream": {"box": {"maildir": "maildir"}},
            }
            | extra
        )
        sockets = {listener.name: listening() for listener in settings.listener}
        ports = {name: sock.getsockname()[1] for name, sock in sockets.items()}
        app = App(settings, 0, sockets)
        await app.start()
        running.append(Running(app, ports, tmp_path))
        return running[-1]

    yield go
    for one in running:
        for client in one.clients:
            await client.close()
        await one.app.drain(2.0)
        for sock in one.app.sockets.values():
            sock.close()
