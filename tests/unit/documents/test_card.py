"""Calendars and visiting cards: the files in them, what they say, folded anywhere and in any charset."""

from __future__ import annotations

import base64
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.contents import Why
from gateway.documents.contentlines import content_lines
from gateway.documents.document import Document
from gateway.documents.limits import DocumentLimits
from gateway.documents.read import format_of, read

_FILE = b"MZ" + bytes(range(256))
_BASE64 = base64.b64encode(_FILE)
_EVENT = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:\xe1\xba\xadt\r\n%b\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


def card(data: bytes, limits: DocumentLimits | None = None, kind: str = "text/calendar") -> Document:
    return read(io.BytesIO(data), kind, "", limits or DocumentLimits())


def said(data: bytes) -> list[tuple[str, str]]:
    return [(unit.place, unit.text) for unit in card(data).units]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (b'ATTACH;ENCODING=BASE64;VALUE=BINARY;X-FILENAME="h\xe1\xbb\x93 s\xc6\xa1.zip":', "hồ sơ.zip"),
        (b"attach;value=binary;encoding=base64;filename=a.exe:", "a.exe"),
        (b"item1.PHOTO;ENCODING=b;TYPE=JPEG:", ""),
        (b"PHOTO;JPEG;BASE64:", ""),
        (b'KEY;ENCODING="B":', ""),
        (b"X-ANY;ENCODING=BASE64:", ""),
        (b"ATTACH:data:application/octet-stream;base64,", ""),
        (b"PHOTO;VALUE=uri:data:image/png;base64,", ""),
        (b"ATTACH;VALUE=BINARY:", ""),
        (b"ATTACH ; ENCODING = BASE64 ; FILENAME=a.exe :", "a.exe"),
        (b'ATTACH;X=a"b;ENCODING=BASE64:', ""),
        (b"A" * 90 + b";ENCODING=BASE64:", ""),
        (b"a.b.ATTACH;ENCODING=BASE64:", ""),
        (b"ATTACH:data:application/x;a=" + b"b" * 900 + b";base64,", ""),
        (b'ATTACH:data:application/x;a="b,c";base64,', ""),
    ],
)  # fmt: skip
def test_a_file_is_taken_out(line: bytes, name: str) -> None:
    document = card(_EVENT % (line + _BASE64))
    assert [(one.name, one.data) for one in document.embedded] == [(name, _FILE)]
    assert document.format == "card"
    assert [unit.text for unit in document.units if unit.place == "SUMMARY"] == ["ật"]


@pytest.mark.parametrize("line_end", [b"\r\n ", b"\n\t"])
def test_folded_at_each_octet(line_end: bytes) -> None:
    line = b"ATTACH;ENCODING=BASE64;FILENAME=a.exe:" + _BASE64
    for at in range(1, len(line) + 1):
        (one,) = card(_EVENT % (line[:at] + line_end + line[at:])).embedded
        assert (one.name, one.data) == ("a.exe", _FILE)


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_in_unicode_of_any_width(codec: str) -> None:
    data = (_EVENT % (b"ATTACH;ENCODING=BASE64:" + _BASE64)).decode().encode(codec)
    assert format_of("text/plain", "", data) == "card"
    assert [one.data for one in card(data).embedded] == [_FILE]


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\r\n \r\n", b"X: y\r\n", b"words\r\n", b"From: a\r\n"])
def test_behind_something_else(before: bytes) -> None:
    data = before + _EVENT % (b"ATTACH;ENCODING=BASE64:" + _BASE64)
    assert [one.data for one in card(data).embedded] == [_FILE]


def test_lines_that_are_not_indented() -> None:
    lines = b"\r\n".join(_BASE64[at : at + 60] for at in range(0, len(_BASE64), 60))
    assert [one.data for one in card(_EVENT % (b"PHOTO;BASE64:\r\n" + lines + b"\r\n")).embedded] == [_FILE]


def test_padding_in_the_middle() -> None:
    (one,) = card(_EVENT % (b"ATTACH;ENCODING=BASE64:TQ==" + base64.b64encode(_FILE[1:]))).embedded
    assert one.data == _FILE


def test_percent_encoded_and_quoted_printable_files() -> None:
    assert card(_EVENT % b"ATTACH:data:text/plain,a%00b").embedded[0].data == b"a\0b"
    found = card(_EVENT % b"ATTACH;ENCODING=QUOTED-PRINTABLE:MZ=00=\r\n=01").embedded
    assert [one.data for one in found] == [b"MZ\0\1"]


