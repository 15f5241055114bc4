"""File names as people meant them: RFC 2231, RFC 2047 where it does not belong, and raw 8-bit bytes.

Names are for showing, comparing and recording: never a path to open. Nothing raises, whatever charset is claimed.
"""

from __future__ import annotations

import binascii
import re
from encodings import aliases
from urllib.parse import unquote_to_bytes

import pybase64

from gateway.message.defects import Flaw

Parameters = dict[bytes, bytes]
"""Parameter names in lower case, as written (`filename*0*` too), and their raw values without quotes."""

# Codecs that are not charsets, run in more than linear time, or build characters out of escapes.
_REFUSED = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf_7", "mbcs", "oem"}
_TRANSFORMS = {"base64_codec", "bz2_codec", "hex_codec", "quopri_codec", "rot_13", "uu_codec", "zlib_codec"}
_CODECS = {*aliases.aliases.values(), "utf_8", "ascii", "latin_1"} - _REFUSED - _TRANSFORMS
_CHARSETS = {name: codec for name, codec in aliases.aliases.items() if codec in _CODECS} | {c: c for c in _CODECS}

# Clients read more than the label says: the wider charset, which has the narrow one's letters where they were.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs"}

_WORD = re.compile(rb"=\?([^?\s*]{1,64})(?:\*[^?\s]{0,32})?\?([bBqQ])\?([^?]*+)\?=")
_BETWEEN_WORDS = re.compile(rb"(\?=)[ \t\r\n]++(?==\?)")
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_SEGMENTS = 100  # of one continued name (RFC 2231 3)
_KEPT = 20  # characters at the end of a name that is too long: a file is opened by its ending


def codec_of(charset: str) -> str | None:
    """Python's name of a charset that is safe to decode strangers' bytes with, else None."""
    codec = _CHARSETS.get(charset.lower().replace("-", "_").replace(".", "_").replace(":", "_"))
    return codec if codec is None else _WIDER.get(codec, codec)


