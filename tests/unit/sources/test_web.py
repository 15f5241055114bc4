"""The endpoints through a real socket: who may come in, what is answered, and what hostile clients get."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import pytest

from gateway.access import Coverage, Evidence
from gateway.sources import server
from gateway.sources.bucket import Bucket
from gateway.sources.feed import Feed
from gateway.sources.web import Door, application
from gateway.who import State

TOKEN = "ma-bi-mat-dung-de-thu-0123456789"
OTHER = "ma-bi-mat-cu-van-con-dung-9876543"
LOGIN = json.dumps({"event": "auth_request_finished", "fields": {"success": "yes", "user": "an@x"}}).encode()
ASKED = json.dumps({"login": "an@x", "master": "", "protocol": "imap"}).encode()


@dataclass
class Desk:
    """What runs, and what it was handed."""

    port: int
    feed: Feed
    states: dict[str, State]
    sick: bool = False


@contextlib.asynccontextmanager
async def serving(**door: float) -> AsyncIterator[Desk]:
    async def keep(_: Sequence[Evidence], __: Sequence[Coverage]) -> None:
        pass

    def state_of(user: str) -> State | None:
        if desk.sick:
            raise RuntimeError("the directory is away")
        return desk.states.get(user)

    sock = socket.create_server(("127.0.0.1", 0))
    desk = Desk(sock.getsockname()[1], Feed(keep, str.lower), {})
    app = application(desk.feed, Door((TOKEN, OTHER), **door), state_of=state_of)  # type: ignore[arg-type]
    running = server.Server(app, sock)
    await running.start()
    try:
        yield desk
    finally:
        await running.close()


async def send(port: int, text: bytes) -> bytes:
    """Everything that comes back until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with contextlib.suppress(OSError):
        writer.write(text)
        await writer.drain()
    try:
        async with asyncio.timeout(60):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def post(desk: Desk, target: str, body: bytes, *fields: str) -> tuple[int, bytes]:
    head = [f"POST {target} HTTP/1.1", "Host: x", "Connection: close", f"Content-Length: {len(body)}", *fields]
    answer = await send(desk.port, "\r\n".join([*head, "", ""]).encode() + body)
    top, _, rest = answer.partition(b"\r\n\r\n")
    return int(top.split()[1]), rest


EVENTS = f"/dovecot/events?token={TOKEN}"
FIELD = f"X-Congthu-Token: {TOKEN}"


class TestWhoMayComeIn:
    @pytest.mark.parametrize(
        ("target", "fields"),
        [
            (EVENTS, []),
            (f"/dovecot/events?x=1&token={OTHER}", []),
            (f"/dovecot/events?token={TOKEN}?command=allow", []),
            ("/dovecot/events", [FIELD]),
            (f"/dovecot/events?token={TOKEN}x", [FIELD]),
        ],
    )
    async def test_with_a_token(self, target: str, fields: list[str]) -> None:
        async with serving() as desk:
            assert (await post(desk, target, LOGIN, *fields))[0] == 204
            assert desk.feed.counted == {"access": 1}

    @pytest.mark.parametrize("target", ["/dovecot/events", "/dovecot/policy?command=report"])
    @pytest.mark.parametrize(
        "told", ["", "&token=", f"&token={TOKEN}x", f"&token={TOKEN[:-1]}", "&token=%FF", "&token"]
    )
    async def test_without(self, target: str, told: str) -> None:
        async with serving() as desk:
            target += told if "?" in target else f"?{told}"
            assert await post(desk, target, LOGIN, "X-Congthu-Token: \xff") == (401, b"")
            assert desk.feed.counted == {"unproved": 1}

    async def test_nothing_of_a_strangers_body_is_read(self) -> None:
        async with serving() as desk:
            answer = await send(
                desk.port, b"POST /dovecot/events HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"
            )
            assert answer.startswith(b"HTTP/1.1 401 ")

    async def test_other_places_and_methods(self) -> None:
        async with serving() as desk:
            assert (await post(desk, f"/?token={TOKEN}", LOGIN))[0] == 404
            answer = await send(desk.port, f"GET {EVENTS} HTTP/1.0\r\n\r\n".encode())
            assert answer.startswith(b"HTTP/1.1 404 ") and b"uvicorn" not in answer.lower()

    @pytest.mark.parametrize("token", ["", "ngan", "x" * 23, "x" * 30 + "&", "x" * 30 + "é", "x" * 30 + "\n"])
    def test_tokens_that_are_none(self, token: str) -> None:
        with pytest.raises(ValueError, match="a token has at least"):
            Door((token,))
        with pytest.raises(ValueError, match="needed"):
            Door(())

    def test_a_token_is_never_shown(self) -> None:
        assert TOKEN not in repr(Door((TOKEN,)))


