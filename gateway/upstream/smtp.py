"""The next hop over SMTP: hosts, pool and capabilities behind `base.Upstream`.

Knows how the parts of this room fit together, nothing of listeners or rules.
"""

from __future__ import annotations

import asyncio
import contextlib

from gateway.config import UpstreamConfig
from gateway.model import Envelope, Session
from gateway.upstream.base import Capabilities, Challenge, LoginResult, Observer, SilentObserver, Transaction
from gateway.upstream.capabilities import common
from gateway.upstream.connection import Connection
from gateway.upstream.dial import Dialer, DialFailed
from gateway.upstream.hosts import Host
from gateway.upstream.login import relay_login
from gateway.upstream.pool import Pool
from gateway.upstream.tls import client_context
from gateway.upstream.transaction import SmtpTransaction

_LOOK_AGAIN = 30.0  # seconds between looks at hosts that do not work; a working host is left alone
_OWNED = 1_000_000  # connections of authenticated sessions: bounded elsewhere


class SmtpUpstream:
    """See base.Upstream. `hostname` is our name in EHLO. Raises StartError for unusable TLS settings.

    `pool` tells the figures for metrics: open_connections, idle_connections, used_connections, waiting.
    """

    replaceable = True

    def __init__(self, name: str, config: UpstreamConfig, hostname: str, observer: Observer | None = None) -> None:
        self.name = name
        self.config = config
        self.observer: Observer = observer or SilentObserver()
        self.capabilities = Capabilities()  # see base.Upstream; an attribute: every command of a client asks for it
        self._hosts = [Host(endpoint, self._learn) for endpoint in config.hosts]
        dialer = Dialer(config, hostname, client_context(config))
        self.pool = Pool(config, self._hosts, dialer, self.observer)
        # An authenticated session keeps its connection while a person thinks: it must not use up what mail needs. Its
        # number is bounded by the listener's max_connections.
        self.owned = Pool(config.model_copy(update={"pool_size": _OWNED}), self._hosts, dialer, self.observer)
        self._watcher: asyncio.Task[None] | None = None

    @property
    def healthy(self) -> bool:
        """See base.Upstream."""
        return self.open_connections > 0 or any(host.working for host in self._hosts)

    @property
    def open_connections(self) -> int:
        """Connections that are ready, in use and owned by sessions."""
        return self.pool.open_connections + self.owned.open_connections

    async def start(self) -> None:
        """See base.Upstream."""
        if self._watcher is None:
            self._watcher = asyncio.create_task(self._watch(), name=f"upstream {self.name}")

    def retire(self) -> None:
        """See base.Upstream."""
        if self._watcher is not None:
            self._watcher.cancel()
        self.pool.leave()
        self.owned.leave()

    async def close(self) -> None:
        """See base.Upstream."""
        self.retire()
        if self._watcher is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._watcher
        await asyncio.gather(self.pool.close(), self.owned.close())

    async def probe(self) -> bool:
        """See base.Upstream. Contacts every host, those that back off too."""
        await asyncio.gather(*(self._look(host) for host in self._hosts))
        return self.healthy

    def begin(self, envelope: Envelope) -> Transaction:
        """See base.Upstream."""
        return SmtpTransaction(self, envelope)

    async def login(self, session: Session, mechanism: str, initial: bytes | None, challenge: Challenge) -> LoginResult:
        """See base.Upstream."""
        return await relay_login(self.owned, self.config, self.observer, session, mechanism, initial, challenge)

    # -- transaction.Source -------------------------------------------------------------------------------------

    def idle(self, session: Session) -> Connection | None:
        """See Pool.idle."""
        return self.pool.idle(session)

    async def acquire(self, session: Session, *, fresh: bool = False, avoid: str = "") -> Connection:
        """See Pool.acquire."""
        return await self.pool.acquire(session, fresh=fresh, avoid=avoid)

    def release(self, connection: Connection) -> None:
        """See Pool.release."""
        self.pool.release(connection)

    # -- inside -------------------------------------------------------------------------------------------------

    def _learn(self) -> None:
        """A host offers something else than before."""
        self.capabilities = common(host.capabilities for host in self._hosts if host.capabilities is not None)

    async def _watch(self) -> None:
        """Learn what the hosts can do, and notice when one that failed works again, mail or no mail."""
        while True:
            await asyncio.gather(*(self._look(host) for host in self._hosts if not host.working))
            await asyncio.sleep(min(_LOOK_AGAIN, self.config.backoff if not self.healthy else _LOOK_AGAIN))

    async def _look(self, host: Host) -> None:
        with contextlib.suppress(DialFailed):
            connection = await self.pool.contact(host)
            await connection.part()
