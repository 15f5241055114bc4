"""Commands that are written in one go, and the reader of what is answered to them. Pure but for the future it ends.

One line at a time, none kept twice, literals (RFC 3501 4.3) put where they stand. Whoever feeds it bounds the bytes and
the lines; anything that is no answer to these commands is a ValueError.
"""

from __future__ import annotations

import asyncio
import functools
import re

from gateway.access import Failure
from gateway.imap import parse
from gateway.imap.failures import PollFailed

CRLF = b"\r\n"
Question = tuple[str, tuple[str, ...]]
"""A command's name and its arguments, as they are written."""
_LITERAL = re.compile(rb"\{([0-9]+)\}\Z")
_CONTROL = re.compile(r"[\0\r\n]")


class Refused(PollFailed):
    """The server said NO or BAD. `code`: its response code, without one "BAD" or ""."""

    def __init__(self, text: bytes, *, bad: bool) -> None:
        self.bad = bad
        self.code = parse.code(text) or ("BAD" if bad else "")
        super().__init__(Failure.REFUSED, self.code)


class Together:
    """`text`: what to write. `answers`: what was said, each with its literals. `done`: when nothing more is awaited.

    PollFailed NAME for a line end or NUL in an argument.
    """

    __slots__ = ("_awaited", "_filling", "_login", "_logout", "_missing", "_results", "answers", "done", "text")

    def __init__(self, questions: tuple[Question, ...], done: asyncio.Future[None]) -> None:
        number = len(questions)
        self.text = _written(0, questions[:1]) + _rest(questions[1:])
        self.answers: list[list[parse.Part]] = []
        self.done = done
        self._results: dict[bytes, bytes | Refused | None] = dict.fromkeys(_tags(number))
        self._awaited = number
        self._login = b"t0" if questions[0][0] == "AUTHENTICATE" else b""
        self._logout = questions[-1][0] == "LOGOUT"
        self._filling = False  # a literal, of which so many bytes are still to come
        self._missing = 0

    @property
    def leaving(self) -> bool:
        """Whether only LOGOUT has no answer yet: BYE is right then."""
        return self._logout and self._awaited == 1

    @property
    def results(self) -> list[bytes | Refused]:
        """Of each command the text of its OK, or its refusal, as far as they have come."""
        return [result for result in self._results.values() if result is not None]

    def take(self, line: bytes) -> bool:
        """A line without its end. False for a BYE that nobody asked for; ValueError for what is none of ours."""
        if self._filling:
            self._fill(line + CRLF)
        elif line.startswith(b"*"):
            text = line[1:].removeprefix(b" ")
            if text[:4].upper() in (b"BYE", b"BYE "):
                return self.leaving
            self.answers.append([])
            self._say(text)
        elif line:
            self._end(line)
        return True

    def _say(self, text: bytes) -> None:
        """A piece of an answer; a literal follows where it ends with the length of one."""
        if text.endswith(b"}") and (found := _LITERAL.search(text)):
            self._filling, self._missing = True, parse.number(found[1])
            self.answers[-1] += [text[: found.start()], bytearray()]
        else:
            self.answers[-1].append(text)

    def _fill(self, data: bytes) -> None:
        """Of a literal that goes on over line ends; what comes after it in the line is a piece of the answer again."""
        literal = self.answers[-1][-1]
        assert isinstance(literal, bytearray)
        literal += data[: self._missing]
        rest = data[self._missing :]
        self._missing -= len(data) - len(rest)
        if rest:  # where it ended with a line, its answer goes on in the next
            if not rest.endswith(CRLF):
                raise ValueError("a literal that ends within a line end")
            self._filling = False
            self._say(rest[:-2])

    def _end(self, line: bytes) -> None:
        tag, _, rest = line.partition(b" ")
        word, _, text = rest.partition(b" ")
        if self._results.get(tag, b"") is not None or word not in (b"OK", b"NO", b"BAD"):
            raise ValueError("an answer that is none")
        self._results[tag] = text if word == b"OK" else Refused(text, bad=word == b"BAD")
        self._awaited -= 1
        if not self._awaited or (tag == self._login and word != b"OK"):
            self.done.set_result(None)


def _written(first: int, questions: tuple[Question, ...]) -> bytes:
    lines = [f"t{number} {' '.join((name, *words))}" for number, (name, words) in enumerate(questions, first)]
    if any(map(_CONTROL.search, lines)):
        raise PollFailed(Failure.NAME, "a control character", own=True)
    return "".join([f"{line}\r\n" for line in lines]).encode("utf-8", "surrogateescape")


@functools.lru_cache(maxsize=64)  # the same for nearly all mailboxes; the first, a login, is never kept
def _rest(questions: tuple[Question, ...]) -> bytes:
    return _written(1, questions)


@functools.lru_cache(maxsize=64)
def _tags(number: int) -> tuple[bytes, ...]:
    return tuple(b"t%d" % one for one in range(number))