@pytest.mark.parametrize("junk", [b"=", b"*", b"\0", b" "])
def test_damaged_base64_is_still_a_file(junk: bytes) -> None:
    (one,) = card(_EVENT % (b"ATTACH;ENCODING=BASE64:" + _BASE64[:-5] + junk + b"A")).embedded
    assert one.data.startswith(b"MZ")


def test_every_line_is_read() -> None:
    data = b"BEGIN:VCARD\nNOTE:a\\nb\\, c\nX-UNHEARD;p=1:d\nno property\n\nFN;CHARSET=ISO-8859-1:\xe9\nEND:VCARD\n"
    assert said(data) == [
        ("BEGIN", "VCARD"), ("NOTE", "a\nb, c"), ("X-UNHEARD", "d"), ("line", "no property"), ("FN", "é"),
        ("END", "VCARD"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "X-ALT-DESC;FMTTYPE=text/html:<html><p>Họp k\r\n ín</p>\\n</html>",
        "X-ALT-DESC:<p>Họp\\, kín</p>",
        "STYLED-DESCRIPTION;VALUE=TEXT;FMTTYPE=text/html:<p>Họp kín",
        'DESCRIPTION;ALTREP="data:text/html,%3Cp%3EH%E1%BB%8Dp%20k%C3%ADn%3C/p%3E":x',
    ],
)
def test_a_page_is_read_as_html(line: str) -> None:
    texts = [text.replace(",", "") for _place, text in said(_EVENT % line.encode())]
    assert "Họp kín" in texts


def test_a_text_that_begins_like_a_card_is_a_text() -> None:
    assert format_of("text/calendar", "a.txt", b"BEGIN:VCALENDAR\r\n") == "txt"
    assert format_of("text/plain", "a.txt", b"BEGIN:VCARD\r\n") == "txt"
    assert format_of("text/plain", "a.ics", b" x\r\n") == "card"
    assert format_of("application/octet-stream", "", b"\r\nbegin:vcard\r\n") == "card"


def test_without_text_the_files_are_there() -> None:
    document = read(
        io.BytesIO(_EVENT % (b"PHOTO;ENCODING=b:" + _BASE64)), "text/vcard", "", DocumentLimits(), text=False
    )
    assert [len(document.embedded), len(document.units)] == [1, 0]


def test_bounds() -> None:
    document = card(_EVENT % b"\r\n".join([b"PHOTO;ENCODING=b:" + _BASE64] * 9), DocumentLimits(embedded_files=4))
    assert len(document.embedded) == 4
    assert document.unchecked == [Why.TOO_MANY]
    assert card(_EVENT, DocumentLimits(expanded=20)).unchecked == [Why.TOO_LARGE]
    document = card(_EVENT % b"PHOTO;ENCODING=b:QUJD\r\nA:1\r\nA:2", DocumentLimits(references=5))
    assert (document.unchecked, [one.data for one in document.embedded]) == ([Why.TOO_MANY], [b"ABC"])


@given(
    st.lists(
        st.sampled_from([b"A", b":", b";", b'"', b"\r\n", b"\n ", b"=", b"BASE64", b"data:,", b"%4", b"\xe1", b"\0"])
    )
)
def test_any_bytes(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    card(b"BEGIN:VCARD\r\n" + data)
    kept = b"".join(line.value for line in content_lines(data))
    assert len(kept) <= len(data)


@pytest.mark.parametrize(
    "unit", [b'A;"', b"A;B", b"a\n", b"A:\n ", b"A;ENCODING=QUOTED-PRINTABLE:=\n", b";", b"A;BASE64:=\n"]
)
def test_time_grows_with_the_length(unit: bytes) -> None:
    """What took the square of the length would not end here."""
    assert sum(1 for _ in content_lines(unit * (2_000_000 // len(unit)))) >= 1


def test_a_line_is_whole_where_it_is_no_property() -> None:
    assert [line.value for line in content_lines(b"Kinh gui: ai\r\n tiep\r\nA=1")] == [b"Kinh gui: aitiep", b"A=1"]
    assert re.fullmatch(r"\w+", next(iter(content_lines(b"a:b"))).name)
