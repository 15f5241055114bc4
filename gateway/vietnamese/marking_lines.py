"""Whether a level of secrecy stands on its line as a stamp, as a field's value, or as a word among words.

Judges one line with the lines beside it. Knows nothing of documents, and keeps no text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, StrEnum

from gateway.vietnamese.marking_forms import Level
from gateway.vietnamese.unmarked import table

_LETTERS = re.compile(r"[\s._]+")


class Form(StrEnum):
    """How a marking is written."""

    STAMP = "stamp"  # standing alone
    FIELD = "field"  # "Độ mật: Mật"
    SPACED = "spaced"  # letter by letter
    UNMARKED = "unmarked"  # without diacritics: evidence for the record only


class Stands(Enum):
    """What a level is on its line."""

    WORD = "word"  # in a sentence, or in a compound
    LISTED = "listed"  # alone, but as an entry of a list or in quotes: says that levels are spoken of
    TITLE = "title"  # alone in mixed case: a stamp only in a letterhead, or a higher level at a text's head
    QUOTED = "quoted"  # alone in quotes: a stamp only in a letterhead
    NAMED = "named"  # with its kind of paper, "CÔNG ĐIỆN MẬT": a stamp in a letterhead or at a text's head
    STAMP = "stamp"
    FIELD = "field"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A level and its line, all `composed`.

    `before`, `after`: to the line's ends; `above`, `below`: the nearest lines with words.
    """

    level: Level
    written: str
    before: str
    after: str
    above: str = ""
    below: str = ""
    plain: bool = False  # written without marks
    heading: bool = False  # one of the first lines, or a header field
    field: bool = False  # a header field

    @property
    def spaced(self) -> bool:
        """Letter-spaced capitals."""
        return len(_LETTERS.split(self.written)) > 2

    @property
    def capitals(self) -> bool:
        return self.written.isupper()


_URGENT = r"H(?:ỎA|OẢ) TỐC(?: HẸN GIỜ)?|THƯỢNG KHẨN|KHẨN|HOA TOC|THUONG KHAN|KHAN"
_NUMBER = r"(?:SỐ|SO) ?: ?[\d.… ]*(?:[/&-] ?[A-ZĐ\d.…]*(?: (?=[/&-]))?){0,12}"
_COPY = r"(?:BẢN|BAN) (?:SAO )?(?:SỐ|SO) ?:? ?[\d.…/]*"
_DATE = r"(?:\w+(?: \w+){0,3}, )?NGÀY [\d.… ]{0,8} ?THÁNG [\d.… ]{0,8} ?NĂM [\d.…]{0,8}"
_PAGE = r"(?:TRANG|TỜ) ?:? ?\d+(?: ?/ ?\d+)?|\d{1,4}(?: ?/ ?\d{1,4})?"
_PAPER = (
    r"TÀI LIỆU|VĂN BẢN|CÔNG VĂN|(?:CÔNG )?ĐIỆN|BÁO CÁO|KẾ HOẠCH|TỜ TRÌNH|PHƯƠNG ÁN|CHỈ THỊ|NGHỊ QUYẾT|QUYẾT ĐỊNH"
    r"|THÔNG BÁO|ĐỀ THI|PHỤ LỤC|TAI LIEU|VAN BAN|CONG VAN|CONG DIEN|BAO CAO|KE HOACH"
)
_PHRASE = (
    r"CỘNG H(?:ÒA|OÀ) XÃ HỘI CHỦ NGHĨA VIỆT NAM|ĐỘC LẬP ?[-–] ?TỰ DO ?[-–] ?HẠNH PHÚC|ĐẢNG CỘNG SẢN VIỆT NAM"
    r"|LƯU HÀNH NỘI BỘ|TÀI LIỆU THU HỒI|CHỈ NGƯỜI CÓ TÊN MỚI ĐƯỢC BÓC BÌ"
    r"|(?:KHÔNG|CẤM) (?:SAO CHỤP|SAO CHÉP|PHỔ BIẾN|CHUYỂN TIẾP)|XEM XONG TRẢ LẠI"
)
_COMPANION = re.compile(rf"(?<!\w)(?:{_PHRASE}|{_URGENT}|{_NUMBER}|{_COPY}|{_DATE}|{_PAGE})(?!\w)")
_PAPERS = re.compile(rf"(?:{_PAPER})")

