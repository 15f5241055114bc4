"""The letters of benchmarks/requests_corpus as messages: slots filled, in legacy charsets, with files attached."""

from __future__ import annotations

import base64
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from benchmarks.requests_files import LETTERS, LISTS, Rows
from gateway.vietnamese.codec import encode
from gateway.vietnamese.family import Family
from gateway.vietnamese.unmarked import folded

CORPUS = Path(__file__).parent / "requests_corpus"
HALVES = {"train": ("train", "second", "third", "fourth", "fifth"), "test": ("test",)}
"""The files of each half."""
FORMS = ("plain", "html", "unmarked", "tcvn3", "vni", "viqr", "wrapped")
"""How one letter is written."""
_FAMILIES = {"tcvn3": Family.TCVN3, "vni": Family.VNI, "viqr": Family.VIQR}
_SLOT = re.compile(r"\{([^{}]+)\}")
_SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Phan", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý")
_MIDDLE = ("Văn", "Thị", "Hoàng", "Minh", "Ngọc", "Thanh", "Quốc", "Đức", "Xuân", "Hữu", "Kim", "Thu")
_GIVEN = ("Anh", "Bình", "Cường", "Dung", "Hà", "Hạnh", "Hòa", "Hùng", "Khánh", "Lan", "Long", "Mai", "Phúc", "Yến")
_UNITS = (
    "Phòng Tư pháp",
    "Phòng Nội vụ",
    "Phòng Tài chính - Kế hoạch",
    "Ủy ban nhân dân Phường 3",
    "UBND xã Vĩnh Hòa",
    "Sở Xây dựng",
    "Trường THCS Quang Trung",
    "Trạm Y tế Phường 8",
    "Hội Nông dân",
    "Thanh tra huyện",
    "Ban Quản lý dự án",
    "Chi cục Thuế",
)
_OFFICES = ("Văn phòng Ủy ban nhân dân Quận 4", "Sở Thông tin và Truyền thông", "Văn phòng UBND quận", "Văn phòng")
_POSITIONS = ("chuyên viên", "Phó Trưởng phòng", "văn thư", "kế toán", "Chủ tịch", "Phó Chủ tịch", "công chức tư pháp")


@dataclass(slots=True)
class Template:
    """A template: `made` "request", "other" or "grey"; its text, and what is attached."""

    made: str
    name: str
    kinds: tuple[str, ...]
    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Letter:
    """One message of a family."""

    made: str
    family: str
    form: str
    kinds: tuple[str, ...]
    raw: bytes


def families(name: str) -> list[Template]:
    """The templates of one half of the corpus: "train" or "test"."""
    found: list[Template] = []
    texts = [(CORPUS / f"{file}.txt").read_text("utf-8") for file in HALVES[name]]
    for line in "\n".join(texts).splitlines():
        if line.startswith("%% "):
            made, family, *kinds = line.split()[1:]
            found.append(Template(made, family, tuple(kinds)))
        elif found:
            found[-1].lines.append(line)
    return found


def letters(name: str, copies: int = 8, forms: tuple[str, ...] = FORMS) -> Iterator[Letter]:
    """`copies` of each family in each form, the same ones in every run."""
    for family in families(name):
        for copy in range(copies):
            for form in forms:
                yield Letter(
                    family.made,
                    family.name,
                    form,
                    family.kinds,
                    _message(family, form, random.Random(f"{family.name} {copy}")),
                )


def _message(family: Template, form: str, chance: random.Random) -> bytes:
    slots = _slots(chance)
    text = "\n".join(line for line in family.lines if not line.startswith("+ ")).strip("\n")
    filled = _SLOT.sub(lambda match: _fill(match[1], slots, chance), text)
    shown, _, letter = filled.partition("\n---\n")
    subject, _, body = shown.partition("\n")
    table, files = _attached(family, letter, slots, chance)
    if form == "unmarked" and not subject.isascii():
        subject, body = _unmarked(subject), _unmarked(body)
    parts = [_body(body, table, form), *files]
    head = (
        b"From: someone <a@example.com>\r\nTo: office <b@example.com>\r\n"
        b"Subject: " + _subject(subject, form) + b"\r\nMIME-Version: 1.0\r\n"
    )
    if len(parts) == 1:
        return head + parts[0]
    inside = b"".join(b"--=_b\r\n" + part + b"\r\n" for part in parts)
    return head + b'Content-Type: multipart/mixed; boundary="=_b"\r\n\r\n' + inside + b"--=_b--\r\n"


