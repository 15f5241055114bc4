"""The webhook against a real server: signed, without redirects, never raising."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from gateway.acting.webhook import Webhook, checked, signature
from gateway.errors import StartError


class Taker:
    """Answers with `status`, and keeps what came."""

    def __init__(self) -> None:
        self.status, self.location = 200, ""
        self.came: list[tuple[dict[str, str], bytes]] = []
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        self.came.append((dict(request.headers), await request.read()))
        return web.Response(status=self.status, headers={"Location": self.location} if self.location else {})


@pytest.fixture
async def taker() -> AsyncIterator[Taker]:
    made = Taker()
    app = web.Application()
    app.router.add_post("/steps", made.take)
    app.router.add_route("*", "/other", made.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    made.url = f"http://127.0.0.1:{port}/steps"
    yield made
    await runner.cleanup()


async def test_it_is_signed_with_its_time(taker: Taker) -> None:
    done, said = await Webhook(taker.url, "khóa", lambda: 1_780_000_000.9).post(b'{"steps": []}', "d1")
    assert (done, said) == (True, "answer 200")
    ((headers, body),) = taker.came
    assert body == b'{"steps": []}'
    assert headers["Content-Type"] == "application/json"
    assert headers["X-Congthu-Delivery"] == "d1"
    assert headers["X-Congthu-Timestamp"] == "1780000000"
    expected = hmac.new("khóa".encode(), b'1780000000.{"steps": []}', hashlib.sha256).hexdigest()
    assert headers["X-Congthu-Signature"] == f"sha256={expected}" == signature("khóa", 1_780_000_000, body)


@pytest.mark.parametrize(("status", "done"), [(204, True), (299, True), (302, False), (400, False), (503, False)])
async def test_only_an_answer_of_the_second_hundred_is_done(taker: Taker, status: int, done: bool) -> None:
    taker.status, taker.location = status, taker.url.replace("steps", "other") if status == 302 else ""
    assert await Webhook(taker.url, "k").post(b"{}", "d") == (done, f"answer {status}")
    assert len(taker.came) == 1, "no redirect is followed"


async def test_nobody_there() -> None:
    done, said = await Webhook("http://127.0.0.1:9/x", "k").post(b"{}", "d")
    assert (done, said) == (False, "no answer (ClientConnectorError)")


async def test_an_endless_silence_ends(taker: Taker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.acting.webhook.TIMEOUT", 0.2)

    async def silent(_: web.Request) -> web.Response:
        import asyncio

        await asyncio.sleep(5)
        return web.Response()

    app = web.Application()
    app.router.add_post("/", silent)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    said = await Webhook(f"http://127.0.0.1:{runner.addresses[0][1]}/", "k").post(b"{}", "d")
    await runner.cleanup()
    assert said == (False, "no answer (TimeoutError)")


@pytest.mark.parametrize(
    "url", ["https://mail.tinh.example/x", "http://127.0.0.1:8/x", "http://localhost/x", "http://[::1]:9/x"]
)
def test_where_it_may_go(url: str) -> None:
    assert checked(url) == url


@pytest.mark.parametrize(
    "url",
    ["http://mail.tinh.example/x", "http://192.0.2.1/", "ftp://x/", "https://", "http://[::1", "http://127.1.evil/"],
)
def test_where_it_may_not_go(url: str) -> None:
    with pytest.raises(StartError, match=r"lifecycle\.webhook"):
        checked(url)
