"""A mail's text by its declared charset; what that does not tell goes on as bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.wording.charsets import decoded, is_vietnamese, units_of

TCVN = "Céng hoµ x· héi".encode("latin-1")


def test_ascii_and_utf_8() -> None:
    (ascii_one,) = units_of(b"hello\nthere", "viscii")
    assert (ascii_one.text, ascii_one.raw) == ("hello\nthere", b"")
    (declared,) = units_of("Việt\nNam".encode(), "utf-8")
    assert (declared.text, declared.raw) == ("Việt\nNam", b"")


def test_good_utf_8_that_nothing_declares_keeps_its_bytes() -> None:
    data = "Việt\nNam".encode()
    (unit,) = units_of(data, "")
    assert (unit.text, unit.raw) == ("Việt\nNam", data)


@pytest.mark.parametrize("declared", ["", "viscii", "x-viet-tcvn", "x-of-ours", "windows-1258"])
def test_bytes_are_left_line_by_line(declared: str) -> None:
    units = units_of(b"hello\r\n\r\n" + TCVN, declared)
    assert [(unit.place, unit.text, unit.raw) for unit in units] == [
        ("line 1", "hello", b""),
        ("line 3", "Céng hoµ x· héi", TCVN),
    ]


def test_foreign_bytes_in_utf_8() -> None:
    units = units_of("Việt Nam đất nước con người\n".encode() * 3 + TCVN, "utf-8")
    assert [bool(unit.raw) for unit in units] == [False, False, False, True]
    assert units[3].raw == TCVN


@pytest.mark.parametrize("cut", [1, 2])
@pytest.mark.parametrize("declared", ["utf-8", ""])
def test_a_letter_cut_in_two_is_no_other_charset(cut: int, declared: str) -> None:
    """Programs that shorten texts by octets write such mail; people see one mark at the end."""
    line = "Kính gửi các đơn vị, đề nghị báo cáo số liệu để"
    data = f"xin chào\n{line}ế".encode()[:-cut] + f"…\n{line}".encode()
    (unit,) = units_of(data, declared)
    assert unit.text.replace("\ufffd", "") == f"xin chào\n{line}…\n{line}"
    assert unit.raw == b""


def test_more_than_a_letter_is_another_charset() -> None:
    """A phrase in TCVN3 within a line of UTF-8 is not lost."""
    units = units_of("Việt Nam đất nước con người, ".encode() * 3 + TCVN + b" ch\xf1 ngh\xdca", "utf-8")
    assert [bool(unit.raw) for unit in units] == [True]


def test_charsets_of_other_languages_are_decoded() -> None:
    assert units_of("日本語".encode("shift_jis"), "shift_jis")[0].text == "日本語"
    assert units_of("été".encode("windows-1252"), "iso-8859-1")[0].text == "été"
    assert units_of("Việt".encode("utf-16"), "utf-16")[0].text == "Việt"


@pytest.mark.parametrize(
    "label", ["viscii", "csviscii", "tcvn", "tcvn-5712", "x-viet-vps", "x-vni", "viqr", "windows-1258", "cp1258"]
)
def test_vietnamese_labels(label: str) -> None:
    assert is_vietnamese(label)
    assert decoded(TCVN, label).raw


@pytest.mark.parametrize("label", ["gb2312", "gbk", "GBK", "gb_2312-80", "x-gbk", "cp936", "windows-936", "chinese"])
def test_vietnamese_under_a_chinese_label(label: str) -> None:
    """Clients read these as GB 18030, which has every letter of Unicode."""
    text = "Tài liệu TỐI MẬT 密"
    assert [unit.text for unit in units_of(text.encode("gb18030"), label.lower())] == [text]


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("shift_jis", "cp932", "①髙"),
        ("x-sjis", "cp932", "日本"),
        ("ks_c_5601-1987", "cp949", "똠방각하"),
        ("euc-kr", "cp949", "똠"),
        ("big5", "big5hkscs", "着嗰"),
        ("euc-jp", "euc_jp", "日本"),
    ],
)
def test_the_wider_charset_is_read(label: str, codec: str, text: str) -> None:
    assert [unit.text for unit in units_of(text.encode(codec), label)] == [text]


@pytest.mark.parametrize("label", ["utf-8", "windows-1252", "iso-8859-1", "", "gb2312", "utf-16"])
def test_other_labels(label: str) -> None:
    assert not is_vietnamese(label)


@given(
    st.binary(max_size=200),
    st.sampled_from(["", "utf-8", "us-ascii", "viscii", "windows-1258", "gb2312", "utf-7", "nonsense", "utf-16"]),
)
def test_anything_becomes_units(data: bytes, declared: str) -> None:
    for unit in units_of(data, declared):
        assert not unit.raw or unit.raw in data
