"""A console over a filled store, asked over ASGI: what the tests of its pages share."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from argon2 import PasswordHasher
from starlette.types import ASGIApp

from gateway.cli.demo_weeks import fill
from gateway.config import Settings
from gateway.config_file import settings_from
from gateway.console import accounts, patience
from gateway.console.accounts import Role
from gateway.console.routes import PAGES
from gateway.console.services import Services
from gateway.console.web import Site

__all__ = ["Browser", "Running", "fill", "post", "running", "settings_in", "sign_in", "token_in"]
REAL = accounts.HASHER
accounts.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
patience.LEAST = 0.0
NOW = 1_795_000_000.0  # a Wednesday in November 2026
PASSWORD = "mat khau du dai de thu"
NAMES = {Role.VIEWER: "xem", Role.SECURITY: "attt", Role.ADMINISTRATOR: "quantri"}


def settings_in(
    folder: Path,
    store: dict[str, str] | None = None,
    imap: dict[str, Any] | None = None,
    ldap: dict[str, Any] | None = None,
    **console: Any,
) -> Settings:
    """A district's gateway with its data in a folder."""
    data: dict[str, Any] = {
        "gateway": {
            "hostname": "gw.tinh.example",
            "data_dir": str(folder),
            "domains": ["tphcm.gov.vn"],
            "regulation": "tphcm-q4-03-2013",
        },
        "listener": [{"name": "inbound", "bind": "127.0.0.1:2525", "direction": "inbound", "upstream": "m"}],
        "upstream": {"m": {"maildir": "maildir"}},
        "http": {"bind": "127.0.0.1:1"},
        "request_channel": [{"address": "capthu.q4@tphcm.gov.vn"}],
        "store": store or {},
        "imap": imap or {},
        "ldap": ldap or {},
        "console": {"bind": "127.0.0.1:9180", **console},
    }
    return settings_from(data)


class Browser:
    """A browser over ASGI: keeps cookies, follows nothing. One event loop serves all requests."""

    def __init__(self, runner: asyncio.Runner, app: ASGIApp, base_url: str, peer: str) -> None:
        transport = httpx.ASGITransport(app, raise_app_exceptions=True, client=(peer, 40000))
        self._runner = runner
        self._client = httpx.AsyncClient(transport=transport, base_url=base_url, follow_redirects=False)

    @property
    def cookies(self) -> httpx.Cookies:
        """What it keeps."""
        return self._client.cookies

    def get(self, path: str, **options: Any) -> httpx.Response:
        """A GET."""
        return self._runner.run(self._client.get(path, **options))

    def post(self, path: str, **options: Any) -> httpx.Response:
        """A POST, as it is: with `data`, a form."""
        return self._runner.run(self._client.post(path, **options))

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Anything else."""
        return self._runner.run(self._client.request(method, path, **options))


@dataclass(slots=True)
class Running:
    """Services with an account for each role, and the staff's site."""

    services: Services
    site: Site
    runner: asyncio.Runner

    def client(self, role: Role | None = None, base_url: str = "http://testserver", peer: str = "192.0.2.9") -> Browser:
        """A browser, signed in as somebody of this role."""
        made = Browser(self.runner, self.site.application(), base_url, peer)
        if role is not None:
            sign_in(made, NAMES[role])
        return made


@contextmanager
def running(folder: Path, *, days: int = 2, now: float = NOW) -> Iterator[Running]:
    """A console over `days` of invented mail."""
    services = Services(settings_in(folder))
    if not (folder / "congthu.db").exists():
        services.prepare()
        for role, name in NAMES.items():
            services.accounts.add(name, PASSWORD, role, f"Người dùng {name}")
    if days:
        fill(services.settings, now, days)
    try:
        with asyncio.Runner() as runner:
            yield Running(services, Site(services, PAGES), runner)
    finally:
        services.close()


def token_in(text: str) -> str:
    """The hidden field of a page's first form."""
    found = re.search(r'name="token" value="([0-9a-f]{64})"', text)
    assert found is not None, text[:2000]
    return found[1]


def sign_in(client: Browser, name: str, password: str = PASSWORD) -> int:
    """Sign in; the status."""
    form = client.get("/dang-nhap")
    data = {"token": token_in(form.text), "name": name, "password": password}
    return client.post("/dang-nhap", data=data).status_code


def post(client: Browser, path: str, data: Mapping[str, str], page: str = "/tai-khoan", **more: Any) -> httpx.Response:
    """A form with its token, as a page of ours sends it."""
    token = token_in(client.get(page).text)
    return client.post(path, data={"token": token, **data}, **more)
