"""Hostile requests at the console: headers, bodies, addresses, doors. Over ASGI, as `tests/unit/console`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from gateway.console.accounts import Role
from gateway.console.brakes import Brake
from gateway.console.page import Page
from gateway.console.routes import PAGES
from gateway.console.visit import Visit, is_local
from gateway.console.web import Site
from gateway.journal.decision import Note
from tests.unit.console.support import NAMES, NOW, PASSWORD, Browser, Running, post, running, sign_in, token_in


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("console"), days=0) as made:
        made.services.pages_brake = Brake(100_000, 60.0)  # it is not what most of these ask
        yield made


@pytest.fixture(scope="module")
def viewer(console: Running) -> Browser:
    return console.client(Role.VIEWER)


@pytest.mark.parametrize("host", ["[", "[::1", "a]b", "evil.example/x?", "", "\xe9", "a" * 3000, "x:99999999"])
@pytest.mark.parametrize("path", ["/", "/dang-nhap", "/khong-co"])
def test_no_host_header_is_an_error_of_ours(console: Running, host: str, path: str) -> None:
    answer = console.client().request("GET", path, headers={"host": host.encode("latin-1")})
    assert answer.status_code in (200, 303, 404)
    assert "evil" not in answer.headers.get("location", "")


@pytest.mark.parametrize("origin", ["http://[", "null", "http://testserver.evil.example", "https://a@testserver", "x"])
def test_no_origin_but_ours_sends_a_form(console: Running, origin: str) -> None:
    client = console.client()
    data = {"token": token_in(client.get("/dang-nhap").text), "name": NAMES[Role.VIEWER], "password": PASSWORD}
    assert client.post("/dang-nhap", data=data, headers={"origin": origin}).status_code == 403


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.methods[0]}{page.path}")
@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "GET", "PROPFIND"])
def test_no_method_opens_a_page_to_a_stranger(console: Running, page: Page, method: str) -> None:
    path = page.path.replace("{", "").replace("}", "")
    for form in (path, f"{path}/", f"/{path}", path.replace("-", "%2d"), path.upper()):
        answer = console.client().request(method, form)
        if answer.status_code == 200:
            assert page.path == "/dang-nhap"
        assert answer.status_code in (200, 303, 404)
        assert answer.headers["cache-control"] == "no-store"


def test_a_strangers_body_is_not_read_where_he_may_not_write(console: Running) -> None:
    """Else whoever reaches the port fills memory with uploads that are thrown away."""
    page = Page("/tep", lambda visit: visit.page("problem.html", problem="", code=0), Role.SECURITY, ("POST",))
    app = Site(console.services, (*PAGES, page)).application()
    asked = 0

    async def receive() -> dict[str, Any]:
        nonlocal asked
        asked += 1
        return {"type": "http.request", "body": b"a" * 1024, "more_body": True}

    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", b"x"), (b"content-type", b"application/x-www-form-urlencoded")]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/tep",
        "raw_path": b"/tep",
        "query_string": b"",
        "root_path": "",
    }
    scope |= {
        "headers": headers,
        "scheme": "http",
        "http_version": "1.1",
        "client": ("192.0.2.77", 1),
        "server": ("x", 1),
    }

    async def ask() -> None:
        await app(scope, receive, send)

    asyncio.run(ask())
    assert sent[0]["status"] in (303, 403)
    assert asked == 0


def test_an_audit_row_is_not_hidden_by_those_of_others(tmp_path: Path) -> None:
    """Whoever floods the record (anybody may: by signing in wrongly) must not push a row out of sight."""
    with running(tmp_path, days=0) as console:
        record = console.services.actions.record
        record(Note("action", "so-1", "việc phải thấy", by="attt", what="sender-lock"))
        for number in range(1300):
            record(Note("action", f"ai{number}", "", by="ke-la", what="sign-in-failed"))
        client = console.client(Role.ADMINISTRATOR)
        page, found = client.get("/nhat-ky?ai=attt"), 0
        for _ in range(10):
            found += page.text.count("việc phải thấy")
            more = page.text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
            if not more or found:
                break
            page = client.get(more)
        assert found == 1


def test_a_wrong_old_password_is_on_record(tmp_path: Path) -> None:
    with running(tmp_path, days=0) as console:
        client = console.client(Role.VIEWER)
        new = "mot mat khau moi khac"
        assert post(client, "/tai-khoan", {"old": "x" * 12, "new": new, "again": new}).status_code == 400
        rows = console.client(Role.ADMINISTRATOR).get("/nhat-ky?ai=xem").text
        assert "the old password is wrong" in rows


def test_strangers_lock_nobody_out(tmp_path: Path) -> None:
    """Wrong passwords from elsewhere do not keep somebody out of a browser in which he signed in before."""
    with running(tmp_path, days=0) as console:
        name = NAMES[Role.ADMINISTRATOR]
        own = console.client(role=Role.ADMINISTRATOR, peer="192.0.2.20")
        assert post(own, "/dang-xuat", {}).status_code == 303
        for number in range(30):
            sign_in(console.client(peer=f"198.51.100.{number}"), name, "sai mat khau roi")
        assert sign_in(console.client(peer="192.0.2.20"), name) in (401, 429)  # the lock or the brake holds elsewhere
        assert sign_in(own, name) == 303
        assert sign_in(console.client(peer="198.51.100.201"), name) == 401  # and afterwards, too


def test_a_known_browser_has_a_brake_of_its_own(tmp_path: Path) -> None:
    with running(tmp_path, days=0) as console:
        name = NAMES[Role.SECURITY]
        own = console.client(role=Role.SECURITY, peer="192.0.2.20")
        post(own, "/dang-xuat", {})
        assert [sign_in(own, name, "sai mat khau roi") for _ in range(12)] == [401] * 10 + [429] * 2
        assert sign_in(own, name) == 429
        assert sign_in(console.client(peer="192.0.2.20"), name) == 303


def test_a_browser_is_known_for_one_account_and_one_password(tmp_path: Path) -> None:
    with running(tmp_path, days=0) as console:
        devices, accounts = console.services.devices, console.services.accounts
        one, other = accounts.find(NAMES[Role.VIEWER]), accounts.find(NAMES[Role.ADMINISTRATOR])
        assert one is not None and other is not None
        cookie = devices.cookie(one)
        assert devices.name(cookie, one)
        assert not devices.name(cookie, other)
        for forged in ("", ".", f"x{cookie}", cookie[:-1], "a." + cookie.partition(".")[2], "a" * 5000, "\ud800.x"):
            assert not devices.name(forged, one)
        accounts.set_password(one.name, "mot mat khau khac han")
        assert not devices.name(cookie, accounts.find(one.name))


def test_an_overlong_password_takes_its_time(console: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the clock tells which names exist: there is one more write for them."""
    asked: list[str] = []

    class Watched:
        def verify(self, hashed: str, password: str) -> bool:
            asked.append(password)
            return True

        def hash(self, password: str) -> str:
            return "x"

    monkeypatch.setattr("gateway.console.accounts.HASHER", Watched())
    for name in (NAMES[Role.VIEWER], "khong-co"):
        assert console.services.accounts.check(name, "a" * 300, NOW) is None
    assert asked == ["a" * 256] * 2


