"""AUTH passed through (RFC 4954): the next hop decides, over a connection that the session then owns.

The secret crosses this module as arguments only: nothing here stores or logs it.
"""

from __future__ import annotations

import re

from gateway.config import UpstreamConfig
from gateway.errors import UpstreamBroken, UpstreamError
from gateway.model import Envelope, Reply, Session
from gateway.upstream.base import Capabilities, Challenge, LoginResult, Observer, Transaction
from gateway.upstream.connection import Connection, Lost
from gateway.upstream.dial import encrypted_or_local
from gateway.upstream.pool import Pool
from gateway.upstream.transaction import SmtpTransaction

TEMPORARY = Reply(454, "4.7.0", "Temporary authentication failure")
UNSUPPORTED = Reply(504, "5.5.4", "Unrecognized authentication mechanism")
NOT_BASE64 = Reply(501, "5.5.2", "Cannot decode the response")
_MECHANISMS = frozenset({"PLAIN", "LOGIN"})
_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/]+={0,2}|=|)\Z")
_LONGEST = 12288  # octets of a response, RFC 4954 4
_MOST_STEPS = 8  # PLAIN has one, LOGIN two


class SessionConnection:
    """See base.OwnedConnection; also the source of its transactions."""

    replaceable = False

    def __init__(self, pool: Pool, connection: Connection, config: UpstreamConfig, observer: Observer) -> None:
        self.config = config
        self.observer = observer
        self._pool = pool
        self._connection = connection

    @property
    def alive(self) -> bool:
        """See base.OwnedConnection."""
        return self._connection.usable

    @property
    def capabilities(self) -> Capabilities:
        """See base.OwnedConnection."""
        return self._connection.capabilities

    def begin(self, envelope: Envelope) -> Transaction:
        """See base.OwnedConnection."""
        return SmtpTransaction(self, envelope)

    def close(self) -> None:
        """See base.OwnedConnection."""
        self._pool.retire(self._connection)

    def idle(self, session: Session) -> Connection | None:
        """The connection, None when it is gone."""
        return self._connection if self._connection.usable else None

    async def acquire(self, session: Session, *, fresh: bool = False, avoid: str = "") -> Connection:
        """The connection, or Lost when it is gone: nobody else's may be used instead."""
        if not self._connection.usable:
            raise Lost("closed", self._connection.host)
        return self._connection

    def release(self, connection: Connection) -> None:
        """Nothing to do: it stays with the session."""


async def relay_login(
    pool: Pool,
    config: UpstreamConfig,
    observer: Observer,
    session: Session,
    mechanism: str,
    initial: bytes | None,
    challenge: Challenge,
) -> LoginResult:
    """See base.Upstream.login. Every failure of the next hop is 454 4.7.0; what `challenge` raises goes through."""
    mechanism = mechanism.upper()
    if mechanism not in _MECHANISMS:
        return LoginResult(UNSUPPORTED)
    try:
        connection = await pool.acquire_owned(session)
    except UpstreamError:
        return LoginResult(TEMPORARY)
    reply = TEMPORARY
    try:
        reply = await _authenticate(connection, config, mechanism, initial, challenge)
    except UpstreamError:
        connection.drop()
    finally:
        if reply.code != 235:
            pool.retire(connection)
    if reply.code != 235:
        return LoginResult(reply)
    return LoginResult(reply, SessionConnection(pool, connection, config, observer))


async def _authenticate(
    connection: Connection, config: UpstreamConfig, mechanism: str, initial: bytes | None, challenge: Challenge
) -> Reply:
    if not encrypted_or_local(connection):
        return TEMPORARY
    if mechanism not in connection.capabilities.auth:
        return UNSUPPORTED
    if initial is not None and not _well_formed(initial):
        return NOT_BASE64
    first = b"AUTH %b %b\r\n" % (mechanism.encode(), initial) if initial else b"AUTH %b\r\n" % mechanism.encode()
    reply = (await connection.ask(first, 1, config.command_timeout))[0]
    for _ in range(_MOST_STEPS):
        if reply.code != 334:
            return _outcome(reply)
        reply = await _step(connection, config, reply, challenge)
    raise UpstreamBroken("the next hop asks on and on")


async def _step(connection: Connection, config: UpstreamConfig, asked: Reply, challenge: Challenge) -> Reply:
    answer = await challenge(asked.text.encode("ascii"))
    if answer is None or not _well_formed(answer):
        refused = (await connection.ask(b"*\r\n", 1, config.command_timeout))[0]
        return refused if answer is None and refused.code >= 400 else NOT_BASE64
    return (await connection.ask(answer + b"\r\n", 1, config.command_timeout))[0]


def _well_formed(response: bytes) -> bool:
    """Base64 and nothing else: a response cannot smuggle a command."""
    return len(response) <= _LONGEST and _BASE64.match(response) is not None


def _outcome(reply: Reply) -> Reply:
    """235 or a refusal; the rest (421 too) is temporary."""
    return reply if reply.code == 235 or (reply.code >= 400 and reply.code != 421) else TEMPORARY
