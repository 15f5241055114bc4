"""Header fields as signatures see them: canonical forms and choice as dkimpy has them, and what is left out."""

from __future__ import annotations

import dkim
import pytest
from dkim.canonicalization import Relaxed
from hypothesis import given
from hypothesis import strategies as st

from gateway.authentication.dkim_header import Header, signed_text
from gateway.authentication.dkim_tags import Unusable

_VALUES = st.lists(
    st.sampled_from([b" ", b"\t", b"\r\n ", b"\r\n\t", b"a", b"B:", b";", b"=", b"\xe1\xba\xa1"]), max_size=12
).map(b"".join)


@given(_VALUES)
def test_relaxed_is_as_dkimpy_has_it(value: bytes) -> None:
    block = b"Some-Name:" + value + b"\r\n"
    ((name, expected),) = Relaxed.canonicalize_headers([(b"Some-Name", value + b"\r\n")])
    header = Header(block, 10)
    assert header.fields[0].canonical(relaxed=True) + b"\r\n" == name + b":" + expected
    assert header.fields[0].canonical(relaxed=False) + b"\r\n" == block


@given(
    st.lists(st.sampled_from([b"a", b"b", b"c"]), max_size=8), st.lists(st.sampled_from([b"a", b"b", b"d"]), max_size=9)
)
def test_the_choice_is_as_dkimpy_makes_it(there: list[bytes], named: list[bytes]) -> None:
    block = b"".join(b"%s: %d\r\n" % (name.upper(), number) for number, name in enumerate(there))
    chosen = Header(block, 100).chosen(named)
    expected = dkim.select_headers([(name, b" %d" % number) for number, name in enumerate(there)], named)
    assert [(field.name, field.value) for field in chosen] == expected


def test_a_signature_never_covers_itself() -> None:
    header = Header(b"DKIM-Signature: b=1\r\nFrom: x\r\nDKIM-Signature: b=2\r\n", 10)
    own = header.fields[2]
    assert header.chosen([b"dkim-signature", b"dkim-signature", b"from"], own) == [header.fields[0], header.fields[1]]


@pytest.mark.parametrize(
    ("value", "unsigned"),
    [
        (b" v=1; b=abc", b" v=1; b="),
        (b" v=1; b=abc; d=x", b" v=1; b=; d=x"),
        (b" v=1; b= abc\r\n\tdef ;d=x", b" v=1; b=;d=x"),
        (b" v=1;\r\n\tb\r\n = abc=", b" v=1;\r\n\tb\r\n ="),
        (b"b=abc;bh=def", b"b=;bh=def"),
        (b" bh=b=abc; b=x", b" bh=b=abc; b="),
        (b" z=a;b=;bb=c", b" z=a;b=;bb=c"),
    ],
)
def test_b_is_taken_out_with_all_blanks_around_it(value: bytes, unsigned: bytes) -> None:
    field = Header(b"DKIM-Signature:" + value + b"\r\n", 1).fields[0]
    assert field.unsigned(relaxed=False) == b"DKIM-Signature:" + unsigned


def test_what_is_signed_ends_without_a_line_end() -> None:
    header = Header(b"From: a\r\n b\r\nDKIM-Signature: b=x\r\n", 10)
    assert signed_text(header, [b"from"], header.fields[1], relaxed=False) == b"From: a\r\n b\r\nDKIM-Signature: b="
    assert signed_text(header, [b"from"], header.fields[1], relaxed=True) == b"from:a b\r\ndkim-signature:b="


@pytest.mark.parametrize(
    "block",
    [
        b" a: b\r\n",
        b"a\r\n",
        b"a: b\r\n\r\nc: d\r\n",
        b": b\r\n",
        b"a b: c\r\n",
        b"\xff: b\r\n",
        b"a" * 257 + b": b\r\n",
    ],
)
def test_lines_that_are_no_fields(block: bytes) -> None:
    with pytest.raises(Unusable, match="no field"):
        Header(block, 10)


def test_names_with_blanks_behind_and_a_last_line_without_an_end() -> None:
    header = Header(b"A \t: b\r\nC:d", 10)
    assert [(field.name, field.canonical(relaxed=True)) for field in header.fields] == [(b"a", b"a:b"), (b"c", b"c:d")]
    assert header.fields[0].canonical(relaxed=False) == b"A \t: b"


@pytest.mark.parametrize(
    ("skip", "left"),
    [
        ([], [b"a", b"b", b"c"]),
        ([(0, 6)], [b"b", b"c"]),
        ([(6, 18)], [b"a"]),
        ([(12, 18), (0, 6)], [b"b"]),
        ([(0, 18)], []),
        ([(18, 99)], [b"a", b"b", b"c"]),
    ],
)
def test_what_is_left_out(skip: list[tuple[int, int]], left: list[bytes]) -> None:
    assert [field.name for field in Header(b"a: 1\r\nb: 2\r\nc: 3\r\n", 10, skip).fields] == left


@pytest.mark.parametrize("block", [b"a: b\nc: d\r\n", b"a: b\rc\r\n", b"a: b\r\n\r", b"a: b\r\r\n", b"a: b\n"])
def test_line_ends_are_crlf(block: bytes) -> None:
    with pytest.raises(Unusable, match="bare CR or LF"):
        Header(block, 10)


def test_the_number_of_fields_is_bounded() -> None:
    assert len(Header(b"a: 1\r\n" * 10, 10).fields) == 10
    with pytest.raises(Unusable, match="too many"):
        Header(b"a: 1\r\n" * 11, 10)
