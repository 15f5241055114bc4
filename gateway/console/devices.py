"""Browsers that signed in before: a lock-out, which any stranger can bring about, does not keep these out.

A cookie that only whoever had the password can have (OWASP, "device cookies"). Nothing is stored; a new password makes
all of them worthless. It opens nothing by itself: the password is asked for as ever, with a brake for each browser.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final, Self

from gateway.config import Settings
from gateway.console.accounts import User
from gateway.console.sessions import same
from gateway.errors import StartError
from gateway.keyfile import derived, key_path, shared_key

SECONDS: Final = 180 * 86400
"""For which a browser is remembered."""
_LONGEST: Final = 200


class Devices:
    """Makes and reads the cookies. `key`: of this purpose only."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """With a key that all nodes share; where it cannot be had, with one that ends with the process."""
        try:
            return cls(derived(shared_key(key_path(settings)), "console device"))
        except StartError:
            return cls(secrets.token_bytes(32))

    def cookie(self, user: User) -> str:
        """What a browser keeps in which this account signed in."""
        name = secrets.token_urlsafe(16)
        return f"{name}.{self._mark(name, user)}"

    def name(self, cookie: str, user: User | None) -> str:
        """Which browser it is, where this account signed in there; "" for any other."""
        name, _, mark = cookie[:_LONGEST].partition(".")
        return name if user is not None and same(mark, self._mark(name, user)) else ""

    def _mark(self, name: str, user: User) -> str:
        text = f"{name}\n{user.name}\n{round(user.changed * 1e6)}"
        return hmac.new(self._key, text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
