"""The level of secrecy that a file's name or a title bears: "[MẬT] Kế hoạch", "cong-van-mat.pdf".

A level counts where it is a chunk of its own, where its capitals stand out among other words, or beside the kind of
paper that it marks. Names that speak about secret papers, of mật khẩu or gan mật, of people called Mật, are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gateway.vietnamese.marking_forms import AFTER, BEFORE, PLAIN_AFTER, PLAIN_BEFORE, Level
from gateway.vietnamese.marking_words import JOINED_CUTS, SPACED_CUTS, TITLE_CUTS, Place, Word, is_paper, places
from gateway.vietnamese.unmarked import table

NAME_LENGTH = 1024
"""Characters of a name (its end) or title (its beginning) that are read."""

_ENDING = re.compile(r"(?:\.[A-Za-z0-9]{1,5}){1,2}\Z")
_BLANK = re.compile(r"\s")
_MEDIA = table(".mp3 .mp4 .m4a .wav .avi .mkv .mov .srt .epub .mobi .azw3 .prc .jpg .jpeg .png .gif")
"""Endings of films, songs, books and pictures, whose titles speak of secrets."""
_OFFICIAL = table("van dien trinh")
"""Last words of papers that only offices write: "công văn mật của …" is one, "tài liệu mật của …" may be news."""
_FOLLOWS = table("so ngay thang quy nam lan v gui tuan hop den di")
"""What may follow "công văn mật": its number, date or addressee."""
_LEADS = table("re fw fwd tra loi v ve viec gui chuyen kinh toan the den di")
"""What may stand before "công văn mật" at the head of a title."""
_ABOUT = table(
    "quan-ly bao-ve bao-mat quy-che quy-dinh huong-dan tap-huan danh-muc danh-sach so-dang dang-ky phap-lenh nghi-dinh"
    " thong-tu tieu-huy giai-mat xu-ly soan-thao luu-tru khai-thac tra-cuu thanh-tra kiem-tra khao-sat cau-hoi"
    " so-van so-chuyen so-luong thong-ke nhat-ky phieu-gui phieu-chuyen may-photo gui-nhan lich-su"
    " bai-giang phan-loai muc-do do-mat dong-dau dau-chi con-dau dien-anh ra-soat cong-tac dao-tao boi-duong diep-vu"
)
_ABOUT_ALONE = table("luat cach mau slide phim truyen ve")
"""What is said about secret papers: quản lý, bảo vệ, quy chế, danh mục, mẫu, giải mật, tập huấn …"""


_SURNAMES = table(
    "nguyen tran le pham huynh hoang phan vu vo dang bui do ho ngo duong ly dinh truong luong mai dao doan lam trinh to"
    " ta ha chau thai cao danh kim thach"
)
_MIDDLE = table("van thi huu duc dinh quang ngoc xuan minh thanh cong quoc trong viet ba duy kim hong thu huy tien")


@dataclass(frozen=True, slots=True)
class Named:
    """A level in a name. `start`: offset in the name; `plain`: written without marks."""

    level: Level
    start: int
    plain: bool


def name_markings(name: str) -> tuple[Named, ...]:
    """Levels in a file's name, its folders and ending left away."""
    skipped = max(0, len(name) - NAME_LENGTH, name.rfind("/") + 1, name.rfind("\\") + 1)
    stem = name[skipped:]
    ending = _ENDING.search(stem, 1)
    if ending:
        stem = stem[: ending.start()]
    cuts = SPACED_CUTS if _BLANK.search(stem) else JOINED_CUTS
    media = ending is not None and ending[0].lower() in _MEDIA
    return _of_one_level(places(stem, cuts), _marks_a_chunk if media else _marks_a_name, skipped)


def title_markings(title: str) -> tuple[Named, ...]:
    """Levels in a title or a header field."""
    return _of_one_level(places(title[:NAME_LENGTH], TITLE_CUTS), _marks_a_title, 0)


def _of_one_level(found: Sequence[Place], marks: Callable[[Place], bool], skipped: int) -> tuple[Named, ...]:
    """Those that mark; none where several levels stand by themselves: the name speaks of them."""
    marking = [place for place in found if marks(place)]
    if len({place.level for place in found if place.chunk or place in marking}) > 1:
        return ()
    return tuple(Named(place.level, skipped + place.words[0].start, place.plain) for place in marking)


