"""How a level of secrecy is written: the patterns that find it, and the words that it must not be taken for.

Levels and the stamps' wording: Law on the Protection of State Secrets 117/2025/QH15 (in force since 1 March 2026) with
Decree 63/2026/NĐ-CP; before it Law 29/2018/QH14, Decree 26/2020/NĐ-CP and Circular 24/2020/TT-BCA; before
them Ordinance 30/2000/PL-UBTVQH10 and Circular 33/2015/TT-BCA. Knows words only: nothing of lines, documents or mail.
"""

from __future__ import annotations

import heapq
import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum

from gateway.vietnamese.unmarked import table


class Level(StrEnum):
    """The three levels of state secrets, in the law's words."""

    SECRET = "mật"  # noqa: S105 - a level, no password
    TOP = "tối mật"
    HIGHEST = "tuyệt mật"


_INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff"
GAP = rf"[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000{_INVISIBLE}]"
"""Blanks that may stand between letters or words of one line, visible or not."""

# Composed, decomposed and half-composed letters, either order of two marks: the text may be in any normal form.
_A = r"(?:[Ậậ]|[Ââ]\u0323|[Ạạ]\u0302|[Aa](?:\u0323\u0302|\u0302\u0323))"
_E = r"(?:[Ệệ]|[Êê]\u0323|[Ẹẹ]\u0302|[Ee](?:\u0323\u0302|\u0302\u0323))"
_O = r"(?:[Ốố]|[Ôô]\u0301|[Óó]\u0302|[Oo]\u0302\u0301)"
_S = rf"{GAP}{{0,3}}[._]?{GAP}{{0,3}}"  # between the letters of a letter-spaced word

ANY_MARKED = re.compile(rf"[Mm]{_S}{_A}{_S}[Tt](?![^\W_])")
"""The word "mật" in any case, normal form and spacing. What stands before it is `prefix`'s to read."""

# In composed text a literal at the pattern's head is many times faster than a class of letters.
_COMPOSED = (
    re.compile(r"ật(?<=[Mm]ật)(?![^\W_])"),
    re.compile(r"ậT(?<=[Mm]ậT)(?![^\W_])"),
    re.compile(rf"Ậ{_S}[Tt](?![^\W_])"),
)
_SIGNS = ("MAT", "o mat", "Ậ", "ật", "ậT", "\u0302", "\u0323")
_M = re.compile(rf"[Mm]{_S}\Z")
_M_WIDTH = 8  # characters: as far back as `_M` can begin

_PLAIN = re.compile(r"MAT(?<![A-Za-z]MAT)(?![A-Za-z])")
_PLAIN_FIELD = re.compile(r"o mat(?<=\b[Dd]o mat)[ \t]?[:|][ \t]{0,3}(?:[Tt]uyet |[Tt]oi )?(?=[Mm]at(?![A-Za-z]))")

_PREFIX = re.compile(
    rf"(?<![^\W_])(?:(?P<highest>[Tt]{_S}[Uu]{_S}[Yy]{_S}{_E}{_S}[Tt])|(?P<top>[Tt]{_S}{_O}{_S}[Ii])"
    rf"|(?P<plain_highest>(?i:TUYET))|(?P<plain_top>(?i:TOI))){GAP}{{0,8}}\Z"
)
_PREFIX_WIDTH = 64  # characters: "T U Y Ệ T" decomposed and widely spaced

_INVISIBLES = re.compile(f"[{_INVISIBLE}]")

BEFORE = table(
    "bí bảo cơ giữ giải ẩn thân cẩn kín ong trăng rỉ túi ống nước đường ngọt chính tình phi tham hút nếm gan"
)
"""Words whose compound ends in "mật", and those that speak of the level: "bảo mật", "độ mật", "giải mật"."""

AFTER = table(
    "khẩu ong mã độ thiết thám vụ thư nghị lệnh tông gấu hoa ngữ danh đàm phục mía truyền chú tịch hiệu đạo hội"
    " ước chỉ giáo viện nhà và hoặc hay"
)
"""Words whose compound begins with "mật": "mật khẩu", "mật ong", "mật mã"."""

PLAIN_BEFORE = table("bi bao co giu giai an be rua kham dau kinh khuon do muc bo nuoc da sach ong ngoai ve sua")
PLAIN_AFTER = table(
    "khau ong ma do thiet tham vu thu bang cat dung tien hang tran na dat duong troi trang kinh nuoc dien tich viec"
    " mat xich le nghi tai luc can an ngu gau hoa day ngoai trong sau truoc phai trai mon mua nhan"
)
"""The same without marks, where "mat" may also be mặt, mắt, mất, mát: "mat bang", "kham mat", "mat dien"."""


def may_mark(text: str) -> bool:
    """Cheap: whether the text has anything that `words` or `plain_words` could find."""
    return any(sign in text for sign in _SIGNS)


def words(text: str) -> Iterator[tuple[int, int]]:
    """Every "mật" of the text, in order: where it begins and ends. Any case, normal form and spacing."""
    if "\u0302" in text or "\u0323" in text:
        yield from (found.span() for found in ANY_MARKED.finditer(text))
        return
    for found in heapq.merge(*(pattern.finditer(text) for pattern in _COMPOSED), key=lambda found: found.start()):
        begin = max(0, found.start() - _M_WIDTH)
        head = _M.search(text[begin : found.start()])
        if head is not None:
            yield begin + head.start(), found.end()


def plain_words(text: str) -> Iterator[tuple[int, int]]:
    """The same without marks: capitals, and the value of a field "Do mat: …"."""
    if "MAT" in text:
        yield from (found.span() for found in _PLAIN.finditer(text))
    if "o mat" in text:
        yield from ((found.end(), found.end() + 3) for found in _PLAIN_FIELD.finditer(text))


def composed(text: str) -> str:
    """NFC, without invisible characters. For judging a line; offsets do not survive."""
    return _INVISIBLES.sub("", unicodedata.normalize("NFC", text))


def prefix(text: str, start: int) -> tuple[Level, int]:
    """The level of the "mật" at `start`, and where the whole level begins: "tuyệt" and "tối" stand before it."""
    begin = max(0, start - _PREFIX_WIDTH)
    found = _PREFIX.search(text[begin:start])
    if found is None:
        return Level.SECRET, start
    highest = found["highest"] or found["plain_highest"]
    return (Level.HIGHEST if highest else Level.TOP), begin + found.start()
