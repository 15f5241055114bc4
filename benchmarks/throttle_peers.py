"""Other ways to count what a sender sends, each started in a folder of its own: what they answer, and whose CPU it is.

policyd-rate-limit (Debian, Python, SQLite; Postfix policy protocol), the library `limits` over Redis and rspamd's
module ratelimit over Redis (Debian). Each counts one account in three windows and is asked by a client of the least
cost: connections are kept, nothing is awaited in vain. How they count differs: policyd-rate-limit keeps a row for each
message and counts rows, the library asks for each window apart (not one step), rspamd's buckets leak and it reads a
message first.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pwd
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import limits
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter, RateLimiter, SlidingWindowCounterRateLimiter

from tests.support.ports import HOST, free_port, listening
from tests.support.processes import Daemon
from tests.support.redis import RedisServer

WINDOWS = (60, 3600, 86400)  # seconds
ENOUGH = 100_000_000  # a limit that is never reached
Once = Callable[[str], Awaitable[object]]


@dataclass(slots=True)
class Way:
    """One way to decide: `once(sender)`; the processes that work for it beside ours."""

    what: str
    once: Once
    servers: list[int] = field(default_factory=list)


class Connections:
    """Streams that are kept, as many as are used at a time."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(self, request: bytes) -> bytes:
        """One question of Postfix's policy protocol, SMTPD_POLICY_README."""
        reader, writer = self._idle.pop() if self._idle else await asyncio.open_connection(HOST, self._port)
        writer.write(request)
        answer = await reader.readuntil(b"\n\n")
        self._idle.append((reader, writer))
        return answer

    def close(self) -> None:
        """End them."""
        for _, writer in self._idle:
            writer.close()


_POLICYD = """\
debug: False
user: "{user}"
group: "{user}"
pidfile: "{folder}/pid"
sqlite_config:
    database: "{folder}/db.sqlite3"
backend: 0
SOCKET: ["{host}", {port}]
limits:
    - [{most}, 60]
    - [{most}, 3600]
    - [{most}, 86400]
limits_by_id: {{}}
limit_by_sasl: True
limit_by_sender: False
limit_by_ip: False
limited_networks: []
success_action: "dunno"
fail_action: "defer_if_permit later"
db_error_action: "dunno"
report: False
report_only_if_needed: True
delay_to_close: 300
count_mode: 0
"""


@contextlib.asynccontextmanager
async def policyd() -> AsyncIterator[Way]:
    """policyd-rate-limit: three limits of one SASL user, counted in SQLite."""
    with tempfile.TemporaryDirectory(prefix="congthu-policyd-") as name:
        folder, port = Path(name), free_port()
        user = pwd.getpwuid(os.geteuid()).pw_name
        config = folder / "policyd.yaml"
        config.write_text(_POLICYD.format(user=user, folder=folder, host=HOST, port=port, most=ENOUGH))
        with Daemon(["policyd-rate-limit", "-f", config], folder / "log") as daemon:
            daemon.wait_until(lambda: listening(port), "policyd-rate-limit")
            connections = Connections(port)

            async def once(sender: str) -> None:
                answer = await connections.ask(
                    b"request=smtpd_access_policy\nprotocol_state=RCPT\nprotocol_name=ESMTP\nclient_address=192.0.2.1\n"
                    b"sasl_username=%(who)s\nsender=%(who)s\nrecipient=b@x.example\n\n" % {b"who": sender.encode()}
                )
                assert answer == b"action=dunno\n\n", answer

            yield Way("policyd-rate-limit, SQLite", once, [daemon.pid])
            connections.close()


@contextlib.asynccontextmanager
async def library(server: RedisServer, kind: type[RateLimiter], what: str) -> AsyncIterator[Way]:
    """The library `limits`: three windows are three questions to Redis, one after another."""
    storage = RedisStorage(f"async+{server.url}", implementation="redispy", key_prefix=f"limits-{kind.__name__}")
    limiter = kind(storage)
    rates = [limits.RateLimitItemPerSecond(ENOUGH, seconds) for seconds in WINDOWS]

    async def once(sender: str) -> None:
        for rate in rates:
            assert await limiter.hit(rate, sender)

    yield Way(what, once, [server.daemon.pid])
    await storage.bridge.storage.aclose()


def counter(server: RedisServer) -> contextlib.AbstractAsyncContextManager[Way]:
    """Two counters a window, weighted: constant memory, approximate."""
    return library(server, SlidingWindowCounterRateLimiter, "limits, sliding window counter, Redis")


def moving(server: RedisServer) -> contextlib.AbstractAsyncContextManager[Way]:
    """Every hit is kept: exact, memory grows with the limit. With a small limit, as its work depends on that."""
    return library(server, MovingWindowRateLimiter, "limits, moving window, Redis")


_RSPAMD = """
options {{
  pidfile = "{folder}/rspamd.pid"; tempdir = "{folder}"; cache_file = "{folder}/symbols.cache";
  hs_cache_dir = "{folder}/";
  url_tld = "{folder}/suffixes"; filters = ""; control_socket = "{folder}/control.sock mode=0600";
  explicit_modules = ["ratelimit"]; history_rows = 1; disable_hyperscan = true;
  dns {{ nameserver = ["127.0.0.1:1"]; timeout = 0.1s; retransmits = 1; }}
}}
logging {{ type = "file"; filename = "{folder}/rspamd.log"; level = "error"; }}
worker "normal" {{ bind_socket = "{host}:{port}"; count = 1; mime = true; keepalive = true; }}
modules {{ path = "/usr/share/rspamd/plugins/ratelimit.lua"; }}
redis {{ servers = "{host}:{redis}"; password = "{password}"; }}
ratelimit {{
  allow_local = true;
  rates {{ congthu {{ selector = "user.lower"; bucket = [
    {{ burst = {most}; rate = "{most} / 1min"; }}, {{ burst = {most}; rate = "{most} / 1h"; }},
    {{ burst = {most}; rate = "{most} / 1d"; }} ]; }} }}
}}
actions {{ reject = 15; add_header = 6; greylist = 4; }}
"""
_MESSAGE = b"From: a@x.example\r\nTo: b@x.example\r\nSubject: x\r\nMessage-ID: <1@x.example>\r\n\r\nx\r\n"


@contextlib.asynccontextmanager
async def rspamd(server: RedisServer) -> AsyncIterator[Way]:
    """rspamd with the module ratelimit alone, a user's three buckets; it is asked with a message of one line."""
    with tempfile.TemporaryDirectory(prefix="congthu-rspamd-") as name:
        folder, port = Path(name), free_port()
        (folder / "suffixes").write_text("example\n")
        config = folder / "rspamd.conf"
        given = {"folder": folder, "host": HOST, "port": port, "redis": server.port, "password": server.password}
        config.write_text(_RSPAMD.format(most=ENOUGH, **given))
        command = ["rspamd", "-f", "-i", "-c", config]
        with Daemon(command, folder / "output") as daemon:
            daemon.wait_until(lambda: listening(port), "rspamd", 60)
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:

                async def once(sender: str) -> None:
                    headers = {"From": sender, "Rcpt": "b@x.example", "User": sender, "IP": "192.0.2.1"}
                    async with http.post(f"http://{HOST}:{port}/checkv2", data=_MESSAGE, headers=headers) as answer:
                        assert (await answer.json(content_type=None))["action"] == "no action"

                yield Way("rspamd ratelimit, Redis", once, [daemon.pid, server.daemon.pid])