def _marks_a_name(place: Place) -> bool:
    if place.chunk or _in_compound(place):
        return _marks_a_chunk(place)
    return _stands_out(place) or _is_beside_a_paper(place) or _follows_a_paper(place) or _ends_high(place)


def _marks_a_title(place: Place) -> bool:
    if _in_compound(place):
        return False
    if place.chunk and (place.bracketed or place.others):
        return place.capitals or (not place.plain and (place.bracketed or place.higher or place.paper))
    return _is_beside_a_paper(place) or _heads_with_a_paper(place) or _ends_high(place)


def _marks_a_chunk(place: Place) -> bool:
    """A level between two cuts, with nothing else."""
    if not place.chunk or _in_compound(place):
        return False
    if place.plain:
        loud = place.capitals and (place.bracketed or place.others or place.higher)
        highest = place.level is Level.HIGHEST and (place.others or place.bracketed)
        return loud or highest or (place.bracketed and (place.higher or place.paper))
    titled = place.others and (place.paper or (place.edge and place.words[0].text.istitle() and not place.bodily))
    return place.capitals or place.bracketed or place.higher or titled


def _in_compound(place: Place) -> bool:
    heads, tails = (PLAIN_BEFORE, PLAIN_AFTER) if place.plain else (BEFORE, AFTER)
    head, tail = place.neighbours
    if place.organ and not place.higher and not place.bracketed:
        return True
    return (head in heads and not place.higher) or tail in tails


def _stands_out(place: Place) -> bool:
    """Capitals between words that are none; "tuyet mat" in any case, it is nothing else."""
    words = [word for word in (*place.left[-1:], *place.right[:1]) if not word.number]
    clear = place.capitals or (place.plain and place.level is Level.HIGHEST)
    alone = bool(words) and not any(word.capitals for word in words)
    return clear and alone and not (_is_about(place.left) or _is_person(place.left))


def _is_person(words: Sequence[Word]) -> bool:
    """Surname and middle name before the name Mật: "Trần Văn", "Lê Thị Hồng"."""
    plain = [word.plain for word in words[-3:]]
    return any(surname in _SURNAMES and middle in _MIDDLE for surname, middle in pairwise(plain))


def _is_beside_a_paper(place: Place) -> bool:
    """ "Mật KH 2024", "BC 12 mật": at the head or the end, beside a paper's kind or number."""
    if not place.paper or (place.plain and not place.capitals) or _is_about(place.left):
        return False
    after = not place.left and bool(place.right) and (place.right[0].number or is_paper(place.right[:2]))
    before = not place.right and bool(place.left) and (place.left[-1].number or is_paper(place.left[-1:]))
    return after or before


def _follows_a_paper(place: Place) -> bool:
    """ "công văn mật", "ke hoach tuyet mat 2024"."""
    width = _paper_before(place)
    before = place.left[: len(place.left) - width]
    return bool(width) and not _is_about(before) and not (before and before[-1].plain == "so")  # sổ, số: how many


def _heads_with_a_paper(place: Place) -> bool:
    """The same at the head of a title; "hồ sơ mật" is a title of the press."""
    width = _paper_before(place)
    before = place.left[: len(place.left) - width]
    return bool(width) and place.left[-1].plain != "so" and all(word.plain in _LEADS for word in before)


def _paper_before(place: Place) -> int:
    """How many words before the level are its paper's kind, 0 for none or where a sentence goes on."""
    if place.right and not _goes_on(place.right[0], place.left):
        return 0
    return next((width for width in (2, 1) if len(place.left) >= width and is_paper(place.left[-width:])), 0)


def _goes_on(word: Word, before: Sequence[Word]) -> bool:
    """After "công văn mật" comes its number, date or addressee, and no sentence."""
    official = bool(before) and before[-1].plain in _OFFICIAL
    return word.number or word.plain in _FOLLOWS or (word.plain == "cua" and official)


def _ends_high(place: Place) -> bool:
    """ "PHUONG AN TAC CHIEN TUYET MAT", "Kế hoạch diễn tập tối mật": ends in one of the two higher levels."""
    if not place.higher or place.right or len(place.left) < 2 or _is_about(place.left):
        return False
    return place.capitals or (not place.plain and is_paper(place.left[:2]))


def _is_about(words: Sequence[Word]) -> bool:
    plain = [word.plain for word in words]
    return not _ABOUT_ALONE.isdisjoint(plain) or any(f"{first}-{second}" in _ABOUT for first, second in pairwise(plain))
