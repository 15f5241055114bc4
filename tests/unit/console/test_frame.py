"""What stands around every page: forms that are ours, bounded bodies, headers, errors that tell nothing, rates."""

from __future__ import annotations

import pytest
from starlette.responses import Response

from gateway.console.accounts import Role
from gateway.console.brakes import Brake
from gateway.console.page import Page
from gateway.console.routes import PAGES
from gateway.console.visit import Visit
from gateway.console.web import Site
from gateway.directory.errors import DirectoryUnavailable
from gateway.errors import JournalUnavailable
from tests.unit.console.support import NAMES, Running, post, sign_in, token_in

POSTS = [page for page in PAGES if "POST" in page.methods]


@pytest.mark.parametrize("page", POSTS, ids=lambda page: page.path)
@pytest.mark.parametrize(
    ("token", "headers"),
    [
        ("", {}),
        ("0" * 64, {}),
        ("\u1ea5" * 64, {}),
        ("right", {"origin": "https://evil.example"}),
        ("right", {"origin": "null"}),
        ("right", {"sec-fetch-site": "cross-site"}),
        ("right", {"sec-fetch-site": "same-site"}),
    ],
)
def test_a_form_from_elsewhere_does_nothing(filled: Running, page: Page, token: str, headers: dict[str, str]) -> None:
    client = filled.client(None if page.needs is None else Role.ADMINISTRATOR)
    right = token_in(client.get("/dang-nhap" if page.needs is None else "/tai-khoan").text)
    path = page.path.format(kind="csv", reference="0000-0000-0000-0000")
    data = {"token": right if token == "right" else token, "name": "xem", "who": "a@b.example", "reason": "vì sao"}
    assert client.post(path, data=data, headers=headers).status_code == 403
    with filled.services.directory.database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM console_users").scalar() == len(NAMES)


def test_anothers_token_is_none(filled: Running) -> None:
    """A token is bound to its session: one's own does not open another's forms."""
    mine, theirs = filled.client(Role.SECURITY), filled.client(Role.SECURITY)
    token = token_in(mine.get("/tai-khoan").text)
    data = {"token": token, "who": "a@b.example", "reason": "vì sao"}
    assert theirs.post("/nguoi-gui/khoa", data=data).status_code == 403


@pytest.mark.parametrize("path", ["/dang-nhap", "/", "/khong-co", "/tinh/x/y.css", "/quyet-dinh?since=hom-nay"])
def test_every_answer_has_the_headers(filled: Running, path: str) -> None:
    found = filled.client(Role.VIEWER).get(path)
    policy = found.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert found.headers["x-content-type-options"] == "nosniff"
    assert found.headers["x-frame-options"] == "DENY"
    assert found.headers["cache-control"] == "no-store"
    assert "server" not in found.headers


def test_our_own_files_may_be_kept_for_ever(filled: Running) -> None:
    client = filled.client()
    text = client.get("/dang-nhap").text
    path = text.partition('rel="stylesheet" href="')[2].partition('"')[0]
    found = client.get(path)
    assert found.headers["content-type"] == "text/css; charset=utf-8"
    assert found.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert client.get(path.replace("/tinh/", "/tinh/0")).status_code == 404


def test_no_page_has_inline_script_or_style(filled: Running) -> None:
    client = filled.client(Role.ADMINISTRATOR)
    for page in PAGES:
        if "GET" in page.methods and "{" not in page.path:
            text = client.get(page.path).text
            assert " style=" not in text and "<style" not in text and " onclick=" not in text, page.path
            assert text.count("<script") == text.count('<script src="/tinh/'), page.path


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods(filled: Running, method: str) -> None:
    assert filled.client(Role.ADMINISTRATOR).request(method, "/nguoi-gui").status_code in (404, 405)


