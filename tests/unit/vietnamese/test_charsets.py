"""Bytes to text, and where a character of the text stands in the bytes."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.vietnamese.charsets import declared_family, incoming
from gateway.vietnamese.family import Family

TEXT = "Việt Nam\nxin chào"


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("Windows-1258", Family.CP1258),
        ('"VISCII"', Family.VISCII),
        ("x-viet-tcvn5712", Family.TCVN3),
        ("TCVN5712-1", Family.TCVN3),
        ("x-viet-vps", Family.VPS),
        ("utf-8", None),
        ("", None),
        (None, None),
        ("x" * 10_000, None),
    ],
)
def test_declared_names(name: str | None, family: Family | None) -> None:
    assert declared_family(name) is family


@pytest.mark.parametrize(
    ("data", "declared"),
    [
        (TEXT.encode(), None),
        (codecs.BOM_UTF8 + TEXT.encode(), "us-ascii"),
        (TEXT.encode("utf-16"), None),
        (TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.encode("utf-16-be"), "utf-16be"),
        (TEXT.encode("utf-32"), None),
        (TEXT.encode("utf-32-le"), "utf-32le"),
        (TEXT.encode("utf-7"), "utf-7"),
    ],
)
def test_text_is_read(data: bytes, declared: str | None) -> None:
    assert incoming(data, declared).text == TEXT


def test_utf16_without_a_word_is_told_by_its_zero_bytes() -> None:
    assert incoming(("nothing but ASCII " * 9).encode("utf-16-be"), None).text == "nothing but ASCII " * 9


def test_chinese_is_read_as_declared() -> None:
    assert incoming("中文".encode("gb2312"), "GB2312").text == "中文"
    assert incoming(b"\x81", "gb2312").raw
    assert incoming(b"\xb0\xb1", "no-such-charset").raw


def test_utf8_under_another_name_is_told() -> None:
    assert incoming(TEXT.encode(), "iso-8859-1").misdeclared
    assert not incoming(TEXT.encode(), "UTF-8").misdeclared
    assert not incoming(TEXT.encode(), None).misdeclared


def test_lines_that_are_no_utf8_among_many_that_are() -> None:
    data = "đường phố\n".encode() * 9 + b"c\xe9ng ho\xb5\n" + "việt".encode()
    coming = incoming(data, None)
    assert "céng hoµ" in coming.text and coming.text.startswith("đường") and coming.text.endswith("việt")
    places = [0, 1, coming.text.index("hoµ"), coming.text.index("việt"), len(coming.text)]
    assert coming.offsets(places) == [0, 2, data.index(b"ho\xb5"), data.index("việt".encode()), len(data)]


@given(st.text(max_size=60), st.sampled_from(["utf-8", "utf-16", "utf-32-be"]), st.data())
def test_offsets(text: str, codec: str, drawn: st.DataObject) -> None:
    data = text.encode(codec, "ignore")
    coming = incoming(data, codec)
    places = sorted(drawn.draw(st.lists(st.integers(0, len(coming.text)), max_size=5)))
    for place, offset in zip(places, coming.offsets(places), strict=True):
        skipped = coming.skipped if offset else 0
        assert data[skipped:offset].decode(coming.codec) == coming.text[:place]


@given(st.binary(max_size=200), st.sampled_from([None, "utf-8", "gb2312", "utf-16", "windows-1258", "hz", "x"]))
def test_any_bytes_are_read(data: bytes, declared: str | None) -> None:
    coming = incoming(data, declared)
    assert len(coming.offsets([0, len(coming.text)])) == 2
