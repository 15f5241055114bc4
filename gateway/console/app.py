"""The console's process: two sites on sockets that the supervisor holds, run by `gateway.worker` like a worker's.

It may die, be killed or never start: the relay does not ask it anything. Its memory is bounded (`console.memory`), and
the kernel is told to take it before a worker when memory runs out.
"""

from __future__ import annotations

import asyncio
import contextlib
import resource
import socket
import ssl
from pathlib import Path
from typing import Final

from gateway.config import Settings
from gateway.config_values import HostPort
from gateway.console.client import trusted
from gateway.console.routes import PAGES, PUBLIC
from gateway.console.services import Services
from gateway.console.web import Site
from gateway.errors import CongThuError, StartError
from gateway.logs import get_logger
from gateway.sources.server import Certificate, Limits, Server

STAFF: Final = "console"
EVERYBODY: Final = "console-public"
"""Names of the two sockets."""
_CONNECTIONS: Final = 256  # of each site
_OF_ONE: Final = 48  # of one address: an office behind one may have several people
_IDLE: Final = 10.0  # seconds that a browser's connection waits for another request
_WARM_EVERY: Final = 1800.0  # seconds
_log = get_logger("console")


def binds(settings: Settings) -> dict[str, HostPort]:
    """Where each site is to listen; empty where no console is wanted."""
    console = settings.console
    wanted = {STAFF: console.bind, EVERYBODY: console.public_bind}
    return {name: bind for name, bind in wanted.items() if bind is not None}


class App:
    """See `gateway.worker.Application`."""

    def __init__(self, settings: Settings, worker: int, sockets: dict[str, socket.socket]) -> None:
        self.settings, self._sockets = settings, sockets
        self._services: Services | None = None
        self._servers: list[Server] = []
        self._warming: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the stores and serve. StartError."""
        _bound(self.settings.console.memory)
        self._services = Services(self.settings)
        try:
            await asyncio.to_thread(self._services.prepare)
        except StartError:
            raise
        except CongThuError as error:  # a PostgreSQL that is away: the supervisor tries again with back-off
            raise StartError(f"console: {error}") from error
        certificate = certificate_of(self.settings)
        sites = {
            STAFF: Site(self._services, PAGES),
            EVERYBODY: Site(self._services, PUBLIC, public=True, frame="public.html"),
        }
        for name, site in sites.items():
            if name in self._sockets:
                self._servers.append(await _serve(site, self._sockets[name], certificate, limits_of(self.settings)))
        self._warming = asyncio.create_task(self._warm(self._services), name="console figures")
        if certificate is None and not _local(self.settings):
            _log.warning("console.plain", hint="set console.certificate, or put a TLS proxy into trusted_proxies")

    @staticmethod
    async def _warm(services: Services) -> None:
        while True:
            with contextlib.suppress(CongThuError):  # a store that is away: pages say so
                await asyncio.to_thread(services.warm)
            await asyncio.sleep(_WARM_EVERY)

    async def reload(self, settings: Settings) -> None:
        """Refuses what needs a new process; the supervisor then replaces this one."""
        if settings != self.settings:
            raise StartError("the console begins anew with a new configuration")

    async def drain(self, timeout: float) -> None:  # noqa: ASYNC109 -- the interface's; closing takes a moment
        """Stop answering and let go of the stores."""
        if self._warming is not None:
            self._warming.cancel()
        if self._services is not None:
            self._services.hush()
        await asyncio.gather(*(server.close() for server in self._servers))
        if self._services is not None:
            await asyncio.to_thread(self._services.close)

    async def ready(self) -> dict[str, str]:
        """Nothing that a message needs is here."""
        return {}


def limits_of(settings: Settings) -> Limits:
    """Nobody alone may take every connection, but a proxy, through which all come."""
    proxies = settings.console.trusted_proxies
    return Limits(_CONNECTIONS, _OF_ONE, _IDLE, lambda address: trusted(address, proxies))


async def _serve(site: Site, sock: socket.socket, certificate: Certificate | None, limits: Limits) -> Server:
    try:
        server = Server(site.application(), sock, certificate, limits)
    except (OSError, ssl.SSLError) as error:
        raise StartError(f"console.certificate cannot be used: {error}") from error
    await server.start()
    return server


def certificate_of(settings: Settings) -> Certificate | None:
    """The certificate of both sites; None without TLS. StartError for half of one."""
    chain, key = settings.console.certificate, settings.console.key
    if (chain is None) != (key is None):
        raise StartError("console.certificate and console.key: set both, or neither")
    return Certificate(chain, key) if chain is not None and key is not None else None


def _local(settings: Settings) -> bool:
    """Whether nobody but this machine, or a proxy that is trusted, reaches the staff's site."""
    bind = settings.console.bind
    return bind is None or bind.host in ("127.0.0.1", "::1", "localhost") or bool(settings.console.trusted_proxies)


def _bound(memory: int) -> None:
    """A page that would need more fails; the kernel, short of memory, takes this process first."""
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (memory, resource.getrlimit(resource.RLIMIT_AS)[1]))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500", "ascii")