class TestBodies:
    def test_too_much(self, own: Running) -> None:
        client = own.client()
        data = {"token": token_in(client.get("/dang-nhap").text), "name": "x" * 70_000}
        assert client.post("/dang-nhap", data=data).status_code == 413

    def test_endless(self, own: Running) -> None:
        """It is cut off where the bound is, not read to its end."""
        sent = 0

        async def body() -> object:
            nonlocal sent
            for _ in range(10_000):
                sent += 1
                yield b"a" * 1024

        headers = {"content-type": "application/x-www-form-urlencoded"}
        assert own.client().post("/dang-nhap", content=body(), headers=headers).status_code == 413
        assert sent < 100

    @pytest.mark.parametrize(
        ("content", "kind", "status"),
        [
            (b"{}", "application/json", 415),
            (b"a=b", "", 415),
            (b"--x\r\n", "multipart/form-data; boundary=x", 415),
            (b"&".join([b"a=b"] * 100), "application/x-www-form-urlencoded", 400),
            (b"\xff\xfe%00%ff=%zz", "application/x-www-form-urlencoded", 403),
        ],
    )
    def test_odd(self, own: Running, content: bytes, kind: str, status: int) -> None:
        found = own.client().post("/dang-nhap", content=content, headers={"content-type": kind})
        assert found.status_code == status


class TestUploads:
    def _site(self, own: Running) -> Running:
        def page(visit: Visit) -> Response:
            found = visit.uploads["tep"]
            return Response(f"{found.name} {len(found.content)} {visit.sent('a')}")

        pages = (*PAGES, Page("/tai-len", page, None, ("POST",), most=100_000, uploads=1))
        return Running(own.services, Site(own.services, pages), own.runner)

    def test_a_file(self, own: Running) -> None:
        client = self._site(own).client()
        token = token_in(client.get("/dang-nhap").text)
        files = {"tep": ("báo cáo.txt", b"x" * 5000)}
        found = client.post("/tai-len", data={"token": token, "a": "1"}, files=files)
        assert found.text == "báo cáo.txt 5000 1"

    def test_too_large(self, own: Running) -> None:
        client = self._site(own).client()
        token = token_in(client.get("/dang-nhap").text)
        found = client.post("/tai-len", data={"token": token}, files={"tep": ("a", b"x" * 200_000)})
        assert found.status_code == 413

    def test_too_many(self, own: Running) -> None:
        client = self._site(own).client()
        token = token_in(client.get("/dang-nhap").text)
        files = [("tep", ("a", b"x")), ("tep", ("b", b"x"))]
        assert client.post("/tai-len", data={"token": token}, files=files).status_code == 400


class TestFailures:
    @pytest.mark.parametrize(
        ("error", "status"),
        [
            (RuntimeError("secret-detail"), 500),
            (DirectoryUnavailable("secret-detail"), 503),
            (JournalUnavailable("secret-detail"), 503),
        ],
    )
    def test_what_went_wrong_is_not_told(self, own: Running, error: Exception, status: int) -> None:
        def page(_: Visit) -> Response:
            raise error

        site = Site(own.services, (*PAGES, Page("/hong", page, Role.VIEWER)))
        found = Running(own.services, site, own.runner).client(Role.VIEWER).get("/hong")
        assert found.status_code == status
        assert "secret-detail" not in found.text and "Traceback" not in found.text

    def test_nothing_is_done_that_cannot_be_put_on_record(self, own: Running, monkeypatch: pytest.MonkeyPatch) -> None:
        client = own.client(Role.SECURITY)

        def broken(*_: object) -> None:
            raise JournalUnavailable("away")

        monkeypatch.setattr(own.services.actions, "record", broken)
        found = post(client, "/nguoi-gui/khoa", {"who": "a@tphcm.gov.vn", "reason": "mất quyền kiểm soát"})
        assert found.status_code == 503
        assert own.services.blocks.find("a@tphcm.gov.vn") is None


def test_one_client_may_ask_so_often(own: Running) -> None:
    own.services.pages_brake = Brake(3, 60.0)
    client = own.client()
    assert [client.get("/dang-nhap").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert own.client(peer="192.0.2.10").get("/dang-nhap").status_code == 200


def test_somebody_signs_in_at_a_console_in_english(own: Running) -> None:
    client = own.client(Role.VIEWER)
    client.get("/ngon-ngu/en")
    assert "Overview" in client.get("/").text
    assert sign_in(own.client(), "xem") == 303
