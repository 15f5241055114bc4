"""Encoded words in any charset, raw bytes, and whatever strangers write instead."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.wording.encoded import texts_of


def said(value: bytes) -> list[tuple[str, str, bytes]]:
    """Charset, text and bytes of each unit."""
    units, charsets = texts_of(value)
    return [(charset, unit.text, unit.raw) for unit, charset in zip(units, charsets, strict=True)]


def word(data: bytes, charset: str, encoding: str = "B") -> bytes:
    coded = base64.b64encode(data) if encoding == "B" else b"".join(b"=%02X" % code for code in data)
    return f"=?{charset}?{encoding}?".encode() + coded + b"?="


def test_plain_text() -> None:
    assert said(b"Meeting at 10?=") == [("", "Meeting at 10?=", b"")]
    assert texts_of(b"") == ([], ())


@pytest.mark.parametrize("encoding", ["B", "Q"])
def test_words_of_one_text_make_one_unit(encoding: str) -> None:
    value = (
        word("Về việc ".encode(), "UTF-8", encoding) + b"\r\n " + word("báo cáo".encode(), "utf-8", encoding) + b" Q4"
    )
    assert said(value) == [("utf-8", "Về việc báo cáo Q4", b"")]


def test_a_letter_cut_between_words() -> None:
    data = "Việt".encode()
    value = word(data[:3], "utf-8") + b" " + word(data[3:], "utf-8")
    assert said(value) == [("utf-8", "Việt", b"")]


def test_a_font_hack_in_latin_1() -> None:
    assert said(word("ViÖt Nam".encode("latin-1"), "iso-8859-1")) == [("iso-8859-1", "ViÖt Nam", b"")]


@pytest.mark.parametrize(
    "charset", ["viscii", "x-viet-tcvn5712", "TCVN", "x-vni", "windows-1258", "unknown-8bit", "x-of-ours"]
)
def test_bytes_that_no_unicode_charset_tells_stay_bytes(charset: str) -> None:
    raw = bytes([0x56, 0x69, 0xAE, 0x74])
    assert said(word(raw, charset)) == [(charset.lower(), raw.decode("latin-1"), raw)]


def test_utf_8_under_an_unknown_name_is_read_as_such() -> None:
    ((charset, text, raw),) = said(word("Việt".encode(), "x-unknown"))
    assert (charset, text, raw) == ("x-unknown", "Việt", "Việt".encode())


def test_charsets_are_kept_apart() -> None:
    tcvn = "ViÖt".encode("latin-1")
    value = word(b"Re: ", "utf-8") + b" " + word(tcvn, "x-viet-tcvn") + b" " + word("Nam ấy".encode(), "utf-8")
    assert said(value) == [("utf-8", "Re: ", b""), ("x-viet-tcvn", "ViÖt", tcvn), ("utf-8", "Nam ấy", b"")]


def test_raw_bytes_beside_words() -> None:
    raw = "ViÖt ".encode("latin-1")
    assert said(raw + word("Nam ấy".encode(), "utf-8")) == [("", "ViÖt ", raw), ("utf-8", "Nam ấy", b"")]


def test_other_languages() -> None:
    assert said(word("会议".encode("gb2312"), "gb2312"))[0][1] == "会议"
    assert said(word("Привет".encode("koi8-r"), "koi8-r"))[0][1] == "Привет"


def test_base64_without_its_end() -> None:
    assert said(b"=?utf-8?B?QQ?=")[0][1] == "A"
    assert said(b"=?utf-8?B?Q?=")[0][1] == "Q"


@given(
    st.one_of(
        st.binary(max_size=300),
        st.lists(st.sampled_from([b"=?", b"?=", b"?B?", b"?q?", b"utf-8", b"x", b"=C3", b" ", b"\xe1", b"\r\n "])).map(
            b"".join
        ),
    )
)
def test_anything_is_read(value: bytes) -> None:
    units, charsets = texts_of(value)
    assert len(units) == len(charsets)
    assert all(unit.text or not value for unit in units)
