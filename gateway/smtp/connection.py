"""One client connection: aiosmtpd's SMTP with its reading, writing, timing and start-up replaced.

What stays aiosmtpd's: the protocol class that the event loop drives, its `smtp_VERB` methods, the PROXY protocol
parser. What is replaced, and why: its StreamReader (no bound on a line, a pause every 2 KB), `push` (a write and a
drain for each line), `__init__` (138 us a connection), the timer (cancels a slow delivery), `handle_exception` (tells
the client the exception). docs/decisions/0002-aiosmtpd.md has the measurements.
"""

from __future__ import annotations

import asyncio
import ssl
import traceback
from dataclasses import replace
from enum import Enum, auto
from hashlib import sha256
from typing import Any, ClassVar

from aiosmtpd.smtp import SMTP

from gateway import replies
from gateway.accounts import Account
from gateway.logs import get_logger
from gateway.metrics import ProtocolErrorKind
from gateway.model import Direction, Envelope, Recipient, Reply, Session
from gateway.smtp.context import ListenerContext, Peer
from gateway.smtp.handshake import BadProxyHeader, bytes_waiting, endpoint, proxied_client, take_over, tls_text
from gateway.smtp.inbox import ClientGone, Expired, Inbox
from gateway.upstream.base import Capabilities, OwnedConnection, Transaction

_log = get_logger("congthu.smtp")
_MAX_COMMAND = 2048  # octets; RFC 5321 asks for 512, ESMTP parameters and SMTPUTF8 add to it
_WRITE_HIGH = 64 * 1024
_HANDSHAKE = 30.0  # seconds for a TLS handshake
_LAST_WORDS = 10.0  # seconds for a client to take its last reply
_COMMANDS_AT_ONCE = 50  # pipelined commands before other sessions have their turn
_HOLD_AFTER = 5.0  # seconds that a slow client may keep an upstream connection
_HTTP = frozenset((b"GET", b"POST", b"PUT", b"HEAD", b"OPTIONS", b"CONNECT", b"DELETE"))


class Phase(Enum):
    """What the session is doing, so that time-outs and lost connections do the right thing."""

    TALKING = auto()  # waiting for commands or working on one; may be cancelled
    RECEIVING = auto()  # message data is coming in; may be cancelled
    CONCLUDING = auto()  # the final dot was seen: the client's going away must not stop it


class Closing(Exception):  # noqa: N818 - an event, not an error
    """The session ends now; its last reply is already written."""


