"""An OpenID provider as it is asked: where its addresses and keys are, and one question at a time. Blocking, bounded.

One thread asks for the addresses (OpenID Connect Discovery 1.0, 4); the others go on with what is known, or wait a
moment for it. What failed is remembered, and the provider is left alone for a while that doubles: a provider that hangs
takes a few threads for some seconds, not all of them at every sign-in.
"""

from __future__ import annotations

import ipaddress
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from gateway.errors import CongThuError

_TIMEOUT: Final = 10.0  # seconds for each step of a question, and for all of an answer
_LARGEST: Final = 256 * 1024  # octets of an answer
_PIECE: Final = 16 * 1024
_KNOWN: Final = 3600.0  # seconds for which the provider's addresses and keys are believed
_OLDEST: Final = 86400.0  # the same while it cannot be asked
_AGAIN: Final = 60.0  # seconds after which keys that did not fit are asked for once more
_AT_ONCE: Final = 3  # threads that ask or wait
_PATIENCE: Final = 2.0  # seconds to wait for another thread's answer
_REST: Final = (5.0, 300.0)  # seconds: after the first failure, and at most


class OidcError(CongThuError):
    """The provider cannot be asked, or what it says is not to be believed. For the log, not for a page."""


class OidcAway(OidcError):  # noqa: N818 -- it is away
    """It cannot be asked now: nothing was said about anybody."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the provider says of itself. `asked`: seconds since the epoch."""

    authorization: str
    token: str
    issuer: str
    keys: KeySet
    asked: float


class Rest:
    """How long nobody is asked after failures; not safe for threads by itself."""

    def __init__(self) -> None:
        self._until, self._seconds = 0.0, 0.0

    def holds(self, now: float) -> bool:
        """Whether it is left alone still. A clock that was put back lets it go."""
        return 0 < self._until - now <= _REST[1]

    def failed(self, now: float) -> None:
        """Twice as long as the last time."""
        self._seconds = min(self._seconds * 2 or _REST[0], _REST[1])
        self._until = now + self._seconds

    def worked(self) -> None:
        """From the beginning again."""
        self._until = self._seconds = 0.0


class Provider:
    """One provider. Any thread may use it; the times that are given are seconds since the epoch."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer
        self._turns = threading.BoundedSemaphore(_AT_ONCE)
        self._finding = threading.Lock()
        self._rest = Rest()
        self._known: Known | None = None

    def known(self, now: float, *, anew: bool = False) -> Known:
        """Its addresses and keys; `anew`: what is known did not fit. OidcAway, OidcError."""
        held = self._known
        if held is not None and now - held.asked <= (_AGAIN if anew else _KNOWN):
            return held
        usable = held if held is not None and not anew and now - held.asked <= _OLDEST else None
        try:
            return self._found(now, held, patience=0.0 if usable is not None else _PATIENCE)
        except OidcError:
            if usable is None:
                raise
            return usable

    def ask(self, url: str, form: Mapping[str, str], authorization: str, now: float) -> Mapping[str, Any]:
        """A POST to one of its addresses; the JSON object that comes. OidcAway, OidcError."""
        if self._rest.holds(now):
            raise OidcAway("the provider did not answer lately, and is left alone")
        with self._turn():
            try:
                said = ask(url, form, authorization)
            except OidcAway:  # what it answers to a code that somebody made up says nothing of itself
                self._rest.failed(now)
                raise
        self._rest.worked()
        return said

    def _found(self, now: float, held: Known | None, *, patience: float) -> Known:
        with self._turn():
            if not (self._finding.acquire(timeout=patience) if patience else self._finding.acquire(blocking=False)):
                raise OidcAway("the provider is being asked")
            try:
                if self._known is not None and self._known is not held:  # another thread was quicker
                    return self._known
                return self._discovered(now)
            finally:
                self._finding.release()

    def _discovered(self, now: float) -> Known:
        if self._rest.holds(now):
            raise OidcAway("the provider did not answer lately, and is left alone")
        try:
            found = self._known = discovered(self._issuer, now)
        except OidcError:
            self._rest.failed(now)
            raise
        self._rest.worked()
        return found

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(blocking=False):
            raise OidcAway("too many ask the provider at once")
        try:
            yield
        finally:
            self._turns.release()


def discovered(issuer: str, now: float) -> Known:
    """Ask a provider what it is. OidcError."""
    said = ask(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if said.get("issuer") != issuer:
        raise OidcError("the provider calls itself otherwise than console.oidc.issuer")
    places = [said.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    authorization, token, keys = (_safe(place) for place in places)
    try:
        held = KeySet.import_key_set(ask(keys))  # type: ignore[arg-type]
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise OidcError(f"the provider's keys cannot be read: {type(error).__name__}") from error
    return Known(authorization, token, issuer, held, now)


def _safe(url: object) -> str:
    """An address that may be asked: https, or http on this machine. OidcError."""
    if isinstance(url, str) and len(url) <= 2000:
        parts = urlsplit(url)
        if parts.scheme == "https" or (parts.scheme == "http" and _is_here(parts.hostname or "")):
            return url
    raise OidcError("the provider names an address that is not https")


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A provider answers itself, or not at all."""

    def redirect_request(self, *_: Any) -> None:
        """None: the redirect is the error that it is."""


_OPENER: Final = urllib.request.build_opener(_NoRedirect)


def ask(url: str, form: Mapping[str, str] | None = None, authorization: str = "") -> Mapping[str, Any]:
    """A GET, or with `form` a POST; the JSON object that comes. OidcError; OidcAway where no answer comes."""
    data = urlencode(form).encode() if form is not None else None
    request = urllib.request.Request(_safe(url), data, {"Accept": "application/json"})  # noqa: S310 -- _safe
    if authorization:
        request.add_header("Authorization", authorization)
    try:
        with _OPENER.open(request, timeout=_TIMEOUT) as answer:
            text = _read(answer)
    except urllib.error.HTTPError as error:
        error.close()
        raise OidcError(f"the provider answered {error.code}") from None
    except (OSError, HTTPException, ValueError) as error:
        raise OidcAway(f"the provider cannot be asked: {type(error).__name__}") from error
    return _object(text)


def _read(answer: HTTPResponse) -> bytes:
    """An answer of bounded size, in bounded time however slowly it drips. TimeoutError."""
    until, text = time.monotonic() + _TIMEOUT, bytearray()
    while len(text) < _LARGEST and (piece := answer.read1(_PIECE)):
        text += piece
        if time.monotonic() > until:
            raise TimeoutError
    return bytes(text)


def _object(text: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise OidcError(f"the provider's answer is no JSON: {type(error).__name__}") from error
    if not isinstance(said, dict):
        raise OidcError("the provider's answer is no JSON object")
    return said
