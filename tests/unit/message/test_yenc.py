"""yEnc against an encoder written from its draft, whole, in parts and broken."""

from __future__ import annotations

import os

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.message.defects import Flaw
from gateway.message.yenc import _unescaped
from tests.unit.message.encoders import yenc, yenc_data, yenc_part
from tests.unit.message.mail import cut
from tests.unit.message.runs import ENDS, decode, find, octets, only

_PLACES = st.lists(st.integers(0, 1 << 16), max_size=6)
_CRITICAL = st.lists(st.sampled_from([214, 223, 224, 227, 19, 4, 246, 0, 255, 65])).map(bytes)
_RAW = bytes(range(256)) * 3


@given(
    raw=st.binary(max_size=600) | _CRITICAL,
    width=st.sampled_from([1, 2, 64, 128, 254, 9000]),
    end=st.sampled_from(ENDS),
    places=_PLACES,
)
@settings(max_examples=150, deadline=None)
def test_what_was_encoded_is_found(raw: bytes, width: int, end: bytes, places: list[int]) -> None:
    text = b"Hi,\r\n" + yenc(raw, b"a b.bin", width, end=end) + b"Regards\r\n"
    run = only(text, "yenc", raw)
    assert find(*cut(text, places)) == (run,)
    assert run.whole
    assert run.filename == "a b.bin"
    assert (run.start, text[run.end :].lstrip(b"\n")) == (5, b"Regards\r\n")
    assert decode("x-yenc", cut(text, places)) == (raw, set())


def test_lines_that_are_very_long() -> None:
    raw = os.urandom(50_000)
    text = yenc(raw, width=40_000)
    run = only(text, "yenc", raw)
    assert run.whole
    assert find(text[:8191], text[8191:8192], text[8192:]) == (run,)


def test_an_escape_that_stands_where_a_long_line_is_cut() -> None:
    for first in (b"", b"a"):
        assert only(yenc(first + bytes([214]) * 9000, width=40_000), "yenc", first + bytes([214]) * 9000).whole


def test_parts_are_runs_of_their_own() -> None:
    first, second = find(yenc_part(_RAW[:500], _RAW, 1, 1) + b"\r\n" + yenc_part(_RAW[500:], _RAW, 2, 501))
    assert (first.decoded_size, second.decoded_size) == (500, len(_RAW) - 500)
    assert first.whole
    assert second.whole
    assert first.filename == second.filename == "a b.bin"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"=yend size=768", b"=yend size=767"),
        (b"crc32=", b"crc32=0"),
        (b"\r\n=yend", b"\r\nX\r\n=yend"),
        (b"\r\n=yend", b"=\r\n=yend"),
    ],
)
def test_sizes_and_checksums_are_compared(old: bytes, new: bytes) -> None:
    text = yenc(_RAW)
    assert old in text
    if old == b"crc32=":
        text = text[: text.index(old)] + b"crc32=0000dead\r\n"
    (run,) = find(text.replace(old, new))
    assert run.flaws == (Flaw.ENCODING_DAMAGED,)
    assert find(*octets(text.replace(old, new))) == (run,)


def test_the_checksum_of_a_part_is_pcrc32() -> None:
    text = yenc_part(_RAW[:500], _RAW, 1, 1)
    assert find(text)[0].whole
    assert not find(text.replace(b" pcrc32=", b" pcrc32=1 x"))[0].whole
    assert find(text.replace(b" crc32=", b" crc32=1"))[0].whole


def test_without_its_end() -> None:
    text = yenc(_RAW)
    unended = text[: text.index(b"=yend")]
    assert only(unended, "yenc", _RAW).flaws == (Flaw.ENCODING_UNENDED,)
    first, second = find(unended + text)
    assert (first.flaws, second.flaws) == ((Flaw.ENCODING_UNENDED,), ())
    assert first.end == second.start == len(unended)


def test_lines_that_look_like_keywords_are_data() -> None:
    text = yenc(_RAW).replace(b"=yend", b"=yes and no\r\n=yendless\r\n=yend", 1)
    assert find(text)[0].decoded_size == len(_RAW) + len("yes and no") + len("yendless")
    assert find(*octets(text)) == find(text)


@pytest.mark.parametrize(
    "text",
    [
        b"=ybegin\r\nabc\r\n",
        b"=ybegin line=128 size=123 name=a.bin\r\nis what such a file begins with.\r\n",
        b"x" + yenc(_RAW),
        b"=ybegin line=128 size=7 name=a.bin",
    ],
)
def test_prose_is_no_run(text: bytes) -> None:
    assert find(text) == find(*octets(text)) == ()


def test_declared_and_never_begun() -> None:
    assert decode("x-yenc", [b"Nothing here.\r\n"]) == (b"", {Flaw.ENCODING_UNBEGUN})


def slowly(text: bytes) -> bytes:
    """Octet by octet."""
    out, escaped = bytearray(), False
    for octet in text:
        if octet == 61 and not escaped:
            escaped = True
        else:
            out.append((octet - 64 * escaped) % 256)
            escaped = False
    return bytes(out)


@given(
    st.lists(st.sampled_from([b"=", b"=}", b"=@", b"=J", b"=M", b"=I", b"=n", b"=`", b"}", b"@", b"n", b"x", b"=x"]))
)
@settings(max_examples=200, deadline=None)
@example([b"=", b"=", b"@"])
@example([b"=}", b"@"])
def test_escapes_against_a_slow_reading(pieces: list[bytes]) -> None:
    text = b"".join(pieces)
    if (len(text) - len(text.rstrip(b"="))) % 2 == 0:
        assert _unescaped(text) == slowly(text)


_PIECES = st.sampled_from(
    [b"=ybegin line=128 size=9 name=a", b"=ypart begin=1 end=9", b"=yend size=9", b"=yend", b"=y", b"=", b"==", b"\r\n",
     b"\n", b"\r", b"\xa9\xf0", b"=}", b"x" * 9000, b" ", yenc_data(_RAW)]
)  # fmt: skip


@given(pieces=st.lists(_PIECES, max_size=25), places=_PLACES)
@settings(max_examples=150, deadline=None)
def test_any_text_is_cut_anywhere(pieces: list[bytes], places: list[int]) -> None:
    text = b"".join(pieces)
    runs = find(text)
    assert find(*cut(text, places)) == runs == find(*octets(text))
    for run in runs:
        assert len(decode("x-yenc", [text[run.body_start : run.body_end]])[0]) == run.decoded_size
    assert decode("x-yenc", [text]) == decode("x-yenc", cut(text, places))
