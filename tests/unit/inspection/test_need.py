"""Which messages have their files opened: what a content is decides, a name can only make it worse."""

from __future__ import annotations

import pytest

from gateway.inspection.need import harmless, needs_look
from tests.unit.inspection.support import mail, part, scan, zipped

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(100)
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(100)
DOCX = zipped([("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w:document/>")])


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (JPEG, "photo.jpg"),
        (JPEG, "PHOTO.JPEG"),
        (JPEG, "photo"),
        (JPEG, "photo.png"),
        (PNG, "a.b.c.png"),
        (b"GIF89a" + bytes(50), "x.gif"),
        (b"\xff\xfb\x90\x44" + bytes(400), "song.mp3"),
        (b"Kinh gui quy co quan\r\n" * 10, "thu.txt"),
        (b"Kinh gui quy co quan\r\n" * 10, "README"),
        (b"0\x82\x01\x0a\x06\x09*\x86H\x86\xf7\x0d\x01\x07\x02" + bytes(50), "smime.p7s"),
        (b"-----BEGIN PGP SIGNATURE-----\r\n\r\niQEzBAABCAAdFiEE\r\n-----END PGP SIGNATURE-----\r\n", "signature.asc"),
        (b"", "empty.exe"),
    ],
)
def test_harmless_files_stay_closed(data: bytes, name: str) -> None:
    assert not needs_look(scan(mail(part(data, name))))


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (zipped([("a", b"b")]), "a.zip"),
        (zipped([("a", b"b")]), "photo.jpg"),
        (zipped([("a", b"b")]), "note.txt"),
        (DOCX, "a.docx"),
        (DOCX, "a.png"),
        (b"Rar!\x1a\x07\x01\x00" + bytes(50), "a.rar"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(50), "x.jpg"),
        (b"\x1f\x8b\x08" + bytes(50), "x"),
        (b"%PDF-1.7\n", "a.pdf"),
        (b"%PDF-1.7\n", "a.jpg"),
        (b"{\\rtf1 x}", "a.txt"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.doc"),
        (b"\x78\x9f\x3e\x22" + bytes(50), "winmail.dat"),
        (b"<!doctype html><html><script>x</script></html>", "a.txt"),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", "invite.ics"),
        (b"BEGIN:VCARD\r\nEND:VCARD\r\n", "card"),
        (b"<?xml version='1.0'?><a/>", "a.xml"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "a.svg"),
        (b"MZ" + bytes(200), "a.exe"),
        (b"MZ" + bytes(200), "a.txt"),
        (bytes([0, 1, 2, 3, 200, 201]) * 9, "data.bin"),
        (bytes([0, 1, 2, 3, 200, 201]) * 9, "data"),
        (b"@echo off\r\n", "a.bat"),
        (b"echo hello\r\n", "a.ps1"),
        (b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQGMA\r\n", "encrypted.asc"),
        (b"plain words\r\n", "a.html"),
        (b"plain words\r\n", "a.bat. ."),
        (b"plain words\r\n", "a.unheard-of"),
        (b"a,b\r\n=cmd|'/c calc'!A1,2\r\n", "a.csv"),
        (bytes(range(256)) * 3, "picture-or-not"),
        (b"\xff\xfb\x90\x44" + bytes(400), "song.dat"),
        (JPEG, "photo.zip"),
        (JPEG, "photo.exe"),
        (JPEG, "photo.jpg\u202egpj.scr"),
    ],
)
def test_whatever_may_hold_something_is_opened(data: bytes, name: str) -> None:
    assert needs_look(scan(mail(part(JPEG, "first.jpg"), part(data, "x").replace(b'"x"', f'"{name}"'.encode()))))


def test_words_are_wanted_of_texts_too_but_not_of_pictures() -> None:
    assert needs_look(scan(mail(part(b"words\r\n", "a.txt"))), text=True)
    assert not needs_look(scan(mail(part(JPEG, "a.jpg"), part(PNG, "b.png"), part(b"", "c.txt"))), text=True)
    assert needs_look(scan(mail(part(b'<svg xmlns="http://www.w3.org/2000/svg"/>', "a.svg"))), text=True)


def test_signatures_and_messages_in_a_message_hold_no_words_of_their_own() -> None:
    signed = part(b"0\x82\x01\x0a\x06\x09*\x86H\x86\xf7\x0d\x01\x07\x02" + bytes(50), "smime.p7s")
    pgp = part(b"-----BEGIN PGP SIGNATURE-----\r\n\r\niQEz\r\n-----END PGP SIGNATURE-----\r\n", "signature.asc")
    assert not needs_look(scan(mail(signed, pgp)), text=True)
    inner = b"Content-Type: message/rfc822\r\n\r\n" + mail(part(JPEG, "a.jpg"), boundary="inner")
    scanned = scan(mail(inner))
    assert scanned.attachments[0].sniffed_type == "message/rfc822"
    assert scanned.suspicious or not needs_look(scanned, text=True)


def test_messages_without_attachments_stay_closed() -> None:
    assert not needs_look(scan(b"Subject: x\r\n\r\nhello\r\n"))
    assert not needs_look(scan(mail()))


@pytest.mark.parametrize(("data", "opens"), [(JPEG, False), (DOCX, True)])
def test_a_forwarded_message_is_judged_by_what_is_attached_to_it(data: bytes, opens: bool) -> None:
    inner = mail(part(data, "a"), boundary="inner")
    assert needs_look(scan(mail(part(inner, "fw.eml", "message/rfc822", encoding="7bit")))) is opens


def test_an_attachment_that_was_not_sniffed_is_opened() -> None:
    assert not harmless("", "a.jpg")
    assert not harmless("application/octet-stream", "a.jpg")
    assert not harmless("text/plain", "a." + "x" * 300)
