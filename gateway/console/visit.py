"""One request as a page sees it: who asks, what was sent, and how to answer. Nothing here knows a particular page."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from gateway.console.accounts import Role
from gateway.console.client import address_of, secure
from gateway.console.notices import NOTICES
from gateway.console.rendering import render
from gateway.console.services import Services
from gateway.console.sessions import Session, token_of
from gateway.journal.decision import Note

_PATH: Final = re.compile(r"/(?![/\\])[A-Za-z0-9/._~%?=&@:+-]{0,500}")
_LONGEST: Final = 500  # characters of a value in an address
LANGUAGES: Final = ("vi", "en")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent: the name that its sender gave it, and what is in it."""

    name: str
    content: bytes


@dataclass(slots=True)
class Visit:
    """`form`: what a POST sent, `uploads`: its files. `menu`: what the frame shows, each (path, name, is it here)."""

    request: Request
    services: Services
    form: Mapping[str, str] = field(default_factory=dict)
    uploads: Mapping[str, Upload] = field(default_factory=dict)
    session: Session | None = None
    menu: tuple[tuple[str, str, bool], ...] = ()
    now: float = field(default_factory=time.time)
    frame: str = "frame.html"
    _fresh: str = ""

    @property
    def client(self) -> str:
        """The address of whoever asks; a trusted proxy's word is taken."""
        return address_of(self.request.scope, self.services.settings.console.trusted_proxies)

    @property
    def secure(self) -> bool:
        """Whether it came over TLS, to us or to a trusted proxy."""
        return secure(self.request.scope, self.services.settings.console.trusted_proxies)

    @property
    def role(self) -> Role | None:
        """What whoever asks may do."""
        return self.session.user.role if self.session is not None else None

    @property
    def by(self) -> str:
        """Whoever asks, for the record."""
        return self.session.user.name if self.session is not None else ""

    def may(self, role: Role) -> bool:
        """Whether whoever asks may do what this role may."""
        return self.role is not None and self.role >= role

    @property
    def language(self) -> str:
        """The language of the answer."""
        chosen = self.request.cookies.get("congthu-language", "")
        return chosen if chosen in LANGUAGES else self.services.settings.console.language

    def cookie(self, name: str) -> str:
        """A cookie's name as it is set here: bound to this host alone where there is TLS (RFC 6265bis 4.1.3.2)."""
        return f"__Host-congthu-{name}" if self.secure else f"congthu-{name}"

    @property
    def secret(self) -> str:
        """What forms are bound to: the session, or before that a random value of this browser's."""
        if self.session is not None:
            return self.session.id
        held = self.request.cookies.get(self.cookie("form"), "")
        if len(held) >= 40:
            return held
        self._fresh = self._fresh or secrets.token_urlsafe(32)
        return self._fresh

    @property
    def token(self) -> str:
        """The hidden field of every form."""
        return token_of(self.secret)

    def asked(self, name: str) -> str:
        """A value of the address, bounded; "" where it is not there."""
        return _storable(self.request.query_params.get(name, "")[:_LONGEST]).strip()

    def sent(self, name: str, most: int = 4000) -> str:
        """A value of the form, bounded; "" where it is not there."""
        return _storable(self.form.get(name, "")[:most]).strip()

    def part(self, name: str) -> str:
        """A part of the path."""
        return _storable(str(self.request.path_params.get(name, ""))[:_LONGEST])

    def address(self, **changes: str | None) -> str:
        """This page's address with some values changed; None or "" takes one away."""
        values = {**dict(self.request.query_params), **changes}
        kept = {name: value for name, value in values.items() if value}
        path = quote(self.request.url.path)
        return f"{path}?{urlencode(kept)}" if kept else path

    @property
    def notice(self) -> str:
        """What was just done, as the address names it; "" for nothing that is known."""
        found = NOTICES.get(self.asked("xong"))
        return found.of(self.language) if found is not None else ""

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page of a template."""
        text = render(template, self.language, visit=self, **values)
        response = HTMLResponse(text, status)
        if self._fresh:
            self.keep(response, "form", self._fresh)
        return response

    def go(self, path: str, done: str = "") -> Response:
        """To another page of ours, with a GET; `done`: what it says there (`notices.py`)."""
        path = path if _PATH.fullmatch(path) else "/"
        mark = "&" if "?" in path else "?"
        return RedirectResponse(f"{path}{mark}xong={done}" if done else path, 303)

    def keep(self, response: Response, name: str, value: str, *, seconds: int | None = None) -> None:
        """Set a cookie that no script reads and that no other site sends along with a form."""
        response.set_cookie(
            self.cookie(name), value, max_age=seconds, path="/", secure=self.secure, httponly=True, samesite="lax"
        )

    def forget(self, response: Response, name: str) -> None:
        """Take a cookie away."""
        self.keep(response, name, "", seconds=0)

    def record(self, what: str, about: str, text: str = "", *, by: str = "", kind: str = "action") -> None:
        """Put an action on record before it is done. JournalUnavailable: then it must not be done."""
        made: Any = "review" if kind == "review" else "action"
        note = Note(made, plain(about), plain(text), by=plain(by or self.by or "?"), what=what, client=self.client)
        self.services.actions.record(note)


def plain(text: str) -> str:
    """Bounded, and without what a store cannot keep."""
    return _storable(text[:4000]).encode(errors="replace").decode()


def _storable(text: str) -> str:
    """PostgreSQL takes every character but one: to ask for it is an error."""
    return text.replace("\x00", "\ufffd")


def is_local(path: str) -> bool:
    """Whether a path leads to a page of ours and nowhere else."""
    return _PATH.fullmatch(path) is not None
