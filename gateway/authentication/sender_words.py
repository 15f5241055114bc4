"""A display name as people see it, and whether it could be made to say more: encoded words, quotes, odd characters.

Clients decode before they take a field apart, after it, or twice; so a name that holds encoded words is read in every
way at once, and whatever is not plainly text is a dispute. It must not know what stands beside the name.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from dataclasses import dataclass

_WORD = re.compile(rb"=\?([^?\s]{1,64}+)\?([bBqQ])\?([^?\r\n]*+)\?=")
_BETWEEN = re.compile(rb"(?<=\?=)[ \t\r\n]++(?==\?)")
_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/]{4})*+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?+\Z")
_QUOTED_PRINTABLE = re.compile(rb"(?:[^=]++|=[0-9A-Fa-f]{2})*+\Z")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
_QUOTING = re.compile(rb'\\(.)|"', re.DOTALL)
_FOLD = re.compile(rb"\r?\n(?=[ \t])")
_PLAIN = re.compile(rb"[A-Za-z0-9 !#$%&'*+,\-./;:_`{|}~?\"^\[\]()]*+\Z")  # with nothing in it that could be doubted
# Charsets in which every octet below 128 is what it is in ASCII, or that clients read alike: no UTF-7, no UTF-16.
_CODECS = {
    **dict.fromkeys(("utf-8", "utf8"), "utf-8"),
    **dict.fromkeys(("us-ascii", "ascii"), "ascii"),
    **{name.format(n): f"iso-8859-{n}" for n in range(1, 17) if n != 12 for name in ("iso-8859-{}", "iso8859-{}")},
    **{name.format(n): f"cp{n}" for n in range(1250, 1259) for name in ("windows-{}", "cp{}", "x-cp{}")},
    **{name: name for name in ("koi8-r", "koi8-u", "gb2312", "gbk", "gb18030", "big5", "euc-kr", "euc-jp", "tis-620")},
    **{name: name for name in ("shift_jis", "iso-2022-jp")},
    "ks_c_5601-1987": "cp949",
    # Vietnamese ones that Python has no codec for: their ASCII half is what matters here
    **dict.fromkeys(("viscii", "tcvn", "tcvn-5712", "tcvn5712-1", "x-viet-tcvn5712"), "latin-1"),
    **dict.fromkeys(("x-viet-vni", "x-viet-vps", "x-viscii"), "latin-1"),
}
# In these a letter may be other octets: what they say is looked through for addresses, and is a dispute all the same.
_WIDE = frozenset(("utf-7", "utf-16", "utf-16le", "utf-16be", "utf-32", "utf-32le", "utf-32be"))
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_EMOJI = frozenset("\u200c\u200d")  # joiners: emoji and some scripts need them in names
# What comes along when a name is copied from a page; addresses are looked for without it.
_PASTED = str.maketrans(dict.fromkeys("\u00ad\u200b\u2060\ufeff"))


@dataclass(frozen=True, slots=True)
class Name:
    """A display name: `shown` as people see it, `readings` in every way, and why readers may differ."""

    shown: str
    readings: tuple[str, ...]
    problems: tuple[str, ...] = ()


def read_name(raw: bytes) -> Name:
    """Read the raw octets of a display name, its quotes and folding included."""
    text = _FOLD.sub(b"", raw) if b"\n" in raw else raw
    bare = _QUOTING.sub(lambda match: match[1] or b"", text).strip()
    if b"=?" not in text and _PLAIN.match(text):
        shown = bare.decode("ascii")
        return Name(shown, (shown,)) if "\\" not in shown else Name(shown, (shown, text.decode("ascii")))
    problems: dict[str, None] = {}
    shown = _decoded(bare, problems)
    readings = [shown, text.decode("utf-8", "replace")]
    if b"=?" in bare:
        readings += [_octets(bare).decode("latin-1"), _decoded(text, {})]
    for reading in (shown, _utf8(bare, problems)):
        _judge(reading, problems)
    return Name(unicodedata.normalize("NFC", shown), tuple(dict.fromkeys(readings)), tuple(problems))


def odd_character(text: str) -> str:
    """The stable name of what is odd about a text's characters, "" if nothing is."""
    for character in text:
        kind = unicodedata.category(character)
        if character in _BIDI:
            return "bidi"
        if kind in ("Cc", "Cs", "Zl", "Zp") or (kind == "Cf" and character not in _EMOJI):
            return "control"
    return ""


def _judge(text: str, problems: dict[str, None]) -> None:
    if odd := odd_character(text.replace("\t", " ").translate(_PASTED)):
        problems[odd] = None
    if "<" in text or ">" in text:
        problems["angle-in-name"] = None


def _utf8(raw: bytes, problems: dict[str, None]) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        problems["not-utf8"] = None
        return raw.decode("utf-8", "replace")


def _decoded(text: bytes, problems: dict[str, None]) -> str:
    """The text with its encoded words read; neighbours of one charset are put together before they are decoded."""
    out: list[str] = []
    at, charset, data = 0, "", b""
    text = _BETWEEN.sub(b"", text)
    for match in _WORD.finditer(text):
        said = match[1].partition(b"*")[0].decode("latin-1").lower()  # RFC 2231 5: a language may follow
        if match.start() > at or said != charset:
            out += (_text(charset, data, problems), _plain(text[at : match.start()], problems))
            charset, data = said, b""
        data += _content(match[2], match[3], problems)
        at = match.end()
    out += (_text(charset, data, problems), _plain(text[at:], problems))
    return "".join(out)


def _octets(text: bytes) -> bytes:
    """The same without charsets: what the octets are to whoever takes them for ASCII."""
    return _WORD.sub(lambda match: _content(match[2], match[3], {}), _BETWEEN.sub(b"", text))


def _plain(text: bytes, problems: dict[str, None]) -> str:
    if b"=?" in text:
        problems["odd-encoding"] = None
    return _utf8(text, problems)


def _content(encoding: bytes, text: bytes, problems: dict[str, None]) -> bytes:
    if encoding in b"bB":
        if not _BASE64.match(text):
            problems["odd-encoding"] = None
        return _base64(text)
    if not _QUOTED_PRINTABLE.match(text):
        problems["odd-encoding"] = None
    return _HEX.sub(lambda match: binascii.unhexlify(match[1]), text.replace(b"_", b" "))


def _base64(text: bytes) -> bytes:
    """What is in it for one that leaves out whatever does not belong there."""
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", text)
    kept = kept[: len(kept) - 1] if len(kept) % 4 == 1 else kept
    return base64.b64decode(kept + b"=" * (-len(kept) % 4))


def _text(charset: str, data: bytes, problems: dict[str, None]) -> str:
    if not data:
        return ""
    codec = _CODECS.get(charset)
    if codec is None:
        problems["odd-charset"] = None
        return data.decode(charset, "replace") if charset in _WIDE else data.decode("latin-1")
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        problems["odd-encoding"] = None
        return data.decode("latin-1")
    if "=?" in text:
        problems["encoded-twice"] = None
    return text