def test_a_lock_out_holds_from_many_addresses(tmp_path: Path) -> None:
    with running(tmp_path, days=0) as console:
        name = NAMES[Role.SECURITY]
        for number in range(9):
            assert sign_in(console.client(peer=f"198.51.100.{number}"), name, "sai mat khau roi") == 401
        assert sign_in(console.client(peer="198.51.100.99"), name) == 401


def test_no_token_outlives_its_session(console: Running) -> None:
    client = console.client(Role.ADMINISTRATOR)
    token = token_in(client.get("/nguoi-dung").text)
    held = client.cookies.get("congthu-session")
    assert client.post("/dang-xuat", data={"token": token}).status_code == 303
    client.cookies.set("congthu-session", held or "")
    data = {"token": token, "name": "xem", "deed": "disable"}
    assert client.post("/nguoi-dung/sua", data=data).headers.get("location", "").startswith("/dang-nhap")
    found = console.services.accounts.find("xem")
    assert found is not None and not found.disabled


def test_a_cookie_that_somebody_planted_is_no_session(console: Running) -> None:
    client = console.client()
    client.cookies.set("congthu-session", "A" * 43)
    assert sign_in(client, NAMES[Role.VIEWER]) == 303
    held = [cookie.value for cookie in client.cookies.jar if cookie.name == "congthu-session"]
    assert held and held[-1] != "A" * 43
    assert console.services.sessions.find("A" * 43, NOW) is None


