"""What is read of every message at once, and what is left for another process."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.contents import NO_WORDS, Source, Words
from gateway.wording.inline import DENSE, SMALL, read_inline
from gateway.wording.reader import WANTS
from tests.unit.wording.mail import GOOD, TCVN3, attachment, mail, multipart, spooled, text

RAW = TCVN3.encode("latin-1")


def look(raw: bytes, folder: Path, wants: frozenset[str] = WANTS) -> tuple[Words, bool]:
    content = spooled(raw, folder)
    try:
        return read_inline(content, content.scan, wants)
    finally:
        content.spool.close()


@pytest.mark.parametrize(
    "raw",
    [
        mail(b"hello\r\n"),
        mail(GOOD.encode()),
        mail(base64.b64encode(GOOD.encode()), encoding="base64"),
        mail(f"<p>{GOOD}</p>".encode(), "text/html; charset=utf-8"),
        multipart(text(GOOD.encode()), text(f"<p>{GOOD}".encode(), kind="html"), kind="alternative"),
        mail(b"", header="Subject: Về việc báo cáo\r\n".encode()).replace(
            "Về việc báo cáo".encode(), b"=?utf-8?Q?V=E1=BB=81_vi=E1=BB=87c?="
        ),
    ],
)
def test_ordinary_messages_cost_nothing_more(raw: bytes, tmp_path: Path) -> None:
    words, left = look(raw, tmp_path)
    assert words is NO_WORDS
    assert not left


def test_each_place_of_a_message(tmp_path: Path) -> None:
    inner = b"Content-Type: message/rfc822\r\n\r\n" + mail(RAW, "text/plain", header=b"Subject: " + RAW + b"\r\n")
    raw = multipart(
        text(RAW, "x-unknown"),
        attachment(b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(50), RAW + b".jpg", b"image/jpeg"),
        inner,
        header=b"Subject: " + RAW + b"\r\nFrom: " + RAW + b" <a@example.com>\r\n",
    )
    words, left = look(raw, tmp_path)
    assert not left
    assert [(one.source, one.part, one.where) for one in words.legacy] == [
        (Source.HEADER, "", "Subject"),
        (Source.HEADER, "", "From"),
        (Source.NAME, "1.2", ""),
        (Source.QUOTED, "1.3", "Subject"),
        (Source.BODY, "1.1", ""),
        (Source.QUOTED, "1.3.1", ""),
    ]
    assert words.legacy[2].names == (f"{TCVN3}.jpg",)
    assert {one.family for one in words.legacy} == {"tcvn3"}


def test_a_person_s_name_is_no_marking(tmp_path: Path) -> None:
    header = 'Subject: MẬT\r\nFrom: Mật <a@example.com>\r\nTo: "MẬT" <b@example.com>\r\n'.encode()
    words, _left = look(mail(b"", header=header), tmp_path)
    assert [(one.source, one.where, one.level) for one in words.markings] == [(Source.HEADER, "Subject", "mật")]


def test_large_texts_are_left(tmp_path: Path) -> None:
    filler = b"0123456789abcdef\r\n" * (SMALL // 18 + 1)
    words, left = look(mail(filler, "text/plain", header=b"Subject: " + RAW + b"\r\n"), tmp_path)
    assert left
    assert [one.source for one in words.legacy] == [Source.HEADER]


def test_half_as_much_of_html_is_large(tmp_path: Path) -> None:
    data = b"a few words\r\n" * (SMALL // 26 + 1)
    assert look(mail(data, "text/calendar"), tmp_path) == (NO_WORDS, True)
    assert look(mail(data, "text/html"), tmp_path) == (NO_WORDS, True)
    assert look(mail(data, "text/plain"), tmp_path) == (NO_WORDS, False)


def test_half_as_much_of_what_is_no_utf8_is_large(tmp_path: Path) -> None:
    line = b"a \xc3\r\n"
    assert look(mail(line * (SMALL // 10 + 1000), "text/plain"), tmp_path)[1]
    assert not look(mail(line * (SMALL // 10 - 1000), "text/plain"), tmp_path)[1]


@pytest.mark.parametrize("charset", ["utf-8", "x-viet-tcvn"])
def test_texts_that_may_take_long_are_left_unless_they_are_small(charset: str, tmp_path: Path) -> None:
    data = TCVN3.encode("utf-8" if charset == "utf-8" else "latin-1")
    words, left = look(mail(b"x\r\n" * 1000 + data, f"text/plain; charset={charset}"), tmp_path)
    assert (left, [one.source for one in words.legacy]) == (False, [Source.BODY])
    dense = (data + b"\r\n") * (2 * DENSE // len(data))
    assert look(mail(dense, f"text/plain; charset={charset}"), tmp_path) == (NO_WORDS, True)
    words, left = look(mail(b"x\r\n" * DENSE + data, f"text/plain; charset={charset}"), tmp_path)
    assert (left, [one.source for one in words.legacy]) == (False, [Source.BODY])
    good = (GOOD + "\r\n").encode() * 200
    assert look(mail(good, "text/plain; charset=utf-8"), tmp_path) == (NO_WORDS, False)


def test_long_headers_and_many_names_end_somewhere(tmp_path: Path) -> None:
    comments = (
        b"%s: " % field + b"%d " % number + RAW * 30 + b"\r\n"
        for field in (b"Comments", b"Keywords")
        for number in range(9)
    )
    words, left = look(mail(b"", header=b"".join(comments)), tmp_path)
    assert ({one.where for one in words.legacy}, len(words.legacy), left) == ({"Comments"}, 4, False)
    pictures = (attachment(b"GIF89a" + bytes(30), RAW * 3 + b"%d.gif" % number) for number in range(100))
    words, left = look(multipart(*pictures), tmp_path)
    assert (10 < len(words.legacy) < 60, left) == (True, True)


@pytest.mark.parametrize(
    ("data", "name", "left"),
    [
        (b"PK\x03\x04" + bytes(60), b"a.zip", True),
        (b"%PDF-1.4\n", b"a.pdf", True),
        (b"some words\r\n", b"a.txt", True),
        (RAW, b"a.txt", True),
        (bytes([1, 2, 3, 200, 0, 255]) * 50, b"a.dat", False),
        (bytes([1, 2, 3, 200, 0, 255]) * 50, b"a.txt", True),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(30), b"a.png", False),
        (b"", b"a.docx", False),
    ],
)
def test_documents_are_left_and_pictures_are_not(data: bytes, name: bytes, left: bool, tmp_path: Path) -> None:
    assert look(multipart(text(b"hello"), attachment(data, name)), tmp_path) == (NO_WORDS, left)


def test_a_message_with_several_readings_is_left(tmp_path: Path) -> None:
    raw = mail(b"hello").replace(b"Content-Type:", b"Content-Type: multipart/mixed; boundary=x\r\nContent-Type:", 1)
    words, left = look(raw, tmp_path)
    assert (words, left) == (NO_WORDS, True)


def test_only_what_is_wanted(tmp_path: Path) -> None:
    raw = mail(RAW, "text/plain", header="Subject: MẬT\r\n".encode())
    words, _left = look(raw, tmp_path, frozenset({"marking"}))
    assert (len(words.legacy), len(words.markings)) == (0, 1)
    words, _left = look(raw, tmp_path, frozenset({"charset"}))
    assert ("tcvn3" in {one.family for one in words.legacy}, len(words.markings)) == (True, 0)


_LINES = (
    b"Subject: ",
    b"From: ",
    b"Content-Type: multipart/mixed; boundary=b",
    b"Content-Type: text/html; charset=viscii",
    b"Content-Type: message/rfc822",
    b"Content-Transfer-Encoding: base64",
    b"Content-Transfer-Encoding: quoted-printable",
    b'Content-Disposition: attachment; filename="' + RAW + b'"',
    b"--b",
    b"--b--",
    b"",
    RAW,
    TCVN3.encode(),
    b"=?x?B?" + base64.b64encode(RAW) + b"?=",
    b"> quoted",
    b"<p>",
    b"\x00\xff\x80",
    "TUYỆT MẬT".encode(),
)


@given(st.lists(st.sampled_from(_LINES), max_size=30))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_message_is_read(tmp_path: Path, lines: list[bytes]) -> None:
    words, left = look(b"\r\n".join(lines) + b"\r\n", tmp_path)
    assert isinstance(words, Words)
    assert isinstance(left, bool)
