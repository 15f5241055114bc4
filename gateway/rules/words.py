"""A text of a message, named as people know it: in the evidence for the staff, in the reply for the sender.

It must not know what is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.contents import Source
from gateway.model import Direction, Facts
from gateway.rules.files import shown
from gateway.rules.patterns import in_domains

MOST_TEXTS = 10  # texts in one finding's evidence
LONGEST_WHERE = 120  # characters of a file's name in a reply


class TextsUnreadError(Exception):
    """The texts could not be read to their end, for trouble of ours: what an enforced rule then says is 451."""


def from_outside(facts: Facts) -> bool:
    """Whether a message was written outside: it came from the Internet, or is on its way under a foreign reverse-path.

    Bounces (the null reverse-path) count as from outside: whoever wrote what they carry, it is not who is told.
    """
    session = facts.envelope.session
    if session.direction is Direction.INBOUND:
        return True
    if session.direction is Direction.SUBMISSION or session.user:
        return False
    return not in_domains(facts.envelope.reverse_path.domain, facts.own_domains)


# The words that rooms which read documents use for places. What stands in quotes is a stranger's and stays.
_PLACES = {
    "header text box": "khung chữ đầu trang",
    "text box": "khung chữ",
    "word art": "chữ nghệ thuật",
    "sheet name": "tên trang tính",
    "pivot item": "mục tổng hợp",
    "paragraph": "đoạn",
    "footnote": "chú thích cuối trang",
    "endnote": "chú thích cuối bài",
    "header": "đầu trang",
    "footer": "chân trang",
    "comment": "ghi chú",
    "sheet": "trang tính",
    "cell": "ô",
    "bookmark": "dấu trang",
    "recipient": "người nhận",
    "part": "phần",
    "slide": "trang chiếu",
    "page": "trang",
    "notes": "ghi chú trang chiếu",
    "note": "ghi chú",
    "master": "trang chiếu mẫu",
    "handout": "bản phát",
    "shape": "hình",
    "chart": "biểu đồ",
    "object": "đối tượng",
    "property": "thuộc tính",
    "description": "mô tả",
    "formula": "công thức",
    "field": "trường",
    "macro": "macro",
    "line": "dòng",
    "quoted": "phần trích",
    "title": "tiêu đề",
    "author": "tác giả",
    "deleted": "đã xoá",
}
_WORD = re.compile(r"'[^']*'|\b(?:" + "|".join(sorted(_PLACES, key=len, reverse=True)) + r")\b")


@dataclass(frozen=True, slots=True)
class _Language:
    """How one language names a text."""

    body: str
    quoted: str
    subject: str
    header: str
    name: str
    file: str


_VIETNAMESE = _Language(
    "nội dung thư", "phần thư trích lại", "tiêu đề thư (Subject)", "phần đầu thư ({})", "tên tệp", "tệp"
)
_ENGLISH = _Language("the body", "a quoted part", "header field Subject", "header field {}", "file name", "file")


def place_in_vietnamese(place: str) -> str:
    """A document's place in Vietnamese: "paragraph 12" is "đoạn 12"; what stands in quotes stays."""
    return _WORD.sub(lambda match: _PLACES.get(match[0], match[0]), place)


def text_in_vietnamese(source: Source, names: tuple[str, ...], where: str, part: str = "") -> str:
    """Which text it is: "tệp BaoCao.docx", "tên tệp …", "tiêu đề thư (Subject)", "nội dung thư"."""
    return _text(_VIETNAMESE, source, names, where, part)


def text_in_english(source: Source, names: tuple[str, ...], where: str, part: str = "") -> str:
    """The same in English: "file BaoCao.docx", "file name …", "header field Subject", "the body"."""
    return _text(_ENGLISH, source, names, where, part)


def _text(words: _Language, source: Source, names: tuple[str, ...], where: str, part: str) -> str:
    if source is Source.HEADER:
        return words.subject if where == "Subject" else words.header.format(where)
    if not names and source in (Source.BODY, Source.QUOTED):
        return words.body if source is Source.BODY else words.quoted
    kind = words.name if source is Source.NAME else words.file
    return f'{kind} "{shown(names, part)[:LONGEST_WHERE]}"'
