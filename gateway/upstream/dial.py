"""From a host's address to a connection that is ready for MAIL: connect, greeting, EHLO, STARTTLS, XCLIENT.

Knows one host at a time; which one and when is the pool's business.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import socket
import ssl

from gateway.config import UpstreamConfig
from gateway.config_values import HostPort
from gateway.errors import UpstreamDown
from gateway.model import Reply, Session
from gateway.upstream import commands, tls
from gateway.upstream.base import Capabilities
from gateway.upstream.capabilities import parse_ehlo
from gateway.upstream.connection import Connection, Lost


class DialFailed(UpstreamDown):
    """No connection to this host. `kind` as in Observer.failed; the text is for the operator."""

    def __init__(self, kind: str, host: str, text: str) -> None:
        super().__init__(f"{host}: {kind}: {text}")
        self.kind = kind
        self.text = text


class Dialer:
    """Opens connections of one next hop. `hostname` is our name in EHLO."""

    __slots__ = ("_config", "_context", "_hostname")

    def __init__(self, config: UpstreamConfig, hostname: str, context: ssl.SSLContext | None) -> None:
        self._config = config
        self._hostname = hostname
        self._context = context

    async def open(
        self, host: HostPort, *, client: Session | None = None, port: bool = False, plain: bool = False
    ) -> Connection:
        """A connection after EHLO, and after XCLIENT for `client` where that is configured and offered.

        `port`: tell the client's port too. `plain`: leave STARTTLS out. Raises DialFailed within connect_timeout.
        """
        connection: Connection | None = None
        try:
            async with asyncio.timeout(self._config.connect_timeout):
                connection = await self._connect(host)
                await self._greet(connection, host, plain)
                if client is not None and self._config.xclient and connection.capabilities.xclient:
                    await self._introduce(connection, client, port)
            return connection
        except BaseException as error:
            if connection is not None:
                connection.drop()
            if (failure := _failure(error, str(host))) is None:
                raise
            raise failure from error

    async def _connect(self, host: HostPort) -> Connection:
        """TCP, and TLS where it is implicit. Both event loops set TCP_NODELAY by themselves."""
        loop = asyncio.get_running_loop()
        implicit = self._context if self._config.tls == "implicit" else None
        _, connection = await loop.create_connection(
            lambda: Connection(str(host), loop),
            host.host,
            host.port,
            ssl=implicit,
            server_hostname=tls.server_name(self._config, host) if implicit else None,
        )
        return connection

    async def _greet(self, connection: Connection, host: HostPort, plain: bool) -> None:
        greeting = await connection.result(connection.greeting or connection.expect(1), self._config.connect_timeout)
        if greeting[0].code != 220:
            raise DialFailed("greeting", connection.host, f"greeted with {greeting[0].code} {greeting[0].text}")
        await self._ehlo(connection, self._hostname)
        if self._config.tls in ("opportunistic", "required") and not plain:
            await self._starttls(connection, host)

    async def _ehlo(self, connection: Connection, name: str) -> None:
        reply = await self._ask(connection, f"EHLO {name}")
        if reply.code == 250:
            connection.capabilities = parse_ehlo(reply.lines)
            return
        reply = await self._ask(connection, f"HELO {name}")
        if reply.code != 250:
            raise DialFailed("greeting", connection.host, f"answered HELO with {reply.code} {reply.text}")
        connection.capabilities = Capabilities()

    async def _starttls(self, connection: Connection, host: HostPort) -> None:
        """RFC 3207. What the server said before is forgotten afterwards; surplus bytes drop the connection."""
        offered = connection.capabilities.starttls and self._context is not None
        if offered and (await self._ask(connection, "STARTTLS")).code == 220:
            connection.restarted(await self._shake_hands(connection, host))
            await self._ehlo(connection, self._hostname)
        elif self._config.tls == "required":
            raise DialFailed("tls", connection.host, "STARTTLS is required and not offered")

    async def _shake_hands(self, connection: Connection, host: HostPort) -> asyncio.Transport:
        name = tls.server_name(self._config, host)
        plain = connection.transport
        try:
            secure = await asyncio.get_running_loop().start_tls(
                plain,
                connection,
                self._context,  # type: ignore[arg-type]  # not None where STARTTLS was said
                server_hostname=name,
            )
        except TimeoutError:
            raise
        except OSError as error:
            raise DialFailed("tls", connection.host, _text(error)) from error
        if secure is None:
            raise DialFailed("tls", connection.host, "closed in the TLS handshake")
        return secure

    async def _introduce(self, connection: Connection, client: Session, port: bool) -> None:
        """XCLIENT: the server begins anew with its greeting and EHLO carries the client's name (XCLIENT_README)."""
        for line in commands.xclient(client, connection.capabilities.xclient, port=port):
            reply = (await connection.ask(line, 1, self._config.connect_timeout))[0]
            if reply.code != 220:
                raise DialFailed("xclient", connection.host, f"answered XCLIENT with {reply.code} {reply.text}")
            await self._ehlo(connection, commands.helo_name(client, self._hostname))

    async def _ask(self, connection: Connection, text: str) -> Reply:
        return (await connection.ask(commands.line(text), 1, self._config.connect_timeout))[0]


def encrypted_or_local(connection: Connection) -> bool:
    """Whether a password may cross this connection: TLS, or a loopback peer."""
    if connection.transport.get_extra_info("ssl_object") is not None:
        return True
    peer = connection.transport.get_extra_info("peername")
    try:
        return ipaddress.ip_address(peer[0].partition("%")[0]).is_loopback
    except (TypeError, ValueError, IndexError):
        return False


def _failure(error: BaseException, host: str) -> DialFailed | None:
    """The error as one of ours; None for what must be left alone (cancellation, bugs)."""
    if isinstance(error, DialFailed):
        return error
    if isinstance(error, Lost):
        return DialFailed(error.kind, host, str(error))
    if isinstance(error, TimeoutError):
        return DialFailed("timeout", host, "no connection or greeting in time")
    if isinstance(error, ssl.SSLError):
        return DialFailed("tls", host, _text(error))
    if isinstance(error, OSError):
        return DialFailed("connect", host, _text(error))
    if isinstance(error, UnicodeError):
        return DialFailed("connect", host, "not a host name")
    return None


def _text(error: OSError) -> str:
    """What an operator can use: the certificate's fault, or the system's word for the number."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate: {error.verify_message}"
    if isinstance(error, ssl.SSLError | socket.gaierror) or not error.errno:
        return error.strerror or str(error) or type(error).__name__
    return os.strerror(error.errno)
