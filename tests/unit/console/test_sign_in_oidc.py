"""Signing in through an OpenID provider: with everything right somebody comes in; with anything wrong nobody does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey

from gateway.console.accounts import Role
from gateway.console.routes import PAGES
from gateway.console.services import Services
from gateway.console.web import Site
from tests.unit.console.provider import CLIENT, OCT, SECRET, Provider, provider
from tests.unit.console.support import PASSWORD, Browser, Running, settings_in
from tests.unit.console.test_sign_in import actions

START, BACK = "/dang-nhap/oidc", "/dang-nhap/oidc/xong"


@pytest.fixture
def there() -> Iterator[Provider]:
    with provider() as made:
        yield made


@pytest.fixture
def make(there: Provider, tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """A console of which the provider knows; `oidc` changes what it knows of the provider."""
    running: list[Running] = []
    runner = asyncio.Runner()

    def start(**oidc: Any) -> Running:
        (tmp_path / "secret").write_text(SECRET)
        given = {"issuer": there.issuer, "client_id": CLIENT, "client_secret_file": str(tmp_path / "secret"), **oidc}
        services = Services(settings_in(tmp_path, url="https://congthu.tinh.example", oidc=given))
        services.prepare()
        for name, role in (("quantri", Role.ADMINISTRATOR), ("xem", Role.VIEWER)):
            services.accounts.add(name, PASSWORD, role)
        running.append(Running(services, Site(services, PAGES), runner))
        return running[-1]

    yield start
    for one in running:
        one.services.close()
    runner.close()


def leave(client: Browser, wanted: str = "") -> str:
    found = client.get(START, params={"toi": wanted} if wanted else {})
    assert found.status_code == 303, found.text
    return str(found.headers["location"])


def come_in(client: Browser, there: Provider, wanted: str = "") -> httpx.Response:
    return client.get(f"{BACK}?{there.sign_in(leave(client, wanted))}")


def test_in(make: Callable[..., Running], there: Provider) -> None:
    running = make()
    client = running.client()
    assert START in client.get("/dang-nhap").text
    address = leave(client, "/quyet-dinh?rule=spam")
    assert "redirect_uri=https%3A%2F%2Fcongthu.tinh.example%2Fdang-nhap%2Foidc%2Fxong" in address
    found = client.get(f"{BACK}?{there.sign_in(address)}")
    assert (found.status_code, found.headers["location"]) == (303, "/quyet-dinh?rule=spam")
    assert client.get("/").status_code == 200
    assert actions(running) == [("sign-in", "quantri", "quantri")]


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "/dang-nhap/oidc"])
def test_nobody_is_sent_elsewhere(make: Callable[..., Running], there: Provider, wanted: str) -> None:
    assert come_in(make().client(), there, wanted).headers["location"] == "/"


LIES: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://evil.example"},
    "another client": {"aud": "another"},
    "two clients": {"aud": [CLIENT, "another"]},
    "given to another": {"azp": "another"},
    "over": {"exp": int(time.time()) - 3600},
    "of tomorrow": {"iat": int(time.time()) + 86400},
    "no end": {"exp": None},
    "an odd end": {"exp": "never"},
    "another sign-in": {"nonce": "x" * 43},
    "no nonce": {"nonce": None},
    "no name": {"preferred_username": None},
    "a name that is no text": {"preferred_username": ["quantri"]},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_lies(make: Callable[..., Running], there: Provider, lie: str) -> None:
    running = make()
    client = running.client()
    there.claims = LIES[lie]
    assert come_in(client, there).status_code == 401
    assert client.get("/").status_code == 303
    assert [what for what, _, _ in actions(running)] == ["sign-in-failed"]


def test_signatures(make: Callable[..., Running], there: Provider) -> None:
    running = make()
    there.key = ECKey.generate_key("P-256", {"kid": "1"})  # not the one that it publishes
    assert come_in(running.client(), there).status_code == 401


def test_a_key_that_everybody_knows_signs_nothing(make: Callable[..., Running], there: Provider) -> None:
    there.key, there.algorithm, there.published = OCT, "HS256", []
    there.shared = [dict(OCT.as_dict(private=True))]
    assert come_in(make().client(), there).status_code == 401


def test_new_keys_are_found(make: Callable[..., Running], there: Provider) -> None:
    running = make()
    assert come_in(running.client(), there).status_code == 303
    assert running.services.oidc is not None and running.services.oidc._provider._known is not None
    object.__setattr__(running.services.oidc._provider._known, "asked", time.time() - 120)
    there.key = ECKey.generate_key("P-256", {"kid": "1"})
    there.published = [there.key]
    assert come_in(running.client(), there).status_code == 303


def test_only_the_browser_that_left_comes_back(make: Callable[..., Running], there: Provider) -> None:
    running = make()
    mine, other = running.client(), running.client()
    query = there.sign_in(leave(mine))
    assert other.get(f"{BACK}?{query}").status_code == 400
    leave(other)
    assert other.get(f"{BACK}?{query}").status_code == 400
    assert mine.get(f"{BACK}?code=c1&state=x").status_code == 400
    assert mine.get(f"{BACK}?{query}").status_code == 303
    assert mine.get(f"{BACK}?{query}").status_code == 400, "once"


def test_a_code_that_is_none_and_a_refusal(make: Callable[..., Running], there: Provider) -> None:
    running = make()
    for answer in ("code=nothing", "error=access_denied"):
        client = running.client()
        state = there.sign_in(leave(client)).partition("state=")[2]
        assert client.get(f"{BACK}?{answer}&state={state}").status_code == 401


def test_an_account_that_is_closed(make: Callable[..., Running], there: Provider) -> None:
    running = make()
    there.claims = {"preferred_username": "xem"}
    assert come_in(running.client(), there).status_code == 303
    running.services.accounts.disable("xem")
    found = come_in(running.client(), there)
    assert found.status_code == 403 and "xem</b>" in found.text


def test_an_address_must_be_verified(make: Callable[..., Running], there: Provider) -> None:
    running = make(claim="email")
    running.services.accounts.add("an@tinh.example", PASSWORD, Role.VIEWER)
    there.claims = {"email": "an@tinh.example"}
    assert come_in(running.client(), there).status_code == 401
    there.claims = {"email": "an@tinh.example", "email_verified": True}
    assert come_in(running.client(), there).status_code == 303


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": None},
    ],
)
def test_a_provider_that_is_not_what_it_should_be(
    make: Callable[..., Running], there: Provider, change: dict[str, Any]
) -> None:
    running = make()
    there.document |= change
    assert running.client().get(START).status_code == 503


def test_a_provider_that_sends_on_or_is_away(make: Callable[..., Running], there: Provider) -> None:
    there.moved = True
    assert make().client().get(START).status_code == 503


def test_where_none_is_configured(make: Callable[..., Running]) -> None:
    client = make(issuer="").client()
    assert START not in client.get("/dang-nhap").text
    assert client.get(START).status_code == 404
    assert client.get(BACK).status_code == 404


def test_as_often_as_a_password(make: Callable[..., Running]) -> None:
    client = make().client()
    assert [client.get(START).status_code for _ in range(12)][-1] == 429
