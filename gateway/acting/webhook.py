"""Tells another program of steps over HTTP: JSON, signed, so that it can tell us from a stranger and now from long ago.

The signature is HMAC-SHA256, in hexadecimal, of the timestamp, a dot and the body (X-Congthu-Timestamp: seconds since
the epoch; X-Congthu-Signature: sha256=...). Whoever takes it answers 2xx when the steps are done. The same steps may
come again after a crash, with the same X-Congthu-Delivery: doing them twice must change nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from gateway.acting.command import Said
from gateway.errors import StartError

TIMEOUT: Final = 15.0
"""Seconds for one call."""


def checked(url: str) -> str:
    """The URL, where it is https or stays on this machine. StartError."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        fine = parts.scheme == "https" or (parts.scheme == "http" and _is_here(host))
    except ValueError:
        fine, host = False, ""
    if not fine or not host:
        raise StartError("lifecycle.webhook: https://, or http:// to this machine only")
    return url


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def signature(key: str, stamp: int, body: bytes) -> str:
    """What X-Congthu-Signature holds."""
    return "sha256=" + hmac.new(key.encode(), b"%d." % stamp + body, hashlib.sha256).hexdigest()


class Webhook:
    """`url`: as `checked` gives it; `key`: the signature's. `clock`: seconds since the epoch."""

    def __init__(self, url: str, key: str, clock: Callable[[], float] = time.time) -> None:
        self._url, self._key, self._clock = url, key, clock

    async def post(self, body: bytes, delivery: str) -> Said:
        """One call, on a connection of its own. Done where the answer is 2xx; no redirect is followed. Never raises."""
        stamp = int(self._clock())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "congthu",
            "X-Congthu-Timestamp": str(stamp),
            "X-Congthu-Delivery": delivery,
            "X-Congthu-Signature": signature(self._key, stamp, body),
        }
        try:
            async with (
                aiohttp.ClientSession(
                    timeout=aiohttp.ClientTimeout(total=TIMEOUT),
                    cookie_jar=aiohttp.DummyCookieJar(),
                    trust_env=False,
                ) as session,
                session.post(self._url, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                return Said(200 <= answer.status < 300, f"answer {answer.status}")
        except (aiohttp.ClientError, OSError, ValueError, TimeoutError) as error:
            return Said(False, f"no answer ({type(error).__name__})")
