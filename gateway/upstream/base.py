"""What the rest of the gateway may rely on of a next hop: the interfaces and the values that cross the room's border.

Knows nothing of sockets. Everything here is used from one event loop only.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway.model import Envelope, Recipient, Reply, Session

Challenge = Callable[[bytes], Awaitable[bytes | None]]
"""Gets a 334 reply's text as on the wire (base64), returns the client's line without CRLF (base64), None to cancel."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a server offers in EHLO. The default is the safe one: nothing.

    `size`: None when SIZE is not offered, 0 when offered without a limit, else bytes (RFC 1870).
    """

    pipelining: bool = False
    eightbit: bool = False
    smtputf8: bool = False
    dsn: bool = False
    chunking: bool = False
    size: int | None = None
    enhanced: bool = False
    starttls: bool = False
    auth: frozenset[str] = frozenset()
    xclient: frozenset[str] = frozenset()
    xforward: frozenset[str] = frozenset()


class Content(Protocol):
    """A message to be sent: a spool and two facts of its scan.

    `size` in bytes; `leading_dots` counts lines that begin with "." (0 promises that dot-stuffing changes nothing);
    `ends_with_crlf` tells whether the last line is whole.
    """

    @property
    def size(self) -> int:
        """Bytes, without dot-stuffing."""

    @property
    def leading_dots(self) -> int:
        """Lines that begin with a dot."""

    @property
    def ends_with_crlf(self) -> bool:
        """Whether the last two bytes are CRLF."""

    def in_memory(self) -> list[bytes] | None:
        """The chunks while they are in memory, else None."""

    def chunks(self, size: int = 262144) -> AsyncIterator[bytes]:
        """The content in order, in chunks of about `size` bytes."""


class Transaction(Protocol):
    """One mail transaction towards the next hop. Not for use from two tasks at once."""

    async def rcpt(self, recipients: Sequence[Recipient]) -> list[Reply]:
        """Give the recipients to the next hop; one reply for each, in order.

        The first call sends MAIL too. Where MAIL is refused, each recipient gets MAIL's reply.
        Raises UpstreamDown and UpstreamBroken; after either the transaction is over.
        """

    def hold(self) -> None:
        """The client is slow: give the connection back. The next rcpt() or send() replays what was accepted."""

    async def send(self, prefix: bytes, content: Content, *, skip: Sequence[tuple[int, int]] = ()) -> Reply:
        """Send `prefix` and the content, without the byte ranges `skip` (sorted, disjoint, start <= end).

        Returns the next hop's final reply (never 421: that becomes 451). Raises UpstreamDown, UpstreamBroken (nothing
        was delivered) and UpstreamUnsure (the final dot or last BDAT byte was written and no reply came).
        """

    def abort(self) -> None:
        """No delivery; idempotent. After send() has returned it does nothing."""

    def abandon(self) -> None:
        """The client is gone while send() runs: cut it short unless the end of the message was written already."""


class OwnedConnection(Protocol):
    """A connection that an authenticated session owns: never pooled, used for one transaction at a time."""

    @property
    def alive(self) -> bool:
        """False once the next hop has closed it; then begin() is of no use and the session should end with 421."""

    @property
    def capabilities(self) -> Capabilities:
        """What this very host offers."""

    def begin(self, envelope: Envelope) -> Transaction:
        """A transaction over this connection; no I/O."""

    def close(self) -> None:
        """QUIT in the background; idempotent."""


@dataclass(frozen=True, slots=True)
class LoginResult:
    """The reply for the client, and the connection where the reply is 235."""

    reply: Reply
    connection: OwnedConnection | None = None


class Upstream(Protocol):
    """A next hop. `name` is its name in the configuration."""

    name: str

    @property
    def capabilities(self) -> Capabilities:
        """Last known, the intersection over all hosts; nothing before the first contact."""

    @property
    def healthy(self) -> bool:
        """Whether the last contact with some host went well."""

    async def start(self) -> None:
        """Begin to learn capabilities in the background; does not fail when no host answers."""

    def retire(self) -> None:
        """A new configuration took its place: keep nothing idle. Sessions that still know it go on until they end."""

    async def close(self) -> None:
        """Close every connection; those in use are aborted."""

    async def probe(self) -> bool:
        """Contact the hosts now; the new `healthy`."""

    def begin(self, envelope: Envelope) -> Transaction:
        """A new transaction; no I/O."""

    async def login(self, session: Session, mechanism: str, initial: bytes | None, challenge: Challenge) -> LoginResult:
        """Relay AUTH (RFC 4954) for a session. `initial`: the initial response as on the wire (base64) or None.

        Never raises an UpstreamError: a next hop that is down gives 454 4.7.0.
        """


class Observer(Protocol):
    """Hears what happens to connections; called on the event loop, must be quick and must not raise."""

    def connected(self, host: str) -> None:
        """A connection is ready for use."""

    def failed(self, host: str, kind: str) -> None:
        """A connection failed. `kind`: connect, greeting, tls, lost, timeout, malformed, surplus, busy, xclient."""

    def replied(self, host: str, seconds: float, code: int) -> None:
        """The final reply to a message came, `seconds` after its last byte was written."""


class SilentObserver:
    """The observer that hears nothing."""

    __slots__ = ()

    def connected(self, host: str) -> None:
        """See Observer."""

    def failed(self, host: str, kind: str) -> None:
        """See Observer."""

    def replied(self, host: str, seconds: float, code: int) -> None:
        """See Observer."""
