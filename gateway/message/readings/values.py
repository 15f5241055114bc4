"""What the value of one field may mean to different clients: boundaries, media types, encodings. Knows no headers.

Each function gives every meaning once, the one of the strict reading (RFC 2045, 2046, 2231) first. Bounded and linear.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

import pybase64

from gateway.message.headers import parameters_of, unescaped, unfolded
from gateway.message.names import unpercented

UNKNOWN = "?"
"""An encoding that is named and that nobody knows."""

_MEANINGS = 8  # of one field
_NOT_LETTERS = bytes(set(range(256)) - set(b"abcdefghijklmnopqrstuvwxyz"))
_FIELDS = {
    b"contenttype": b"content-type",
    b"contenttransferencoding": b"content-transfer-encoding",
    b"contentdisposition": b"content-disposition",
}
_COMMENT = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|\\.|[()]|[^"()\\]++|.', re.DOTALL)
_WORD = re.compile(rb"=\?[^?\s]{1,64}\?([bBqQ])\?([^?]*+)\?=")
_BOUNDARY = re.compile(rb"boundary\s*+=\s*+(?:\"([^\"]*+)|([^\s;\"]++))", re.IGNORECASE)
_QUOTED = re.compile(rb";\s*+boundary\s*+=\s*+\"((?:[^\"\\]++|\\.)*+)(\"?)", re.IGNORECASE | re.DOTALL)
_TYPE = re.compile(rb"([!#$&+\-.^_0-9A-Za-z]{1,127})\s*+/\s*+([!#$&+\-.^_0-9A-Za-z]{1,127})")
_STRICT_TOKEN = re.compile(rb"\s*+\"?([!#$&+\-.^_0-9A-Za-z]{1,64})")
_TOKEN = re.compile(rb"[!#$&+\-.^_0-9A-Za-z]{1,64}+")
_CUT = re.compile(rb"[\x00\s,\"(]")
_ENCODINGS = {
    "base64": "base64", "base-64": "base64", "x-base64": "base64", "b": "base64", "b64": "base64", "base_64": "base64",
    "quoted-printable": "quoted-printable", "quotedprintable": "quoted-printable", "qp": "quoted-printable",
    "quoted_printable": "quoted-printable", "x-quoted-printable": "quoted-printable", "q": "quoted-printable",
    "uuencode": "x-uuencode", "x-uuencode": "x-uuencode", "x-uue": "x-uuencode", "uue": "x-uuencode",
    "x-uu": "x-uuencode", "yenc": "x-yenc", "x-yenc": "x-yenc", "binhex": "x-binhex", "x-binhex": "x-binhex",
    "binhex40": "x-binhex", "x-binhex40": "x-binhex", "mac-binhex40": "x-binhex",
    "": "", "7bit": "", "8bit": "", "binary": "", "7-bit": "", "8-bit": "", "7bits": "", "8bits": "", "none": "",
}  # fmt: skip


def canonical(name: bytes) -> bytes:
    """The Content- field that a client may take this name for, in lower case, b"" for none.

    Letters alone decide, without those in a comment.
    """
    return _FIELDS.get(uncommented(name).lower().translate(None, _NOT_LETTERS), b"")


def uncommented(value: bytes) -> bytes:
    """The value without comments (RFC 5322 3.2.2), which may be nested; quoted strings are left alone."""
    if b"(" not in value:
        return value
    depth, out = 0, []
    for token in _COMMENT.findall(value):
        if token == b"(":
            depth += 1
        elif token == b")" and depth:
            depth -= 1
        elif not depth:
            out.append(token)
    return b"".join(out)


def unworded(value: bytes) -> bytes:
    """The value with its encoded words decoded (RFC 2047), where they do not belong."""
    return _WORD.sub(_word, value) if b"=?" in value else value


def _word(match: re.Match[bytes]) -> bytes:
    if match[1] in b"qQ":
        return binascii.a2b_qp(match[2], header=True)
    try:
        return pybase64.b64decode(match[2] + b"=" * (-len(match[2]) % 4))
    except ValueError:
        return match[2]


def _distinct(found: Iterator[bytes]) -> tuple[bytes, ...]:
    return tuple(dict.fromkeys(found))[:_MEANINGS]


def boundaries(raw: bytes) -> tuple[bytes, ...]:
    """Every boundary that a Content-Type may give; b"" stands for one that is given and empty."""
    if b"boundary" not in raw.lower() and b"=?" not in raw:
        return ()
    return _distinct(_boundaries(unfolded(raw)))


def _boundaries(value: bytes) -> Iterator[bytes]:
    plain = [parameters_of(text)[0] for text in dict.fromkeys((value, unworded(uncommented(value))))]
    for given in plain:
        if b"boundary" in given:
            yield given[b"boundary"].rstrip()
    for match in _QUOTED.finditer(value):
        yield unescaped(match[1]).rstrip()
        yield match[1].rstrip()  # quoted pairs left as they are
        if not match[2]:
            yield b'"' + match[1].rstrip()  # a quote that is not closed stands for itself
    for match in _BOUNDARY.finditer(value):  # wherever it stands: after a missing semicolon, a comment, another one
        yield (match[1] if match[1] is not None else match[2]).rstrip()
    for given in plain:
        yield from _extended(given)
        if b"boundary" in given:
            yield from _trimmed(given[b"boundary"].strip())


def _extended(given: dict[bytes, bytes]) -> Iterator[bytes]:
    """RFC 2231: boundary*=, boundary*0=, boundary*0*=."""
    if b"boundary*" in given:
        value = given[b"boundary*"]
        yield unpercented(value.split(b"'", 2)[2] if value.count(b"'") > 1 else value)
    pieces, percent = [], False
    for number in range(_MEANINGS * 4):
        piece = given.get(b"boundary*%d" % number)
        if piece is None:
            piece = given.get(b"boundary*%d*" % number)
            if piece is None:
                break
            percent = True
        pieces.append(piece)
    if pieces:
        whole = b"".join(pieces)
        if percent and whole.count(b"'") > 1:
            yield unpercented(whole.split(b"'", 2)[2])
        yield unpercented(whole) if percent else whole


def _trimmed(value: bytes) -> Iterator[bytes]:
    if len(value) > 2 and value[:1] == value[-1:] == b"'":
        yield value[1:-1]
    cut = _CUT.search(value)
    if cut and cut.start():
        yield value[: cut.start()]
    if value.count(b"=?") and unworded(value) != value:
        yield unworded(value)


def media_types(raw: bytes) -> tuple[str, ...]:
    """The types that a Content-Type may give where the strict reading finds none, or another."""
    value = unworded(uncommented(unfolded(raw))).translate(None, b"\0")
    match = _TYPE.search(value)
    if match is not None:
        return (f"{match[1].decode('ascii')}/{match[2].decode('ascii')}".lower(),)
    return ("multipart/mixed",) if b"multipart" in value.lower() else ()


def encodings(raw: bytes) -> tuple[str, ...]:
    """What a Content-Transfer-Encoding may mean, as `decode.decoder_for` takes it ("" for none), or `UNKNOWN`."""
    value = unfolded(raw)
    strict = _STRICT_TOKEN.match(value)
    found = {_ENCODINGS.get(strict[1].decode("ascii").lower() if strict else "", UNKNOWN): None}
    for text in dict.fromkeys((uncommented(value), unworded(value), value.translate(None, b"\0\\"))):
        for token in _TOKEN.findall(text)[:_MEANINGS]:
            meaning = _ENCODINGS.get(token.decode("ascii").lower())
            if meaning is not None:
                found[meaning] = None
    return tuple(found)
