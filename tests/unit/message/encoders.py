"""Encoders written from the specifications, apart from the decoders that they test."""

from __future__ import annotations

import binascii
import struct
import zlib

_BINHEX = "!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"


def uu(raw: bytes, name: bytes = b"a.bin", *, backtick: bool = True, end: bytes = b"\r\n") -> bytes:
    """uuencode(1)."""
    lines = [binascii.b2a_uu(raw[at : at + 45], backtick=backtick).rstrip(b"\n") for at in range(0, len(raw), 45)]
    return end.join([b"begin 644 " + name, *lines, b"`" if backtick else b" ", b"end", b""])


def uu64(raw: bytes, name: bytes = b"a.bin", *, end: bytes = b"\r\n") -> bytes:
    """uuencode -m."""
    lines = [binascii.b2a_base64(raw[at : at + 45], newline=False) for at in range(0, len(raw), 45)]
    return end.join([b"begin-base64 644 " + name, *lines, b"====", b""])


def base64_lines(raw: bytes, width: int = 76, *, prefix: bytes = b"", end: bytes = b"\r\n") -> bytes:
    """base64 in lines."""
    text = binascii.b2a_base64(raw, newline=False)
    return b"".join(prefix + text[at : at + width] + end for at in range(0, len(text), width))


def yenc_data(raw: bytes, width: int = 128, *, end: bytes = b"\r\n") -> bytes:
    """The lines of data: octet + 42, NUL, LF, CR, "=" escaped anywhere, TAB, blank and dot at the edges of a line."""
    out, line = bytearray(), bytearray()
    for octet in raw:
        coded = (octet + 42) % 256
        edge = not line or len(line) + 1 >= width
        if coded in b"\0\n\r=" or (edge and coded in b"\t .") or (not line and coded == 46):
            line += bytes([61, (coded + 64) % 256])
        else:
            line.append(coded)
        if len(line) >= width:
            out += line + end
            line.clear()
    return bytes(out + line + end) if line else bytes(out)


def yenc(raw: bytes, name: bytes = b"a.bin", width: int = 128, *, end: bytes = b"\r\n") -> bytes:
    """A file in one part."""
    head = b"=ybegin line=%d size=%d name=%s" % (width, len(raw), name)
    tail = b"=yend size=%d crc32=%08x" % (len(raw), zlib.crc32(raw))
    return head + end + yenc_data(raw, width, end=end) + tail + end


def yenc_part(raw: bytes, whole: bytes, number: int, begin: int, *, end: bytes = b"\r\n") -> bytes:
    """One part of a file; `begin` from 1."""
    head = b"=ybegin part=%d total=2 line=128 size=%d name=a b.bin" % (number, len(whole))
    part = b"=ypart begin=%d end=%d" % (begin, begin + len(raw) - 1)
    tail = b"=yend size=%d part=%d pcrc32=%08x crc32=%08x" % (len(raw), number, zlib.crc32(raw), zlib.crc32(whole))
    return head + end + part + end + yenc_data(raw, end=end) + tail + end


def mac_file(data: bytes, name: bytes = b"a.bin", resource: bytes = b"") -> bytes:
    """Header, data fork and resource fork with their checksums (RFC 1741, appendix A)."""
    head = bytes([len(name)]) + name + b"\0" + b"TEXTttxt" + struct.pack(">HII", 0, len(data), len(resource))
    return b"".join(piece + struct.pack(">H", _crc(piece)) for piece in (head, data, resource))


def _crc(data: bytes) -> int:
    """CRC-CCITT, bit by bit over the data and two octets of zeros."""
    crc = 0
    for octet in data + b"\0\0":
        for bit in range(7, -1, -1):
            carry = crc & 0x8000
            crc = (crc << 1 | octet >> bit & 1) & 0xFFFF
            if carry:
                crc ^= 0x1021
    return crc


def run_lengths(data: bytes) -> bytes:
    """X repeated n times as X 0x90 n; 0x90 as 0x90 0."""
    out, at = bytearray(), 0
    while at < len(data):
        count = 1
        while count < 255 and at + count < len(data) and data[at + count] == data[at]:
            count += 1
        out += b"\x90\0" if data[at] == 0x90 else data[at : at + 1]
        if count > 3:
            out += bytes([0x90, count])
            at += count
        else:
            at += 1
    return bytes(out)


def binhex_text(packed: bytes, width: int = 64, *, end: bytes = b"\r\n") -> bytes:
    """Six bits a character between colons."""
    bits = "".join(f"{octet:08b}" for octet in packed)
    bits += "0" * (-len(bits) % 6)
    text = ":" + "".join(_BINHEX[int(bits[at : at + 6], 2)] for at in range(0, len(bits), 6)) + ":"
    return b"".join(text[at : at + width].encode() + end for at in range(0, len(text), width))


BINHEX_MARK = b"(This file must be converted with BinHex 4.0)"


def binhex(data: bytes, name: bytes = b"a.bin", resource: bytes = b"", *, end: bytes = b"\r\n") -> bytes:
    """A whole BinHex 4.0 file."""
    return BINHEX_MARK + end + end + binhex_text(run_lengths(mac_file(data, name, resource)), end=end)
