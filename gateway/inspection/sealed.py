"""Messages in an envelope: what is encrypted for its recipient, and what is signed or packed as a whole.

RFC 8551 (S/MIME 4), RFC 5652 and 3274 (CMS), RFC 7468 (its text form), RFC 9580 (OpenPGP). Reads only as much of the
encodings as tells them apart and finds the content; bounded, never raises. Knows no cryptography and proves nothing.
"""

from __future__ import annotations

import re
import zlib

import pybase64

_OID = re.compile(
    rb"\x30(?:[\x00-\x80]|[\x81-\x84].{1,4})\x06(?:\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07([\x02\x03\x06])"
    rb"|\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01([\x09\x17]))",
    re.DOTALL,
)
_SIGNED, _COMPRESSED = b"\x02", b"\x09"
_TEXT = re.compile(rb"\s{0,64}-----BEGIN (?:PKCS7|PKCS #7 SIGNED DATA|CMS)-----[ \t]*+\r?\n")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]++")
_ARMOUR = re.compile(rb"\s{0,64}-----BEGIN PGP MESSAGE-----")
# The packet of a session key, old and new format: tag 1 version 3 with a key's number and a public-key algorithm, or
# tag 3 version 4 with a cipher and a way from passphrase to key. Fewer octets would take noise for mail that is sealed.
_SESSION_KEY = re.compile(
    rb"(?:\x84.|\x85..|\xc1[\x00-\xbf]|\xc1[\xc0-\xdf].)\x03.{8}[\x01-\x03\x10\x12\x16\x19]"
    rb"|(?:\x8c.|\xc3[\x00-\xbf])\x04[\x01-\x0d][\x00\x01\x03]",
    re.DOTALL,
)
_CONSTRUCTED, _OCTETS, _SEQUENCE, _CONTEXT_0 = 0x20, 0x04, 0x30, 0xA0
_ELEMENTS = 100_000  # pieces of a content that was written as a stream (OpenSSL: 1 KiB each)


def is_encrypted(kind: str, head: bytes) -> bool:
    """True for CMS enveloped, authenticated-enveloped or encrypted data, and for OpenPGP messages.

    `kind`: by content; a binary OpenPGP message begins with too few bits to be told by them alone.
    """
    found = _OID.match(_binary(head))
    if found is not None:
        return found[1] != _SIGNED and found[2] != _COMPRESSED
    if "pgp" in kind and kind not in ("application/pgp-signature", "application/pgp-keys"):
        return True
    return bool(_ARMOUR.match(head) or (kind == "application/octet-stream" and _SESSION_KEY.match(head)))


def has_content(head: bytes) -> bool:
    """True for CMS signed (RFC 5652 5.1) or compressed data (RFC 3274): its content, if it has it, can be read."""
    found = _OID.match(_binary(head))
    return found is not None and (found[1] == _SIGNED or found[2] == _COMPRESSED)


def enclosed(data: bytes, most: int) -> bytes | None:
    """The content of CMS signed or compressed data, of that at most `most` octets and one.

    b"" where it has none (a detached signature) or cannot be read, None where it cannot be unpacked.

    ContentInfo → [0] → SignedData or CompressedData: version, algorithms, EncapsulatedContentInfo → [0] → OCTET STRING,
    whole or in pieces. Lengths may be definite or not (BER): senders that stream write them so.
    """
    data = _binary(data)
    found = _OID.match(data)
    content = _enclosed(data)
    return _unpacked(content, most + 1) if found is not None and found[2] == _COMPRESSED else content


def _binary(data: bytes) -> bytes:
    """The octets of what may be written as text."""
    begin = _TEXT.match(data)
    if begin is None:
        return data
    text = _NOT_BASE64.sub(b"", data[begin.end() :].partition(b"-----")[0])
    text = text[: len(text) - (len(text) % 4 == 1)]  # a single character says nothing
    return pybase64.b64decode(text + b"=" * (-len(text) % 4))


def _unpacked(data: bytes, most: int) -> bytes | None:
    try:
        return zlib.decompressobj().decompress(data, most) or None
    except zlib.error:
        return None


def _enclosed(data: bytes) -> bytes:
    try:
        at = _enter(data, _inside(data, 0), 1, _CONTEXT_0)  # behind the content type
        at = _enter(data, _inside(data, at), 2, _SEQUENCE)  # behind version and algorithms
        at = _enter(data, at, 1, _CONTEXT_0)
        return _octets(data, at)
    except (IndexError, ValueError):
        return b""


def _header(data: bytes, at: int) -> tuple[int, int, int]:
    """Of the element at `at`: its tag, where its content begins, where that ends (-1: at an end mark)."""
    tag, length = data[at], data[at + 1]
    at += 2
    if tag & 0x1F == 0x1F:
        raise ValueError("a long tag")
    if length == 0x80:
        return tag, at, -1
    if length > 0x80:
        octets = length & 0x7F
        if octets > 8:
            raise ValueError("too long a length")
        length, at = int.from_bytes(data[at : at + octets], "big"), at + octets
    return tag, at, min(len(data), at + length)


def _inside(data: bytes, at: int) -> int:
    return _header(data, at)[1]


def _enter(data: bytes, at: int, skip: int, tag: int) -> int:
    """Pass over `skip` elements from `at` on; where the content of the next one begins, which must have this tag."""
    for _ in range(skip):
        at = _after(data, at)
    if data[at] != tag:
        raise ValueError("another element")
    return _inside(data, at)


def _after(data: bytes, at: int) -> int:
    """Where the element at `at` ends; one without a length is passed through to its end mark."""
    depth = 0
    for _ in range(_ELEMENTS):
        if data[at : at + 2] == b"\0\0" and depth:
            at, depth = at + 2, depth - 1
        else:
            _tag, start, end = _header(data, at)
            at, depth = (start, depth + 1) if end < 0 else (end, depth)
        if not depth:
            return at
    raise ValueError("too many elements")


def _octets(data: bytes, at: int) -> bytes:
    """An OCTET STRING, in pieces or not."""
    tag, start, end = _header(data, at)
    if tag == _OCTETS:
        return data[start:end]
    if tag != _OCTETS | _CONSTRUCTED:
        raise ValueError("no octets")
    pieces, last = [], len(data) if end < 0 else end
    for _ in range(_ELEMENTS):
        if start >= last or data[start : start + 2] == b"\0\0":
            break
        tag, start, end = _header(data, start)
        if tag != _OCTETS or end < 0:
            raise ValueError("pieces in pieces")
        pieces.append(data[start:end])
        start = end
    return b"".join(pieces)
