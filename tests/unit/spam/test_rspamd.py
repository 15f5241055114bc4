"""A filter that misbehaves: whatever it says or does not say, there is a plain answer, in time and within bounds."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.contents import Spam
from gateway.model import Address, Direction, Envelope, Recipient, Session
from gateway.spam.rspamd import Answer, Rspamd
from tests.support.ports import HOST, free_port
from tests.support.tls import certificates

Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
CONTENT = b"abc" * 1000
HAM = b'{"score":1.5,"required_score":15,"action":"no action","symbols":{}}'
SAID = Answer(Spam(1.5, 15.0, "no action"))


async def content() -> AsyncIterator[bytes]:
    for at in range(0, len(CONTENT), 1000):
        yield CONTENT[at : at + 1000]


def envelope() -> Envelope:
    session = Session("s", "l", Direction.INBOUND, "192.0.2.7", 1, helo="mx")
    return Envelope(session, Address("a@b.example"), [Recipient(Address("c@d.example"))])


async def ask(made: Rspamd) -> Answer:
    return await made.check(content, len(CONTENT), envelope(), "REF")


@asynccontextmanager
async def server(folder: Path, behave: Behaviour) -> AsyncIterator[str]:
    path = folder / "rspamd.sock"
    running: set[asyncio.Task[None]] = set()

    async def each(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            await behave(reader, writer)
        except (asyncio.CancelledError, OSError, EOFError):
            pass
        finally:
            running.discard(task)
            writer.transport.abort()

    made = await asyncio.start_unix_server(each, path)
    try:
        yield f"unix:{path}"
    finally:
        made.close()
        for task in list(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await asyncio.sleep(0)


@asynccontextmanager
async def client(url: str, *, connections: int = 2, timeout: float = 5.0, password: str = "") -> AsyncIterator[Rspamd]:
    made = Rspamd(url, connections=connections, timeout=timeout, max_size=2**20, password=password)
    try:
        yield made
    finally:
        await made.close()


async def receive(reader: asyncio.StreamReader) -> bytes:
    """A whole request's head."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    assert await reader.readexactly(int(length.partition(b":")[2])) == CONTENT
    return head


def answer(body: bytes = HAM, head: bytes = b"HTTP/1.1 200 OK\r\n") -> bytes:
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


def says(reply: bytes) -> Behaviour:
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await receive(reader)
        writer.write(reply)
        await writer.drain()
        writer.write_eof()
        await reader.read()

    return behave


async def test_the_request(tmp_path: Path) -> None:
    heads: list[bytes] = []

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await receive(reader))
        writer.write(answer())
        await writer.drain()

    async with server(tmp_path, behave) as url, client(url, password="bí mật") as made:
        assert await ask(made) == SAID
    (head,) = heads
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /checkv2 HTTP/1.1"
    assert {"Password: bí mật", "Queue-Id: REF", "Content-Length: 3000", "From: <a@b.example>"} <= set(lines)
    names = {line.partition(":")[0].lower() for line in lines[1:] if line}
    assert not names & {"transfer-encoding", "accept-encoding", "user-agent", "cookie", "content-type"}


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"hello\r\n\r\n",
        b"220 mail.example ESMTP\r\n",
        answer(b"{}"),
        answer(b"pong\r\n"),
        answer(HAM)[:-1],
        answer(head=b"HTTP/1.1 204 No Content\r\n"),
        answer(head=b"HTTP/1.1 401 Unauthorized\r\n"),
        answer(head=b"HTTP/1.1 500 Oh\r\n"),
        answer(head=b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/checkv2\r\n"),
        answer(head=b"HTTP/1.1 307 Again\r\nLocation: /elsewhere\r\n"),
        answer(HAM, b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"),
        answer(gzip.compress(HAM), b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"),
        answer(gzip.compress(bytes(10**8)), b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"),
        answer(HAM.replace(b"1.5", b"NaN")),
        answer(HAM.replace(b"1.5", b"1e999")),
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1_000_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: x\r\n" * 100_000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n" + HAM,
        b"\x00\xff" * 5000,
    ],
)
async def test_replies_that_are_none(tmp_path: Path, reply: bytes) -> None:
    async with server(tmp_path, says(reply)) as url, client(url) as made:
        assert await ask(made) == Answer(failed="error")
        assert made.healthy, "it is there: the next message may fare better"


async def test_a_redirect_is_not_followed(tmp_path: Path) -> None:
    """Not even to where there would be an answer: whole messages would go with it."""
    asked = 0

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer() if asked > 1 else answer(head=b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\n"))
        await writer.drain()

    async with server(tmp_path, behave) as url, client(url) as made:
        assert await ask(made) == Answer(failed="error")
        assert asked == 1
        assert not (await made.check(content, 2**20 + 1, envelope())).spam
        assert asked == 1, "more than is asked about"


@pytest.mark.parametrize(
    "reply",
    [
        answer(),
        b"HTTP/1.0 200 OK\r\n\r\n" + HAM,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(HAM), HAM),
        answer(HAM[:-1] + b', "urls": ["' + b"\xff" * 2_000_000 + b'"]}'),
    ],
)
async def test_replies_that_are_one(tmp_path: Path, reply: bytes) -> None:
    async with server(tmp_path, says(reply)) as url, client(url) as made:
        assert await ask(made) == SAID


async def test_a_reply_without_an_end_is_not_read_to_it(tmp_path: Path) -> None:
    sent = 0

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await receive(reader)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b" " * 2**20)
            await writer.drain()
            sent += 1

    async with server(tmp_path, endless) as url, client(url) as made:
        assert await ask(made) == Answer(failed="error")
    assert 8 <= sent <= 16


async def test_slow_ones_cost_one_time_out_and_no_place(tmp_path: Path) -> None:
    slow = True

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await receive(reader)
        while slow:
            writer.write(b"HTTP/1.1 200 OK\r\n"[:1])
            await asyncio.sleep(30)
        writer.write(answer())
        await writer.drain()

    async with server(tmp_path, behave) as url, client(url, connections=1, timeout=0.3) as made:
        assert await asyncio.gather(ask(made), ask(made)) == [Answer(failed="time")] * 2
        assert not made.healthy
        slow, made.timeout = False, 30.0
        assert await ask(made) == SAID
        assert made.healthy


async def test_one_that_does_not_read(tmp_path: Path) -> None:
    async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)

    async def much() -> AsyncIterator[bytes]:
        for _ in range(1000):
            yield bytes(1024)

    async with server(tmp_path, deaf) as url, client(url, timeout=0.3) as made:
        assert await made.check(much, 1000 * 1024, envelope()) == Answer(failed="time")


