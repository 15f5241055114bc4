"""The known payload, the ways to encode it, and the frames of messages that carry it. Knows no trick.

The payload is the EICAR test file: harmless, and every virus scanner's agreed example. It never stands whole in a file.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

EICAR = b"".join((b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-", b"STANDARD-ANTIVIRUS-", b"TEST-FILE!$H+H*"))
NAME = "eicar.com"
BOUNDARY = "=_b1"
TOP = (
    b"From: An <an@so.tinh.example>\r\nTo: vp@tinh.example\r\nSubject: bao cao\r\n"
    b"Date: Mon, 2 Mar 2026 08:00:00 +0700\r\nMessage-ID: <1@so.tinh.example>\r\nMIME-Version: 1.0\r\n"
)
KIND = b"Content-Type: application/octet-stream\r\n"
SAVED = b'Content-Disposition: attachment; filename="eicar.com"\r\n'
BASE64 = b"Content-Transfer-Encoding: base64\r\n"
QP = b"Content-Transfer-Encoding: quoted-printable\r\n"
COVER = b"Content-Type: text/plain; charset=utf-8\r\n\r\nKinh gui Van phong.\r\n"


@dataclass(frozen=True, slots=True)
class Hidden:
    """A message with the payload in it: its class, a stable name within that, and its bytes."""

    group: str
    name: str
    raw: bytes

    @property
    def title(self) -> str:
        """The name in lists."""
        return f"{self.group}/{self.name}"


def b64(data: bytes = EICAR, width: int = 76) -> bytes:
    """base64 in lines of this width."""
    return lines(base64.b64encode(data), width)


def lines(text: bytes, width: int) -> bytes:
    """Text cut into lines."""
    return b"".join(text[at : at + width] + b"\r\n" for at in range(0, len(text), width))


def mixed(data: bytes = EICAR) -> bytes:
    """base64 in lines of different lengths, which no search for a typical block of base64 expects."""
    text, out, widths = base64.b64encode(data), b"", (4, 8, 8, 16, 32, 4, 64)
    for width in widths * (len(text) // sum(widths) + 1):
        out += text[:width] + (b"\r\n" if text else b"")
        text = text[width:]
    return out


def quoted(data: bytes = EICAR, form: str = "={:02X}") -> bytes:
    """quoted-printable, every octet escaped, in short lines."""
    text = [form.format(octet).encode() for octet in data]
    return b"=\r\n".join(b"".join(text[at : at + 20]) for at in range(0, len(text), 20)) + b"\r\n"


def uu(data: bytes = EICAR, *, backtick: bool = True) -> bytes:
    """uuencoded lines without `begin` and `end`."""
    pieces = [data[at : at + 45] for at in range(0, len(data), 45)]
    return b"".join(binascii.b2a_uu(piece, backtick=backtick).rstrip(b"\n") + b"\r\n" for piece in pieces)


def uu_file(begin: bytes = b"begin 644 eicar.com", end: bytes = b"`\r\nend\r\n", data: bytes = EICAR) -> bytes:
    """A whole uuencoded file."""
    return begin + b"\r\n" + uu(data) + end


def yenc_body(data: bytes = EICAR, width: int = 128) -> bytes:
    """yEnc's lines."""
    out, line = b"", b""
    for octet in data:
        coded = (octet + 42) % 256
        line += b"=%c" % ((coded + 64) % 256) if coded in (0, 10, 13, 61, 46, 9, 32) else bytes([coded])
        if len(line) >= width:
            out, line = out + line + b"\r\n", b""
    return out + (line + b"\r\n" if line else b"")


def yenc_file(data: bytes = EICAR, width: int = 128, end: bool = True) -> bytes:
    """A whole yEnc file (yEnc draft 1.3)."""
    head = b"=ybegin line=%d size=%d name=eicar.com\r\n" % (width, len(data))
    tail = b"=yend size=%d crc32=%08x\r\n" % (len(data), binascii.crc32(data)) if end else b""
    return head + yenc_body(data, width) + tail


_HQX = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"


def binhex(data: bytes = EICAR, width: int = 64) -> bytes:
    """A BinHex 4.0 file without its first line (RFC 1741)."""
    head = b"\x09eicar.com\x00TEXTttxt\x00\x00" + len(data).to_bytes(4, "big") + bytes(4)
    plain = b"".join(part + binascii.crc_hqx(part, 0).to_bytes(2, "big") for part in (head, data, b""))
    packed = plain.replace(b"\x90", b"\x90\x00")
    bits = "".join(f"{octet:08b}" for octet in packed)
    text = bytes(_HQX[int(bits[at : at + 6].ljust(6, "0"), 2)] for at in range(0, len(bits), 6))
    return lines(b":" + text + b":", width)


HQX_LINE = b"(This file must be converted with BinHex 4.0)\r\n"


def attachment(encoding: bytes = BASE64, body: bytes | None = None, head: bytes = KIND + SAVED) -> bytes:
    """The part with the payload."""
    return head + encoding + b"\r\n" + (mixed() if body is None else body)


def parts(boundary: bytes, *entities: bytes, end: bool = True) -> bytes:
    """The body of a multipart."""
    inner = b"".join(b"--" + boundary + b"\r\n" + entity for entity in entities)
    return inner + (b"--" + boundary + b"--\r\n" if end else b"")


def multipart(*entities: bytes, boundary: str = BOUNDARY, subtype: str = "mixed") -> bytes:
    """A well-formed multipart entity."""
    head = f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n\r\n'.encode()
    return head + parts(boundary.encode(), *entities)


def in_part(entity: bytes) -> bytes:
    """A message whose second part this entity is."""
    return TOP + multipart(COVER, entity)


def at_top(entity: bytes) -> bytes:
    """A message that is this entity."""
    return TOP + entity


PLACES = {"part": in_part, "top": at_top}
"""Where an entity can stand. A trick works differently in the message's own header and in a part's."""
