"""Programs, scripts and macro documents that an ordinary recipient could open, in forms that hid them once."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.client import Client
from tests.support.congthu import Gateway, listener, upstream
from tests.support.mime import PROGRAM, attached, zipped
from tests.support.recorder import Recorder

_RUN = b'new ActiveXObject("WScript.Shell").Run("calc")'
_HTA = b"<script>" + _RUN + b"</script>"
_MHTML = (
    b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="q"\r\n\r\n--q\r\nContent-Type: text/html\r\n\r\n'
    b"<html></html>\r\n--q\r\nContent-Location: editdata.mso\r\nContent-Transfer-Encoding: base64\r\n"
    b"Content-Type: application/x-mso\r\n\r\n"
    + base64.b64encode(b"ActiveMime\0\0\1\xf0" + bytes(200))
    + b"\r\n--q--\r\n"
)
_NOTEBOOK = (
    bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3")
    + bytes(1008)
    + bytes.fromhex("e716e3bd65261145a4c48d4d0b7a9eac")
    + len(PROGRAM).to_bytes(8, "little")
    + bytes(12)
    + PROGRAM
    + bytes(100)
)
_FIXED_DISK = bytes(512 * 100) + PROGRAM + bytes(512) + b"conectix" + bytes(504)

_CASES: dict[str, tuple[str, bytes]] = {
    "script-gif": ("ho_so.js", b"GIF89a=1;" + _RUN),
    "hta-jpeg": ("ho_so.hta", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + _HTA),
    "batch-pdf": ("ho_so.bat", b"%PDF-1.4\r\n@calc.exe\r\n"),
    "url-gif": ("ho_so.url", b"GIF89a\r\n[InternetShortcut]\r\nURL=file://192.0.2.1/a.exe\r\n"),
    "zip-script-gif": ("ho_so.zip", zipped({"ho_so.js": b"GIF89a=1;" + _RUN})),
    "installer": ("ho_so.msi", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000)),
    "console": ("ho_so.msc", b'<?xml version="1.0"?><MMC_ConsoleFile ConsoleVersion="3.0"></MMC_ConsoleFile>'),
    "sylk": ("ho_so.slk", b'ID;P\r\nO;E\r\nNN;NAuto_open;ER101C1\r\nC;X1;Y101;K0;EEXEC("CALC.EXE")\r\nE\r\n'),
    "access": ("ho_so.accde", b"\x00\x01\x00\x00Standard ACE DB\x00" + bytes(4000)),
    "notebook": ("ho_so.one", _NOTEBOOK),
    "mhtml-macros": ("ho_so.mht", _MHTML),
    "disk": ("ho_so.vhd", _FIXED_DISK),
    "no-stem": (".js", _RUN),
}

_CALENDAR = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:hop\r\n%b\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


@pytest.fixture(scope="module")
def looking(recorder: Recorder) -> Iterator[Gateway]:
    """A gateway with the default rules, without a scanner; what takes all the time of a document worker takes 5 s."""
    workers = {"timeout": 5, "cpu_time": 4}
    with Gateway([listener()], {"mailserver": upstream(recorder.port)}, document_workers=workers) as made:
        yield made


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    """An upstream."""
    with Recorder() as made:
        yield made


def _told(gateway: Gateway, content: bytes) -> tuple[int, dict[str, Any]]:
    with Client(gateway.port, timeout=60) as client:
        client.ehlo()
        answer, row = gateway.judged(lambda: client.message(content))
    return answer.code, row


@pytest.mark.parametrize("name", _CASES)
def test_what_runs_when_opened_is_refused(looking: Gateway, name: str) -> None:
    code, row = _told(looking, attached(_CASES[name]))
    assert code == 550, row


@pytest.mark.parametrize("names", [("a.js", "a.txt"), ("a.txt", "a.js")])
def test_each_name_of_a_part_counts(looking: Gateway, names: tuple[str, str]) -> None:
    """Clients disagree about which of Content-Type's and Content-Disposition's names they offer."""
    content = attached((names[1], b"var a = 1;\n")).replace(
        b"application/octet-stream", f'text/plain; name="{names[0]}"'.encode(), 1
    )
    assert _told(looking, content)[0] == 550


@pytest.mark.parametrize("kind", ["smime", "pgp"])
def test_encrypted_mail_is_not_an_encrypted_file(looking: Gateway, kind: str) -> None:
    """`unscannable.encrypted_mail` is off by default: such mail passes."""
    head = b"From: a@nguon.example\r\nTo: an@tinh.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
    enveloped = bytes.fromhex("3080 0609 2a864886f70d010703 a080 3080 020100".replace(" ", "")) + bytes(200)
    smime = (
        head + b'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"\r\n'
        b"Content-Transfer-Encoding: base64\r\n"
        b'Content-Disposition: attachment; filename="smime.p7m"\r\n\r\n'
        + base64.encodebytes(enveloped).replace(b"\n", b"\r\n")
    )
    pgp = (
        head + b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=q\r\n\r\n'
        b"--q\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n--q\r\n"
        b'Content-Type: application/octet-stream; name="encrypted.asc"\r\n'
        b'Content-Disposition: inline; filename="encrypted.asc"\r\n\r\n'
        b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n=abcd\r\n-----END PGP MESSAGE-----\r\n\r\n--q--\r\n"
    )
    code, row = _told(looking, {"smime": smime, "pgp": pgp}[kind])
    assert code == 250, row


@pytest.mark.parametrize("kind", ["text/plain", "text/x-tep"])
def test_bytes_declared_as_text_count(looking: Gateway, kind: str) -> None:
    """Outlook offers such a part as ATT00001; 16 MiB of it are over the cap."""
    content = attached(("a.bin", os.urandom(16 * 2**20)), kind=kind).replace(
        b'Content-Disposition: attachment; filename="a.bin"\r\n', b""
    )
    assert _told(looking, content)[0] == 552


@pytest.mark.parametrize("kind", ["text/csv", "text/rtf", "text/javascript"])
def test_texts_that_clients_do_not_show_count(looking: Gateway, kind: str) -> None:
    """Without a name and a disposition they are offered all the same."""
    content = attached(("a", b"a;b;c\r\n" * (16 * 2**20 // 7)), kind=kind).replace(
        b'Content-Disposition: attachment; filename="a"\r\n', b""
    )
    assert _told(looking, content)[0] == 552


def _calendar(size: int, content: bytes = PROGRAM, kind: str = "text/calendar; method=REQUEST") -> bytes:
    file = base64.b64encode(content + os.urandom(size))
    body = _CALENDAR % (b"ATTACH;VALUE=BINARY;ENCODING=BASE64;FILENAME=ho_so.bin:" + file)
    folded = b"\r\n ".join(body[at : at + 74] for at in range(0, len(body), 74)) if size else body
    head = b"From: a@nguon.example\r\nTo: an@tinh.example\r\nSubject: hop\r\nMIME-Version: 1.0\r\nContent-Type: "
    return head + kind.encode() + b"\r\n\r\n" + folded


@pytest.mark.parametrize("kind", ["text/calendar; method=REQUEST", "text/calendar; name=hop.ics", "text/x-vcard"])
def test_a_file_in_a_calendar_is_a_file(looking: Gateway, kind: str) -> None:
    assert _told(looking, _calendar(0, kind=kind))[0] == 550
    assert _told(looking, _calendar(16 * 2**20, b"", kind=kind))[0] == 552
    assert _told(looking, _calendar(1000, b"", kind=kind))[0] == 250


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\r\n", b"X: y\r\n", b"words\r\n", b"Subject: y\r\n"])
@pytest.mark.parametrize("kind", ["text/calendar; method=REQUEST", "text/vcard"])
def test_whatever_stands_before_a_calendar(looking: Gateway, before: bytes, kind: str) -> None:
    content = _calendar(0, kind=kind).replace(b"BEGIN:VCALENDAR", before + b"begin:vcalendar", 1)
    assert _told(looking, content)[0] == 550


@pytest.mark.parametrize("before", [b"%PDF-1.7\r\n", b"\r\n rac rac\r\n"])
def test_mhtml_behind_something_else(looking: Gateway, before: bytes) -> None:
    """JPCERT's "MalDoc in PDF": Word opens it by the name .doc and runs its macros."""
    assert _told(looking, attached(("ho_so.doc", before + _MHTML)))[0] == 550


@pytest.mark.limit(180)
def test_what_takes_all_the_time_hides_nothing(looking: Gateway) -> None:
    """Files that cost a document worker all its time, and then a program in a zip."""
    row = b"<Row><Cell><Data>x</Data></Cell></Row>" * 200_000
    book = b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">%d%b</Workbook>'
    slow = zipped({f"{number}.xml": book % (number, row) for number in range(22)} | {"f.bin": os.urandom(900_000)})
    content = attached(("r.zip", slow), ("b.zip", zipped({"a.exe": PROGRAM})))
    code, decided = _told(looking, content)
    assert code in (451, 550), decided
