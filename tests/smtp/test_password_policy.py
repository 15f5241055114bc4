"""Logins whose passwords are watched, end to end: AUTH passed through, the rule's record, and no password in it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.errors import LimitsUnavailable
from gateway.lifecycle.days import day_of
from gateway.passwords import watch
from tests.smtp.conftest import MESSAGE, Client, Running, Start
from tests.support.tls import certificates

GOOD, WEAK = b"Hop-Thu-2026", b"khongdungquydinh"
WATCH = {"passwords": {"watch": True}}
ENFORCE = {**WATCH, "rules": {"password-policy": "enforce"}}


def b64(text: bytes) -> bytes:
    return base64.b64encode(text)


class Hop:
    """A mail server that takes every password but one."""

    def __init__(self) -> None:
        self.mails = self.open = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        with contextlib.suppress(ConnectionError):
            writer.write(b"220 hop ESMTP\r\n")
            while line := await reader.readline():
                writer.write(await self.answer(line, reader, writer))
                if line[:4].upper() == b"QUIT":
                    break
        self.open -= 1
        writer.close()

    async def answer(self, line: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        verb = line[:4].upper()
        if verb == b"EHLO":
            return b"250-hop\r\n250-AUTH LOGIN PLAIN\r\n250 PIPELINING\r\n"
        if verb == b"AUTH":
            words = line.split()
            last = words[-1]
            for _ in range((3 if words[1] == b"LOGIN" else 2) - len(words) + 1):
                writer.write(b"334 VXNlcm5hbWU6\r\n")
                last = (await reader.readline()).strip()
            return b"535 5.7.8 no\r\n" if base64.b64decode(last).endswith(b"wrong") else b"235 2.7.0 ok\r\n"
        if verb == b"DATA":
            writer.write(b"354 go\r\n")
            await reader.readuntil(b"\r\n.\r\n")
            self.mails += 1
        return b"250 ok\r\n"


Gate = Callable[..., Awaitable[Running]]


@pytest.fixture(autouse=True)
def _told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two passwords share a digest one time in 256, by design: with a key made for each test, one in 256 would fail."""
    seen: dict[tuple[str, bytes], int] = {}
    monkeypatch.setattr(watch, "digest_of", lambda _, who, password: seen.setdefault((who, password), len(seen)))


@pytest.fixture
async def hop() -> AsyncIterator[tuple[Hop, str]]:
    one = Hop()
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    yield one, f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()


@pytest.fixture
def gate(start: Start, tmp_path: Path, hop: tuple[Hop, str]) -> Gate:
    made = certificates(tmp_path, "gw.test.example")

    async def go(**options: Any) -> Running:
        return await start(
            direction="submission",
            tls="implicit",
            certificate=made.chain,
            key=made.key,
            upstream={"box": {"hosts": [hop[1]]}},
            **options,
        )

    return go


async def connect(running: Running) -> Client:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return await running.ready(tls=context)


def plain(password: bytes, login: bytes = b"an") -> bytes:
    return b"AUTH PLAIN " + b64(b"\0" + login + b"\0" + password)


async def records(running: Running) -> list[dict[str, Any]]:
    """What was recorded of logins."""
    rows = [json.loads(row["payload"]) | dict(row) for row in await running.decisions()]
    return [row for row in rows if row["stage"] == "auth"]


def ways(password: bytes) -> list[tuple[bytes, ...]]:
    whole = b64(b"\0an\0" + password)
    return [
        (b"AUTH PLAIN " + whole,),
        (b"AUTH PLAIN", whole),
        (b"AUTH LOGIN", b64(b"an"), b64(password)),
        (b"AUTH LOGIN " + b64(b"an"), b64(password)),
        (b"AUTH  PLAIN\t" + whole + b" ",),
        (b"AUTH LOGIN ", b64(b"an"), b64(password)),
    ]


async def test_a_login_ends_where_another_client_is_named(gate: Gate, hop: tuple[Hop, str]) -> None:
    """Its connection to the mail server is the old client's: nobody else's mail goes over it."""
    running = await gate(xclient=["127.0.0.0/8"])
    client = await connect(running)
    before = hop[0].open
    assert (await client.ask(plain(GOOD))).startswith(b"235")
    assert hop[0].open == before + 1
    assert (await client.ask(b"XCLIENT ADDR=203.0.113.9 LOGIN=ba")).startswith(b"220")
    async with asyncio.timeout(60):
        while hop[0].open > before:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("way", range(4))
async def test_a_weak_one_is_observed_in_every_way_of_logging_in(gate: Gate, hop: tuple[Hop, str], way: int) -> None:
    running = await gate(**WATCH)
    for password, found in ((GOOD, 0), (WEAK, 1)):
        client = await connect(running)
        assert (await client.ask(*ways(password)[way])).startswith(b"235")
        assert len(await records(running)) == found
    await client.ask(b"MAIL FROM:<an@tphcm.gov.vn>", b"RCPT TO:<b@so.example>", b"DATA")
    assert (await client.ask(MESSAGE + b".")).startswith(b"250")
    assert hop[0].mails == 1
    (row,) = await records(running)
    (finding,) = row["findings"]
    assert (finding["rule"], finding["clauses"], finding["mode"]) == ("password-policy", ["Q4 8.3a"], "observe")
    assert finding["evidence"] == {"not_met": ["form"], "login": "an", "client_address": "127.0.0.1"}
    assert row["action"] == "accept"