_BESIDE = 160  # characters: a number, a date and the country's name; what is longer is a sentence
_CELLS = re.compile(r"[\t|│¦]|[ \u00a0]{3,}")
_BARS = re.compile(r"[\t|│¦]")
_QUOTED = re.compile(r"\A\s{0,8}>[> ]{0,40}")
_LAST_WORD = re.compile(r"(\w+)\W*\Z")
_NEAR = 60  # characters: across a gap between columns
_WORDY = re.compile(r"[^\W_]")  # all else is ornament
_BULLETS = re.compile(r"(?:(?:[-*•·+–—○●▪►o]|\d{1,3}[.)]|[a-zđA-Z][.)]|#\d)\s*)+")
_CHOSEN = re.compile(r"(?:[☒☑✓✔]|\[[xX]\])\s*\Z")
_QUOTES = tuple("\"'“”‘’«»„`")
_OPEN, _CLOSE = "([<{【〔", ")]>}】〕"
_DASHED = re.compile(r"\s+[-–—]\s|\s*[:–—]\s+[^\Wa-zà-ỹ]")  # a title follows, no sentence
_DASHED_ANY = re.compile(r"\s+[-–—]\s|\s*[:–—]\s")
_SPOKEN = re.compile(r"(?<!\w)[^\W\d_]{2,}+(?!\w)")  # a title has a word; "MẬT: 12345678" is a password
_ENDED = re.compile(r"(?:\s[-–—]|[.:;])\s*\Z")
_REPLY = re.compile(r"\A\s*(?:(?:re|fwd?|tl|trả lời|chuyển tiếp)\s?:\s?){1,9}", re.IGNORECASE)

_LABELS = (
    r"(?:mức )?độ (?:bảo )?mật|(?:mức|cấp)(?: độ)? (?:bảo )?mật|dấu (?:chỉ )?(?:độ )?mật|do mat"
    r"|phân loại(?: (?:bảo )?mật| thông tin| văn bản| tài liệu)?|loại (?:văn bản|tài liệu)|tính chất|(?:mức|cấp) độ"
    r"|(?:giảm|tăng|điều chỉnh) (?:độ )?mật (?:xuống|lên|thành)"
)
_ADDED = r"(?:[/,] ?(?:độ )?khẩn)?(?: của| cho)?(?: văn bản| tài liệu)? ?(?:\([^()]{0,40}\) ?)?[>\])*_\"”]{0,3} ?"
_FIELD = re.compile(rf"(?<!\w)(?:{_LABELS}){_ADDED}(?:[:=|\t–-]|là:)[ \t:|*_\[(\"“]*\Z", re.IGNORECASE)
_LABEL = re.compile(rf"\W*(?:{_LABELS}){_ADDED}:?\W*\Z", re.IGNORECASE)
_VALUE_ENDS = re.compile(
    r"[ *_\])\"”.]*(?:\Z|[\t;|\n]|[-–] |[,/]? ?(?:(?:mức )?độ )?(?:khẩn|thường)|\(|[,.;] ?(?-i:[A-ZĐ\d])| {3,})",
    re.IGNORECASE,
)
_OTHER_LEVEL = re.compile(r"[\s*/,;|☐□◯○\[\]()-]*(?:hoặc |hay |và )?(?:tối|tuyệt|mật|không|thường)\b", re.IGNORECASE)
_BODILY = re.compile(r"\b(?:gan|tụy|tuỵ|sỏi|lách|túi mật|siêu âm)\b", re.IGNORECASE)  # "MẬT" among organs
_BROKEN_BEFORE = table("bí bảo cơ giữ giải độ dấu mức trăng túi ong")
_BROKEN_AFTER = re.compile(  # what a compound goes on with: "MẬT" above "KHẨU", above "ĐỘ" in a narrow column
    r"\s*(khẩu|ong|thiết|thám|gấu|nhà nước|mã(?! (?:số|hồ|định|hiệu|vạch|văn))|độ(?! (?:khẩn|mật)))\b", re.IGNORECASE
)


# A list's cell or a line above the name "MẬT": surname and middle name, or a letter's close.
_SURNAME = (
    "nguyễn|trần|lê|phạm|huỳnh|hoàng|phan|vũ|võ|đặng|bùi|đỗ|hồ(?! chí minh)|ngô|dương|lý|đinh|trương|lương|mai|đào|đoàn"
    "|lâm|trịnh|tô|tạ|hà|châu|thái|cao|danh|kim|thạch|chau"
)
_MIDDLE = (
    "văn|thị|hữu|đức|đình|quang|ngọc|xuân|minh|thanh|công|quốc|trọng|viết|bá|duy|kim|hồng|thu|huy|tiến|mạnh|đăng|thế"
    "|phú|phước|tấn|chí|nhật|gia|hoàng"
)
_CLOSING = (
    r"trân trọng|thân(?: mến| ái| chào)?|kính thư|kính chào|ký tên|người lập|thanks(?: and regards)?"
    r"|(?:best |kind |warm )?regards"
)
_PERSON = re.compile(rf"(?:\d{{1,5}}[.)]? )?(?:{_SURNAME}) (?:{_MIDDLE})(?: \w{{1,6}})?|{_CLOSING}", re.IGNORECASE)

# The column beside "Mật" in a table that counts papers.
_NO_SECRET = re.compile(r"(?:văn bản |tài liệu )?(?:(?:bình )?thường|không mật)", re.IGNORECASE)


