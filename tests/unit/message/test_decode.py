"""Decoders against slow, obvious ones, cut anywhere."""

from __future__ import annotations

import base64
import binascii
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.message.decode import Base64Decoder, QuotedPrintableDecoder, decoder_for
from gateway.message.defects import Flaw
from tests.unit.message.mail import cut

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_PLACES = st.lists(st.integers(0, 1 << 16), max_size=6)


def slow_base64(data: bytes) -> bytes:
    """Character by character: foreign ones are skipped, padding and the end complete a group."""
    out, group = b"", b""

    def ended() -> bytes:
        return base64.b64decode(group + b"=" * (4 - len(group))) if len(group) > 1 else b""

    for octet in data:
        if octet in _ALPHABET:
            group += bytes([octet])
        if octet == 61 or len(group) == 4:
            out, group = out + ended(), b""
    return out + ended()


def run(decoder: Base64Decoder | QuotedPrintableDecoder, pieces: list[bytes]) -> bytes:
    """All of it."""
    return b"".join([decoder.feed(piece) for piece in pieces]) + decoder.finish()


_BASE64 = st.lists(st.sampled_from([b"A", b"QUJD", b"QQ==", b"QUI=", b"=", b"==", b"\r\n", b" ", b"-", b"\xff", b"zz"]))


@given(data=_BASE64.map(b"".join), places=_PLACES)
@settings(max_examples=200, deadline=None)
@example(data=b"QQ=\r\n=QUJD", places=[3, 5])
@example(data=b"=" * 1010 + b"QQ==QUJD" + b"A=B=C=", places=[1000])
@example(data=b"QQ==" * 600, places=[1700])
def test_base64(data: bytes, places: list[int]) -> None:
    whole, pieces = Base64Decoder(), Base64Decoder()
    decoded = run(whole, [data])
    assert run(pieces, cut(data, places)) == decoded
    assert pieces.flaws == whole.flaws
    if data.count(b"=") < 1000:
        assert decoded == slow_base64(data)


def test_base64_padding_is_obeyed_a_thousand_times_only() -> None:
    decoder = Base64Decoder()
    assert run(decoder, [b"QQ==" * 501 + b"QUJD"]) == b"A" * 500 + base64.b64decode(b"QQQUJD==")
    assert decoder.flaws == {Flaw.BASE64_PADDING}


def test_base64_flaws() -> None:
    for text, flaws in (
        (b"QUJD\r\n", set()),
        (b"QUI=\r\n \t", set()),
        (b"QUI", {Flaw.BASE64_PADDING}),
        (b"Q", {Flaw.BASE64_PADDING}),
        (b"QUI=QUI=", {Flaw.BASE64_PADDING}),
        (b"QUJD*", {Flaw.BASE64_JUNK}),
    ):
        decoder = Base64Decoder()
        run(decoder, [text])
        assert decoder.flaws == flaws, text


@given(raw=st.binary(min_size=200, max_size=900), width=st.sampled_from([4, 60, 64, 76]), tail=st.binary(max_size=90))
@settings(max_examples=150, deadline=None)
def test_even_lines_are_decoded_at_once_and_prove_what_is_in_them(raw: bytes, width: int, tail: bytes) -> None:
    text = base64.b64encode(raw)
    data = b"".join(text[at : at + width] + b"\r\n" for at in range(0, len(text), width)) + tail
    taken = Base64Decoder().lines(data, 0, len(data))
    if taken is not None:
        decoded, stop, found = taken
        assert found == width and stop % (width + 2) == 0
        lines = data[:stop].split(b"\r\n")
        assert lines.pop() == b"" and all(len(line) == width for line in lines)
        assert decoded == base64.b64decode(b"".join(lines), validate=True)
    else:
        assert len(text) < 4 * (width + 2) or data[: stop_of(text, width)].translate(None, _ALPHABET + b"=\r\n") != b""


def stop_of(text: bytes, width: int) -> int:
    """Where whole lines of the width can end at most."""
    return (len(text) // width + 2) * (width + 2)


_QP = st.lists(
    st.sampled_from([b"=", b"==", b"=4", b"=41", b"=\r\n", b"= \r\n", b"=\n", b"\r", b"\n", b" ", b"g", b"="])
)


@given(data=_QP.map(b"".join), places=_PLACES)
@settings(max_examples=200, deadline=None)
@example(data=b"=" + b" " * 64 + b"\r\n" + b"=" + b" " * 65 + b"\r\n", places=[66, 100, 132])
def test_quoted_printable_is_cut_anywhere(data: bytes, places: list[int]) -> None:
    assert run(QuotedPrintableDecoder(), cut(data, places)) == run(QuotedPrintableDecoder(), [data])


@given(raw=st.binary(max_size=500), places=_PLACES)
def test_quoted_printable_is_what_was_encoded(raw: bytes, places: list[int]) -> None:
    text = binascii.b2a_qp(raw, istext=False).replace(b"\n", b"\r\n")
    assert run(QuotedPrintableDecoder(), cut(text, places)) == raw


@pytest.mark.parametrize(
    ("text", "decoded"),
    [
        (b"a=", b"a"),
        (b"a=\r", b"a"),
        (b"a=4", b"a=4"),
        (b"a==41", b"a=A"),
        (b"=GG=41", b"=GGA"),
        (b"=\rx=41\n", b"=\rxA\n"),
        (b"==\r\nx", b"=x"),
    ],
)
def test_quoted_printable_that_is_malformed(text: bytes, decoded: bytes) -> None:
    assert run(QuotedPrintableDecoder(), [text]) == decoded
    assert run(QuotedPrintableDecoder(), [bytes([octet]) for octet in text]) == decoded


_MALFORMED = st.sampled_from(
    [b"=", b"==", b"4", b"f", b"x", b" ", b"\t", b"\r", b"\n", b"\r\n", b"=3D", b"_", b"=" * 32, b"=" * 31, b" " * 64]
)
_ESCAPES = re.compile(rb"=(?:([0-9A-Fa-f]{2})|[ \t]{0,65536}\r?\n|[ \t]{0,65536}\r?\Z)")


@given(data=st.lists(_MALFORMED, max_size=50).map(b"".join))
@settings(max_examples=250, deadline=None)
@example(data=b"=" * 9000)
@example(data=b"=\r" * 5000)
@example(data=b"= \r\n=\t\n=  \n=" + b" " * 65536 + b"\n")
@example(data=b"=" + b" " * 65537 + b"\nx")
def test_what_is_not_an_escape_stands_for_itself(data: bytes) -> None:
    expected = _ESCAPES.sub(lambda match: bytes.fromhex((match[1] or b"").decode()), data)
    assert run(QuotedPrintableDecoder(), [data]) == expected


def test_an_unknown_encoding_is_taken_as_it_stands() -> None:
    decoder = decoder_for("x-rot13")
    assert decoder.feed(b"=41") + decoder.finish() == b"=41"
