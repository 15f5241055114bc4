"""Content-transfer-encodings, decoded as a stream cut anywhere (RFC 2045 6.7, 6.8). Knows no parts and no policy.

A decoder is fed raw body bytes and returns decoded ones; the outcome does not depend on where the input was cut.
Nothing raises: what is wrong is skipped or taken literally, and named in `flaws`.
"""

from __future__ import annotations

import binascii
import re
from typing import Protocol

import pybase64

from gateway.message.defects import Flaw

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_KNOWN = _ALPHABET + b"= \t\r\n"
_NOT_BASE64 = bytes(sorted(set(range(256)) - set(_ALPHABET + b"=")))
_PADDINGS = 1000  # padding characters obeyed in one part; a stranger could make each cost a step of Python
_MIN_LINES = 4
_MAX_WIDTH = 1022


RUN_ENCODINGS = {
    **dict.fromkeys(("x-uuencode", "uuencode", "x-uue", "uue"), "uuencode"),
    **dict.fromkeys(("x-yenc", "yenc"), "yenc"),
    **dict.fromkeys(("x-binhex", "x-binhex40", "binhex", "binhex40", "mac-binhex40", "mac-binhex"), "binhex"),
}
"""Encodings whose body says by itself where it begins and ends, and their kind."""


class Decoder(Protocol):
    """One body's bytes in, decoded bytes out."""

    flaws: set[Flaw]

    def feed(self, data: bytes) -> bytes:
        """Decode what can be decoded by now."""

    def finish(self) -> bytes:
        """Decode the rest."""


class IdentityDecoder:
    """7bit, 8bit, binary."""

    __slots__ = ("flaws",)

    def __init__(self) -> None:
        self.flaws: set[Flaw] = set()

    def feed(self, data: bytes) -> bytes:
        """The same bytes."""
        return data

    def finish(self) -> bytes:
        """Nothing is kept back."""
        return b""


class Base64Decoder:
    """base64; skips foreign characters, goes on after padding, and takes an unpadded end."""

    __slots__ = ("_carry", "_due", "_paddings", "flaws")

    def __init__(self) -> None:
        self.flaws: set[Flaw] = set()
        self._carry = b""  # 0 to 3 characters of an unfinished group
        self._paddings = 0
        self._due = 0  # padding characters that the last group wants

    def feed(self, data: bytes) -> bytes:
        """Decode; strict and fast, else tolerant."""
        text = data.translate(None, b"\r\n")
        if self._carry:
            text = self._carry + text
        size = len(text) & ~3
        decoded = self._strict(text if size == len(text) else text[:size])
        if decoded is None:
            return self._tolerant(text)
        self._carry = text[size:]
        return decoded

    def lines(self, data: bytes, start: int, end: int) -> tuple[bytes, int, int] | None:
        """Decode equally long lines at once: (decoded, where it stopped, line width), or None where it does not fit.

        What is taken was proved to be of the base64 alphabet alone: no boundary, no dot and no 8-bit octet is in it.
        `start` must be the beginning of a line.
        """
        if self._carry:
            return None
        found = _even_lines(data, start, end)
        if found is None:
            return None
        stop, width = found
        text = bytearray(memoryview(data)[start:stop])
        del text[width + 1 :: width + 2]  # the LFs, then the CRs: thrice as fast as replacing CRLF
        del text[width :: width + 1]
        decoded = self._strict(text)
        return None if decoded is None else (decoded, stop, width)

    def finish(self) -> bytes:
        """The last group, if it was not padded."""
        decoded = self._tolerant(self._carry) if self._carry else b""
        if self._carry or self._paddings != self._due:
            self.flaws.add(Flaw.BASE64_PADDING)
        return decoded + _last_group(self._carry)

    def _strict(self, text: bytes | bytearray) -> bytes | None:
        if not text:
            return b""
        if self._paddings:  # what follows padding is rare: leave it to the tolerant way, which counts
            return None
        try:
            decoded = pybase64.b64decode(text, validate=True)
        except ValueError:
            return None
        if text[-1] == 61:
            self._paddings = self._due = 2 if text[-2] == 61 else 1
        return decoded

    def _tolerant(self, text: bytes) -> bytes:
        clean = text.translate(None, _NOT_BASE64)
        if len(clean) != len(text) and text.translate(None, _KNOWN):
            self.flaws.add(Flaw.BASE64_JUNK)
        if self._paddings and clean.strip(b"="):
            self.flaws.add(Flaw.BASE64_PADDING)
        *padded, rest = clean.split(b"=", _PADDINGS - self._paddings)
        self._paddings += len(padded)
        decoded = [self._padded(group) for group in padded if group]
        if padded and (rest.strip(b"=") or any(padded[1:])):
            self.flaws.add(Flaw.BASE64_PADDING)
        rest = rest.translate(None, b"=")
        size = len(rest) & ~3
        decoded.append(pybase64.b64decode(rest[:size], validate=True))
        self._carry = rest[size:]
        return b"".join(decoded)

    def _padded(self, group: bytes) -> bytes:
        size = len(group) & ~3
        self._due = -len(group) & 3
        if len(group) - size == 1:
            self.flaws.add(Flaw.BASE64_PADDING)
        return pybase64.b64decode(group[:size], validate=True) + _last_group(group[size:])


