"""What all sessions of one listener share: its settings made ready, its collaborators, its counters, its clock.

Built once at start and again on reload; a session keeps the context that it began with.
"""

from __future__ import annotations

import ipaddress
import ssl
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from gateway import replies
from gateway.config import Listener
from gateway.config_values import Network
from gateway.message.spool import SpoolPool
from gateway.metrics import ConnectionRefusal, ListenerMetrics
from gateway.model import Direction, Reply, Session
from gateway.pipeline import Pipeline
from gateway.upstream.base import Capabilities, Upstream

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class Live(Protocol):
    """A session as its listener sees it."""

    deadline: float

    def tick(self, now: float) -> None:
        """Called about once a second, with the loop's time."""

    def stop(self, *, now: bool = False) -> None:
        """Say 421 as soon as nothing is in flight; `now`: also to a client that is in the middle of a message."""


@dataclass(slots=True)
class Peer:
    """What the networks of the configuration say about one address."""

    key: str  # what is counted as one address: an IPv4 address, an IPv6 /64
    trusted: bool
    device_sender: str
    login_checked: bool
    proxy: bool
    xclient: bool
    xforward: bool

    def grant(self, client: Session) -> None:
        """Give a session the rights of this address."""
        client.trusted, client.device_sender, client.login_checked = (
            self.trusted,
            self.device_sender,
            self.login_checked,
        )


def inside(address: IPAddress | None, networks: Iterable[Network]) -> bool:
    """Whether the address is in one of the networks (never for what is not an IP address)."""
    return address is not None and any(address.version == net.version and address in net for net in networks)


