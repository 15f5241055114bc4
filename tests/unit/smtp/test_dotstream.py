"""The end-of-data state machine: whole, byte by byte, and at every split."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.smtp.dotstream import DotStream, LineGuard, Normalizer
from gateway.smtp.linecheck import has_bare


def run(chunks: list[bytes]) -> tuple[bytes, bool, bytes, bool]:
    stream = DotStream()
    content = b""
    for i, chunk in enumerate(chunks):
        content += b"".join(stream.feed(chunk))
        if stream.done:
            return content, True, stream.rest + b"".join(chunks[i + 1 :]), stream.bare
    return content, False, b"", stream.bare


def reference(wire: bytes) -> tuple[bytes, bool, bytes, bool]:
    """The rule in one line each: the first CRLF.CRLF ends it, one dot goes after each CRLF."""
    whole = b"\r\n" + wire
    end = whole.find(b"\r\n.\r\n")
    body = whole[: end + 2]
    return body.replace(b"\r\n.", b"\r\n")[2:], True, whole[end + 5 :], is_bare(body)


def is_bare(data: bytes) -> bool:
    return b"\0" in data or re.search(rb"\r(?!\n)|(?<!\r)\n", data) is not None


CASES = [
    b".\r\n",
    b"\r\n.\r\n",
    b"hello\r\n.\r\nQUIT\r\n",
    b"..\r\n.\r\n",
    b"...a\r\n..\r\n.b\r\n.\r\n.\r\n",
    b"a\r\n..\r\n.\r\nMAIL FROM:<>\r\n",
    b"a\n.\nb\r\n.\r\n",
    b"a\n.\r\nb\r\n.\r\n",
    b"a\r\n.\nb\r\n.\r\n",
    b"a\r.\rb\r\n.\r\n",
    b"a\r\n.\rb\r\n.\r\n",
    b"a\r\r\n.\r\nb\r\n.\r\n",
    b"a\r\n\r.\r\nb\r\n.\r\n",
    b"a\0b\r\n.\r\n",
    b"a\r\n.\0\r\n.\r\n",
    b"x" * 1500 + b"\r\n" + b"." * 7 + b"\r\n.\r\n",
    b".\r\r\n.\r\n",
    b"\r\n\r\n\r\n.\r\n\r\n",
    b"a\r\n.\r\n.\r\n",
    b"a\rb\n.\r\n.\r\n",
    b"a\rb\nc\rd\n\r\n.\r\n",
]


@pytest.mark.parametrize("wire", CASES)
def test_whole_and_every_split(wire: bytes) -> None:
    expected = reference(wire)
    assert run([wire]) == expected
    assert run([wire[i : i + 1] for i in range(len(wire))]) == expected
    for i in range(len(wire) + 1):
        for j in range(i, min(i + 12, len(wire)) + 1):
            assert run([wire[:i], wire[i:j], wire[j:]]) == expected


alphabet = st.lists(st.sampled_from([b"\r", b"\n", b".", b"\r\n", b"\r\n.", b"a", b"\0", b"ab" * 300]), max_size=40)


@given(alphabet, st.lists(st.integers(0, 2000), max_size=6))
def test_any_bytes_any_split(parts: list[bytes], cuts: list[int]) -> None:
    wire = b"".join(parts) + b"\r\n.\r\nREST"
    bounds = [0, *sorted(min(c, len(wire)) for c in cuts), len(wire)]
    assert run([wire[a:b] for a, b in itertools.pairwise(bounds)]) == reference(wire)


@given(
    st.lists(
        st.sampled_from([b"x" * 76 + b"\r\n", b"x" * 76 + b"\n", b"y" * 20 + b"\r\n", b"\r", b"\0", b"z"]), max_size=30
    )
)
def test_bare_detection_agrees_with_a_regular_expression(parts: list[bytes]) -> None:
    data = b"".join([*parts[::2], *[b"x" * 76 + b"\r\n"] * 16, *parts])
    end = len(data) - data.endswith(b"\r")
    assert has_bare(data, end) == is_bare(data[:end])


@pytest.mark.parametrize("bad", [b"\n", b"\r", b"\0", b"\n\r", b"\r\r\n"])
@pytest.mark.parametrize("at", range(0, 24 * 78, 31))
def test_one_bad_byte_among_regular_lines_is_found(bad: bytes, at: int) -> None:
    lines = (b"A" * 76 + b"\r\n") * 24
    data = lines[:at] + bad + lines[at:] + b"AAAA"
    assert has_bare(data, len(data)) == is_bare(data)
    same_length = lines[:at] + bad + lines[at + len(bad) :] + b"AAAA"
    assert has_bare(same_length, len(same_length)) == is_bare(same_length)


def test_bare_detection_knows_every_short_text() -> None:
    """A bare CR and a bare LF must not be taken for one line end because of what stands between them."""
    for length in range(9):
        for letters in itertools.product((b"a", b"\r", b"\n"), repeat=length):
            data = b"".join(letters)
            assert has_bare(data, len(data)) == is_bare(data), data
            guard = LineGuard()
            guard.feed(data)
            guard.finish()
            assert guard.bare == is_bare(data), data


@pytest.mark.parametrize("before", [0, 40, 130])
@pytest.mark.parametrize("after", [0, 40, 130])
def test_bare_detection_knows_every_short_text_beside_regular_lines(before: int, after: int) -> None:
    line = b"A" * 76 + b"\r\n"
    for length in range(1, 6):
        for letters in itertools.product((b"a", b"\r", b"\n"), repeat=length):
            data = line * before + b"".join(letters) + b"\r\n" + line * after
            assert has_bare(data, len(data)) == is_bare(data), letters


@given(st.lists(st.sampled_from([b"a", b"\r", b"\n", b"\r\n", b"\0"]), max_size=20))
def test_line_guard_sees_the_same_at_any_split(parts: list[bytes]) -> None:
    guard = LineGuard()
    for part in parts:
        guard.feed(part)
    guard.finish()
    assert guard.bare == is_bare(b"".join(parts))


@given(st.lists(st.sampled_from([b"a", b"\r", b"\n", b"\r\n"]), max_size=20))
def test_normalizer_gives_crlf_only(parts: list[bytes]) -> None:
    normalizer = Normalizer()
    out = b"".join(normalizer.feed(part) for part in parts) + normalizer.finish()
    assert out == re.sub(rb"\r\n|\r|\n", b"\r\n", b"".join(parts))
