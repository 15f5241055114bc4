"""Nothing is loaded while mail passes: what a message needs is in memory before the first one comes.

The interpreter itself says on stderr, in the gateway's log, what it imports.
"""

from __future__ import annotations

import base64
import io
import smtplib
import zipfile

import pytest

from tests.support.congthu import OBSERVED, Gateway, listener
from tests.support.ports import HOST

_HEAD = b"From: a@so.example\r\nTo: b@tinh.example\r\nSubject: thu\r\nMIME-Version: 1.0\r\n"
_LEGACY = "Céng hoµ x· héi chñ nghÜa ViÖt Nam, §éc lËp - Tù do - H¹nh phóc".encode("latin-1")


def _zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("thu.txt", "Cộng hòa xã hội chủ nghĩa Việt Nam")
    body = base64.encodebytes(file.getvalue()).replace(b"\n", b"\r\n")
    return (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nxin chao\r\n--b\r\n"
        b'Content-Type: application/zip; name="a.zip"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        + body
        + b"--b--\r\n"
    )


LETTERS = (
    b"Content-Type: text/plain\r\n\r\nxin chao\r\n",
    b"Content-Type: text/html; charset=iso-8859-1\r\n\r\n<p>" + _LEGACY + b"</p>\r\n",
    _zipped(),
)


def test_no_message_waits_for_an_import(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")
    with Gateway([listener()], {"mailserver": {"maildir": "mail"}}, rules=OBSERVED) as gateway:
        before = gateway.daemon.output()
        assert "gateway.parts" in before  # it does say what is imported
        with smtplib.SMTP(HOST, gateway.port, timeout=60) as client:
            for letter in LETTERS:
                assert client.sendmail("a@so.example", ["b@tinh.example"], _HEAD + letter) == {}
        said = gateway.daemon.output()[len(before) :].splitlines()
    assert [line for line in said if line.startswith("import time")] == []
