"""One mail transaction over a connection: MAIL, RCPT, DATA or BDAT, and what to do when the connection fails.

Until the last byte of the message was written, a connection that was closed by the server is replaced once and what was
accepted is replayed; after it nothing is ever sent again (RFC 5321 4.5.4.1, RFC 1047).
Knows commands and replies; where connections come from is its source's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from gateway.config import UpstreamConfig
from gateway.errors import UpstreamBroken, UpstreamUnsure
from gateway.model import Envelope, Recipient, Reply, Session
from gateway.upstream import body, commands
from gateway.upstream.base import Content, Observer
from gateway.upstream.connection import Connection, Lost
from gateway.upstream.replies import without_421


class Source(Protocol):
    """Where a transaction's connections come from and go to."""

    config: UpstreamConfig
    observer: Observer
    replaceable: bool  # a lost or held connection can be replaced by another one

    def idle(self, session: Session) -> Connection | None:
        """A connection that is ready now; None: acquire() one."""

    async def acquire(self, session: Session, *, fresh: bool = False, avoid: str = "") -> Connection:
        """See Pool.acquire."""

    def release(self, connection: Connection) -> None:
        """See Pool.release."""


class SmtpTransaction:
    """See base.Transaction."""

    __slots__ = ("_accepted", "_connection", "_ended", "_envelope", "_over", "_refusal", "_source")

    def __init__(self, source: Source, envelope: Envelope) -> None:
        self._source = source
        self._envelope = envelope
        self._connection: Connection | None = None
        self._accepted: list[Recipient] = []
        self._refusal: Reply | None = None
        self._over = False
        self._ended = False  # the end of the message was written

    # -- base.Transaction ---------------------------------------------------------------------------------------

    async def rcpt(self, recipients: Sequence[Recipient]) -> list[Reply]:
        """See base.Transaction."""
        if self._refusal is not None:
            return [self._refusal] * len(recipients)
        if self._over:
            raise UpstreamBroken("the transaction is over")
        try:
            if self._connection is None:
                return await self._open(recipients, self._source.idle(self._envelope.session))
            return await self._more(self._connection, recipients)
        except BaseException:
            self._fail()
            raise

    def hold(self) -> None:
        """See base.Transaction. A connection that cannot be replaced is kept."""
        if self._source.replaceable and not self._over:
            self._give_back(dirty=True)

    async def send(self, prefix: bytes, content: Content, *, skip: Sequence[tuple[int, int]] = ()) -> Reply:
        """See base.Transaction."""
        if self._over or not self._accepted:
            raise UpstreamBroken("there is no transaction to send a message in")
        try:
            refusal = await self._ready_for_data()
            if refusal is None:
                return await self._deliver(prefix, content, skip)
            self._over = True
            self._give_back(dirty=True)
            return refusal
        except BaseException:
            self._fail()
            raise

    def abort(self) -> None:
        """See base.Transaction."""
        self._over = True
        self._give_back(dirty=True)

    def abandon(self) -> None:
        """See base.Transaction. The cut connection makes send() raise UpstreamBroken."""
        if self._connection is not None and not self._ended:
            self._connection.drop("cancelled")

    # -- MAIL and RCPT ------------------------------------------------------------------------------------------

    async def _open(
        self, recipients: Sequence[Recipient], ready: Connection | None, *, fresh: bool = False, avoid: str = ""
    ) -> list[Reply]:
        """MAIL, what was accepted before, and these; once more on another connection if this one is dead.

        `ready` is a connection to use, None to acquire one.
        """
        connection = ready or await self._source.acquire(self._envelope.session, fresh=fresh, avoid=avoid)
        try:
            if not self._is_ordinary(connection, recipients):
                return await self._begin(connection, recipients)
            self._connection = connection
            timeout = self._source.config.command_timeout
            replies = await connection.say(self._first(connection, recipients[0]), 2, timeout)
            connection.deadline = 0.0
            if len(replies) == 2 and replies[0].code < 300 and replies[1].code < 300:
                self._accepted.append(recipients[0])
                return [replies[1]]
            return self._begun(self._proper(connection, replies, 1), 0, 0, recipients)
        except Lost as lost:
            if fresh or not self._replaceable(lost):
                raise
        return await self._open(recipients, None, fresh=True, avoid=connection.host)

    def _is_ordinary(self, connection: Connection, recipients: Sequence[Recipient]) -> bool:
        """Whether MAIL and one RCPT in one write are all that there is to say, as for nearly every message."""
        return (
            len(recipients) == 1
            and not self._accepted
            and not connection.dirty
            and connection.capabilities.pipelining
            and not self._envelope.smtputf8
            and not self._source.config.xforward
        )

    def _first(self, connection: Connection, recipient: Recipient) -> bytes:
        offered = connection.capabilities
        return commands.mail(self._envelope, offered) + commands.rcpt(recipient, offered)

    def _replaceable(self, lost: Lost) -> bool:
        """Only what a server does that goes away: closing, resetting, 421. After anything else it is not trusted."""
        return self._source.replaceable and lost.kind in ("lost", "busy") and lost.replies == 0

    async def _begin(self, connection: Connection, recipients: Sequence[Recipient]) -> list[Reply]:
        self._connection = connection
        offered = connection.capabilities
        if self._envelope.smtputf8 and not offered.smtputf8:
            return self._refused(commands.UTF8_REFUSED, recipients, dirty=connection.dirty)
        before = self._preamble(connection)
        again = len(self._accepted)
        everyone = [*self._accepted, *recipients] if again else recipients
        lines = [*before, commands.mail(self._envelope, offered)]
        replies = await self._talk(connection, lines, [commands.rcpt(r, offered) for r in everyone], len(lines))
        if connection.dirty and replies[0].code >= 400:
            raise UpstreamBroken("the next hop refuses RSET")
        connection.dirty = False
        return self._begun(replies, len(before), again, recipients)

    def _begun(self, replies: Sequence[Reply], at: int, again: int, recipients: Sequence[Recipient]) -> list[Reply]:
        """What the replies say: MAIL's is the one at `at`, then come `again` recipients of before, then the others."""
        mail, answers = replies[at], list(replies[at + 1 :])
        if mail.code >= 400:
            if again:
                raise UpstreamBroken("the next hop takes the reverse-path no more")
            return self._refused(mail, recipients, dirty=True)
        if any(reply.code >= 400 for reply in answers[:again]):
            raise UpstreamBroken("the next hop takes a recipient no more")
        return self._answered(recipients, answers[again:])

    def _preamble(self, connection: Connection) -> list[bytes]:
        """RSET where something was left open; XFORWARD, which a server forgets after each transaction."""
        lines = [b"RSET\r\n"] if connection.dirty else []
        if self._source.config.xforward and connection.capabilities.xforward:
            lines += commands.xforward(self._envelope.session, connection.capabilities.xforward)
        return lines

    async def _more(self, connection: Connection, recipients: Sequence[Recipient]) -> list[Reply]:
        lines = [commands.rcpt(r, connection.capabilities) for r in recipients]
        return self._answered(recipients, await self._talk(connection, [], lines, 0))

    async def _talk(self, connection: Connection, first: list[bytes], rest: list[bytes], mail: int) -> Sequence[Reply]:
        """The replies to all of these commands: in one group where the server offers PIPELINING (RFC 2920).

        `mail` is the place after MAIL, 0 for none: without pipelining a refused MAIL leaves the rest unsaid.
        """
        lines = first + rest
        if connection.capabilities.pipelining:
            replies = await connection.ask(b"".join(lines), len(lines), self._source.config.command_timeout)
        else:
            replies = await self._one_by_one(connection, lines, mail)
        return self._proper(connection, replies, mail)

    async def _one_by_one(self, connection: Connection, lines: list[bytes], mail: int) -> Sequence[Reply]:
        replies: list[Reply] = []
        for line in lines:
            replies += await self._say(connection, line, len(replies))
            if replies[-1].code == 421 or (len(replies) == mail and replies[-1].code >= 400):
                break
        return replies

    async def _say(self, connection: Connection, line: bytes, before: int) -> Sequence[Reply]:
        """One command by itself; a loss counts the replies that came `before` it."""
        try:
            return await connection.ask(line, 1, self._source.config.command_timeout)
        except Lost as lost:
            raise Lost(lost.kind, lost.host, lost.replies + before) from lost

    def _proper(self, connection: Connection, replies: Sequence[Reply], mail: int) -> Sequence[Reply]:
        """421 means that the connection is closed: up to MAIL's reply another one may be tried, later not."""
        for place, reply in enumerate(replies):
            if reply.code == 421:
                raise Lost("busy", connection.host, 0 if place < mail else place + 1)
            if 300 <= reply.code < 400:
                connection.drop("malformed")
                raise Lost("malformed", connection.host, len(replies))
        return replies

    def _refused(self, reply: Reply, recipients: Sequence[Recipient], *, dirty: bool) -> list[Reply]:
        self._refusal = reply
        self._over = True
        self._give_back(dirty=dirty)
        return [reply] * len(recipients)

    def _answered(self, recipients: Sequence[Recipient], answers: Sequence[Reply]) -> list[Reply]:
        self._accepted += [r for r, reply in zip(recipients, answers, strict=True) if reply.code < 300]
        return list(answers)

    # -- the message --------------------------------------------------------------------------------------------

    async def _ready_for_data(self) -> Reply | None:
        """Have a connection that waits for the message; None, or the reply that refuses it."""
        connection = self._connection
        avoid = ""
        if connection is not None:
            try:
                return await self._ask_data(connection)
            except Lost as lost:
                if not self._replaceable(lost):
                    raise
                avoid = connection.host
        await self._open((), None, fresh=bool(avoid), avoid=avoid)
        if self._connection is None:
            raise UpstreamBroken("the next hop takes the envelope no more")
        return await self._ask_data(self._connection)

    async def _ask_data(self, connection: Connection) -> Reply | None:
        if self._by_chunks(connection):
            _ = connection.transport  # Lost where it was closed meanwhile
            return None
        reply = (await connection.say(b"DATA\r\n", 1, self._source.config.command_timeout))[0]
        connection.deadline = 0.0
        if reply.code == 354:
            return None
        if reply.code == 421:
            raise Lost("busy", connection.host)
        if reply.code < 400:
            connection.drop("malformed")
            raise Lost("malformed", connection.host, 1)
        return reply

    def _by_chunks(self, connection: Connection) -> bool:
        return self._source.config.chunking and connection.capabilities.chunking

    async def _deliver(self, prefix: bytes, content: Content, skip: Sequence[tuple[int, int]]) -> Reply:
        connection = self._connection
        if connection is None:
            raise UpstreamBroken("no connection")
        config = self._source.config
        made = None if self._by_chunks(connection) else body.plain(prefix, content, skip)
        if made is not None:
            waiter = connection.say(made, 1, config.dot_timeout)
        else:
            outgoing = body.Outgoing(connection, prefix, content, skip, config.data_timeout)
            try:
                waiter = await (outgoing.bdat() if self._by_chunks(connection) else outgoing.data())
            except body.Early as early:
                return self._early(connection, early.reply)
            connection.wait(config.dot_timeout)
        self._ended = True
        try:
            reply = (await waiter)[0]
        except Lost as lost:
            raise UpstreamUnsure(str(lost)) from lost
        connection.deadline = 0.0
        self._source.observer.replied(connection.host, connection.time() - connection.since, reply.code)
        return self._final(connection, reply)

    def _early(self, connection: Connection, reply: Reply) -> Reply:
        """A refusal in mid-message is the server's last word on it; the message was not ended, so nothing is there."""
        self._fail()
        if reply.code < 400:
            raise Lost("surplus", connection.host)
        return without_421(reply)

    def _final(self, connection: Connection, reply: Reply) -> Reply:
        if 300 <= reply.code < 400:
            connection.drop("malformed")
            raise UpstreamUnsure(f"{connection.host}: answered the message with {reply.code}")
        connection.uses += 1
        self._over = True
        # A refused message clears the envelope (RFC 5321 4.1.1.4), but after BDAT not every server has done so: its
        # recipients must not get the next one.
        self._give_back(dirty=reply.code >= 400)
        return without_421(reply) if reply.code == 421 else reply

    # -- the end ------------------------------------------------------------------------------------------------

    def _give_back(self, *, dirty: bool) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        if connection.busy:  # aborted from outside in the middle of a group
            connection.drop()
            return
        connection.dirty = dirty
        self._source.release(connection)

    def _fail(self) -> None:
        """Something went wrong: what was said over the connection is not known for sure, so it goes."""
        self._over = True
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.drop()