async def test_one_record_a_day(gate: Gate) -> None:
    running = await gate(**WATCH)
    began = day_of(time.time())
    for _ in range(5):
        client = await connect(running)
        assert (await client.ask(plain(WEAK))).startswith(b"235")
    midnights = day_of(time.time()).toordinal() - began.toordinal()
    assert 1 <= len(await records(running)) <= 1 + midnights


@pytest.mark.parametrize(
    "options", [{}, {"rules": {"password-policy": "enforce"}}, {**WATCH, "rules": {"password-policy": "off"}}]
)
async def test_where_nobody_asked_for_it_nothing_is_looked_at(gate: Gate, options: dict[str, Any]) -> None:
    running = await gate(**options)
    assert running.app.listeners["inbound"].context.pipeline.passwords is None
    client = await connect(running)
    assert (await client.ask(plain(WEAK))).startswith(b"235")
    assert await records(running) == []


async def test_an_enforced_one_is_refused_and_nobody_is_logged_in(gate: Gate, hop: tuple[Hop, str]) -> None:
    running = await gate(**ENFORCE)
    client = await connect(running)
    await asyncio.sleep(0.2)
    before = hop[0].open  # the gateway's own, for what the server can do
    reply = await client.ask(plain(WEAK))
    assert reply.startswith(b"535-5.7.8 Mat khau hop thu chua dung quy dinh (Q4 8.3a)")
    (row,) = await records(running)
    assert row["action"] == "reject"
    async with asyncio.timeout(60):
        while hop[0].open > before:
            await asyncio.sleep(0.01)
    assert not (await client.ask(b"MAIL FROM:<an@tphcm.gov.vn>")).startswith(b"250")
    assert (await client.ask(plain(GOOD))).startswith(b"235")
    assert (await client.ask(b"MAIL FROM:<an@tphcm.gov.vn>")).startswith(b"250")


async def test_an_old_one(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    running = await gate(**WATCH)
    store = running.app.charging.store
    change, days = store.change, [0]

    async def later(key: str, keep: float, work: Callable[[bytes | None, float], Any]) -> Any:
        return await change(key, keep, lambda old, now: work(old, now + days[0] * 86_400))

    monkeypatch.setattr(store, "change", later, raising=False)
    watch = running.app.listeners["inbound"].context.pipeline.passwords
    assert watch is not None
    for days[0] in (0, 50, 100):
        glance = watch.look("PLAIN", "an", b64(b"\0an\0" + GOOD))
        assert glance is not None
        signs = await watch.signs(glance)
    assert signs.months == 3
    client = await connect(running)
    days[0] = 101
    assert (await client.ask(plain(GOOD))).startswith(b"235")
    (row,) = await records(running)
    (finding,) = row["findings"]
    assert finding["evidence"]["not_met"] == ["age"]
    assert signs.since is not None
    assert finding["evidence"]["same_since"] == signs.since.isoformat()


async def test_a_wrong_password_leaves_nothing(gate: Gate) -> None:
    running = await gate(**WATCH)
    client = await connect(running)
    assert (await client.ask(plain(b"wrong"))).startswith(b"535")
    assert await records(running) == []
    key = "password:an@tphcm.gov.vn"
    assert await running.app.charging.store.change(key, 1.0, lambda old, now: (old, old)) is None


@pytest.mark.parametrize("error", [LimitsUnavailable("away"), RuntimeError("a bug")])
@pytest.mark.parametrize(("options", "code"), [(WATCH, b"235"), (ENFORCE, b"535")])
async def test_without_the_store_the_form_alone_is_judged(
    gate: Gate, monkeypatch: pytest.MonkeyPatch, error: Exception, options: dict[str, Any], code: bytes
) -> None:
    running = await gate(**options)

    async def fails(*args: object) -> None:
        raise error

    monkeypatch.setattr(running.app.charging.store, "change", fails, raising=False)
    client = await connect(running)
    assert (await client.ask(plain(WEAK))).startswith(code)
    client = await connect(running)
    assert (await client.ask(plain(GOOD))).startswith(b"235")


async def test_the_password_is_nowhere(
    gate: Gate, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    running = await gate(**ENFORCE)
    replies = b""
    for way in ways(WEAK):
        client = await connect(running)
        replies += await client.ask(*way)
    await running.decisions()
    for secret in (WEAK, b64(WEAK), b64(b"\0an\0" + WEAK)):
        assert secret not in replies
        assert secret.decode() not in caplog.text + "".join(capfd.readouterr())
        for path in filter(Path.is_file, running.folder.rglob("*")):
            assert secret not in path.read_bytes(), path.name
