"""The short way through a header as nearly all are finds what the long one does, or leaves the header to it."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.authentication.sender import read_in_full, read_sender
from gateway.authentication.sender_lines import sender_lines, usual_values

NAMES = (
    *("From", "from", "FROM", "Sender", "Reply-To", "reply-to", "Resent-From", "Resent-Sender", "Resent-Reply-To"),
    *("reply_to", "Resent_From", "Fromage", "From-Page", "Sender-Id", "Reply-By", "Subject", "Received", "X-From"),
    *("To", "DKIM-Signature", "", "From ", ">From ", "Fr om", "\xa0From", "\tFrom", "\0From", "\u00a0Sender"),
)
VALUES = (
    *(" an@tinh.example", " An <an@tinh.example>", ' "An, B" <an@tinh.example>', "", " ", " a@b.example, c@d.example"),
    *(
        " =?UTF-8?B?QW4=?=\r\n <an@tinh.example>",
        " h=from:to;\r\n\tfrom:sender b=x@y.example",
        " x\r\n \r\n y",
        " x\r\n ",
    ),
    *(
        " a\r\n From: b@c.example",
        " a\r\n\tsender:x@y.example;",
        " a\r\n\xa0From: x@y.example",
        " \x0bFrom: x@y.example",
    ),
)
ENDS = ("\r\n", "\r\n", "\r\n", "\r\n", "\n", "\r", "\r\r\n", "")
COLONS = (":", ":", ":", ":", " :", "", "\N{FULLWIDTH COLON}")
LINE = st.builds(
    lambda *pieces: "".join(pieces),
    st.sampled_from(NAMES),
    st.sampled_from(COLONS),
    st.sampled_from(VALUES),
    st.sampled_from(ENDS),
)
USUAL = st.builds(
    lambda name, value: f"{name}:{value}\r\n",
    st.sampled_from(("From", "Sender", "Reply-To", "Subject", "To", "Received", "References", "Sender-Id")),
    st.sampled_from(VALUES),
)
ODD = st.text(alphabet="\r\n\t \0\x0b:@<>,;fromsendreply-to_\xa0", max_size=12)
HEADER = st.lists(USUAL | USUAL | LINE | ODD, max_size=6).map(lambda lines: "".join(lines).encode())
AFTER = st.sampled_from((b"", b"\r\n", b"\r\nFrom: x@y.example\r\n", b"\n", b"x\r\nFrom: x@y.example\r\n\r\n", b"\r"))


FOLDED = b"Received: a\r\n\tb\r\nsender: b@c.example\r\nFROM:\r\n a@b.example\r\n"


@pytest.mark.parametrize(
    ("header", "values"),
    [
        (b"From: an@tinh.example\r\nSubject: a\r\n", (b" an@tinh.example\r", b"", b"")),
        (FOLDED, (b"\r\n a@b.example\r", b" b@c.example\r", b"")),
        (b"Reply-To: a@b.example\r\nFrom: a@b.example\r\n", (b" a@b.example\r", b"", b" a@b.example\r")),
    ],
)  # fmt: skip
def test_what_nearly_all_headers_have(header: bytes, values: tuple[bytes, bytes, bytes]) -> None:
    assert usual_values(header) == values


@settings(max_examples=400)
@given(HEADER)
@example(b"From: a@b.example\r\n \r\n")
@example(b"From: a@b.example\r\nX: y\r\n  ")
@example(b">From x\r\nFrom: a@b.example\r\n")
@example(b" From: a@b.example\r\nFrom: a@b.example\r\n")
@example(b"From: a@b.example\r\nSender:")
@example(b"From: a@b.example\r")
@example(b"From: a@b.example\rX: y\n")
@example(b"X: y\rFrom: a@b.example\r\n\nX: y\r\n")
@example(b"X: y\0From: c@d.example\r\nFrom: a@b.example\r\n")
@example(b"From: a@b.example\r\nX: y\r\n " + b"\xa0" * 70 + b"From: c@d.example\r\n")
def test_what_is_taken_for_usual_has_nothing_else_in_it(header: bytes) -> None:
    values = usual_values(header)
    if values is None:
        return
    lines = sender_lines(header, b"\r\n")
    found = {name: [value] for name, value in zip(("from", "sender", "reply-to"), values, strict=True) if value}
    assert (lines.values, lines.strays, lines.disputes) == (found, [], {})


@settings(max_examples=400)
@given(HEADER, AFTER, st.booleans())
@example(b"From: a@b.example\r\n", b"Sender: c@d.example\r\n\r\n", True)
@example(b"From: a@b.example\r\n", b"", False)
def test_both_ways_read_the_same(header: bytes, after: bytes, whole: bool) -> None:
    assert read_sender(header, after, whole=whole) == read_in_full(header, after, whole=whole)


@given(st.binary(max_size=300))
def test_any_octets(data: bytes) -> None:
    assert read_sender(data) == read_in_full(data)


def test_a_long_value_is_read_the_same_though_nothing_remembers_it() -> None:
    header = b'From: "' + b"a" * 600 + b'" <an@tinh.example>\r\n'
    assert usual_values(header) is not None
    assert read_sender(header) == read_in_full(header)