class TestPolicy:
    async def ask(self, desk: Desk, command: str, body: bytes = ASKED) -> tuple[int, dict[str, object]]:
        status, rest = await post(desk, f"/dovecot/policy?command={command}", body, FIELD)
        return status, json.loads(rest) if rest else {}

    async def test_allow(self) -> None:
        async with serving() as desk:
            assert await self.ask(desk, "allow") == (200, {"status": 0, "msg": ""})
            desk.states["an@x"] = State.LOCKED
            status, said = await self.ask(desk, "allow")
            assert (status, said["status"]) == (200, -1) and "bi khoa" in str(said["msg"])
            assert not desk.feed.counted

    async def test_a_master_comes_in(self) -> None:
        async with serving() as desk:
            desk.states["an@x"] = State.LOCKED
            body = ASKED.replace(b'"master": ""', b'"master": "poller"')
            assert await self.ask(desk, "allow", body) == (200, {"status": 0, "msg": ""})

    async def test_a_directory_that_is_away_locks_nobody_out(self) -> None:
        async with serving() as desk:
            desk.sick = True
            assert await self.ask(desk, "allow") == (200, {"status": 0, "msg": ""})

    async def test_report(self) -> None:
        async with serving() as desk:
            assert (await self.ask(desk, "report"))[0] == 200
            assert not desk.feed.counted  # no success, no access
            await self.ask(desk, "report", ASKED[:-1] + b', "success": true}')
            assert desk.feed.counted == {"access": 1}

    async def test_a_report_that_names_no_master(self) -> None:
        async with serving() as desk:
            assert (await self.ask(desk, "report", b'{"login": "an@x", "success": true}'))[0] == 200
            assert desk.feed.counted == {"unmarked": 1}

    @pytest.mark.parametrize("command", ["", "x", "allowed"])
    async def test_another_command(self, command: str) -> None:
        async with serving() as desk:
            assert (await self.ask(desk, command))[0] == 400


class TestHostile:
    @pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 60_000, b"null", b'{"fields": 1}'])
    async def test_garbage_says_nothing(self, body: bytes) -> None:
        async with serving() as desk:
            assert await post(desk, EVENTS, body) == (400, b"")
            assert desk.feed.counted == {"garbage": 1}

    async def test_a_body_too_long(self) -> None:
        async with serving(body=1000) as desk:
            assert (await post(desk, EVENTS, b" " * 1001))[0] == 413
            assert desk.feed.counted == {"refused": 1}

    async def test_an_endless_body(self) -> None:
        async with serving(body=1000) as desk:
            head = f"POST {EVENTS} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
            answer = await send(
                desk.port, head + b"100\r\n" + b"x" * 256 + b"\r\n" + b"400\r\n" + b"x" * 1024 + b"\r\n"
            )
            assert answer.startswith(b"HTTP/1.1 413 ")

    async def test_a_body_that_does_not_come(self) -> None:
        async with serving(patience=0.05) as desk:
            answer = await send(desk.port, f"POST {EVENTS} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx".encode())
            assert answer.startswith(b"HTTP/1.1 408 ")
            assert desk.feed.counted == {"refused": 1}

    async def test_a_client_that_goes_away(self) -> None:
        async with serving() as desk:
            _, writer = await asyncio.open_connection("127.0.0.1", desk.port)
            writer.write(f"POST {EVENTS} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx".encode())
            await writer.drain()
            writer.close()
            for _ in range(3000):
                if desk.feed.counted:
                    break
                await asyncio.sleep(0.01)
            assert desk.feed.counted == {"garbage": 1}

    async def test_too_many_requests(self) -> None:
        async with serving(rate=0.001) as desk:
            answers = [(await post(desk, EVENTS, LOGIN))[0] for _ in range(4)]
            assert answers == [204, 503, 503, 503]
            assert desk.feed.counted["refused"] == 3

    async def test_a_header_without_end(self) -> None:
        async with serving() as desk:
            answer = await send(desk.port, b"POST / HTTP/1.1\r\nX: " + b"x" * 40_000)
            assert answer == b"" or answer.startswith(b"HTTP/1.1 400 ")

    async def test_a_quiet_connection_ends(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(server, "QUIET", 0.1)
        async with serving() as desk:
            assert await send(desk.port, b"POST /dovecot") == b""

    async def test_connections_are_counted(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(server, "MAX_CONNECTIONS", 3)
        async with serving() as desk:
            held = [await asyncio.open_connection("127.0.0.1", desk.port) for _ in range(3)]
            await asyncio.sleep(0.05)
            assert await send(desk.port, f"POST {EVENTS} HTTP/1.0\r\n\r\n".encode()) == b""
            for _, writer in held:
                writer.close()


async def test_connections_are_kept() -> None:
    """Dovecot sends its events one after the other over a few."""
    async with serving() as desk:
        one = f"POST {EVENTS} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(LOGIN)}\r\n\r\n".encode() + LOGIN
        last = one.replace(b"Host: x", b"Host: x\r\nConnection: close")
        answer = await send(desk.port, one + one + last)
        assert answer.count(b"HTTP/1.1 204") == 3


def test_the_bucket() -> None:
    now = [0.0]
    bucket = Bucket(2.0, lambda: now[0])
    assert [bucket.take() for _ in range(5)] == [True] * 4 + [False]
    now[0] = 0.5
    assert [bucket.take() for _ in range(2)] == [True, False]
    now[0] = -100.0
    assert not bucket.take()
    now[0] = 1e9
    assert [bucket.take() for _ in range(5)] == [True] * 4 + [False]
