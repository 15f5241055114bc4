"""DATA and BDAT: message bytes into spool and scanner in one pass, then the pipeline (RFC 5321 4.1.1.4, RFC 3030)."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from gateway import replies
from gateway.errors import SpoolFull
from gateway.journal.decision import new_reference
from gateway.logs import get_logger
from gateway.message.result import ScannedMessage, SpooledMessage
from gateway.model import Reply
from gateway.pipeline import Arrival
from gateway.smtp.connection import Closing, Connection, Phase
from gateway.smtp.dotstream import DotStream, LineGuard, Normalizer

if TYPE_CHECKING:
    from gateway.metrics import ProtocolErrorKind
    from gateway.smtp.context import ListenerContext

_log = get_logger("congthu.smtp")
_RATE_WINDOW = 60.0
_SMALL_CHUNK = 1024  # octets of a BDAT chunk that counts as a command without effect
_DRAIN_FACTOR = 4  # a refused message is read to its end, but not for ever
_TURN = 0.01  # seconds of scanning after which other connections have their turn
_FEW, _FIRST, _ANY = 32 * 1024, 128 * 1024, 1 << 30  # octets that are scanned at once: see `Receiver.at_once`


class Receiver:
    """Takes the content of one message. After the first problem it only counts; `problem` then holds the reply.

    `at_once`: octets to give it at a time. Ordinary mail is scanned in no time, however much came; where a stranger
    makes each octet take long, pieces are small. `worked`: seconds of scanning since others had their turn.
    """

    __slots__ = ("_context", "_normalizer", "at_once", "problem", "scanner", "size", "spool", "started", "worked")

    def __init__(self, context: ListenerContext) -> None:
        self._context = context
        self._normalizer = Normalizer() if context.settings.bare_newline == "normalize" else None
        self.scanner = context.scanner()
        self.size = 0
        self.problem: Reply | None = None
        self.started = time.monotonic()
        self.at_once, self.worked = _FIRST, 0.0
        self.spool = context.spools.new()

    def take(self, data: bytes) -> None:
        """Take content as it comes (without dot-stuffing)."""
        if self._normalizer is not None:
            if b"\0" in data:
                self.fail(replies.BARE_NEWLINE)
            data = self._normalizer.feed(data)
        self.keep(data)

    def keep(self, data: bytes) -> None:
        """Take content as it will be forwarded."""
        self.size += len(data)
        if self.problem is not None or not data:
            return
        if self.size > self._context.settings.max_size:
            self.fail(replies.TOO_BIG)
            return
        try:
            self.spool.feed(data)
        except SpoolFull:
            self.fail(replies.NO_SPACE)
            return
        began = time.perf_counter()
        self.scanner.feed(data)
        took = time.perf_counter() - began
        self.worked += took
        self.at_once = _FEW if took > _TURN else min(2 * self.at_once, _ANY)

    async def rest(self) -> None:
        """Let others have their turn, if it is time."""
        if self.worked > _TURN:
            self.worked = 0.0
            await asyncio.sleep(0)

    def fail(self, reply: Reply) -> None:
        """Keep nothing from here on."""
        if self.problem is None:
            self.problem = reply
            self.spool.close()

    async def settle(self) -> None:
        """Let what was collected go to disk."""
        if self.problem is None and self.spool.needs_flush:
            try:
                await self.spool.flush()
            except SpoolFull:
                self.fail(replies.NO_SPACE)

    async def finish(self) -> None:
        """All has come."""
        if self._normalizer is not None:
            self.keep(self._normalizer.finish())
        if self.problem is None:
            try:
                await self.spool.finish()
            except SpoolFull:
                self.fail(replies.NO_SPACE)

    def bare(self) -> None:
        """A bare CR, LF or NUL was seen (a normalising listener has turned the first two into CRLF)."""
        if self._normalizer is None:
            self.fail(replies.BARE_NEWLINE)


class Transfer(Connection):
    """The part of a session that receives messages."""

    receiver: Receiver | None = None
    guard: LineGuard | None = None
    pace: Pace | None = None
    bdat_refusal: Reply | None = None

    def reset_transaction(self) -> None:
        """Forget the message too."""
        receiver, self.receiver, self.guard, self.pace, self.bdat_refusal = self.receiver, None, None, None, None
        if receiver is not None:
            receiver.spool.close()
        super().reset_transaction()

    def _no_data(self) -> Reply:
        """Why data cannot come now."""
        if self.receiver is not None or self.bdat_refusal is not None:
            return replies.DATA_AFTER_BDAT
        return replies.MAIL_FIRST if self.mail is None else replies.RCPT_FIRST

    # DATA

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd's naming
        """Receive to CRLF.CRLF and nothing else."""
        self.nothing_may_follow()
        mail = self.mail
        said_more = bool(arg and not arg.isspace())  # blanks at a line's end mean nothing (RFC 5321 4.1.1)
        if said_more or self.receiver or self.bdat_refusal or mail is None or not mail.recipients:
            self.say(replies.BAD_ARGUMENT if said_more else self._no_data())
            return
        try:
            receiver = self.receiver = Receiver(self.context)
        except SpoolFull:
            self.say(replies.NO_SPACE)
            return
        self._out.append(replies.START_DATA.encoded)
        self.phase = Phase.RECEIVING
        await self._receive_data(receiver)
        await self._conclude(receiver)

    async def _receive_data(self, receiver: Receiver) -> None:
        stream = DotStream()
        inbox, pace = self.inbox, Pace(self)
        while True:
            data = inbox.take(receiver.at_once)
            if not data:
                await self.need_input(pace.allowed())
                continue
            pieces = stream.feed(data)
            if stream.bare:
                receiver.bare()
            if pieces:
                receiver.take(pieces[0] if len(pieces) == 1 else b"".join(pieces))
            if stream.done:
                break
            if receiver.spool.needs_flush:
                await receiver.settle()
            await receiver.rest()
            self._drain_limit(receiver)
        inbox.put_back(stream.rest)

    def _drain_limit(self, receiver: Receiver) -> None:
        if receiver.problem is not None and receiver.size > _DRAIN_FACTOR * self.context.settings.max_size:
            raise self.quit(receiver.problem, "too-big")

    # BDAT

    async def smtp_BDAT(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd's naming
        """Receive a chunk; with LAST the message is whole (RFC 3030 2)."""
        words = (arg or "").split()
        last = len(words) == 2 and words[1].upper() == "LAST"
        known = 1 <= len(words) <= 2 and words[0].isascii() and words[0].isdigit() and len(words[0]) <= 12
        if not known or (len(words) == 2 and not last):
            raise self.quit(replies.BAD_ARGUMENT, "syntax")  # how much data follows is unknown: no way to go on
        if int(words[0]) < _SMALL_CHUNK:
            self.idle_commands += 1  # larger ones are bounded by the size of the message
        self._begin_chunk()
        self.phase = Phase.RECEIVING
        await self._receive_chunk(int(words[0]))
        self.phase = Phase.TALKING
        if self.bdat_refusal is not None:
            self.say(self.bdat_refusal)
            if last:
                self.reset_transaction()
        elif last:
            await self._end_bdat()
        else:
            assert self.receiver is not None
            self.say(self.receiver.problem or Reply(250, "2.0.0", f"{words[0]} octets received"))

    def _begin_chunk(self) -> None:
        """Have a receiver. Once a chunk was refused, so is the rest of its message, until the next transaction."""
        if self.receiver is not None or self.bdat_refusal is not None:
            return
        self.pace = Pace(self)
        if not self.recipients:
            self.bdat_refusal = self._no_data()
            return
        try:
            self.receiver, self.guard = Receiver(self.context), LineGuard()
        except SpoolFull:
            self.bdat_refusal = replies.NO_SPACE

    async def _receive_chunk(self, left: int) -> None:
        pace = self.pace or Pace(self)
        receiver, guard = self.receiver, self.guard
        if left > _DRAIN_FACTOR * self.context.settings.max_size:
            raise self.quit(replies.TOO_BIG, "too-big")
        while left:
            data = self.inbox.take(left if receiver is None else min(left, receiver.at_once))
            if not data:
                await self.need_input(pace.allowed())
                continue
            left -= len(data)
            if receiver is not None and guard is not None:
                guard.feed(data)
                if guard.bare:
                    receiver.bare()
                receiver.take(data)
                await receiver.settle()
                await receiver.rest()
                self._drain_limit(receiver)

    async def _end_bdat(self) -> None:
        assert self.receiver is not None
        assert self.guard is not None
        self.guard.finish()
        if self.guard.bare:
            self.receiver.bare()
        await self._conclude(self.receiver)

    # The end of the message

    async def _conclude(self, receiver: Receiver) -> None:
        arrived = time.monotonic()
        self.phase = Phase.CONCLUDING
        self.deadline = self.loop.time() + self.context.post_dot_timeout
        try:
            await receiver.finish()
            problem = receiver.problem
            message = receiver.scanner.finish() if problem is None else None
            if message is not None and message.longest_line > self.context.settings.max_line:
                problem = replies.LONG_LINE
            if message is None or problem is not None:
                self._refuse_form(receiver, problem or replies.TROUBLE)
            else:
                await self._judge_and_deliver(self._arrival(receiver, message, arrived))
        finally:
            self.phase = Phase.TALKING
            self.reset_transaction()
        if self._lost:
            raise Closing
        if self.messages >= self.context.settings.max_transactions:
            raise self.quit(replies.TOO_MANY_MESSAGES)

    def _arrival(self, receiver: Receiver, message: ScannedMessage, arrived: float) -> Arrival:
        assert self.mail is not None
        return Arrival(
            envelope=self.mail,
            message=message,
            content=SpooledMessage(receiver.spool, message),
            transaction=self.begin_transaction(),
            reference=new_reference(),
            started=receiver.started,
            received=arrived,
            tell=self.tell,
            gone=self.is_gone,
            account=self.account,
        )

    async def _judge_and_deliver(self, arrival: Arrival) -> None:
        self.messages += 1
        pipeline = self.context.pipeline
        try:
            reply = await pipeline.conclude(arrival)
        except asyncio.CancelledError:
            pipeline.failed(arrival, replies.TIMED_OUT, "", "took too long")
            raise
        except Exception as error:
            pipeline.failed(arrival, replies.TROUBLE, self.log_failure(error), "internal error")
            self.tell(replies.TROUBLE)
            raise Closing from None
        if reply.code < 400:
            self.idle_commands = 0

    def _refuse_form(self, receiver: Receiver, reply: Reply) -> None:
        """The message's form is refused: counted, not a row."""
        self.metrics.protocol_error(_KINDS.get(reply, "other"))
        self.metrics.message("reject" if reply.code >= 500 else "tempfail", receiver.size)
        client, mail = self.client, self.mail
        _log.info(
            "message.refused",
            session=client.id,
            client=client.client_address,
            sender=mail.reverse_path.text if mail else "",
            size=receiver.size,
            reply=reply.line,
        )
        self.say(reply)


_KINDS: dict[Reply, ProtocolErrorKind] = {
    replies.TOO_BIG: "too-big",
    replies.BARE_NEWLINE: "bare-newline",
    replies.LONG_LINE: "long-line",
}


class Pace:
    """Watches how fast a client sends: the slowest accepted rate over a window, and the whole transfer's time."""

    __slots__ = ("_bytes_at", "_end", "_session", "_window")

    def __init__(self, session: Connection) -> None:
        now = session.loop.time()
        self._session = session
        self._end = now + session.context.settings.transfer_timeout
        self._window = now + _RATE_WINDOW
        self._bytes_at = session.received_bytes

    def allowed(self) -> float:
        """Seconds that the client may now take for more data. Closing when it is too slow."""
        session = self._session
        settings = session.context.settings
        now = session.loop.time()
        if now > self._window:
            received = session.received_bytes
            if received - self._bytes_at < settings.min_rate * _RATE_WINDOW:
                raise session.quit(replies.TOO_SLOW, "slow")
            self._window, self._bytes_at = now + _RATE_WINDOW, received
        return min(settings.command_timeout, max(self._end - now, 0.0))
