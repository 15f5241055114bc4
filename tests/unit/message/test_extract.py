"""A content's bytes out of the message: the same however its lines are cut, and as a plain decoder has them."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.message.decode import Base64Decoder
from gateway.message.extract import PIECE, Extract, open_extract


def taken(body: bytes, encoding: str = "base64", piece: int = PIECE) -> bytes:
    """What an extract of the whole gives, read in such pieces."""

    def read(offset: int, size: int) -> bytes:
        return body[offset : offset + min(size, piece)]

    return b"".join(open_extract(read, Extract("1", ((0, len(body), encoding),)), 1 << 30))


def plain(body: bytes) -> bytes:
    """In one piece, never by lines."""
    decoder = Base64Decoder()
    return decoder.feed(body) + decoder.finish()


def wrapped(data: bytes, width: int, end: bytes = b"\r\n") -> bytes:
    """base64 in lines."""
    text = base64.b64encode(data)
    return b"".join(text[at : at + width] + end for at in range(0, len(text), width))


@pytest.mark.parametrize("width", [4, 60, 72, 76, 77, 998, 4000, 100_000])
@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_lines_of_any_width(width: int, end: bytes) -> None:
    data = bytes(range(256)) * 1100
    body = wrapped(data, width, end)
    for piece in (PIECE, 1000, 77):
        assert taken(body, piece=piece) == data


def test_nothing_is_kept_back_at_the_end() -> None:
    for size in range(40):
        assert taken(wrapped(bytes(size), 8)) == bytes(size)
        assert taken(wrapped(bytes(size), 8).rstrip()) == bytes(size)
        assert taken(wrapped(bytes(size), 8).rstrip(b"=\r\n")) == bytes(size)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.builds(wrapped, st.binary(max_size=90), st.sampled_from([4, 8, 12, 76])),
            st.binary(max_size=6),
            st.sampled_from(
                [b"=", b"==\r\n", b"\r\n", b"QUJD\r\n" * 9, b"QUJD\r\n" * 300, b"QUJD" * 300, b"-", b"\n", b"\r"]
            ),
        ),
        max_size=8,
    ),
    st.integers(1, 200),
)
def test_the_same_as_in_one_piece(pieces: list[bytes], piece: int) -> None:
    body = b"".join(pieces)
    assert taken(body, piece=piece) == plain(body)
