"""Who may what: every route for every role, in a table that a new route must join."""

from __future__ import annotations

import pytest

from gateway.console.accounts import Role
from gateway.console.routes import PAGES
from tests.unit.console.support import Browser, Running, token_in

V, S, A = Role.VIEWER, Role.SECURITY, Role.ADMINISTRATOR

# (method, path): the least role that gets past the door; None: everybody. Written by hand, on purpose.
TABLE: dict[tuple[str, str], Role | None] = {
    ("GET", "/dang-nhap"): None,
    ("POST", "/dang-nhap"): None,
    ("GET", "/dang-nhap/oidc"): None,
    ("GET", "/dang-nhap/oidc/xong"): None,
    ("POST", "/dang-xuat"): V,
    ("GET", "/ngon-ngu/{language}"): None,
    ("GET", "/"): V,
    ("GET", "/quyet-dinh"): V,
    ("POST", "/quyet-dinh/xuat/{kind}"): S,
    ("GET", "/quyet-dinh/{reference}"): V,
    ("POST", "/quyet-dinh/{reference}/danh-gia"): S,
    ("GET", "/nguoi-gui"): V,
    ("GET", "/nguoi-gui/xem"): V,
    ("POST", "/nguoi-gui/khoa"): S,
    ("POST", "/nguoi-gui/go"): S,
    ("GET", "/hop-thu"): V,
    ("GET", "/hop-thu/xem"): V,
    ("POST", "/hop-thu/khoa"): S,
    ("POST", "/hop-thu/mo"): S,
    ("GET", "/yeu-cau"): V,
    ("POST", "/yeu-cau/tra-loi"): S,
    ("GET", "/quy-che"): V,
    ("GET", "/quy-che/lenh"): V,
    ("POST", "/quy-che/lenh/che-do"): S,
    ("POST", "/quy-che/lenh/mien-tru"): S,
    ("POST", "/quy-che/lenh/thu-hoi"): S,
    ("GET", "/bao-cao"): V,
    ("POST", "/bao-cao/lap"): V,
    ("POST", "/bao-cao/thanh-tra"): S,
    ("GET", "/chuyen-ma"): V,
    ("POST", "/chuyen-ma"): V,
    ("POST", "/chuyen-ma/tai-ve"): V,
    ("GET", "/nhat-ky"): S,
    ("GET", "/tai-khoan"): V,
    ("POST", "/tai-khoan"): V,
    ("GET", "/nguoi-dung"): A,
    ("POST", "/nguoi-dung/tao"): A,
    ("POST", "/nguoi-dung/sua"): A,
}


def test_every_route_stands_in_the_table() -> None:
    assert {(method, page.path): page.needs for page in PAGES for method in page.methods} == TABLE


def _answer(client: Browser, method: str, path: str, token: str) -> tuple[int, str]:
    concrete = path.format(language="vi", kind="pdf", reference="0000-0000-0000-0000")
    found = client.get(concrete) if method == "GET" else client.post(concrete, data={"token": token})
    return found.status_code, found.headers.get("location", "")


@pytest.mark.parametrize("role", [None, V, S, A])
def test_each_role_gets_what_the_table_says(filled: Running, role: Role | None) -> None:
    client = filled.client(role)
    for (method, path), needs in TABLE.items():
        if path == "/dang-xuat" and role is not None:
            continue  # it would end the session; test_sign_in.py
        token = token_in(client.get("/tai-khoan" if role else "/dang-nhap").text)
        status, location = _answer(client, method, path, token)
        if needs is None:
            assert status not in (403, 500), (path, status)
        elif role is None:
            assert (status, location.partition("?")[0]) == (303, "/dang-nhap"), (method, path, status, location)
        elif role < needs:
            assert status == 403, (method, path, role, status)
        else:
            assert status not in (303, 403, 500) or method == "POST", (method, path, role, status)
            assert status not in (403, 500), (method, path, role, status)


@pytest.mark.parametrize("role", [V, S])
def test_the_menu_shows_what_the_role_may(filled: Running, role: Role) -> None:
    text = filled.client(role).get("/").text
    assert ('href="/nhat-ky"' in text) == (role >= S)
    assert 'href="/nguoi-dung"' not in text