def filename_of(disposition: Parameters, kind: Parameters, charset: str, limit: int) -> tuple[str, set[Flaw]]:
    """The name that a mail client would show: Content-Disposition's `filename`, else Content-Type's `name`.

    One of more than `limit` characters loses some in its middle.
    """
    flaws: set[Flaw] = set()
    name = ""
    if disposition:
        name = _parameter(disposition, b"filename", charset, flaws)
    if not name and kind:
        name = _parameter(kind, b"name", charset, flaws)
    if len(name) > limit:
        flaws.add(Flaw.FILENAME_TOO_LONG)
        kept = min(_KEPT, limit // 2)
        name = name[: limit - kept] + name[len(name) - kept :]
    return name, flaws


def disagreeing(disposition: Parameters, kind: Parameters, charset: str) -> bool:
    """Whether the names that are given end differently: what opens a file depends on the one that a client takes."""
    plain: set[bytes] = set()
    pieced: list[str] = []
    flaws: set[Flaw] = set()
    for given, key in ((disposition, b"filename"), (kind, b"name")):
        if key in given:
            plain.add(given[key])
        if len(given) > (key in given):  # perhaps it has other forms
            pieced += _encoded_names(given, key, charset, flaws)
            if _numbered(given, key) > len(_pieces(given, key)):  # some are left out: not everybody minds
                return True
    if len(plain) + len(pieced) < 2:
        return False
    names = pieced + [_plain(name, charset, flaws) for name in plain]
    return len({ending_of(_safe(name)) for name in names}) > 1


def _numbered(given: Parameters, key: bytes) -> int:
    """How many continuations there are, with whatever numbers."""
    return sum(1 for name in given if name.startswith(key + b"*") and name[len(key) + 1 :].rstrip(b"*").isdigit())


def _encoded_names(given: Parameters, key: bytes, charset: str, flaws: set[Flaw]) -> list[str]:
    extended, pieces = given.get(key + b"*"), _pieces(given, key)
    names = [] if extended is None else [_extended(extended, flaws)]
    return [*names, _continued(pieces, charset, flaws)] if pieces else names


def ending_of(name: str) -> str:
    """What a machine opens it by: ".js", in lower case; "" for none."""
    _stem, dot, ending = name.rstrip(". ").rpartition(".")
    return dot and ending.lower()


def _parameter(given: Parameters, key: bytes, charset: str, flaws: set[Flaw]) -> str:
    extended = given.get(key + b"*")
    if extended is not None:
        return _safe(_extended(extended, flaws))
    pieces = _pieces(given, key)
    if pieces:
        return _safe(_continued(pieces, charset, flaws))
    plain = given.get(key)
    return _safe(_plain(plain, charset, flaws)) if plain else ""


def _safe(name: str) -> str:
    return _UNSAFE.sub("\ufffd", name).strip()


def _pieces(given: Parameters, key: bytes) -> list[tuple[bytes, bool]]:
    """RFC 2231 3: the continuations in order, each with whether it is percent-encoded."""
    found = []
    for number in range(_SEGMENTS):
        name = key + b"*%d" % number
        encoded = given.get(name + b"*")
        piece = given.get(name) if encoded is None else encoded
        if piece is None:
            break
        found.append((piece, encoded is not None))
    return found


def unpercented(text: bytes) -> bytes:
    """The text with its percent-encoded octets decoded (RFC 2231 4); what is no such octet stands for itself."""
    marks = text.count(b"%")
    if marks and b"\n" not in text:
        # A decoder in C, where every escape is a good one: then each has shrunk by two.
        plain = text.replace(b"=", b"=3D")
        decoded = binascii.a2b_qp(plain.replace(b"%", b"="))
        if len(decoded) == len(text) - 2 * marks and b"%\r" not in text:
            return decoded
    return unquote_to_bytes(text) if marks else text


def _extended(value: bytes, flaws: set[Flaw]) -> str:
    """RFC 2231 4: charset'language'percent-encoded."""
    charset, quote, rest = value.partition(b"'")
    text = rest.partition(b"'")[2] if quote else value
    return _decode(unpercented(text), charset.decode("latin-1") if quote else "", flaws)


def _continued(pieces: list[tuple[bytes, bool]], charset: str, flaws: set[Flaw]) -> str:
    first, encoded = pieces[0]
    if encoded and first.count(b"'") >= 2:
        said, _language, first = first.split(b"'", 2)
        charset = said.decode("latin-1")
        pieces = [(first, True), *pieces[1:]]
    raw = b"".join(unpercented(piece) if percent else piece for piece, percent in pieces)
    # Some clients cut an RFC 2047 name into RFC 2231 pieces.
    return _plain(raw, charset, flaws) if b"=?" in raw else _decode(raw, charset, flaws)


def _plain(value: bytes, charset: str, flaws: set[Flaw]) -> str:
    if b"=?" in value and _WORD.search(value):
        return _words(value, charset, flaws)
    if value.isascii():
        return value.decode("ascii")
    flaws.add(Flaw.FILENAME_RAW)
    return _decode(value, "" if _is_utf8(value) else charset, flaws)


def _words(value: bytes, charset: str, flaws: set[Flaw]) -> str:
    """RFC 2047 in a parameter: forbidden (5 (3)) and usual. Neighbours of one charset may share a character."""
    out: list[str] = []
    open_charset, raw, at = b"", b"", 0
    value = _BETWEEN_WORDS.sub(rb"\1", value)
    for match in _WORD.finditer(value):
        between = value[at : match.start()]
        if between or match[1].lower() != open_charset:
            out += [_decode(raw, open_charset.decode("latin-1"), flaws), _plain_rest(between, charset, flaws)]
            raw = b""
        open_charset, at = match[1].lower(), match.end()
        raw += _word(match[2], match[3])
    out += [_decode(raw, open_charset.decode("latin-1"), flaws), _plain_rest(value[at:], charset, flaws)]
    return "".join(out)


def _plain_rest(value: bytes, charset: str, flaws: set[Flaw]) -> str:
    return value.decode("ascii") if value.isascii() else _decode(value, charset, flaws)


def _word(encoding: bytes, text: bytes) -> bytes:
    if encoding in b"qQ":
        return binascii.a2b_qp(text, header=True)
    try:
        return pybase64.b64decode(text + b"=" * (-len(text) % 4))
    except ValueError:
        return text


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def _decode(value: bytes, charset: str, flaws: set[Flaw]) -> str:
    """By the charset that is said, else UTF-8, else byte for byte."""
    if not value:
        return ""
    for codec in (codec_of(charset), "utf_8"):
        if codec is not None:
            try:
                return value.decode(codec)
            except (UnicodeError, ValueError, LookupError):
                flaws.add(Flaw.FILENAME_INVALID)
    return value.decode("latin-1")
