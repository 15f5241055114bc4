"""What comes before the first command: the PROXY header and TLS. Knows transports and the inbox, no session."""

from __future__ import annotations

import asyncio
import fcntl
import termios
from array import array
from collections.abc import Coroutine
from typing import Any

from aiosmtpd.proxy_protocol import ProxyData, get_proxy

from gateway.smtp.inbox import Inbox


class BadProxyHeader(Exception):  # noqa: N818 - an event, not an error
    """What should have been a PROXY protocol header is none."""


async def proxied_client(inbox: Inbox) -> tuple[str, int] | None:
    """Read a PROXY protocol v1 or v2 header: address and port of the client, None for LOCAL and UNKNOWN."""
    try:
        data = await get_proxy(inbox)
    except (asyncio.LimitOverrunError, ConnectionError, ValueError):
        data = ProxyData(version=None)
    if not data.valid:
        raise BadProxyHeader
    if data.src_addr is None:
        return None
    return str(getattr(data.src_addr, "ipv4_mapped", None) or data.src_addr), int(data.src_port or 0)


async def take_over(loop: asyncio.AbstractEventLoop, plain: Any, inbox: Inbox, start: Coroutine[Any, Any, Any]) -> Any:
    """Begin TLS where the event loop may have read some of the handshake for us already, and hand that over.

    One turn of the loop puts the TLS layer on the transport and stops reading, the next one connects it; then it
    gets the bytes through the interface that any transport uses.
    """
    handshake = loop.create_task(start)
    await asyncio.sleep(0)
    early = b""
    while data := inbox.chunk():
        early += data
    await asyncio.sleep(0)
    layer = plain.get_protocol()
    while early and not handshake.done():
        room = layer.get_buffer(len(early))
        count = min(len(room), len(early))
        room[:count] = early[:count]
        layer.buffer_updated(count)
        early = early[count:]
    return await handshake


def bytes_waiting(transport: asyncio.BaseTransport) -> bool:
    """Whether the kernel holds bytes of the client that the event loop has not read yet."""
    sock = transport.get_extra_info("socket")
    if sock is None:
        return False
    waiting = array("i", [0])
    fcntl.ioctl(sock.fileno(), termios.FIONREAD, waiting)
    return bool(waiting[0])


def endpoint(peername: object) -> tuple[str, int]:
    """Address and port of a peer; an IPv4 address also where it came mapped into IPv6."""
    if isinstance(peername, tuple) and len(peername) >= 2:
        host = str(peername[0]).partition("%")[0]
        return host.removeprefix("::ffff:") if host.count(".") == 3 else host, int(peername[1])
    return "", 0


def tls_text(transport: asyncio.BaseTransport) -> str:
    """Version and cipher of a TLS transport, "TLSv1.3 TLS_AES_256_GCM_SHA384"."""
    secured = transport.get_extra_info("ssl_object")
    cipher = secured.cipher() if secured is not None else None
    return f"{secured.version()} {cipher[0]}" if cipher else "TLS"
