"""File names and parameters: never an error, bounded, safe to record."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.message.defects import Flaw
from gateway.message.headers import content_info, fields_of, header_lines, parameters_of
from gateway.message.names import codec_of, filename_of

_BITS = st.sampled_from(
    [b"filename", b"*", b"0", b"1", b"=", b'"', b";", b" ", b"\\", b"'", b"%C3", b"%A9", b"utf-8''", b"=?", b"?=",
     b"?B?", b"=?utf-8?b?w6k=?=", b"=?utf-7?q?+2AA-?=", b"\xc3", b"\xff", b"\0", b"a", b"idna''", b"utf-16''"]
)  # fmt: skip


@given(value=st.lists(_BITS, max_size=30).map(b"".join))
def test_any_bytes_give_a_safe_name(value: bytes) -> None:
    parameters, _twice = parameters_of(b"attachment; " + value)
    name, _flaws = filename_of(parameters, {}, "utf-8", 40)
    assert len(name) <= 40
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in name)
    name.encode()  # no lone surrogate: it goes into JSON and a database


@pytest.mark.parametrize("length", [3, 40, 41, 400, 40_000])
def test_a_long_name_keeps_its_ending(length: int) -> None:
    for written in (b"n" * length + b".js", b"%6E" * length + b"%2Ejs"):
        name, flaws = filename_of({b"filename*": b"utf-8''" + written}, {}, "", 40)
        assert name.endswith("n.js") and len(name) == min(40, length + 3)
        assert (Flaw.FILENAME_TOO_LONG in flaws) == (length + 3 > 40)


@pytest.mark.parametrize(
    "charset", ["idna", "punycode", "unicode-escape", "utf-7", "hex", "zlib", "rot13", "x" * 99, ""]
)
def test_codecs_that_are_no_charsets_are_refused(charset: str) -> None:
    assert codec_of(charset) is None


@pytest.mark.parametrize(
    "charset", ["utf-8", "UTF8", "iso-8859-1", "windows-1258", "us-ascii", "KOI8-R", "gb2312", "utf-16"]
)
def test_charsets_are_known(charset: str) -> None:
    codec = codec_of(charset)
    assert codec is not None
    b"".decode(codec)


def test_duplicate_parameters() -> None:
    assert parameters_of(b"a/b; x=1; X=2") == ({b"x": b"1"}, True)


def test_content_fields() -> None:
    block = (
        b'Content-Type: (a comment) x\r\nContent-Type: TEXT/HTML; Charset="UTF-8" (as said); boundary=x \r\n'
        b"CONTENT-DISPOSITION: Attachment;\r\n\tFILENAME=a.html\r\nContent-Transfer-Encoding: Quoted-Printable (x)\r\n"
    )
    info, twice = content_info(fields_of(block, 0, 99)[1:], "text/plain", 255)
    assert not twice
    assert (info.content_type, info.charset, info.boundary) == ("text/html", "utf-8", b"x")
    assert (info.disposition, info.filename, info.encoding) == ("attachment", "a.html", "quoted-printable")
    info, twice = content_info(fields_of(block, 0, 99), "text/plain", 255)
    assert twice and info.flaws == [Flaw.CONTENT_TYPE_INVALID]


@pytest.mark.parametrize(
    "unit",
    [b";", b"; ", b"; a", b'; a="', b"; a=b", b"=?", b"=?a?b?", b"\\", b'"', b"*0*=", b"''", b" ", b"%", b"\t;a ="],
)
def test_a_hostile_value_ends(unit: bytes) -> None:
    """A pattern that were quadratic in its input would take longer here than a test may run."""
    value = unit * (2_000_000 // len(unit))
    parameters, _twice = parameters_of(b"attachment; filename=" + value)
    filename_of(parameters, {b"name": value, b"name*": value, b"name*0*": value}, "", 255)
    content_info(fields_of(b"Content-Type: " + value, 0, 10), "text/plain", 255)
    header_lines(value, 0, len(value))


@pytest.mark.parametrize("label", ["gb2312", "GBK", "cp936"])
def test_a_name_under_a_chinese_label_is_read_as_clients_do(label: str) -> None:
    codec = codec_of(label)
    assert codec is not None
    assert "TỐI MẬT.docx".encode("gb18030").decode(codec) == "TỐI MẬT.docx"
