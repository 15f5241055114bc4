"""From a server's address to a greeted connection: TCP, and TLS where it is implicit. Knows no commands."""

from __future__ import annotations

import asyncio
import functools
import ipaddress
import ssl

from gateway.access import Failure
from gateway.imap.failures import PollFailed
from gateway.imap.settings import Server
from gateway.imap.wire import Wire


def context(server: Server) -> ssl.SSLContext | None:
    """The TLS context for all sessions, None where none is used. OSError for an authority that cannot be read."""
    if server.tls == "loopback":
        return None
    made = ssl.create_default_context(cafile=server.authority)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    return made


async def connect(server: Server, secure: ssl.SSLContext | None, limit: int) -> Wire:
    """A connection. PollFailed CONNECT or TLS; plain connections go to this machine only."""
    loop = asyncio.get_running_loop()
    implicit = secure if server.tls == "implicit" else None
    try:
        transport, wire = await loop.create_connection(
            lambda: Wire(loop, limit),
            server.host,
            server.port,
            ssl=implicit,
            server_hostname=(server.name or server.host) if implicit else None,
        )
    except (OSError, ValueError) as error:  # the second: not a host name
        raise failure(error) from error
    if server.tls == "loopback" and not _local(transport):
        transport.abort()
        raise PollFailed(Failure.TLS, "without TLS only on this machine")
    return wire


async def start_tls(wire: Wire, server: Server, secure: ssl.SSLContext) -> None:
    """The handshake after STARTTLS. What was said in the clear behind it is an attack: PollFailed TLS."""
    if not wire.quiet:
        raise wire.fail(Failure.TLS, "more than an answer before TLS")
    try:
        transport = await asyncio.get_running_loop().start_tls(
            wire.transport, wire, secure, server_hostname=server.name or server.host
        )
    except OSError as error:
        raise wire.fail(Failure.TLS, failure(error).detail) from error
    if transport is None:
        raise wire.fail(Failure.TLS, "closed in the handshake")
    wire.transport = transport


def failure(error: Exception) -> PollFailed:
    """A connection's error by its kind; the detail is the certificate's fault or the system's word."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return PollFailed(Failure.TLS, f"certificate: {error.verify_message}")
    if isinstance(error, ssl.SSLError | ConnectionResetError | BrokenPipeError):
        return PollFailed(Failure.TLS if isinstance(error, ssl.SSLError) else Failure.CLOSED, "in the handshake")
    if isinstance(error, TimeoutError):
        return PollFailed(Failure.TIMEOUT, "no connection in time")
    if isinstance(error, OSError):
        return PollFailed(Failure.CONNECT, error.strerror or type(error).__name__)
    return PollFailed(Failure.CONNECT, "not a host name")


def _local(transport: asyncio.BaseTransport) -> bool:
    peer = transport.get_extra_info("peername")
    return isinstance(peer, tuple) and len(peer) > 1 and _loops(peer[0])


@functools.lru_cache(maxsize=16)  # it is one server's
def _loops(address: str) -> bool:
    try:
        return ipaddress.ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False