async def test_no_more_at_once_than_it_may_be(tmp_path: Path) -> None:
    now = most = 0

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await receive(reader)
        await asyncio.sleep(0.01)
        now -= 1
        writer.write(answer())
        await writer.drain()

    async with server(tmp_path, behave) as url, client(url, connections=3) as made:
        assert await asyncio.gather(*(ask(made) for _ in range(30))) == [SAID] * 30
    assert most == 3


async def test_while_it_is_down_nobody_waits_for_it(tmp_path: Path) -> None:
    for url in (f"unix:{tmp_path}/none", f"http://{HOST}:{free_port()}", "http://khong-co.invalid:11333", "http://["):
        async with client(url) as made:
            assert await ask(made) == Answer(failed="error" if url == "http://[" else "down")
            assert not await made.ping()
            assert not made.healthy
            assert made._down_until > 0
            made._open = None  # type: ignore[method-assign,assignment]  # whoever is told to wait does not even try
            assert await ask(made) == Answer(failed="down")


async def test_a_message_that_breaks_off_is_no_answer(tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield CONTENT[:1000]
        raise OSError("the disk")

    async with server(tmp_path, says(answer())) as url, client(url) as made:
        assert await made.check(broken, len(CONTENT), envelope()) == Answer(failed="error")


async def test_a_cancelled_question_leaves_its_place(tmp_path: Path) -> None:
    async with server(tmp_path, says(b"")) as url, client(url, connections=1) as made:
        task = asyncio.create_task(made.check(_never, 10, envelope()))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not made._places.locked()


async def _never() -> AsyncIterator[bytes]:
    await asyncio.sleep(60)
    yield b""


_ASK_ONCE = """
import asyncio, sys
from tests.unit.spam.test_rspamd import ask, client

async def main():
    async with client(sys.argv[1]) as made:
        print(await ask(made))

asyncio.run(main())
"""


@pytest.mark.parametrize(("trusted", "said"), [(True, SAID), (False, Answer(failed="down"))])
async def test_https_to_whom_the_systems_authorities_vouch_for(tmp_path: Path, trusted: bool, said: Answer) -> None:
    """In a process of its own: authorities are read once. Messages go to nobody who only says that he is rspamd."""
    issued, own = certificates(tmp_path), tmp_path / "own"
    own.mkdir()
    other = certificates(own)

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(EOFError, OSError):
            await says(answer())(reader, writer)
        writer.close()

    made = await asyncio.start_server(behave, HOST, 0, ssl=issued.server())
    url = f"https://{HOST}:{made.sockets[0].getsockname()[1]}/"
    authority = issued.authority if trusted else other.authority
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _ASK_ONCE,
        url,
        env={**os.environ, "SSL_CERT_FILE": str(authority)},
        stdout=asyncio.subprocess.PIPE,
    )
    assert (await child.communicate())[0].decode().strip() == repr(said)
    made.close()


async def test_a_password_that_is_no_header_sends_nothing(tmp_path: Path) -> None:
    async with server(tmp_path, says(answer())) as url, client(url, password="a\r\nUser: b") as made:
        assert await ask(made) == Answer(failed="error")
