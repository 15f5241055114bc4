"""The address of a Redis or Valkey: what a URL may say, what a log may show of it.

    redis://[user:password@]host[:port][/db]      rediss://…?ssl_ca_certs=FILE (TLS)
    unix://[user:password@]/path/to/socket[?db=0]

One server, or whatever stands for it at one address: redirections of Redis Cluster and of Sentinel are not followed.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from redis.asyncio import ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

# Of a URL's query. No password: it belongs before the host, where it is known for one and never shown; no time-outs and
# no tries: they are ours to bound.
_PARAMETERS = {"db", "ssl_ca_certs", "ssl_ca_path", "ssl_certfile", "ssl_keyfile", "ssl_check_hostname"}


def pool(url: str, seconds: float) -> ConnectionPool:
    """Makes connections to a URL, each within `seconds`. ValueError for one that is none; it is not repeated there."""
    try:
        _check(url)
        made: ConnectionPool = ConnectionPool.from_url(
            url,
            protocol=2,
            socket_timeout=None,
            socket_connect_timeout=seconds,
            retry=Retry(NoBackoff(), 0),  # nothing is said twice: a script may have run
            client_name="congthu",
        )
        made.make_connection()  # type: ignore[no-untyped-call]  # says whether it can read the parameters
    except (ValueError, TypeError):
        raise ValueError("not a URL of Redis") from None
    return made


def _check(url: str) -> None:
    """What the library would take for something else than was meant."""
    parts = urlsplit(url)
    known = parse_qs(parts.query, strict_parsing=True).keys() <= _PARAMETERS if parts.query else True
    somewhere = parts.path if parts.scheme == "unix" else parts.hostname
    if parts.fragment or not known or not somewhere:
        raise ValueError(url)


def place(url: str) -> str:
    """A URL without what is secret in it, for a log."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "redis"
    where = parts.path if parts.scheme == "unix" else f"{parts.hostname or ''}{port}{parts.path}"
    return re.sub(r"[^!-~]", "?", f"{parts.scheme}://{where}")[:200]
