"""Bytes of a text file to text: by its mark, its own word, or UTF-8; what says nothing stays what it is, byte for byte.

Undeclared 8-bit text is Latin-1 with its bytes kept: whether it is TCVN3, VNI or VISCII is for others to find out. In
UTF-8 with foreign bytes in it each unit is judged by itself.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import lru_cache

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
)
# Labels that browsers take for windows-1252 (WHATWG Encoding 4.2).
_WESTERN = frozenset({"iso-8859-1", "iso8859-1", "latin1", "latin-1", "l1", "ascii", "us-ascii", "ansi_x3.4-1968"})
_UNICODE = frozenset({"utf-8", "utf8", "unicode-1-1-utf-8", "utf-16", "utf-16le", "utf-16be", "unicode"})
_SINGLE = re.compile(r"(?:windows-|cp)(?:125\d|874|437|850|852|866)|iso-?8859-\d\d?|koi8-[ru]|macintosh|tis-620")
# The labels of each (WHATWG Encoding 4.2, and what Outlook writes), and the widest codec that clients read them with:
# GB 18030 has all of Unicode, so Vietnamese says "gb2312" to nobody but a reader that takes it at its word.
_LABELS = {
    "gb18030": "gb18030 gbk x-gbk gb2312 gb_2312 gb_2312-80 csgb2312 csiso58gb231280 iso-ir-58 chinese cn-gb euc-cn"
    " x-euc-cn cp936 ms936 windows-936",
    "big5hkscs": "big5 big5-hkscs cn-big5 csbig5 x-big5 x-x-big5 cp950 windows-950",
    "cp932": "shift_jis shift-jis sjis x-sjis csshiftjis ms_kanji ms932 cp932 windows-932 windows-31j",
    "euc_jp": "euc-jp x-euc-jp cseucpkdfmtjapanese",
    "iso2022_jp": "iso-2022-jp csiso2022jp",
    "cp949": "euc-kr cseuckr ks_c_5601-1987 ks_c_5601-1989 csksc56011987 ksc5601 ksc_5601 iso-ir-149 korean cp949"
    " windows-949",
}
_MULTI = {label: codec for codec, labels in _LABELS.items() for label in labels.split(" ")}
_SAMPLE = 4096
_ASCII = bytes(range(0x80))
_LINE = re.compile(r"[^\r\n]+")
_BROKEN = 4  # octets of a line that are no UTF-8; more are another charset
_MOSTLY = 8  # octets beyond ASCII for each of them
_ESCAPED = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text. Take each unit through `unit`: in some texts bytes stand for themselves."""

    text: str
    raw: bool = False

    def unit(self, text: str) -> tuple[str, bytes]:
        """A piece of the text as a unit's text and raw bytes; b"" where the charset is known and right."""
        if text.isascii():
            return text, b""
        if self.raw:
            return _by_itself(text)
        if _ESCAPED.search(text):
            if all(map(_is_whole, _LINE.findall(text))):
                return _ESCAPED.sub("\ufffd", text), b""
            kept = text.encode("utf-8", "surrogateescape")
            return kept.decode("latin-1"), kept
        return text, b""


def _is_whole(line: str) -> bool:
    """Whether a line of UTF-8 has at most a letter or two that a program has cut in two: people see a mark for each."""
    foreign = len(_ESCAPED.findall(line))
    if foreign > _BROKEN:
        return False
    return not foreign or len(line.encode("utf-8", "surrogateescape").translate(None, _ASCII)) > _MOSTLY * foreign


def _by_itself(text: str) -> tuple[str, bytes]:
    try:
        kept = text.encode("latin-1")
    except UnicodeEncodeError:  # characters that HTML names stand among the bytes
        return text, b""
    try:
        return kept.decode("utf-8"), b""
    except UnicodeDecodeError:
        return text, kept


def decode(data: bytes, declared: str = "") -> Decoded:
    """The text of a file; `declared` is the charset that it names itself, "" for none."""
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return _unicode(data[len(mark) :], codec)
    if codec := _wide(data[:_SAMPLE]):
        return _unicode(data, codec)
    label = declared.strip().lower()
    if label in _UNICODE:
        return _unicode(data, "utf-8")
    if label in _WESTERN or _SINGLE.fullmatch(label):
        return _single(data, "windows-1252" if label in _WESTERN else label)
    if codec := _MULTI.get(label, ""):
        return Decoded(data.decode(codec, "replace"))
    try:
        return Decoded(data.decode("utf-8"))
    except UnicodeDecodeError:
        return _mixed(data)


def _unicode(data: bytes, codec: str) -> Decoded:
    if codec == "utf-8":
        return Decoded(data.decode("utf-8", "surrogateescape"))
    return Decoded(data.decode(codec, "replace"))


def _mixed(data: bytes) -> Decoded:
    """8-bit text; one that is UTF-8 for its greater part is that, with foreign bytes in places."""
    text = data.decode("utf-8", "surrogateescape")
    foreign = len(text) - len(data.decode("utf-8", "ignore"))
    letters = len(data) - data.translate(None, _HIGH).__len__() - foreign
    return Decoded(text) if letters > 2 * foreign else Decoded(data.decode("latin-1"), raw=True)


_HIGH = bytes(range(0x80, 0x100))


def _wide(sample: bytes) -> str:
    """UTF-16 without a mark: every second byte is mostly zero."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if half < 2 or (even and odd and max(even, odd) < 10 * min(even, odd)):
        return ""
    return "utf-16-le" if odd > half // 3 else "utf-16-be" if even > half // 3 else ""


def _single(data: bytes, label: str) -> Decoded:
    table = _table(label)
    if not table:
        return Decoded(data.decode("latin-1"), raw=True)
    return Decoded(codecs.charmap_decode(data, "strict", table)[0])


@lru_cache(maxsize=32)
def _table(label: str) -> str:
    """The charset's 256 characters; bytes that it leaves open are C1 controls, as in browsers. "" if it is unknown."""
    try:
        return "".join(bytes([code]).decode(label, "ignore") or chr(code) for code in range(256))
    except LookupError:
        return ""
