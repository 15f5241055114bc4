"""Which texts are files: what clients do not show, what holds a file, and what only says that it is a text."""

from __future__ import annotations

import base64
import hashlib

import pytest

from gateway.message.limits import ScanLimits
from gateway.message.part import CARDS, is_shown
from gateway.message.readings.heading import End, read_heading
from gateway.message.union import union
from tests.unit.message.mail import cut, entity, facts, multipart, scan, scan_pieces

_TEXT = entity("Content-Type: text/plain", b"a\r\n")
_HOLDING = {
    "attach": b"ATTACH;VALUE=BINARY;ENCODING=BASE64:TVo=",
    "photo": b"PHOTO;ENCODING=b;TYPE=JPEG:TVo=",
    "old": b"PHOTO;GIF;BASE64:TVo=",
    "data": b"ATTACH:data:application/zip;base64,TVo=",
    "alternative": b'DESCRIPTION;ALTREP="data:text/html,%3Cp%3E":x',
    "folded": b"ATTACH;ENC\r\n ODING=BA\r\n\tSE64:TVo=",
    "binary": b"ATTACH;VALUE=BINARY:TVo=",
    "blanks": b"ATTACH ; ENCODING = BASE64 :TVo=",
    "far": b"ATTACH;X=" + b"y" * 900 + b";ENCODING=QUOTED-PRINTABLE:M=5A",
    "quoted": b"ATTACH;X=1;ENCODING=QUOTED-PRINTABLE:M=5A",
}
_EMPTY = b"SUMMARY:hop; b: data: 1, 2\r\nATTACH:https://a.example/b.zip\r\nNOTE;ENCODING=QUOTED-PRINTABLE:=41"


def calendar(line: bytes) -> bytes:
    return b"BEGIN:VCALENDAR\r\n" + b"UID:1\r\n" * 400 + line + b"\r\nEND:VCALENDAR\r\n"


def message(kind: str, body: bytes, encoding: str = "7bit") -> bytes:
    part = entity(f"Content-Type: {kind}; charset=utf-8\nContent-Transfer-Encoding: {encoding}", body)
    return b"From: a@so.example\r\n" + multipart("m", _TEXT, part)


@pytest.mark.parametrize("kind", sorted(CARDS))
@pytest.mark.parametrize("line", _HOLDING)
@pytest.mark.parametrize("encoding", ["7bit", "base64"])
def test_a_calendar_with_a_file_in_it_is_a_file(kind: str, line: str, encoding: str) -> None:
    body = calendar(_HOLDING[line])
    (one,) = scan(message(kind, base64.encodebytes(body) if encoding == "base64" else body, encoding)).attachments
    kept = body if encoding == "base64" else body[:-2] + b"\r\n"
    assert (one.declared_type, one.part, one.decoded_size) == (kind, "1.2", len(kept))
    assert one.sha256 == hashlib.sha256(kept).hexdigest()
    assert one.sniffed_type == "sniffed/2048"


@pytest.mark.parametrize("encoding", ["7bit", "base64"])
def test_one_without_is_a_text(encoding: str) -> None:
    body = calendar(_EMPTY)
    found = scan(message("text/calendar", base64.encodebytes(body) if encoding == "base64" else body, encoding))
    assert found.attachments == ()
    assert found.root.children[1].sha256 == ""
    assert found.root.children[1].decoded_size == len(body)


def test_a_message_that_is_nothing_else() -> None:
    data = entity("From: a@so.example\nContent-Type: text/calendar", calendar(_HOLDING["attach"]))
    assert [one.part for one in scan(data).attachments] == ["1"]


@pytest.mark.parametrize("line", _HOLDING)
def test_wherever_it_is_cut(line: str) -> None:
    data = message("text/calendar", calendar(_HOLDING[line]))
    expected = facts(scan(data))
    start = data.index(b"UID") + 400 * 7 - 3
    for place in range(start, len(data)):
        assert facts(scan_pieces(cut(data, [place]))) == expected


@pytest.mark.parametrize("kind", ["rtf", "csv", "javascript", "xml", "x-python", "unheard-of", "markdown"])
def test_a_text_that_clients_do_not_show_is_a_file(kind: str) -> None:
    found = scan(message(f"text/{kind}", b"abc\r\n"))
    assert [(one.declared_type, one.decoded_size) for one in found.attachments] == [(f"text/{kind}", 5)]
    assert not is_shown(f"text/{kind}")


@pytest.mark.parametrize("kind", ["plain", "html", "enriched", "calendar", "vcard", "rfc822-headers", "x-amp-html"])
def test_what_they_show_is_none(kind: str) -> None:
    assert scan(message(f"text/{kind}", b"abc\r\n")).attachments == ()


@pytest.mark.parametrize(("kind", "file"), [("rtf", True), ("plain", False), ("calendar", True), ("csv", True)])
def test_the_other_readings(kind: str, file: bool) -> None:
    """A calendar counts there whatever is in it."""
    heading = read_heading(
        b"Content-Type: text/%b\r\n\r\n" % kind.encode(), End.STRICT, "text/plain", message=False, limits=ScanLimits()
    )
    assert heading.attachment(strict=True) is file


@pytest.mark.parametrize("start", [b"%PDF-1.7", b"{\\rtf1 ", b"PK\x03\x04", b"Rar!\x1a\x07\x01", b"7z\xbc\xaf\x27"])
@pytest.mark.parametrize("kind", ["plain", "html", "calendar"])
def test_bytes_of_a_file_under_the_name_of_a_text(start: bytes, kind: str) -> None:
    found = scan(message(f"text/{kind}", base64.encodebytes(start + b"x" * 60), "base64"))
    assert [one.decoded_size for one in found.attachments] == [len(start) + 60]
    assert scan(message(f"text/{kind}", base64.encodebytes(b"x" + start), "base64")).attachments == ()


def test_a_calendar_that_only_another_reading_shows_counts() -> None:
    body = calendar(_HOLDING["attach"])
    part = entity("Content-Type: text/plain\nContent-Type: text/calendar", body)
    raw = b"From: a@so.example\r\n" + multipart("m", _TEXT, part)
    scanned = scan(raw)
    assert (scanned.attachment_bytes, scanned.suspicious) == (0, True)
    view = union(lambda offset, size: raw[offset : offset + size], scanned)
    assert view.attachment_bytes >= len(body) - 2
