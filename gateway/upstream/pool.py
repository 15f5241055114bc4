"""The connections of one next hop: reused, bounded, handed out in order, and looked after by one timer.

Knows when connections are opened, kept and dropped; nothing of what is said over them.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence

from gateway.config import UpstreamConfig
from gateway.errors import UpstreamDown
from gateway.model import Reply, Session
from gateway.upstream.base import Observer
from gateway.upstream.connection import Connection, Kind
from gateway.upstream.dial import Dialer, DialFailed
from gateway.upstream.hosts import Host, order

_SWEEP = 1.0  # seconds; a time-out is exact to this
_QUIET: frozenset[Kind] = frozenset({"closed", "cancelled"})
_PLAIN = 600.0  # seconds that a host whose opportunistic TLS failed is spoken to in plain
_LAST_WORDS = 1.0  # seconds that close() waits for QUIT to be answered

Waiter = asyncio.Future[Connection | None]


class _Owned:
    """The key of a connection that a session owns; equal to nothing else."""


class Pool:
    """At most `config.pool_size` connections, idle, in use and being opened together.

    Waiting for one is first come, first served, and bounded by `connect_timeout`.
    A connection that told a client's address (XCLIENT) serves that client only: `key` keeps them apart.
    """

    def __init__(self, config: UpstreamConfig, hosts: list[Host], dialer: Dialer, observer: Observer) -> None:
        self.hosts = hosts
        self._config = config
        self._xclient = config.xclient
        self._dialer = dialer
        self._observer = observer
        self._all: set[Connection] = set()
        self._idle: dict[object, list[Connection]] = {}
        self._idle_count = 0
        self._slots = 0
        self._opening = 0
        self._waiters: deque[tuple[object, Waiter]] = deque()
        self._patient: deque[tuple[object, Waiter]] = deque()  # for a connection in use: no new one can be opened
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False
        self._leaving = False
        self._empty: asyncio.Future[None] | None = None
        limits = (config.command_timeout, config.data_timeout, config.dot_timeout, config.pool_idle)
        self._sweep_every = min([_SWEEP, *(limit / 4 for limit in limits if limit > 0)])

    # -- figures ------------------------------------------------------------------------------------------------

    @property
    def open_connections(self) -> int:
        """Connections that are ready: idle and in use."""
        return self._slots - self._opening

    @property
    def idle_connections(self) -> int:
        """Connections that wait for work."""
        return self._idle_count

    @property
    def used_connections(self) -> int:
        """Connections in a transaction or owned by a session."""
        return self._slots - self._opening - self._idle_count

    @property
    def waiting(self) -> int:
        """Transactions that wait for a connection."""
        return len(self._waiters) + len(self._patient)

    # -- taking and giving back ---------------------------------------------------------------------------------

    def idle(self, session: Session) -> Connection | None:
        """An idle connection for this client's transaction. None: acquire() one."""
        if self._waiters:
            return None
        idle = self._idle.get(self._key(session) if self._xclient else None)
        return self._taken(idle) if idle else None

    async def acquire(self, session: Session, *, fresh: bool = False, avoid: str = "") -> Connection:
        """A connection for this client's transaction: an idle one unless `fresh`, else a new one.

        `avoid` names the host to try last. Raises UpstreamDown.
        """
        if not fresh and (ready := self.idle(session)) is not None:
            return ready
        key = self._key(session)
        connection = await self._slot(key)
        try:
            return connection or await self._open(session, key, avoid, port=False)
        except UpstreamDown:
            if not self._may_come_back():
                raise
        return await self._wait(key, self._patient) or await self._open(session, key, avoid, port=False)

    async def acquire_owned(self, session: Session) -> Connection:
        """A new connection for an authenticated session, ended with retire(). Raises UpstreamDown."""
        owned = _Owned()
        await self._slot(owned)
        return await self._open(session, owned, "", port=True)

    def release(self, connection: Connection) -> None:
        """Give back a connection in a known state (set `dirty` where a transaction is open on it)."""
        if not connection.usable:
            return
        if self._closed or self._leaving or connection.uses >= self._config.max_uses:
            self.retire(connection)
        elif not (self._patient or self._waiters) or not self._handed_over(connection):
            connection.idle = True
            connection.deadline = connection.time() + self._config.pool_idle
            idle = self._idle.get(connection.key)
            if idle is None:
                self._idle[connection.key] = [connection]
            else:
                idle.append(connection)
            self._idle_count += 1

    def _clean(self, connection: Connection) -> None:
        """End the transaction that an idle connection was left with: a server keeps a queue file open for it.

        Mail that follows at once takes the connection as it is and sends the RSET together with its MAIL.
        """

        def answered(replies: asyncio.Future[Sequence[Reply]]) -> None:
            connection.deadline = 0.0
            if replies.cancelled() or replies.exception() is not None:
                return  # the connection is lost, and was unlisted when that happened
            if replies.result()[-1].code >= 400:
                connection.drop("malformed")
                return
            connection.dirty = False
            self.release(connection)

        connection.say(b"RSET\r\n", 1, self._config.command_timeout).add_done_callback(answered)

    def retire(self, connection: Connection) -> None:
        """End a connection with QUIT and free its slot; nothing where it has ended already."""
        if connection.usable:
            connection.quit()
            self._freed()

    def leave(self) -> None:
        """Keep no idle connection from now on; transactions may still begin and end."""
        self._leaving = True
        for connection in [c for c in self._all if c.idle]:
            self._unlist(connection)
            self.retire(connection)

    async def close(self) -> None:
        """QUIT on idle connections, cut the others; waiters get UpstreamDown."""
        self._closed = True
        for _, waiter in (*self._patient, *self._waiters):
            if not waiter.done():
                waiter.set_exception(UpstreamDown("the gateway is stopping"))
        self.leave()
        for connection in [c for c in self._all if not c.quitting]:
            connection.drop()
        if self._all:
            self._empty = asyncio.get_running_loop().create_future()
            await asyncio.wait([self._empty], timeout=_LAST_WORDS)
        for connection in list(self._all):
            connection.drop()
        if self._timer is not None:
            self._timer.cancel()

    # -- inside -------------------------------------------------------------------------------------------------

    def _may_come_back(self) -> bool:
        """A server that takes no more connections (421) still serves those that are in use: wait for one of them."""
        return any(not (c.idle or c.quitting or isinstance(c.key, _Owned)) for c in self._all)

    def _key(self, session: Session) -> object:
        if not self._xclient:
            return None
        return session.client_address, session.client_name, session.helo, session.esmtp, session.user

    def _taken(self, idle: list[Connection]) -> Connection:
        """The one used last: it is the least likely to have been closed."""
        connection = idle.pop()
        if not idle:
            del self._idle[connection.key]
        self._idle_count -= 1
        connection.idle = False
        connection.deadline = 0.0
        return connection

    def _unlist(self, connection: Connection) -> None:
        idle = self._idle[connection.key]
        idle.remove(connection)
        if not idle:
            del self._idle[connection.key]
        self._idle_count -= 1
        connection.idle = False

    async def _slot(self, key: object) -> Connection | None:
        """Leave to open a connection (None), or one that was handed over."""
        if self._closed:
            raise UpstreamDown("the gateway is stopping")
        if not self._waiters:
            if self._slots < self._config.pool_size:
                self._slots += 1
                return None
            if self._idle_count:
                self._evict()
                return None
        return await self._wait(key, self._waiters)

    def _evict(self) -> None:
        """The longest idle connection of another client gives its slot."""
        oldest = min((c for idle in self._idle.values() for c in idle), key=lambda c: c.deadline)
        self._unlist(oldest)
        self._slots += 1
        self.retire(oldest)

    async def _wait(self, key: object, line: deque[tuple[object, Waiter]]) -> Connection | None:
        waiter: Waiter = asyncio.get_running_loop().create_future()
        entry = (key, waiter)
        line.append(entry)
        try:
            async with asyncio.timeout(self._config.connect_timeout):
                return await waiter
        except BaseException as error:
            if entry in line:
                line.remove(entry)
            elif waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self._returned(waiter.result())
            if isinstance(error, TimeoutError):
                raise UpstreamDown(f"all {self._config.pool_size} connections are in use") from None
            raise

    def _returned(self, given: Connection | None) -> None:
        """A waiter was cancelled just as it was served."""
        if given is None:
            self._freed()
        else:
            self.release(given)

    def _handed_over(self, connection: Connection) -> bool:
        while line := self._patient or self._waiters:
            key, waiter = line.popleft()
            if waiter.done():
                continue
            if key == connection.key:
                waiter.set_result(connection)
                return True
            self._slots += 1
            self.retire(connection)
            waiter.set_result(None)
            return True
        return False

    def _freed(self) -> None:
        """A slot became free: the first waiter gets it."""
        self._slots -= 1
        self._let_in(self._waiters)

    def _let_in(self, line: deque[tuple[object, Waiter]]) -> None:
        while line and not self._closed and self._slots < self._config.pool_size:
            _, waiter = line.popleft()
            if not waiter.done():
                self._slots += 1
                waiter.set_result(None)

    async def _open(self, session: Session, key: object, avoid: str, *, port: bool) -> Connection:
        """Open on a slot that the caller holds."""
        self._opening += 1
        try:
            connection = await self._dial(session, avoid, port)
            _ = connection.transport  # Lost where it was closed in the meantime
        except BaseException:
            self._opening -= 1
            self._freed()
            raise
        self._opening -= 1
        connection.key = key
        connection.on_lost = self._lost
        self._all.add(connection)
        if self._timer is None:
            self._arm()
        return connection

    async def _dial(self, session: Session, avoid: str, port: bool) -> Connection:
        last: DialFailed | None = None
        loop = asyncio.get_running_loop()
        for host in order(self.hosts, loop.time(), avoid):
            try:
                return await self.contact(host, session, port)
            except DialFailed as error:
                last = error
        raise last or UpstreamDown("every host failed lately and is left alone for a while")

    async def contact(self, host: Host, session: Session | None = None, port: bool = False) -> Connection:
        """A new connection to this host, whose state is kept. It is the caller's. Raises DialFailed."""
        now = asyncio.get_running_loop().time
        host.trying(now(), self._config.connect_timeout)
        try:
            connection = await self._dial_once(host, session, port)
        except DialFailed as error:
            host.failed(now(), self._config.backoff)
            self._observer.failed(str(host.endpoint), error.kind)
            raise
        host.succeeded(connection.capabilities)
        self._observer.connected(connection.host)
        return connection

    async def _dial_once(self, host: Host, session: Session | None, port: bool) -> Connection:
        now = asyncio.get_running_loop().time()
        plain = now < host.plain_until
        try:
            return await self._dialer.open(host.endpoint, client=session, port=port, plain=plain)
        except DialFailed as error:
            optional = self._config.tls == "opportunistic" and not self._config.tls_verify and not plain
            if error.kind != "tls" or not optional:
                raise
        connection = await self._dialer.open(host.endpoint, client=session, port=port, plain=True)
        host.plain_until = now + _PLAIN
        return connection

    def _lost(self, connection: Connection, kind: Kind) -> None:
        self._all.discard(connection)
        if self._empty is not None and not self._all and not self._empty.done():
            self._empty.set_result(None)
        if connection.quitting:
            return
        if kind not in _QUIET and not (connection.idle and kind == "lost"):
            self._observer.failed(connection.host, kind)
        if connection.idle:
            self._unlist(connection)
        self._freed()
        if self._patient and not self._may_come_back():
            self._let_in(self._patient)

    def _arm(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._sweep_every, self._sweep)

    def _sweep(self) -> None:
        """The only timer: looks at every deadline once in a while instead of one timer a command."""
        now = asyncio.get_running_loop().time()
        for connection in [c for c in self._all if 0.0 < c.deadline <= now]:
            if connection.idle:
                self._unlist(connection)
                self.retire(connection)
            else:
                connection.expire()
        for connection in [c for c in self._all if c.idle and c.dirty]:
            self._unlist(connection)
            self._clean(connection)
        self._timer = None
        if self._all:
            self._arm()
