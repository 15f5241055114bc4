"""Dot-stuffing, ranges left out, and the wire form over every chunking."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import UpstreamBroken
from gateway.upstream.body import DotStuffer, kept, length, plain
from tests.unit.upstream.fake import Text

LINES = st.lists(st.sampled_from([b"\r\n", b".", b"\r", b"\n", b"a", b"..", b"", b"\r\n.\r\n"]), max_size=12)


def reference(data: bytes) -> bytes:
    """RFC 5321 4.5.2 the slow way."""
    return re.sub(rb"(\A|\r\n)\.", rb"\1..", data)


def stuffed(chunks: list[bytes]) -> bytes:
    stuffer = DotStuffer()
    return b"".join(stuffer.feed(chunk) for chunk in chunks)


def on_the_wire(message: bytes) -> bytes:
    """RFC 5321 4.1.1.4 the slow way; the message needs no dot doubled."""
    return message + (b".\r\n" if (b"\r\n" + message).endswith(b"\r\n") else b"\r\n.\r\n")


class Pieces(Text):
    """A message in memory in several chunks."""

    def __init__(self, pieces: list[bytes], size: int | None = None) -> None:
        super().__init__(b"".join(pieces), size=size)
        self.pieces = pieces

    def in_memory(self) -> list[bytes]:
        return self.pieces


@given(LINES, LINES)
def test_an_ordinary_message_is_made_in_one_piece(head: list[bytes], pieces: list[bytes]) -> None:
    """One prefix and one content, whatever their ends: what is made is what DATA needs, or nothing is made."""
    prefix, content = b"".join(head), Pieces(pieces)
    dotted = content.leading_dots or prefix.startswith(b".") or b"\r\n." in prefix
    assert plain(prefix, content, ()) == (None if dotted else on_the_wire(prefix + content.data))


def test_what_is_not_ordinary_is_not_made_in_one_piece() -> None:
    assert plain(b"", Text(b"a\r\n"), ()) is not None
    assert plain(b"", Text(b"a\r\n"), [(0, 1)]) is None
    assert plain(b"", Text(b"a\r\n", chunks=[b"a\r\n"]), ()) is None
    assert plain(b"x" * 65536, Text(b"a\r\n"), ()) is None
    assert plain(b"", Text(b"x" * 65537), ()) is None


@pytest.mark.parametrize("size", [2, 4])
def test_an_ordinary_message_of_another_length_is_not_made(size: int) -> None:
    with pytest.raises(UpstreamBroken):
        plain(b"A: b\r\n", Pieces([b"a", b"bc"], size), ())


@given(LINES)
def test_stuffing_any_chunking(chunks: list[bytes]) -> None:
    assert stuffed(chunks) == reference(b"".join(chunks))


def test_every_split_in_three() -> None:
    data = b".a\r\n.\r\n..b\r\n\r\n.\r.\n.\r\n."
    for one in range(len(data) + 1):
        for two in range(one, len(data) + 1):
            assert stuffed([data[:one], data[one:two], data[two:]]) == reference(data)


def test_a_chunk_without_dots_is_not_copied() -> None:
    chunk = b"x" * 1000 + b"\r\n"
    assert DotStuffer().feed(chunk) is chunk


RANGES = st.lists(st.integers(0, 60), max_size=8, unique=True).map(lambda n: sorted(n)[: len(n) // 2 * 2])


@given(st.binary(max_size=50), RANGES, st.lists(st.integers(1, 9), max_size=30))
def test_ranges_left_out_whatever_the_chunking(data: bytes, borders: list[int], sizes: list[int]) -> None:
    skip = list(zip(borders[::2], borders[1::2], strict=True))
    expected = bytes(byte for at, byte in enumerate(data) if not any(a <= at < b for a, b in skip))
    out, at = b"", 0
    for size in [*sizes, len(data)]:
        out += kept(data[at : at + size], at, skip)
        at += size
    assert out == expected
    assert length(b"ab", Text(data), skip) == 2 + len(expected)


@pytest.mark.parametrize("skip", [[(0, 5)], [(3, 3)], [(0, 1), (1, 5)], []])
def test_neighbouring_and_empty_ranges(skip: list[tuple[int, int]]) -> None:
    gone = {n for a, b in skip for n in range(a, b)}
    assert kept(b"abcde", 0, skip) == bytes(c for n, c in enumerate(b"abcde") if n not in gone)
