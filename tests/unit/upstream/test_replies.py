"""The reply parser: whole, byte by byte, at every split, and with hostile input."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model import Reply
from gateway.upstream.replies import MAX_LINE, MAX_LINES, MalformedReply, ReplyParser, without_421

STREAM = b"220 mx ESMTP\r\n250-mx\r\n250-SIZE 100\r\n250 DSN\r\n354 go\r\n550 5.1.1 unknown\r\n250\r\n421 4.3.2 bye\r\n"


def parse(*blocks: bytes) -> list[Reply]:
    parser, out = ReplyParser(), []
    for block in blocks:
        parser.feed(block, out)
    assert not parser.partial
    return out


WHOLE = parse(STREAM)


def test_what_the_stream_says() -> None:
    assert [r.code for r in WHOLE] == [220, 250, 354, 550, 250, 421]
    assert WHOLE[1].lines == ("mx", "SIZE 100", "DSN")
    assert (WHOLE[3].enhanced, WHOLE[3].text) == ("5.1.1", "unknown")
    assert WHOLE[2].enhanced is None
    assert WHOLE[4].encoded == b"250 2.0.0 \r\n"


def test_byte_by_byte() -> None:
    assert parse(*(STREAM[n : n + 1] for n in range(len(STREAM)))) == WHOLE


@pytest.mark.parametrize("at", range(len(STREAM)))
def test_every_split(at: int) -> None:
    assert parse(STREAM[:at], STREAM[at:]) == WHOLE


def test_trailing_data_stays_partial() -> None:
    parser, out = ReplyParser(), []
    parser.feed(b"250 ok\r\n25", out)
    assert len(out) == 1
    assert parser.partial


@pytest.mark.parametrize(
    "data",
    [
        b"hello\r\n",
        b"\r\n",
        b"25\r\n",
        b"150 early\r\n",
        b"650 late\r\n",
        b"2500 four\r\n",
        b"250_ok\r\n",
        b"250 ok\n",
        b"250 ok\n250 ok\r\n",
        b"250 o\rk\r\n",
        b"250-one\r\n251 two\r\n",
        b"250-one\r\nhello\r\n",
        b"250 " + b"x" * MAX_LINE,
        b"250 " + b"x" * MAX_LINE + b"\r\n",
        b"250-x\r\n" * MAX_LINES,
        "٢٥٠ ok\r\n".encode(),
    ],
)
def test_malformed(data: bytes) -> None:
    for blocks in ([data], [data[n : n + 1] for n in range(len(data))]):
        with pytest.raises(MalformedReply):
            parse(*blocks)


@pytest.mark.parametrize(
    ("wire", "encoded"),
    [
        (b"550 4.1.1 inconsistent", b"550 5.0.0 inconsistent\r\n"),
        (b"550 no enhanced code", b"550 5.0.0 no enhanced code\r\n"),
        (b"250 2.1.5", b"250 2.1.5 \r\n"),
        (b"250 2.1.5.7 odd", b"250 2.0.0 2.1.5.7 odd\r\n"),
        (b"550-5.1.1 a\r\n550-5.7.1 b\r\n550 5.1.1 c", b"550-5.1.1 a\r\n550-5.1.1 b\r\n550 5.1.1 c\r\n"),
        (b"550 5.1.1 tab\there \x1b[31m\0", b"550 5.1.1 tab?here ?[31m?\r\n"),
        ("550 5.1.1 không có".encode(), b"550 5.1.1 kh?ng c?\r\n"),
        (b"550 5.1.1 \xff\xfe", b"550 5.1.1 ??\r\n"),
        (b"354 5.1.1 go", b"354 5.1.1 go\r\n"),
    ],
)
def test_sanitised(wire: bytes, encoded: bytes) -> None:
    assert parse(wire + b"\r\n")[0].encoded == encoded


def test_a_long_line_is_cut_to_what_may_be_sent() -> None:
    reply = parse(b"550 5.1.1 " + b"x" * 1500 + b"\r\n")[0]
    assert len(reply.encoded) <= 512


def test_the_cache_is_bounded_and_right() -> None:
    for n in range(5000):
        assert parse(b"250 2.0.0 queued as %d\r\n" % n)[0].text == f"queued as {n}"
    assert len(ReplyParser._cache) <= 512


@given(st.binary(max_size=300), st.integers(0, 300))
def test_anything_gives_replies_or_malformed(data: bytes, at: int) -> None:
    """Whatever comes is replies or MalformedReply, and how it was split makes no difference."""

    def outcome(*blocks: bytes) -> object:
        parser, out = ReplyParser(), []
        try:
            for block in blocks:
                parser.feed(block, out)
        except MalformedReply:
            return "malformed"
        return out, parser.partial

    assert outcome(data) == outcome(data[:at], data[at:])


@given(st.binary(max_size=3000).filter(lambda b: b"\r" not in b and b"\n" not in b), st.integers(200, 599))
def test_any_text_becomes_a_reply_that_can_be_sent(text: bytes, code: int) -> None:
    data = b"%d %b\r\n" % (code, text)
    if len(data) <= MAX_LINE:
        assert parse(data)[0].encoded.isascii()


BLOCKS = st.lists(
    st.sampled_from(
        [
            b"250 2.1.0 Ok\r\n",
            b"250 2.1.5 Ok\r\n",
            b"354 go\r\n",
            b"250 ok\r\n",
            b"250\r\n",
            b"550 4.1.1 other class\r\n",
            b"550 5.1.1 \xff\r\n",
            b"550 5.1.1 tab\t\r\n",
            b"450 4.1.1111 no\r\n",
            b"450 4.2.2 4.2.2 twice\r\n",
            b"250 2.0.0\r\n",
            b"250 2.0.0 \r\n",
            b"250 2.0.0  two blanks\r\n",
            b"250-2.0.0 one\r\n250 2.0.0 two\r\n",
            b"250 2.0.0 " + b"x" * 480 + b"\r\n",
            b"250 2.0.0 " + b"x" * 481 + b"\r\n",
            b"250 2.1.0 Ok\n",
            b"250 2.1.0 Ok\r",
            b"421 4.3.2 bye\r\n",
        ]
    ),
    max_size=3,
).map(b"".join)


def slowly(data: bytes) -> object:
    """What the bytes say when they come one by one and nothing is remembered."""
    ReplyParser._cache.clear()
    parser, out = ReplyParser(), []
    try:
        for at in range(len(data)):
            parser.feed(data[at : at + 1], out)
            ReplyParser._cache.clear()
    except MalformedReply:
        return "malformed"
    return [(r.code, r.enhanced, r.lines, r.encoded) for r in out], parser.partial


@given(
    BLOCKS
    | st.builds(
        b"%d %d.%d.%d %b\r\n".__mod__,
        st.tuples(
            st.integers(200, 599), st.integers(2, 5), st.integers(0, 2000), st.integers(0, 9), st.binary(max_size=20)
        ),
    )
)
def test_the_short_way_says_what_the_long_way_says(data: bytes) -> None:
    """A block that is known or in exact form skips the parsing: every field of its replies is the same."""
    expected = slowly(data)
    for _ in range(2):  # unknown, then known
        parser, out = ReplyParser(), []
        try:
            parser.feed(data, out)
        except MalformedReply:
            assert expected == "malformed"
        else:
            assert ([(r.code, r.enhanced, r.lines, r.encoded) for r in out], parser.partial) == expected


def test_the_short_way_is_taken() -> None:
    parser, out = ReplyParser(), []
    assert parser.whole(b"250 2.0.0 Ok: queued as 4F2A\r\n") is not None
    pair = b"250 first seen\r\n250 2.1.5 Ok\r\n"
    assert parser.whole(pair) is None
    parser.feed(pair, out)
    assert parser.whole(pair) == tuple(out)


@pytest.mark.parametrize("data", [b"421 4.3.2 bye\r\n", b"250 2.1.0 Ok\r\n421 4.3.2 bye\r\n"])
def test_a_421_never_goes_the_short_way(data: bytes) -> None:
    for _ in range(2):
        assert parse(data)[-1].code == 421
        assert ReplyParser().whole(data) is None


def test_nothing_goes_the_short_way_inside_a_reply() -> None:
    assert parse(b"250 2.0.0 Ok\r\n") != []
    for begun in (b"250-one\r\n", b"25"):
        parser = ReplyParser()
        parser.feed(begun, [])
        assert parser.whole(b"250 2.0.0 Ok\r\n") is None


def test_421_is_not_passed_on() -> None:
    assert without_421(Reply(421, "4.3.2", "bye")) == Reply(451, "4.3.2", "bye")
    assert without_421(Reply(450, "4.3.2", "bye")) == Reply(450, "4.3.2", "bye")
