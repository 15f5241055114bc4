"""aioimaplib's protocol, made safe for servers that we do not trust: bounded, iterative, and ended by any surprise.

The library's own reader recurses once a line (about 1,000 lines in one read end in RecursionError), keeps an endless
line for ever, waits out a BYE, and writes commands to its log. Here each line is handed to it alone, all bytes of an
answer are counted, BYE or the end of the connection ends what is pending at once, and nothing is logged. Commands that
are written together go past the library (gateway/imap/together.py): it breaks when two STATUS are under way, and each
of its commands has an event and a timer of its own (docs/decisions/0013-all-of-a-poll-in-one-go.md).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from aioimaplib.aioimaplib import (  # type: ignore[import-untyped]  # the library has no types
    CONNECTED,
    NONAUTH,
    Command,
    IMAP4ClientProtocol,
)

from gateway.access import Failure
from gateway.imap import parse
from gateway.imap.failures import PollFailed
from gateway.imap.together import CRLF, Question, Refused, Together

_CANCEL = b"*"  # RFC 3501 6.2.2
_LAST = 1.0  # seconds
_LINES = 10_000  # of one answer, literals included
logging.getLogger("aioimaplib.aioimaplib").setLevel(logging.WARNING)  # below, it writes what crosses the wire


class Wire(IMAP4ClientProtocol):  # type: ignore[misc]
    """One connection. `limit`: bytes that one command may be answered with. `failure`: why it is of no use any more."""

    def __init__(self, loop: asyncio.AbstractEventLoop, limit: int) -> None:
        super().__init__(loop)
        self.failure: PollFailed | None = None
        self.greeting: asyncio.Future[bytes] = loop.create_future()
        self.greeting.add_done_callback(_looked_at)
        self._greeted: Callable[[], None] = lambda: None
        self.answer: bytes | None = _CANCEL  # to the server's continuation request; to a second one it is given up
        self._asked: Command | None = None
        self._together: Together | None = None
        self._limit = limit
        self._left = limit
        self._lines = _LINES
        self._rest = bytearray()
        self._ended = asyncio.Event()
        self._surplus = False  # something was said that nobody asked for

    @property
    def quiet(self) -> bool:
        """Nothing has come that was not read: what STARTTLS must find (RFC 9051 11.3)."""
        return not (self._rest or self.incomplete_line or self._surplus)

    async def ask(self, name: str, *words: str, prefix: str | None = None) -> tuple[bytes, list[parse.Part]]:
        """Send a command and wait for its end: the text of its OK, and what was said before it, literals apart.

        Refused for NO and BAD; PollFailed for everything else.
        """
        try:
            command = Command(name, self.new_tag(), *words, prefix=prefix)
        except ValueError as error:  # NUL, CR or LF in a name
            raise PollFailed(Failure.NAME, "a control character", own=True) from error
        self._begin(1)
        self._asked = command
        self.send(str(command))
        await command.wait()
        result = self._result(command)
        if isinstance(result, Refused):
            raise result
        return result, list(command.response.lines)

    async def ask_all(
        self, questions: tuple[Question, ...], greeted: Callable[[], None] = lambda: None
    ) -> tuple[list[bytes | Refused], list[list[parse.Part]]]:
        """Send commands at once (RFC 3501 5.5: none of them changes what another is answered) and wait for all.

        The texts of their OKs or the refusals, in order, and all that was said meanwhile. A refused login raises its
        refusal at once, where AUTHENTICATE is the first. PollFailed where any has no answer. They are written before
        the server has greeted where it has not yet: `greeted` hears when it has.
        """
        together = Together(questions, self.loop.create_future())
        together.done.add_done_callback(_looked_at)
        self._begin(len(questions))
        self._together = together
        self.transport.write(together.text)
        if self.greeting.done():
            greeted()
        else:
            self._greeted = greeted
        await together.done
        self._together = None
        results = together.results
        if len(results) < len(questions) and isinstance(results[0], Refused):
            raise results[0]
        return results, together.answers

    def _begin(self, commands: int) -> None:
        if self.failure is not None:
            raise self.failure
        self._left, self._lines, self._surplus = self._limit * commands, _LINES * commands, False

    def _result(self, command: Command) -> bytes | Refused:
        result, lines = command.response
        if result in ("OK", "NO", "BAD"):
            text = bytes(lines.pop())
            return text if result == "OK" else Refused(text, bad=result == "BAD")
        raise self.fail(Failure.GARBAGE, "an answer that is none")

    def fail(self, kind: Failure, detail: str = "") -> PollFailed:
        """This connection is of no use any more; whoever waits hears it now."""
        if self.failure is None:
            self.failure = PollFailed(kind, detail)
            self._give_up(self.failure)
            self.abort()
        return self.failure

    async def ended(self) -> None:
        """Wait, not for long, until the server has ended the connection: what we logged out of is free again then.

        Dovecot would start a process for the next login while the last one's is still busy with its end.
        """
        if not self._ended.is_set():
            timer = self.loop.call_later(_LAST, self._ended.set)
            await self._ended.wait()
            timer.cancel()

    def abort(self) -> None:
        """End the connection without a word."""
        if self.transport is not None:
            self.transport.abort()

    def send(self, line: str, scrub: str | None = None) -> None:
        """As the library's, without its log."""
        self.transport.write(line.encode("utf-8", "surrogateescape") + CRLF)

    def data_received(self, data: bytes) -> None:
        """Whole lines go to the library one by one; anything that it cannot take ends the connection."""
        if self.failure is not None:
            return
        self._left -= len(data)
        if self._left < 0:
            self.fail(Failure.LIMIT, "an answer too long")
            return
        searched = max(len(self._rest) - 1, 0)
        self._rest += data
        if self._rest.find(CRLF, searched) < 0:
            return
        *lines, rest = bytes(self._rest).split(CRLF)
        self._rest = bytearray(rest)
        self._lines -= len(lines)
        if self._lines < 0:
            self.fail(Failure.LIMIT, "an answer of too many lines")
            return
        try:
            for line in lines:
                self._take(line)
        except Exception:
            self.fail(Failure.GARBAGE, "an answer that is not IMAP")

    def _take(self, line: bytes) -> None:
        """A whole line. What needs no literal goes past the library's reader, which is slow to say so."""
        if self.state == CONNECTED:
            self._greet(line)
        elif self._together is not None and not self._together.done.done():
            if not self._together.take(line):
                self.fail(Failure.BYE)
        elif self.current_command is not None or line.endswith(b"}"):
            super().data_received(line + CRLF)
        elif line.startswith(b"*"):
            self._untagged_response(line)
        elif line.startswith(b"+"):
            self._continuation(line)
        elif line:
            self._response_done(line)

    def connection_lost(self, exc: Exception | None) -> None:
        """The end of the connection is an answer, too."""
        super().connection_lost(exc)
        self._ended.set()
        if self._asked is not None or self._together is not None or not self.greeting.done():
            self.fail(Failure.CLOSED)
        elif self.failure is None:
            self.failure = PollFailed(Failure.CLOSED)

    def _give_up(self, failure: PollFailed) -> None:
        if not self.greeting.done():
            self.greeting.set_exception(failure)
        if self._asked is not None:
            self._asked.close(b"", "KO")
            self._asked = None
        if self._together is not None and not self._together.done.done():
            self._together.done.set_exception(failure)

    def _greet(self, line: bytes) -> None:
        word, _, text = line.removeprefix(b"* ").partition(b" ")
        if word.upper() == b"BYE":
            self.fail(Failure.BYE, "as its greeting")
        elif not line.startswith(b"* ") or word.upper() != b"OK":
            self.fail(
                Failure.GARBAGE, "a greeting that is none"
            )  # PREAUTH too: we would be somebody we did not ask for
        else:
            self.state = NONAUTH
            self.greeting.set_result(text)
            self._greeted()

    def _untagged_response(self, line: bytes) -> Command | None:
        text = line[1:].removeprefix(b" ")
        if text[:4].upper() in (b"BYE", b"BYE ") and (self._asked is None or self._asked.name != "LOGOUT"):
            self.fail(Failure.BYE)
        if self._asked is None:
            self._surplus = True
            return None
        self._asked.append_to_resp(text)
        return self._asked

    def _response_done(self, line: bytes) -> None:
        tag, _, rest = line.partition(b" ")
        command, self._asked = self._asked, None
        if command is None or command.tag.encode() != tag:
            raise ValueError("an answer to what nobody asked")
        result, _, text = rest.partition(b" ")
        command.close(text, result.decode("ascii"))

    def _continuation(self, line: bytes) -> None:
        if self._asked is not None and self._asked.name == "AUTHENTICATE" and self.answer is not None:
            answer, self.answer = self.answer, None if self.answer == _CANCEL else _CANCEL
            self.transport.write(answer + CRLF)


def _looked_at(future: asyncio.Future[bytes] | asyncio.Future[None]) -> None:
    """An answer that failed and that nobody waits for any more is no news."""
    if not future.cancelled():
        future.exception()
