"""Signing in and out: cookies, lock-out, rates, one's own password, sessions that end."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable

import pytest

from gateway.console.accounts import Accounts, Lockout, Role, hash_password
from gateway.console.brakes import Brake
from gateway.console.errors import AccountRefused
from gateway.console.routes import PAGES
from gateway.console.services import Services
from gateway.console.sessions import Sessions
from gateway.console.web import Site
from gateway.journal.query import Found, record_in
from gateway.journal.schema import decisions
from tests.unit.console.support import PASSWORD, REAL, Running, post, settings_in, sign_in, token_in


def actions(running: Running) -> list[tuple[str, str, str]]:
    """(what, about, by) of everything on record, oldest first."""
    with running.services.journal() as connection, connection.begin():
        rows = connection.execute(decisions.select().where(decisions.c.about.is_not(None)).order_by(decisions.c.id))
        records = [Found(row.id, record_in(row.payload, row.time)).record for row in rows]
    return [(one["what"], one["about"], one["by"]) for one in records]


def test_in_and_out(own: Running) -> None:
    client = own.client()
    assert client.get("/").headers["location"] == "/dang-nhap"
    assert sign_in(client, "quantri") == 303
    assert client.get("/").status_code == 200
    cookie = client.cookies["congthu-session"]
    assert post(client, "/dang-xuat", {}).headers["location"] == "/dang-nhap"
    client.cookies.set("congthu-session", cookie)  # the browser forgot it; a thief who kept it has nothing
    assert client.get("/").status_code == 303
    assert actions(own) == [("sign-in", "quantri", "quantri"), ("sign-out", "quantri", "quantri")]


def test_a_session_is_new_at_each_sign_in_and_only_its_digest_is_kept(own: Running) -> None:
    first, second = own.client(Role.VIEWER), own.client(Role.VIEWER)
    ids = {client.cookies["congthu-session"] for client in (first, second)}
    assert len(ids) == 2 and all(len(one) >= 43 for one in ids)
    planted = own.client()
    planted.cookies.set("congthu-session", "x" * 43)
    assert sign_in(planted, "xem") == 303
    assert planted.cookies.get("congthu-session", domain="testserver.local") != "x" * 43
    with own.services.directory.database.reading() as connection:
        kept = str(connection.exec_driver_sql("SELECT digest, client FROM console_sessions").all())
    assert not any(one in kept for one in ids)


@pytest.mark.parametrize(("name", "password"), [("quantri", "sai mat khau roi"), ("khong-co", PASSWORD), ("", "")])
def test_what_was_wrong_is_not_told(own: Running, name: str, password: str) -> None:
    client = own.client()
    form = client.get("/dang-nhap")
    found = client.post("/dang-nhap", data={"token": token_in(form.text), "name": name, "password": password})
    assert found.status_code == 401
    assert "Tên hoặc mật khẩu không đúng, hoặc tài khoản đang bị khóa." in found.text
    assert "congthu-session" not in client.cookies


def test_an_account_is_locked_for_a_while_and_even_the_right_password_is_refused(own: Running) -> None:
    accounts = Accounts(own.services.directory.database, Lockout(3, 900.0))
    now = time.time()
    assert [accounts.check("xem", "sai sai sai sai", now) for _ in range(3)] == [None] * 3
    assert accounts.check("xem", PASSWORD, now + 899) is None
    found = accounts.check("xem", PASSWORD, now + 901)
    assert found is not None and found.name == "xem"
    assert accounts.check("attt", PASSWORD, now) is not None  # nobody else is


def test_a_right_password_forgets_the_failures(own: Running) -> None:
    accounts = Accounts(own.services.directory.database, Lockout(3, 900.0))
    now = time.time()
    for _ in range(3):
        accounts.check("xem", "sai sai sai sai", now)
        accounts.check("xem", "sai sai sai sai", now)
        if accounts.check("xem", PASSWORD, now) is None:
            pytest.fail("locked although each third attempt was right")


def test_one_address_may_try_so_often(own: Running) -> None:
    own.services.sign_in_brake = Brake(2, 300.0)
    client = own.client()
    assert [sign_in(client, "quantri", "sai mat khau roi") for _ in range(3)] == [401, 401, 429]


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1", "x"])
def test_after_signing_in_one_stays_here(own: Running, wanted: str) -> None:
    client = own.client()
    token = token_in(client.get("/dang-nhap", params={"toi": wanted}).text)
    data = {"token": token, "name": "xem", "password": PASSWORD, "toi": wanted}
    assert client.post("/dang-nhap", data=data).headers["location"] == "/"


def test_after_signing_in_one_is_where_one_wanted_to_be(own: Running) -> None:
    client = own.client()
    asked = client.get("/quyet-dinh?action=reject&period=7").headers["location"]
    token = token_in(client.get(asked).text)
    data = {"token": token, "name": "xem", "password": PASSWORD, "toi": "/quyet-dinh?action=reject&period=7"}
    assert 'value="/quyet-dinh?action=reject&amp;period=7"' in client.get(asked).text
    assert client.post("/dang-nhap", data=data).headers["location"] == "/quyet-dinh?action=reject&period=7"


class TestCookies:
    def test_over_tls_they_are_bound_to_the_host(self, own: Running) -> None:
        client = own.client(base_url="https://testserver")
        token = token_in(client.get("/dang-nhap").text)
        found = client.post("/dang-nhap", data={"token": token, "name": "xem", "password": PASSWORD})
        (cookie,) = [one for one in found.headers.get_list("set-cookie") if "session" in one]
        assert cookie.startswith("__Host-congthu-session=")
        assert {"HttpOnly", "Path=/", "SameSite=lax", "Secure"} <= {part.strip() for part in cookie.split(";")}
        assert found.headers["strict-transport-security"] == "max-age=31536000"

    def test_a_trusted_proxy_says_that_it_is_tls(self, own: Running) -> None:
        settings = settings_in(own.services.settings.gateway.data_dir, trusted_proxies=["192.0.2.0/24"])
        services = Services(settings)
        behind = Running(services, Site(services, PAGES), own.runner)
        for peer, name in (("192.0.2.1", "__Host-congthu-form"), ("198.51.100.1", "congthu-form")):
            found = behind.client(peer=peer).get("/dang-nhap", headers={"x-forwarded-proto": "https"})
            assert found.headers["set-cookie"].startswith(f"{name}=")
        services.close()


class TestSessions:
    def test_they_end_by_idleness_and_by_age(self, own: Running) -> None:
        sessions = Sessions(own.services.directory.database, 1800.0, 3600.0)
        user = own.services.accounts.find("xem")
        assert user is not None
        id_ = sessions.begin(user, "192.0.2.7", 1000.0).id
        assert sessions.find(id_, 2700.0) is not None  # used: alive for another half hour
        assert sessions.find(id_, 4400.0) is not None
        assert sessions.find(id_, 4700.0) is None  # older than an hour
        idle = sessions.begin(user, "192.0.2.7", 1000.0).id
        assert sessions.find(idle, 2801.0) is None

    def test_they_end_with_the_account_the_role_and_the_password(self, own: Running) -> None:
        accounts, sessions = own.services.accounts, own.services.sessions
        user = accounts.find("xem")
        assert user is not None
        now = time.time()
        changes: tuple[Callable[[], None], ...] = (
            lambda: accounts.disable("xem"),
            lambda: accounts.disable("xem", False),
            lambda: accounts.set_role("xem", Role.SECURITY),
            lambda: accounts.set_password("xem", "mot mat khau khac han"),
        )
        for change in changes:
            id_ = sessions.begin(user, "", now).id
            change()
            assert sessions.find(id_, now) is None

    @pytest.mark.parametrize("id_", ["", "x", "\ud800" * 43, "%00" * 20, "x" * 5000])
    def test_no_text_is_a_session(self, own: Running, id_: str) -> None:
        assert own.services.sessions.find(id_, time.time()) is None


class TestAccounts:
    def test_a_password_is_kept_as_argon2id(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("gateway.console.accounts.HASHER", REAL)
        assert hash_password(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=1$")

    def test_composed_and_decomposed_letters_are_one_password(self, own: Running) -> None:
        own.services.accounts.set_password("xem", "m\u1ead t kh\u1ea9u c\u00f3 d\u1ea5u")
        given = unicodedata.normalize("NFD", "m\u1ead t kh\u1ea9u c\u00f3 d\u1ea5u")
        assert own.services.accounts.check("xem", given, time.time()) is not None

    @pytest.mark.parametrize("password", ["ngan", "a" * 40, "x" * 300, "quantri-quant"[:11]])
    def test_weak_ones_are_refused(self, password: str) -> None:
        with pytest.raises(AccountRefused):
            hash_password(password, "quantri")

    @pytest.mark.parametrize("name", ["", "Có Dấu", "a b", "-a", "x" * 65, "a\nb", "<b>"])
    def test_names(self, own: Running, name: str) -> None:
        with pytest.raises(AccountRefused):
            own.services.accounts.add(name, PASSWORD, Role.VIEWER)

    def test_there_is_always_an_administrator(self, own: Running) -> None:
        accounts = own.services.accounts
        changes: tuple[Callable[[], None], ...] = (
            lambda: accounts.disable("quantri"),
            lambda: accounts.set_role("quantri", Role.VIEWER),
        )
        for change in changes:
            with pytest.raises(AccountRefused):
                change()
        found = accounts.find("quantri")
        assert found is not None and not found.disabled and found.role is Role.ADMINISTRATOR
        accounts.set_role("attt", Role.ADMINISTRATOR)
        accounts.disable("quantri")


def test_one_changes_ones_own_password_with_the_old_one(own: Running) -> None:
    client, other = own.client(Role.VIEWER), own.client(Role.VIEWER)
    new = "mat khau moi that dai"
    wrong = post(client, "/tai-khoan", {"old": "khong dung dau", "new": new, "again": new})
    assert wrong.status_code == 400 and "Mật khẩu cũ không đúng." in wrong.text
    differs = post(client, "/tai-khoan", {"old": PASSWORD, "new": new, "again": "khac"})
    assert differs.status_code == 400
    done = post(client, "/tai-khoan", {"old": PASSWORD, "new": new, "again": new})
    assert done.headers["location"] == "/tai-khoan?xong=mat-khau"
    assert client.get("/").status_code == 200  # this browser has a new session
    assert other.get("/").status_code == 303  # the others have none
    assert sign_in(own.client(), "xem", new) == 303


def test_the_language_is_remembered_and_leads_nowhere_else(own: Running) -> None:
    client = own.client()
    assert client.get("/ngon-ngu/en?toi=//evil.example").headers["location"] == "/"
    assert "<h1>Sign in</h1>" in client.get("/dang-nhap").text
    client.get("/ngon-ngu/<script>")
    assert 'lang="en"' in client.get("/dang-nhap").text
