"""Commands written in one go, and the reader of their answers: whole where right, bounded where not."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.access import Failure
from gateway.imap import together as room
from gateway.imap.failures import PollFailed
from gateway.imap.together import Question, Refused, Together

LOGIN: Question = ("AUTHENTICATE", ("PLAIN", "c2VjcmV0"))
ASKED: tuple[Question, ...] = (LOGIN, ("STATUS", ("INBOX", "(MESSAGES)")), ("LOGOUT", ()))


@pytest.fixture
def loop() -> asyncio.AbstractEventLoop:
    """For futures only; it never runs."""
    made = asyncio.new_event_loop()
    made.close()
    return made


def asked(loop: asyncio.AbstractEventLoop, questions: tuple[Question, ...] = ASKED) -> Together:
    return Together(questions, loop.create_future())


def feed(reader: Together, text: bytes) -> list[bool]:
    """All lines until nothing more is awaited."""
    return [reader.take(line) for line in text.split(b"\r\n")[:-1] if not reader.done.done()]


def test_everything_is_written_at_once(loop: asyncio.AbstractEventLoop) -> None:
    assert asked(loop).text == b"t0 AUTHENTICATE PLAIN c2VjcmV0\r\nt1 STATUS INBOX (MESSAGES)\r\nt2 LOGOUT\r\n"


def test_no_login_is_remembered(loop: asyncio.AbstractEventLoop) -> None:
    before = room._rest.cache_info().currsize
    for number in range(200):
        asked(loop, (("AUTHENTICATE", ("PLAIN", f"bWF0{number}")), *ASKED[1:]))
    assert room._rest.cache_info().currsize - before <= 1


@pytest.mark.parametrize("sign", ["\0", "\r", "\n", "\r\nA1 DELETE INBOX"])
@pytest.mark.parametrize("place", [0, 1])
def test_a_line_end_is_never_written(loop: asyncio.AbstractEventLoop, sign: str, place: int) -> None:
    questions = tuple((name, (*words, sign)) if n == place else (name, words) for n, (name, words) in enumerate(ASKED))
    with pytest.raises(PollFailed) as caught:
        asked(loop, questions)
    assert caught.value.kind is Failure.NAME and caught.value.own


def test_answers_and_results(loop: asyncio.AbstractEventLoop) -> None:
    reader = asked(loop)
    text = (
        b"t0 OK [X] in\r\n* STATUS INBOX (MESSAGES 3)\r\n\r\n*  5 EXISTS\r\nt1 NO [NOPERM] no\r\n* BYE x\r\nt2 OK\r\n"
    )
    assert all(feed(reader, text)) and reader.done.done()
    assert reader.answers == [[b"STATUS INBOX (MESSAGES 3)"], [b" 5 EXISTS"]]
    first, second, third = reader.results
    assert (first, third) == (b"[X] in", b"")
    assert isinstance(second, Refused) and second.code == "NOPERM" and not second.bad


def test_answers_may_come_in_another_order(loop: asyncio.AbstractEventLoop) -> None:
    reader = asked(loop)
    feed(reader, b"t1 OK one\r\nt0 OK zero\r\nt2 OK two\r\n")
    assert reader.results == [b"zero", b"one", b"two"]


def test_a_refused_login_ends_it(loop: asyncio.AbstractEventLoop) -> None:
    reader = asked(loop)
    feed(reader, b"t0 NO [AUTHENTICATIONFAILED] no\r\nt1 BAD what\r\n")
    (refused,) = reader.results
    assert reader.done.done() and isinstance(refused, Refused) and refused.code == "AUTHENTICATIONFAILED"


@pytest.mark.parametrize("bye", [b"* BYE", b"* BYE later", b"* bye", b"*BYE x"])
def test_bye_is_right_after_the_rest_only(loop: asyncio.AbstractEventLoop, bye: bytes) -> None:
    reader = asked(loop)
    assert feed(reader, b"t0 OK\r\n" + bye + b"\r\n") == [True, False]
    reader = asked(loop)
    assert all(feed(reader, b"t0 OK\r\nt1 OK\r\n" + bye + b"\r\nt2 OK\r\n"))


@pytest.mark.parametrize(
    "literal", [b"", b"a", b"a\r\nb", b"\r\n", b"t1 OK\r\n* BYE\r\n", b"x" * 100, b"{3}", b")\r\n("]
)
@pytest.mark.parametrize("tail", [b"", b" (MESSAGES 3)", b" }", b"{0}"])
def test_a_literal_stands_where_it_was(loop: asyncio.AbstractEventLoop, literal: bytes, tail: bytes) -> None:
    reader = asked(loop)
    feed(reader, b"* STATUS {%d}\r\n%s%s\r\n" % (len(literal), literal, tail))
    if tail == b"{0}":
        feed(reader, b"end\r\n")
        assert reader.answers == [[b"STATUS ", bytearray(literal), b"", bytearray(), b"end"]]
    else:
        assert reader.answers == [[b"STATUS ", bytearray(literal), tail]]
    assert not reader.results


@pytest.mark.parametrize(
    "text",
    [
        b"t9 OK\r\n",
        b"T0 OK\r\n",
        b"+ go on\r\n",
        b"t0\r\n",
        b"t0 MAYBE\r\n",
        b"t0 OKAY\r\n",
        b"t0 OK\r\nt0 OK\r\n",
        b"\xff\xfe\r\n",
        b"* X {5}\r\nabcd\r\nx\r\n",  # ends between CR and LF
        b"* X {99999999999999999999}\r\n",
        b"* X {" + b"9" * 5000 + b"}\r\n",
    ],
)
def test_what_is_no_answer(loop: asyncio.AbstractEventLoop, text: bytes) -> None:
    with pytest.raises(ValueError):
        feed(asked(loop), text)


PIECES = st.sampled_from(
    [
        b"* ",
        b"*",
        b"t0 ",
        b"t1 ",
        b"t2 ",
        b"OK",
        b"NO ",
        b"BAD [X]",
        b"BYE ",
        b"{",
        b"}",
        b"{2}",
        b"{0}",
        b"\r\n",
        b"+",
        b"(",
    ]
)


@given(st.lists(PIECES | st.binary(max_size=6), max_size=60))
def test_any_bytes_are_answers_or_a_value_error(pieces: list[bytes]) -> None:
    made = asyncio.new_event_loop()
    made.close()
    reader, text = asked(made), b"".join(pieces) + b"\r\n"
    with contextlib.suppress(ValueError):
        feed(reader, text)
    assert sum(len(part) for answer in reader.answers for part in answer) <= len(text)
    assert len(reader.results) <= 3