def test_a_rival_forwarded_for_is_not_believed(tmp_path: Path) -> None:
    with running(tmp_path, days=0) as console:
        client = console.client(peer="203.0.113.8")
        for number in range(14):
            headers = {"x-forwarded-for": f"10.0.0.{number}", "x-real-ip": "10.1.1.1", "forwarded": "for=10.2.2.2"}
            token = token_in(client.get("/dang-nhap").text)
            data = {"token": token, "name": f"a{number}", "password": "x"}
            last = client.post("/dang-nhap", data=data, headers=headers).status_code
        assert last == 429


@pytest.mark.parametrize(
    "path",
    ["//evil.example", "/\\evil.example", "/\t/evil.example", "https://evil.example", "/\r\nSet-Cookie: a=b", "/ a",
     "javascript:alert(1)", "", "\\\\evil", "/%0d%0a\x0bx"],
)  # fmt: skip
def test_no_address_leads_elsewhere(console: Running, path: str) -> None:
    assert not is_local(path)
    answer = console.client().request("GET", "/ngon-ngu/en", params={"toi": path})
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize(
    "bad", ["\x00", "\ud800", "%", "_", "\\", "*" * 400, "'", '"', "\uffff", "(" * 400, "*a" * 240]
)
@pytest.mark.parametrize("field", ["q", "sender", "recipient", "unit", "rule", "clause", "listener", "sau"])
def test_no_search_is_an_error(viewer: Browser, field: str, bad: str) -> None:
    answer = viewer.request("GET", "/quyet-dinh", params={field: bad.encode("utf-8", "surrogatepass")})
    assert answer.status_code == 200


def _posted(app: Any, body: Any) -> Any:
    """A POST to /tep whose body is asked of `body`."""
    headers = [(b"host", b"x"), (b"content-type", b"application/x-www-form-urlencoded")]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/tep",
        "raw_path": b"/tep",
        "query_string": b"",
        "root_path": "",
    }
    scope |= {
        "headers": headers,
        "scheme": "http",
        "http_version": "1.1",
        "client": ("192.0.2.78", 1),
        "server": ("x", 1),
    }
    sent: list[int] = []

    async def send(message: Any) -> None:
        sent.extend([message["status"]] if "status" in message else [])

    async def ask() -> int:
        await app(scope, body, send)
        return sent[0]

    return ask()


@pytest.mark.parametrize(("most", "uploads"), [(1000, 1), (16 * 2**20, 0)])
def test_large_forms_of_strangers_do_not_fill_memory(console: Running, most: int, uploads: int) -> None:
    page = Page("/tep", lambda visit: visit.go("/"), None, ("POST",), None, most, uploads)
    app = Site(console.services, (page,), public=True).application()

    async def crowd() -> list[int]:
        end = asyncio.Event()

        async def body() -> dict[str, Any]:
            await end.wait()
            return {"type": "http.request", "body": b"", "more_body": False}

        tasks = [asyncio.create_task(_posted(app, body)) for _ in range(7)]
        refused, waiting = 0, set(tasks)
        while refused < 3:  # or one of them could come when room is made already
            done, waiting = await asyncio.wait(waiting, timeout=20, return_when=asyncio.FIRST_COMPLETED)
            refused += len(done) or 3
        end.set()
        return sorted(await asyncio.gather(*tasks))

    assert asyncio.run(crowd()) == [403] * 4 + [503] * 3


def test_a_form_that_never_ends_is_not_waited_for(console: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.console.web._BODY_SECONDS", 0.1)
    page = Page("/tep", lambda visit: visit.page("problem.html", problem="", code=0), None, ("POST",))

    async def body() -> dict[str, Any]:
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b"", "more_body": True}

    app = Site(console.services, (page,), public=True).application()
    assert asyncio.run(asyncio.wait_for(_posted(app, body), 20)) == 408


def test_no_store_is_asked_for_what_it_cannot_hold(console: Running) -> None:
    """PostgreSQL answers a NUL with an error, and a page would say that the store is away."""
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"q=a%00b", "headers": []}
    visit = Visit(Request({**scope, "path_params": {"r": "c\x00"}}), console.services, {"f": "\x00d"})
    assert (visit.asked("q"), visit.part("r"), visit.sent("f")) == ("a\ufffdb", "c\ufffd", "\ufffdd")