def stands(candidate: Candidate) -> Stands:
    """What the level is on its line."""
    before, after = _QUOTED.sub("", candidate.before, count=1), candidate.after
    if _is_field(candidate, before, after):
        return Stands.FIELD
    if _in_compound(candidate, before, after):
        return Stands.WORD
    cells = _BARS if candidate.spaced else _CELLS
    left, right = cells.split(before)[-1], cells.split(after, maxsplit=1)[0]
    if _is_alone(left, right):
        return _kind_of_alone(candidate, left, right)
    if candidate.capitals and _heads_a_title(candidate, left, right):
        return Stands.STAMP
    return Stands.NAMED if candidate.capitals and _is_named(left, right) else Stands.WORD


def _is_named(left: str, right: str) -> bool:
    """The kind of paper, in capitals, and the level share the cell, nothing else."""
    sides = _bare(left), _bare(right)
    return not all(sides) and bool(_PAPERS.fullmatch(sides[0] or sides[1]))


def _is_field(candidate: Candidate, before: str, after: str) -> bool:
    if _CHOSEN.search(before[-4:]):
        return True
    ends = _bare(after) == ""
    if _bare(before) == "" and _LABEL.match(candidate.above):
        return ends
    if ends and not candidate.written[:1].islower() and _LABEL.match(before):
        return True
    return bool(_FIELD.search(before[-_BESIDE:]) and _VALUE_ENDS.match(after) and not _OTHER_LEVEL.match(after))


def _bare(side: str) -> str:
    """Without the ornament around it."""
    first, last = _WORDY.search(side), _WORDY.search(side[::-1])
    return side[first.start() : len(side) - last.start()] if first and last else ""


def _in_compound(candidate: Candidate, before: str, after: str) -> bool:
    """A compound is broken over two lines or columns ("BẢO" above "MẬT"), or the talk is of organs."""
    if candidate.spaced:  # its neighbours are single letters, and leave it not alone
        return False
    if candidate.level is Level.SECRET and _is_given_name(candidate, before):
        return True
    if any(_NO_SECRET.fullmatch(_bare(line)) for line in (candidate.above, candidate.below)):
        return True
    if candidate.level is Level.SECRET and _BODILY.search(f"{candidate.above} {before} {after} {candidate.below}"):
        return True
    tail = _BROKEN_AFTER.match(after if after.strip() else candidate.below)
    head = _LAST_WORD.search((before if before.strip() else candidate.above)[-_NEAR:])
    loud = candidate.capitals
    if tail is not None and tail[1].isupper() == loud:
        return True
    return head is not None and head[1].lower() in _BROKEN_BEFORE and head[1].isupper() == loud


def _is_given_name(candidate: Candidate, before: str) -> bool:
    """The rest of a person's name, or a letter's close, stands in the cell before or on the line above."""
    cells = [cell for cell in map(_bare, _CELLS.split(before)) if cell]
    return bool(_PERSON.fullmatch(cells[-1] if cells else _bare(candidate.above)))


def _is_alone(left: str, right: str) -> bool:
    """Only ornament and what belongs beside a stamp (number, urgency, copy, page) shares its cell."""
    return _rest(left) == "" and _rest(right) == ""


def _rest(side: str) -> str:
    """What is left of one side without ornament and what belongs beside a stamp."""
    bare = _bare(side)
    if not bare or _BULLETS.fullmatch(side.strip()):
        return ""
    if len(bare) > _BESIDE:
        return bare
    return _bare(_COMPANION.sub("", " ".join(bare.upper().split())))


def _kind_of_alone(candidate: Candidate, left: str, right: str) -> Stands:
    listed = right.strip() in (",", ";") or (_BULLETS.fullmatch(left.strip()) and not _closed(left, right))
    if listed or (not candidate.capitals and (candidate.spaced or candidate.written[:1].islower())):
        return Stands.LISTED
    quoted = left.rstrip()[-1:] in _QUOTES or right.lstrip()[:1] in _QUOTES
    if quoted:
        return Stands.QUOTED
    return Stands.STAMP if candidate.capitals else Stands.TITLE


def _closed(left: str, right: str) -> bool:
    """What stands at its left stands at its right too: a frame, no bullet."""
    mark, other = left.strip()[-1:], right.strip()[:1]
    return bool(mark) and (mark == other or (mark in _OPEN and other in _CLOSE))


def _heads_a_title(candidate: Candidate, left: str, right: str) -> bool:
    """Capitals in brackets or before a dash, at the head or the end of a title."""
    lead, tail = _rest(_REPLY.sub("", left)), _bare(right)
    if left[-1:] in tuple(_OPEN) and right[:1] in tuple(_CLOSE):
        return not lead or (not tail and _is_title(_bare(left), candidate.heading))
    if not candidate.heading:
        return False
    dash = _DASHED_ANY if candidate.field or candidate.level is not Level.SECRET else _DASHED
    dashed = bool(dash.match(right)) and bool(_SPOKEN.search(right)) and not _BULLETS.fullmatch(left.strip())
    return (not lead and dashed) or (not tail and bool(_ENDED.search(left)))


def _is_title(text: str, heading: bool) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    return heading or sum(map(str.isupper, letters)) * 10 >= len(letters) * 8
