"""The file that the tricks hide, and small builders of raw messages.

`FILE` begins with octets like those of a virus scanner's test file (not the real ones: scanners would remove this file)
and is 16 KiB long, in place of the 16 MiB of an attachment that is too large.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.unit.message import encoders
from tests.unit.message.encoders import base64_lines

PAYLOAD = b"X5O!NOT-THE-REAL-ONE[4\\PZX54(P^)7CC)7}$UNION-SCAN-TEST-FILE-00!$H+H*"
FILE = PAYLOAD + bytes(range(256)) * 63 + b"end.\n"

TOP = b"From: a@so.example\r\nTo: b@so.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
TEXT = b"Content-Type: text/plain\r\n\r\nHello.\r\n"
NAME = b'Content-Disposition: attachment; filename="a.exe"\r\n'
EXE = b"Content-Type: application/octet-stream\r\n"
B64 = b"Content-Transfer-Encoding: base64\r\n"
QP = b"Content-Transfer-Encoding: quoted-printable\r\n"
CR, END = b"\r\n", b"\r\n\r\n"


def b64(data: bytes = FILE, width: int = 76) -> bytes:
    """base64 in lines."""
    return base64_lines(data, width)


def qp(data: bytes = FILE) -> bytes:
    """quoted-printable in lines, every octet escaped."""
    text = b"".join(b"=%02X" % octet for octet in data)
    return b"".join(text[at : at + 72] + b"=\r\n" for at in range(0, len(text), 72))


def uu(data: bytes = FILE) -> bytes:
    """uuencoded."""
    return encoders.uu(data, b"a.exe")


def yenc(data: bytes = FILE) -> bytes:
    """yEnc."""
    return encoders.yenc(data, b"a.exe")


def attached(body: bytes | None = None, head: bytes = EXE + B64 + NAME) -> bytes:
    """The file as a part."""
    return head + CR + (b64() if body is None else body)


def many(*parts: bytes, mark: bytes = b"b", head: bytes | None = None, end: bytes = b"--\r\n") -> bytes:
    """A multipart; `head` in place of its Content-Type field."""
    field = b"Content-Type: multipart/mixed; boundary=" + mark + CR if head is None else head
    return field + CR + lines(*parts, mark=mark, end=end)


def lines(*parts: bytes, mark: bytes = b"b", end: bytes = b"--\r\n") -> bytes:
    """Its body."""
    return b"".join(b"--" + mark + CR + part + CR for part in parts) + (b"--" + mark + end)


def typed(value: bytes, mark: bytes = b"b") -> bytes:
    """A multipart with the file, by this Content-Type."""
    return TOP + many(TEXT, attached(), mark=mark, head=b"Content-Type: " + value + CR)


def part(head: bytes, body: bytes | None = None) -> bytes:
    """The file in a multipart, under this header."""
    return TOP + many(TEXT, head + CR + (b64() if body is None else body))


@dataclass(frozen=True)
class Trick:
    """One message.

    `counted`: a client would offer the file to save. `disputed`: no safe judgement is possible. `unlikely`: hardly any
    client decodes it by itself, so the scan need not call it suspicious.
    """

    name: str
    raw: bytes
    counted: bool = True
    disputed: bool = False
    unlikely: bool = False
