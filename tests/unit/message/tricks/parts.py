"""The file that the tricks hide, and small builders of raw messages.

`FILE` begins with octets like those of a virus scanner's test file (not the real ones: scanners would remove this file)
and is 16 KiB long, in place of the 16 MiB of an attachment that is too large.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

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
    text = base64.b64encode(data)
    return b"".join(text[at : at + width] + CR for at in range(0, len(text), width))


def qp(data: bytes = FILE) -> bytes:
    """quoted-printable in lines, every octet escaped."""
    text = b"".join(b"=%02X" % octet for octet in data)
    return b"".join(text[at : at + 72] + b"=\r\n" for at in range(0, len(text), 72))


def uu(data: bytes = FILE) -> bytes:
    """uuencoded."""
    lines = [binascii.b2a_uu(data[at : at + 45]).rstrip(b"\n") for at in range(0, len(data), 45)]
    return b"begin 644 a.exe\r\n" + b"".join(line + CR for line in lines) + b"`\r\nend\r\n"


def yenc(data: bytes = FILE) -> bytes:
    """yEnc (escapes NUL, LF, CR, "=" and a dot that begins a line)."""
    out, line = [b"=ybegin line=128 size=%d name=a.exe\r\n" % len(data)], bytearray()
    for octet in data:
        coded = (octet + 42) & 255
        if coded in (0, 10, 13, 61) or (coded == 46 and not line):
            line += bytes((61, (coded + 64) & 255))
        else:
            line.append(coded)
        if len(line) >= 128:
            out.append(bytes(line) + CR)
            line.clear()
    out += [bytes(line) + CR, b"=yend size=%d crc32=%08x\r\n" % (len(data), binascii.crc32(data))]
    return b"".join(out)


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