def parse_address(text: str) -> IPAddress | None:
    """The address, IPv4 also when it came mapped into IPv6; None for anything else (a UNIX socket)."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _key(address: IPAddress | None) -> str:
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address or "")


class ListenerContext:
    """One listener of one worker. All of it belongs to the event loop's thread."""

    def __init__(
        self,
        settings: Listener,
        *,
        hostname: str,
        trusted_networks: tuple[Network, ...],
        own_domain: Callable[[str], bool],
        upstream: Upstream,
        pipeline: Pipeline,
        spools: SpoolPool,
        scanner: Callable[[], Any],
        metrics: ListenerMetrics,
        tls: ssl.SSLContext | None,
        new_id: Callable[[], str],
        login_checked: tuple[Network, ...] = (),
        on_login: Callable[[str, str], None] | None = None,
    ) -> None:
        self.settings = settings
        self.direction = settings.direction
        self.hostname = hostname
        self.trusted_networks = trusted_networks
        self.login_checked = login_checked
        self.on_login = on_login  # hears of a login that the upstream took, and where from; never waits, never raises
        self.own_domain = own_domain
        self.upstream = upstream
        self.pipeline = pipeline
        self.spools = spools
        self.scanner = scanner
        self.metrics = metrics
        self.tls = tls
        self.new_id = new_id
        submission = settings.direction is Direction.SUBMISSION
        self.auth = submission if settings.auth is None else settings.auth
        self.auth_required = submission if settings.auth_required is None else settings.auth_required
        self.post_dot_timeout = settings.post_dot_timeout or (30.0 if submission else 300.0)
        self.banner = Reply(220, None, f"{hostname} ESMTP").encoded
        self.sessions: dict[Live, str] = {}  # each with the key of the address that it counts for
        self.stopping = False
        self._by_address: Counter[str] = Counter()
        self._peers: dict[str, Peer] = {}
        self._hello: dict[tuple[bool, bool, bool, bool], bytes] = {}
        self._hello_for: Capabilities | None = None

    @property
    def is_implicit(self) -> bool:
        """Whether TLS begins with the connection."""
        return self.settings.tls == "implicit"

    # Connections

    def peer(self, text: str) -> Peer:
        """What is configured about an address; remembered, for a bounded number of addresses."""
        found = self._peers.get(text)
        if found is None:
            if len(self._peers) >= 10_000:
                self._peers.clear()
            found = self._peers[text] = self._look_up(parse_address(text))
        return found

    def _look_up(self, address: IPAddress | None) -> Peer:
        settings = self.settings
        device = next((d for d in settings.devices if inside(address, (d.network,))), None)
        return Peer(
            key=_key(address),
            trusted=inside(address, self.trusted_networks),
            device_sender=device.sender if device else "",
            login_checked=inside(address, self.login_checked),
            proxy=inside(address, settings.proxy_protocol),
            xclient=inside(address, settings.xclient),
            xforward=inside(address, settings.xforward),
        )

    def admit(self, session: Live, peer: Peer) -> Reply | None:
        """Count a new connection in, or return the reply that turns it away."""
        refusal = self._refusal(peer)
        if refusal is not None:
            self.metrics.refused_connection(refusal[0])
            return refusal[1]
        self.sessions[session] = peer.key
        self._by_address[peer.key] += 1
        self.metrics.connected()
        return None

    def _refusal(self, peer: Peer) -> tuple[ConnectionRefusal, Reply] | None:
        settings = self.settings
        if self.stopping:
            return "stopping", replies.STOPPING
        if len(self.sessions) >= settings.max_connections:
            return "total", replies.TOO_MANY_CONNECTIONS
        if not (peer.trusted or peer.proxy) and self._by_address[peer.key] >= settings.max_connections_per_address:
            return "address", replies.TOO_MANY_FROM_ADDRESS
        if self.direction in (Direction.OUTBOUND, Direction.PROXY_FILTER) and not (peer.trusted or peer.proxy):
            return "other", replies.NOT_TRUSTED
        return None

    def release(self, session: Live) -> None:
        """The connection that `admit` let in is over."""
        key = self.sessions.pop(session, None)
        if key is None:
            return
        self._by_address[key] -= 1
        if self._by_address[key] <= 0:
            del self._by_address[key]
        self.metrics.disconnected()

    def tick(self, now: float) -> None:
        """Look after time-outs and slow clients; called about once a second."""
        for session in list(self.sessions):
            session.tick(now)

    def stop(self, *, now: bool = False) -> None:
        """Admit nobody any more, and tell idle sessions to go; `now`: all that wait for their client."""
        self.stopping = True
        for session in list(self.sessions):
            session.stop(now=now)

    # EHLO

    def hello(self, *, tls_active: bool, authenticated: bool, peer: Peer, owned: Capabilities | None) -> bytes:
        """The whole EHLO reply: what we and the next hop can both do. Made once for each combination."""
        known = owned or self.upstream.capabilities
        if owned is not None:
            return self._make_hello(known, tls_active, authenticated, peer)
        if known is not self._hello_for:
            self._hello_for, self._hello = known, {}
        key = (tls_active, authenticated, peer.xclient, peer.xforward)
        made = self._hello.get(key)
        if made is None:
            made = self._hello[key] = self._make_hello(known, tls_active, authenticated, peer)
        return made

    def _make_hello(self, known: Capabilities, tls_active: bool, authenticated: bool, peer: Peer) -> bytes:
        size = min(self.settings.max_size, known.size or self.settings.max_size)
        words = [self.hostname, "PIPELINING", f"SIZE {size}", "ENHANCEDSTATUSCODES"]
        offered = (
            ("8BITMIME", known.eightbit),
            ("SMTPUTF8", known.smtputf8),
            ("DSN", known.dsn),
            ("CHUNKING", known.chunking),
        )
        words += [word for word, both in offered if both]
        if self.tls is not None and not tls_active:
            words.append("STARTTLS")
        mechanisms = self.mechanisms(known)
        if mechanisms and tls_active and not authenticated:
            words.append("AUTH " + " ".join(mechanisms))
        if peer.xclient:
            words.append("XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT")
        if peer.xforward:
            words.append("XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE")
        return Reply(250, None, *words).encoded

    def mechanisms(self, known: Capabilities) -> list[str]:
        """SASL mechanisms offered under TLS: PLAIN and LOGIN as far as the next hop has them."""
        return [m for m in ("PLAIN", "LOGIN") if m in known.auth] if self.auth else []
