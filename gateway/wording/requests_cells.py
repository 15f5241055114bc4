"""What one cell or line of a list shows of people and mailboxes: a name, an address, a position. Knows no table.

A Vietnamese name is told by its form: two to six words, each with a capital, the first a family name. The family names
are the common ones of the Kinh and of the larger minorities (public knowledge; rare ones are missed).
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from gateway.vietnamese.unmarked import folded, table


class Shows(StrEnum):
    """What a piece of a row can be."""

    ORDER = "order"
    NAME = "name"
    ADDRESS = "address"
    POSITION = "position"
    UNIT = "unit"
    NUMBER = "number"  # a telephone's, an identity card's, a date of birth
    HEADING = "heading"  # of a column of people
    MAILBOXES = "mailboxes"  # heading of a column of mailboxes


LONGEST = 300
"""Characters of a line that can be a row; a cell has fewer."""

_FAMILY = table(
    """nguyen tran le pham huynh hoang phan vu vo dang bui do ho ngo duong ly dao doan vuong trinh truong dinh lam
    luu mai to ha ta phung chau cao thai quach la luong tang chu tong nghiem kieu ton kim thach danh lu ong ung
    van au ninh giang khuc khong mac tu luc vi be nong hua trieu quang lo cam sung vang tan ban y h ro lieu mach
    diep ngan tieu tien nham phi can dam bach thieu doi lai dong han hau kha khuat lang nhan nguy pho son thi thuy
    trang vien xa"""
)
# Words that people's names do not hold, where every word begins with a capital: offices, streets, headings.
_NO_NAME = table(
    "phong ban so ubnd hdnd uy nhan dan truong pho quan huyen xa phuong thanh_pho tinh don vi co trung_tam van_phong"
    " dien tu hop thu dia chi chuyen vien danh_sach cong so bo duong khu pho ap doan doi giam doc chu tich"
)
_COMPOUND = re.compile(
    r"\b(?:uy ban|van phong|thanh pho|trung tam|danh sach|phong ban|dia chi|dien tu|hop thu|chuyen vien|truong phong"
    r"|pho phong|giam doc|chu tich|ho chi minh|viet nam|don vi|so luong|cong an|truong hoc|thu truong|ho va ten|ho ten"
    r"|ly do|nhan dan|tong so|tong cong|cao dang|lam viec|ho so|to chuc|ban hanh|dao tao|vu viec|ha noi|da nang"
    r"|do luong|do thi|y te|quan ly|to truong|doi truong|van thu|ke toan|ha tang|kinh te|phi long|thai do)\b"
)
_ORDER = re.compile(r"\(?\d{1,4}[.)/]?\Z")
_LEAD = re.compile(
    r"[ \t]*(?:[-+*•–]|\(?\d{1,4}[.)/:-]?(?=[ \t])|\d{1,4}[.)])?[ \t]*"
    r"(?:(?:ông|bà|anh|chị|em|đ/c|đc|đồng chí|cô|thầy|mr\.?|ms\.?|mrs\.?|họ tên|họ và tên|ong|ba"
    r"|dong chi|name)[ \t:.]+)?",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)?")
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}+@[\w-]{1,63}+(?:\.[\w-]{1,63}){1,8}|(?<!\S)@[\w-]{2,63}")
_ACCOUNT = re.compile(r"[a-z][a-z0-9]{0,20}(?:\.[a-z0-9]{1,20}){1,3}\Z")  # an address whose domain stands elsewhere
_NUMBER = re.compile(r"\+?\d[\d .-]{7,14}\d\b|\b\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)\d\d\b|\b(?:19|20)\d\d\Z")


def _any(phrases: str) -> str:
    """A pattern for any of these, written with commas between."""
    return "|".join(phrase.strip() for phrase in phrases.split(","))


_POSITIONS = """chuyen vien, truong phong, pho phong, pho truong, giam doc, chu tich, chanh van phong, van thu, ke toan,
 thu quy, can bo, cong chuc, vien chuc, nhan vien, thu ky, bi thu, hieu truong, giao vien, tu phap, ho tich, dia chinh,
 quan su, tap vu, lai xe, chi huy, uy vien, to truong, doi truong, doi pho, thanh tra vien, ky su, bac si, director,
 manager, officer, accountant, clerk, secretary, specialist, deputy, head, chairman, staff, engineer, teacher"""
_UNITS = """phong, ban, so, ubnd, hdnd, uy ban, van phong, phuong, xa, quan, huyen, thi tran, trung tam, doi, to,
 chi cuc, don vi, truong, benh vien, tram, khoa, hoi, doan, mttq, kho bac, cong an, department, division, office, ward,
 district"""
_HEADINGS = r"""(?:stt|tt|so tt|so thu tu|no|#)\Z, ho va (?:chu dem va )?ten, ho ten, full ?name, \bname\b,
 chuc vu, chuc danh, vi tri, phong ban, don vi(?: cong tac)?\Z, bo phan, ngay sinh, nam sinh, dien thoai, so dt, sdt,
 di dong, ghi chu, position, title\Z, department, phone, mobile, cmnd, cccd, ten nguoi dung, nguoi su dung,
 nguoi quan ly, co quan"""
_OF_MAILBOXES = r"""hop thu, thu dien tu, dia chi thu, dia chi mail, dia chi email, \be-?mail\b, \bmail\b, tai khoan,
 account, mailbox, username, ten dang nhap"""
_POSITION = re.compile(rf"\b(?:{_any(_POSITIONS)})\b")
_UNIT = re.compile(rf"\b(?:{_any(_UNITS)})(?: |\Z)")
_HEADING = re.compile(_any(_HEADINGS))
_MAILBOXES = re.compile(_any(_OF_MAILBOXES))
_CELL = 80  # characters of a cell that can be a heading or a position
_LINE = 120  # characters of a line of headings
_WORDS = (2, 6)  # of a name


def shows(text: str) -> frozenset[Shows]:
    """All that a cell or a line shows; nothing where it is prose."""
    text = unicodedata.normalize("NFC", text.strip())
    if not text or len(text) > LONGEST:
        return frozenset()
    if _ORDER.match(text):
        return frozenset((Shows.ORDER,))
    lead = _LEAD.match(text)
    named = begins_with_name(text[lead.end() :] if lead else text)
    if len(text) > _LINE and not named and "@" not in text:
        return frozenset()
    plain = text.lower() if text.isascii() else folded(text)
    found = _headings(plain)
    if found:
        return found
    seen = {
        Shows.ORDER: bool(lead and any(map(str.isdigit, lead[0]))),
        Shows.NAME: named,
        Shows.ADDRESS: bool(("@" in text and _ADDRESS.search(text)) or _ACCOUNT.match(text)),
        Shows.NUMBER: bool(_NUMBER.search(text)),
    }
    if len(text) <= _CELL or named or seen[Shows.ADDRESS]:
        seen[Shows.POSITION] = bool(_POSITION.search(plain))
        seen[Shows.UNIT] = bool(_UNIT.search(plain)) if named or seen[Shows.ADDRESS] else bool(_UNIT.match(plain))
    return frozenset(one for one, is_there in seen.items() if is_there)


def _headings(plain: str) -> frozenset[Shows]:
    """Of one column, or of several in a line."""
    if len(plain) > _LINE or ("@" in plain and _ADDRESS.search(plain)):
        return frozenset()
    columns = len(_HEADING.findall(plain))
    mailboxes = _MAILBOXES.search(plain) is not None
    if columns >= 2 or (columns and len(plain) <= _CELL // 2):
        return frozenset((Shows.HEADING, Shows.MAILBOXES) if mailboxes else (Shows.HEADING,))
    if mailboxes and len(plain) <= _CELL // 2 and len(plain.split()) <= 7:
        return frozenset((Shows.MAILBOXES,))
    return frozenset()


def begins_with_name(text: str) -> bool:
    """Whether a text begins with a person's name, and is not the beginning of something else."""
    words: list[str] = []
    end = 0
    for match in _WORD.finditer(text):
        if len(words) == _WORDS[1] or (words and text[end : match.start()] != " ") or not match[0][0].isupper():
            break
        words.append(match[0])
        end = match.end()
    capitals = [word for word in words if word.isupper() and len(word) > 1]
    if capitals and len(capitals) < len(words):  # NGUYỄN VĂN AN Phòng Tư pháp
        words = words[: next(at for at, word in enumerate(words) if word not in capitals)] or words
    for size in range(min(len(words), _WORDS[1]), _WORDS[0] - 1, -1):
        if _is_name([folded(word) for word in words[:size]]):
            return True
    return False


def _is_name(words: list[str]) -> bool:
    if words[0] not in _FAMILY or any(len(word) > 7 for word in words):
        return False
    return not _COMPOUND.search(" ".join(words)) and sum(word in _NO_NAME for word in words[1:]) < len(words) - 1