def _slots(chance: random.Random) -> dict[str, str]:
    made: dict[str, str] = {}
    for number in ("", "2", "3"):
        name = f"{chance.choice(_SURNAMES)} {chance.choice(_MIDDLE)} {chance.choice(_GIVEN)}"
        words = folded(name).split()
        made[f"name{number}"] = name
        made[f"addr{number}"] = f"{''.join(word[0] for word in words[:-1])}{words[-1]}.q4@tphcm.gov.vn"
    made["unit"], made["unit2"] = chance.sample(_UNITS, 2)
    made |= {"office": chance.choice(_OFFICES), "pos": chance.choice(_POSITIONS), "n": str(chance.randint(3, 480))}
    made |= {"nn": f"{chance.randint(1, 9):02}", "q": chance.choice(("I", "II", "III", "IV")), "year": "2025"}
    day, month = chance.randint(1, 28), chance.randint(1, 12)
    return made | {"m": str(month), "date": chance.choice((f"{day:02}/{month:02}/2025", f"{day} tháng {month}"))}


def _fill(slot: str, slots: dict[str, str], chance: random.Random) -> str:
    return chance.choice(slot.split("|")) if "|" in slot else slots[slot]


def _unmarked(text: str) -> str:
    return "".join(folded(letter).upper() if letter.isupper() else folded(letter) for letter in text)


def _attached(family: Template, letter: str, slots: dict[str, str], chance: random.Random) -> tuple[Rows, list[bytes]]:
    """A table that stands in the body, and the files."""
    table: Rows = ()
    files: list[bytes] = []
    for line in family.lines:
        if not line.startswith("+ "):
            continue
        what, form, *more = line.split(" ", 4)[1:]
        if what == "letter":
            files.append(_file(f"CV {slots['n']}.{form}", LETTERS[form](letter)))
        elif form == "html":
            table = _rows(more[0], chance)
        else:
            extension, make = LISTS[form]
            files.append(_file(more[1] if len(more) > 1 else f"danh sach.{extension}", make(_rows(more[0], chance))))
    return table, files


def _rows(columns: str, chance: random.Random) -> Rows:
    """A list of people, of mailboxes, or a table of figures."""
    if columns == "counts":
        return [["STT", "Nội dung", "Số lượng"], ["1", "Hộp thư đơn vị", "1"], ["2", "Hộp thư cá nhân", "25"]]
    made = [["STT", "Họ và tên", "Chức vụ", "Đơn vị", *(["Địa chỉ thư điện tử"] if columns == "mailboxes" else [])]]
    for number in range(1, chance.randint(2, 9)):
        slots = _slots(chance)
        row = [str(number), slots["name"], slots["pos"], slots["unit"]]
        made.append([*row, *([slots["addr"]] if columns == "mailboxes" else [])])
    return made


def _body(body: str, table: Rows, form: str) -> bytes:
    text = body.strip("\n") + "\n"
    kind, encoding = "plain; charset=utf-8", "8bit"
    if table or form == "html":
        shown = "".join(f"<p>{escape(line)}</p>\n" for line in text.split("\n") if line)
        rows = "".join(f"<tr>{''.join(f'<td><p>{escape(cell)}</p></td>' for cell in row)}</tr>\n" for row in table)
        text, kind = f"<html><body>{shown}<table>{rows}</table></body></html>\n", "html; charset=utf-8"
    elif form == "wrapped":
        text = "\n".join(_wrapped(line) for line in text.split("\n"))
    data = text.encode()
    if form in _FAMILIES and kind.startswith("plain"):
        data, kind = encode(text, _FAMILIES[form]), "plain"
    return f"Content-Type: text/{kind}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode() + data.replace(
        b"\n", b"\r\n"
    )


def _wrapped(line: str) -> str:
    """As old mail programs break lines."""
    made, width = [""], 72
    for word in line.split(" "):
        if len(made[-1]) + len(word) >= width:
            made.append(word)
        else:
            made[-1] += (" " if made[-1] else "") + word
    return "\n".join(made)


def _subject(subject: str, form: str) -> bytes:
    if form in _FAMILIES:
        return encode(subject, _FAMILIES[form])
    if subject.isascii():
        return subject.encode()
    return b"=?utf-8?b?" + base64.b64encode(subject.encode()) + b"?="


def _file(name: str, data: bytes) -> bytes:
    return (
        f'Content-Type: application/octet-stream; name="{name}"\r\nContent-Transfer-Encoding: base64\r\n'
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\n'
    ).encode() + base64.encodebytes(data).replace(b"\n", b"\r\n")
