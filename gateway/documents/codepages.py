"""Windows code pages and font charsets: 8-bit text of the old formats to Unicode, no byte lost. Knows no format.

Bytes that a code page does not define come out as the control characters of the same number, as Windows has it: text of
Vietnamese fonts (TCVN3, VNI …) that was declared as something else survives, and can be turned back.
"""

from __future__ import annotations

import codecs
from functools import cache

ANSI = 1252

# fcharset of RTF, chs of Word, bCharSet of Excel ([MS-WMF] 2.1.1.5). 0, 1, 2 and 255 name no code page.
_CHARSETS = {
    77: 10000,
    78: 10001,
    79: 10003,
    80: 10008,
    81: 10002,
    83: 10005,
    84: 10004,
    85: 10006,
    86: 10081,
    87: 10021,
    88: 10029,
    89: 10007,
    128: 932,
    129: 949,
    130: 1361,
    134: 936,
    136: 950,
    161: 1253,
    162: 1254,
    163: 1258,
    177: 1255,
    178: 1256,
    186: 1257,
    204: 1251,
    222: 874,
    238: 1250,
    254: 437,
}
_CODECS = {
    708: "iso8859-6",
    932: "cp932",
    936: "gb18030",
    949: "cp949",
    950: "cp950",
    1200: "utf-16-le",
    1201: "utf-16-be",
    1361: "johab",
    10000: "mac-roman",
    10001: "shift_jis",
    10002: "big5",
    10003: "euc_kr",
    10004: "mac-arabic",
    10006: "mac-greek",
    10007: "mac-cyrillic",
    10008: "gb2312",
    10029: "mac-latin2",
    10081: "mac-turkish",
    20127: "latin-1",
    20866: "koi8-r",
    20932: "euc_jp",
    21866: "koi8-u",
    28591: "latin-1",
    32768: "mac-roman",
    32769: "cp1252",
    50220: "iso2022_jp",
    51949: "euc_kr",
    54936: "gb18030",
    65000: "utf-7",
    65001: "utf-8",
}


def charset_page(charset: int) -> int:
    """The code page of a font's charset, 0 where it names none: ANSI, default, symbol, OEM, unknown."""
    return _CHARSETS.get(charset, 0)


def known(page: int) -> bool:
    """True where the code page is one that can be decoded."""
    return bool(_codec(page))


def decode(data: bytes, page: int) -> str:
    """Text of some bytes in a code page; an unknown page is read as Latin-1, so that every byte is still there."""
    codec = _codec(page)
    if not codec:
        return data.decode("latin-1")
    table = _table(codec)
    return codecs.charmap_decode(data, "strict", table)[0] if table else data.decode(codec, "replace")


@cache
def _codec(page: int) -> str:
    name = _CODECS.get(page) or (f"cp{page}" if 0 < page < 10000 else "")
    if page in range(28592, 28607):
        name = f"iso8859-{page - 28590}"
    try:
        return codecs.lookup(name).name if name else ""
    except LookupError:
        return ""


@cache
def _table(codec: str) -> str:
    """256 characters for a code page of single bytes, "" for any other."""
    if not codec.startswith(("cp12", "cp874", "mac-", "iso8859", "cp4", "cp7", "cp85", "cp86")):
        return ""
    try:
        each = [bytes((byte,)).decode(codec, "ignore") for byte in range(256)]
    except UnicodeError:
        return ""
    return "".join(character or chr(byte) for byte, character in enumerate(each))