class Connection(SMTP):
    """Reads commands, calls `smtp_VERB`, writes replies; see the module's docstring for what differs from aiosmtpd."""

    verbs: ClassVar[dict[bytes, str]] = {}

    def __init__(self, context: ListenerContext, loop: asyncio.AbstractEventLoop) -> None:
        # Not calling aiosmtpd's: everything it would set is replaced here, at a twentieth of its cost.
        self.loop = loop
        self.context = context
        self.metrics = context.metrics
        self.deadline = float("inf")
        self.transport: Any = None
        self.inbox: Inbox
        self.client: Session
        self.peer: Peer  # whose networks' rights the client has
        self.phase = Phase.TALKING
        self.mail: Envelope | None = None
        self.upstream_transaction: Transaction | None = None
        self.account: Account | None = None
        self.owned: OwnedConnection | None = None
        self.messages = self.errors = self.idle_commands = self.received_bytes = 0
        self._out: list[bytes] = []
        self._task: asyncio.Task[None] | None = None
        self._stopping = self._timed_out = self._lost = self._finished = self._shaking = False
        self.asking = False  # an answer of the upstream is awaited
        self.upstream_used = 0.0
        self._tls_over: Any = None
        self._last_command = loop.time() + context.settings.session_timeout
        self._drained: asyncio.Future[None] | None = None
        self._write_paused = False

    # Called by the event loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client is here: admit it or turn it away."""
        self.transport = transport
        address, port = endpoint(transport.get_extra_info("peername"))
        self.peer = self.context.peer(address)
        refusal = self.context.admit(self, self.peer)
        if refusal is not None:
            self.transport.write(refusal.encoded)
            self.transport.close()
            return
        self.inbox = Inbox(self.loop, self.transport)
        settings = self.context.settings
        self.client = Session(self.context.new_id(), settings.name, settings.direction, address, port)
        self.forwarder: Session | None = None  # who the client is by itself, while XFORWARD says otherwise
        self.peer.grant(self.client)
        self._task = self.loop.create_task(self._handle_client())

    def data_received(self, data: bytes) -> None:
        """Bytes from the client."""
        if self._task is not None:
            self.received_bytes += len(data)
            self.inbox.feed(data)

    def eof_received(self) -> bool:
        """The client sends no more; what it sent before is still answered (never over TLS)."""
        if self._task is not None:
            self.inbox.end()
        return not getattr(self, "client", None) or not self.client.tls

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone. A delivery that was begun goes on."""
        self._lost = True
        self._resume_writes()
        if self._task is None:
            return
        if self._finished:
            self.context.release(self)
            return
        self.inbox.end()
        self.inbox.clear()
        if self.phase is Phase.CONCLUDING:
            if self.upstream_transaction is not None:
                self.upstream_transaction.abandon()
        elif not self.inbox.waiting:
            self._task.cancel()

    def pause_writing(self) -> None:
        """The client does not read its replies."""
        self._write_paused = True

    def resume_writing(self) -> None:
        """It does again."""
        self._resume_writes()

    def _resume_writes(self) -> None:
        self._write_paused = False
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)
        self._drained = None

    # Called by the listener about once a second

    def tick(self, now: float) -> None:
        """Enforce the deadline, and free an upstream connection that a silent client holds."""
        if now > self.deadline:
            self.deadline = float("inf")
            self._expire()
        elif self.upstream_transaction is not None and self._upstream_is_idle(now):
            self.upstream_transaction.hold()

    def _upstream_is_idle(self, now: float) -> bool:
        """Whether an upstream connection only waits for this client."""
        return not self.asking and self.phase is not Phase.CONCLUDING and now - self.upstream_used > _HOLD_AFTER

    def _expire(self) -> None:
        self._timed_out = True
        if self._finished:
            self.transport.abort()  # the last reply was not taken
        elif self.inbox.waiting:
            self.inbox.expire()
        elif self._task is not None:
            self._task.cancel()

    def stop(self, *, now: bool = False) -> None:
        """Say 421 at once if nothing is under way, else as soon as it is done; `now`: do not wait for the client."""
        self._stopping = True
        if self._shaking or (self._finished and now):
            self.transport.abort()  # in the middle of a handshake no word of ours would be understood
        idle = self.mail is None and self.phase is Phase.TALKING
        if self.inbox.waiting and (idle or now):
            self.inbox.expire()

    # Writing

    def say(self, reply: Reply) -> None:
        """Queue a reply; it leaves together with others when the session next waits."""
        self._out.append(reply.encoded)
        if reply.code >= 500:
            self.errors += 1

    def flush(self) -> None:
        """Write what was said in one go."""
        out = self._out
        if out and not self._lost:
            self.transport.write(out[0] if len(out) == 1 else b"".join(out))
        out.clear()

    def tell(self, reply: Reply) -> bool:
        """Say and write at once; False when the client is gone."""
        self.say(reply)
        self.flush()
        return not self._lost

    def is_gone(self) -> bool:
        """Whether the client's connection is lost."""
        return self._lost

    def quit(self, reply: Reply, kind: ProtocolErrorKind | None = None) -> Closing:
        """The last reply; raise what is returned."""
        if kind is not None:
            self.metrics.protocol_error(kind)
        self.say(reply)
        self.flush()
        return Closing()

    async def need_input(self, seconds: float, *, fresh: bool = True) -> None:
        """Write what was said and wait for the client, at most so long. ClientGone, Expired.

        Not `fresh`: it waits for the rest of something, and the time it had for the whole goes on.
        """
        if self._out:
            self.flush()
        if self._write_paused:
            await self._drain()
        if fresh:
            self.deadline = min(self.loop.time(), self._last_command) + seconds
        await self.inbox.more()

    async def _drain(self) -> None:
        self.deadline = self.loop.time() + self.context.settings.command_timeout
        if self._write_paused and not self._lost:
            self._drained = self.loop.create_future()
            await self._drained

    # The session

    async def _handle_client(self) -> None:
        try:
            await self._greet()
            await self._talk()
        except (Closing, ClientGone):
            pass
        except Expired:
            self._say_expired()
        except asyncio.CancelledError:
            if self._timed_out:
                self.tell(replies.TIMED_OUT)
        except Exception as error:
            self._say_trouble(error)
        finally:
            self._clean_up()

    async def _talk(self) -> None:
        """Commands, one after the other, until something ends it."""
        inbox, timeout, verbs = self.inbox, self.context.settings.command_timeout, self.verbs
        turns = _COMMANDS_AT_ONCE
        while True:
            line = inbox.line()
            if line is None:  # as `need_input`, without a coroutine for each command
                if self._out:
                    self.flush()
                if self._write_paused:
                    await self._drain()
                if inbox.empty:
                    self.deadline = min(self.loop.time(), self._last_command) + timeout
                await inbox.more()
                turns = _COMMANDS_AT_ONCE
                continue
            turns -= 1
            if not turns:
                await asyncio.sleep(0)
                turns = _COMMANDS_AT_ONCE
            plain = line.isascii() and line.find(b"\r") == len(line) - 2 and len(line) <= _MAX_COMMAND
            problem = None if plain and b"\0" not in line else self._malformed(line)
            if problem is not None:
                self.metrics.protocol_error("syntax")
                self.say(problem)
            else:
                verb, _, argument = line[:-2].partition(b" ")
                name = verbs.get(verb) or verbs.get(verb.upper())
                if name is None and b"\t" in verb:
                    verb, _, argument = line[:-2].partition(b"\t")
                    name = verbs.get(verb.upper())
                if name is None:
                    self._unknown(verb)
                else:
                    await getattr(self, name)(argument.decode("utf-8", "replace"))
            if self.errors or self.idle_commands or self._stopping:
                self._check_limits()

    async def _greet(self) -> None:
        proxied = self.peer.proxy
        if self.peer.proxy:
            self.deadline = self.loop.time() + 30.0
            await self._read_proxy_header()
        if self.context.is_implicit:
            await self._begin_tls()
        elif not proxied:
            await self._listen_first()
        self._out.append(self.context.banner)

    async def _begin_tls(self) -> None:
        """Implicit TLS (RFC 8314 3.3), begun here so that handshakes are counted and timed like anything else."""
        assert self.context.tls is not None
        await self.upgrade(self.context.tls, begun=True)

    async def _listen_first(self) -> None:
        """Who talks before the banner is no mail server (RFC 5321 3.1): let it show, then cut it."""
        delay = self.context.settings.greet_delay
        if delay and not self.peer.trusted:
            await asyncio.sleep(delay)
        if not self.inbox.empty or bytes_waiting(self.transport):
            raise self.quit(replies.SURPLUS, "early-talk")

    async def _read_proxy_header(self) -> None:
        """From here on the client is whom the PROXY header names."""
        try:
            named = await proxied_client(self.inbox)
        except BadProxyHeader:
            self.metrics.refused_connection("proxy")
            raise Closing from None
        if named is None:
            return  # the proxy itself, a health check
        self.context.release(self)
        self.peer = self.context.peer(named[0])
        self.client.client_address = self.client.peer = named[0]
        self.client.peer_port = named[1]
        self.peer.grant(self.client)
        refusal = self.context.admit(self, self.peer)
        if refusal is not None:
            raise self.quit(refusal)

    def _malformed(self, line: bytes) -> Reply | None:
        if not line.endswith(b"\r\n"):
            return replies.BARE_COMMAND if line else replies.LINE_TOO_LONG
        if len(line) > _MAX_COMMAND and line[:4].upper() != b"AUTH":
            return replies.LINE_TOO_LONG
        if b"\0" in line or b"\r" in line[:-2]:
            return replies.BAD_SYNTAX
        try:
            line.decode()
        except UnicodeDecodeError:  # a computer's name in the charset of its system is no reason to refuse
            return None if line[:4].upper() in (b"EHLO", b"HELO") else replies.BAD_ARGUMENT
        return None

    def _unknown(self, verb: bytes) -> None:
        """An unknown verb costs an error; another protocol (a browser tricked into mail) ends the session."""
        if verb.upper() in _HTTP or not verb[:1].isalpha():
            raise self.quit(replies.BAD_SYNTAX, "syntax")
        self.metrics.protocol_error("syntax")
        self.idle_commands += 1
        self.say(replies.UNKNOWN)

    def _check_limits(self) -> None:
        settings = self.context.settings
        if self.errors >= settings.max_errors:
            raise self.quit(replies.TOO_MANY_ERRORS, "limit")
        if self.idle_commands >= settings.max_commands:
            raise self.quit(replies.TOO_MANY_COMMANDS, "limit")
        if self._stopping and self.mail is None:
            raise self.quit(replies.STOPPING)

    def nothing_may_follow(self) -> None:
        """After this command the client must wait (RFC 2920 3.1); data that is already here is an attack."""
        if not self.inbox.empty:
            raise self.quit(replies.SURPLUS, "surplus")

    def _say_expired(self) -> None:
        if self._stopping:
            self.tell(replies.STOPPING)
            return
        self.metrics.protocol_error("slow" if self.phase is Phase.RECEIVING else "timeout")
        self.tell(replies.TOO_SLOW if self.phase is Phase.RECEIVING else replies.IDLE)

    def _say_trouble(self, error: Exception) -> None:
        """A bug of ours: temporary for the client, whole for the log; the text of the exception stays here."""
        self.log_failure(error)
        self.tell(replies.TROUBLE)

    def log_failure(self, error: Exception) -> str:
        """Log a bug with its traceback; returns the digest under which it is found again."""
        trace = "".join(traceback.format_exception(error))
        digest = sha256(trace.encode("utf-8", "replace")).hexdigest()[:16]
        _log.error("session.failed", session=self.client.id, digest=digest, traceback=trace[-4000:])
        self.metrics.protocol_error("other")
        return digest

    # The transaction

    def reset_transaction(self) -> None:
        """RSET's effect (RFC 5321 4.1.1.5), and any transaction's end: XFORWARD was said of this one."""
        self.mail = None
        if self.forwarder is not None:
            own, self.forwarder = self.forwarder, None
            self.client = replace(
                self.client,
                client_address=own.client_address,
                client_name=own.client_name,
                helo=own.helo,
                stranger=own.stranger,
            )
        if self.account is not None:
            self.account.close()
            self.account = None
        transaction, self.upstream_transaction = self.upstream_transaction, None
        if transaction is not None:
            transaction.abort()

    def begin_transaction(self) -> Transaction:
        """The upstream transaction of the mail transaction that is under way."""
        if self.upstream_transaction is None:
            assert self.mail is not None
            owner = self.owned or self.context.upstream
            self.upstream_transaction = owner.begin(self.mail)
        return self.upstream_transaction

    def disown(self) -> None:
        """Log out: the next hop's connection of this login serves nobody else."""
        owned, self.owned, self.client.user = self.owned, None, ""
        if owned is not None:
            owned.close()

    @property
    def recipients(self) -> list[Recipient]:
        """The recipients that were accepted so far."""
        return self.mail.recipients if self.mail is not None else []

    @property
    def capabilities(self) -> Capabilities:
        """What the next hop of this session can do."""
        return self.owned.capabilities if self.owned is not None else self.context.upstream.capabilities

    @property
    def may_relay(self) -> bool:
        """Whether this client may send to any domain. On an inbound listener nobody may, not even a trusted network."""
        client, direction = self.client, self.context.direction
        if direction is Direction.INBOUND:
            return False
        if direction in (Direction.OUTBOUND, Direction.PROXY_FILTER):
            return True  # admitted from trusted networks only
        return bool(client.user or client.device_sender or client.trusted)

    def _clean_up(self) -> None:
        self.reset_transaction()
        if self.owned is not None:
            self.owned.close()
        self._finished = True
        if self._lost:
            self.context.release(self)
        else:
            # It counts as open until it is: a client that does not take its last reply is cut a little later.
            self.deadline = self.loop.time() + _LAST_WORDS
            self.transport.close()
        if self.errors:
            _log.info(
                "session",
                session=self.client.id,
                client=self.client.client_address,
                messages=self.messages,
                errors=self.errors,
            )

    # TLS

    async def upgrade(self, context: ssl.SSLContext, *, begun: bool = False) -> None:
        """TLS from here on (RFC 3207): nothing from before is kept. `begun`: the client may have begun already."""
        self.flush()
        plain = self.transport
        self.deadline = self.loop.time() + _HANDSHAKE
        self._shaking = True
        secured = None
        try:
            start = self.loop.start_tls(plain, self, context, server_side=True, ssl_handshake_timeout=_HANDSHAKE)
            made = await (take_over(self.loop, plain, self.inbox, start) if begun else start)
            secured = None if plain.is_closing() else made  # some loops give one out that is dead already
        except (OSError, ssl.SSLError, asyncio.IncompleteReadError) as error:
            self.metrics.protocol_error("tls")
            _log.info("tls.failed", session=self.client.id, client=self.client.client_address, error=str(error)[:200])
            raise Closing from None
        finally:
            self._shaking = False
            if secured is None:  # the layer in between tells nobody of a connection that ends in the handshake
                self._lost = True
                plain.abort()
        if secured is None:
            raise Closing
        self.transport = secured
        self.inbox.transport = secured
        self.inbox.clear()
        # What the client said itself is forgotten; who it is, its connection told, or a server in front of it.
        self.client = replace(self.client, helo="", esmtp=False, user="", tls=tls_text(secured))