def _last_group(text: bytes) -> bytes:
    return pybase64.b64decode(text + b"=" * (4 - len(text))) if len(text) > 1 else b""


def _even_lines(data: bytes, start: int, end: int) -> tuple[int, int] | None:
    """How far lines of the first line's width go on from `start`, and that width (without CRLF)."""
    width = data.find(b"\n", start, min(end, start + _MAX_WIDTH + 2)) - start - 1
    if width < 4 or width & 3:
        return None
    step = width + 2
    stop = start + (end - start) // step * step
    returns = data[start + width : stop : step]
    feeds = data[start + width + 1 : stop : step]
    count = min(len(returns) - len(returns.lstrip(b"\r")), len(feeds) - len(feeds.lstrip(b"\n")))
    return (start + count * step, width) if count >= _MIN_LINES else None


_SOFT_SPACE = 64 * 1024  # blanks that may stand between "=" and the line's end (RFC 2045 6.7 (3), bounded)
_PIECE = 8 * 1024  # decoded at once: mending malformed text takes several times its size
_SOFT = re.compile(rb"=[ \t]{1,%d}+\r?\n" % _SOFT_SPACE)
_BLANKS = (b"= \r\n", b"= \n", b"=\t\r\n", b"=\t\n")  # the usual ones of _SOFT
_RUN = b"=" * 32
_ESCAPED_RUN = b"=3D" * 31 + b"="
_UNDECIDED = re.compile(rb"=(?:[0-9A-Fa-f]?|[ \t]{0,%d}+\r?)" % _SOFT_SPACE)


class QuotedPrintableDecoder:
    """quoted-printable; what is not an escape stands for itself."""

    __slots__ = ("_carry", "flaws")

    def __init__(self) -> None:
        self.flaws: set[Flaw] = set()
        self._carry = b""  # an "=" whose meaning is not known yet

    def feed(self, data: bytes) -> bytes:
        """Decode all but an undecided last escape."""
        if len(data) <= _PIECE:
            return self._feed(data)
        return b"".join([self._feed(data[at : at + _PIECE]) for at in range(0, len(data), _PIECE)])

    def _feed(self, data: bytes) -> bytes:
        text = self._carry + data if self._carry else data
        last = text.rfind(b"=", max(0, len(text) - _SOFT_SPACE - 2))
        if last >= 0 and _UNDECIDED.fullmatch(text, last):
            self._carry = text[last:]
            return _unquote(text[:last], self.flaws)
        self._carry = b""
        return _unquote(text, self.flaws)

    def finish(self) -> bytes:
        """A last "=" is a soft line break whose CRLF belongs to the delimiter."""
        return b"" if self._carry.rstrip(b" \t\r") == b"=" else _unquote(self._carry, self.flaws)


def _unquote(text: bytes, flaws: set[Flaw]) -> bytes:
    marks = text.count(b"=")
    if not marks:
        return text
    soft = text.count(b"=\r\n")
    decoded = binascii.a2b_qp(text)
    # A well-formed escape shrinks by 2 and a soft break by 3; whatever is malformed shrinks by less.
    if len(decoded) == len(text) - 2 * marks - soft and text.count(b"=\r") == soft:
        return decoded
    flaws.add(Flaw.QUOTED_PRINTABLE_MALFORMED)
    return binascii.a2b_qp(_mended(text))


def _mended(text: bytes) -> bytes:
    """The text with every "=" escaped that a2b_qp would not take for itself, and blanks gone from soft line breaks.

    Replacing is many times as fast as matching, and a stranger may send nothing but "=".
    """
    for blank in _BLANKS:
        if blank[:2] in text:
            text = text.replace(blank, b"=\n")
    if b"= " in text or b"=\t" in text:
        text = _SOFT.sub(b"=\n", text)
    # a2b_qp takes "==" for "=", skips from "=\r" to the next LF, and drops a last "=".
    text = text.replace(b"=\r\n", b"=\n").replace(b"=\r", b"=3D\r")
    # Runs first, then pairs, twice: what a replacement puts beside the next one is a pair again.
    text = text.replace(_RUN, _ESCAPED_RUN).replace(b"==", b"=3D=").replace(b"==", b"=3D=")
    return text + b"3D" if text.endswith(b"=") else text


def decoder_for(encoding: str) -> Decoder:
    """The decoder of a content-transfer-encoding (lower-case); an unknown one is taken as it stands."""
    if encoding == "base64":
        return Base64Decoder()
    if encoding == "quoted-printable":
        return QuotedPrintableDecoder()
    return _run_decoder(encoding) if encoding in RUN_ENCODINGS else IdentityDecoder()


def _run_decoder(encoding: str) -> Decoder:
    from gateway.message import binhex, seek, uu, yenc  # they need Base64Decoder

    kind = RUN_ENCODINGS[encoding]
    if kind == "uuencode":
        return seek.RunDecoder(uu.UuOpener(declared=True))
    return seek.RunDecoder(yenc.YencOpener() if kind == "yenc" else binhex.BinHexOpener())
