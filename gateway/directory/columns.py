"""The columns of a table of mailboxes: how their headings may be written, and how a cell becomes a value.

Vietnamese and English, with or without marks, in any case and order. One place: `export` writes what this reads.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from gateway.directory.entry import clean_address, clean_target, unfit
from gateway.directory.flaws import MAX_TEXT
from gateway.directory.sheet import legacy_family
from gateway.who import Kind, State

_GAP: Final = re.compile(r"[\W_]+")
_ONE: Final = re.compile(r'(?:"(?:[^"\\]|\\.){0,128}"|[^;,\s])+')  # an address; what is quoted may hold any of them


class Column(StrEnum):
    """A column; the value is its English heading."""

    ADDRESS = "address"
    KIND = "kind"
    UNIT = "unit"
    UNIT_NAME = "unit name"
    PARENT = "parent unit"
    HOLDER = "holder"
    ALIASES = "aliases"
    STATE = "state"
    REGULATION = "regulation"
    CREATED = "created"
    DELEGATES = "delegates"
    FORWARDS = "forwards"
    MEMBERS = "members"
    NOTE = "note"


VIETNAMESE: Final[Mapping[Column, str]] = {
    Column.ADDRESS: "Địa chỉ",
    Column.KIND: "Loại",
    Column.UNIT: "Mã đơn vị",
    Column.UNIT_NAME: "Tên đơn vị",
    Column.PARENT: "Đơn vị cấp trên",
    Column.HOLDER: "Người sử dụng",
    Column.ALIASES: "Bí danh",
    Column.STATE: "Trạng thái",
    Column.REGULATION: "Quy chế",
    Column.CREATED: "Ngày cấp",
    Column.DELEGATES: "Người được ủy quyền",
    Column.FORWARDS: "Chuyển tiếp đến",
    Column.MEMBERS: "Thành viên",
    Column.NOTE: "Ghi chú",
}
_ALSO: Final[Mapping[Column, str]] = {
    Column.ADDRESS: "địa chỉ thư|địa chỉ thư điện tử|địa chỉ thư điện tử công vụ|địa chỉ hộp thư|"
    "địa chỉ hộp thư điện tử|địa chỉ email|địa chỉ e-mail|hộp thư|hộp thư điện tử|thư điện tử|"
    "thư điện tử công vụ|email|e-mail|mail|mailbox|e-mail address|email address|tài khoản|tài khoản thư điện tử",
    Column.KIND: "loại hộp thư|type",
    Column.UNIT: "đơn vị|cơ quan|mã cơ quan|đơn vị công tác|cơ quan công tác|phòng ban|unit code|organisation|"
    "organization",
    Column.UNIT_NAME: "tên cơ quan|tên phòng ban|organisation name|organization name",
    Column.PARENT: "đơn vị chủ quản|cơ quan cấp trên|cơ quan chủ quản|mã đơn vị cấp trên|parent",
    Column.HOLDER: "người dùng|họ tên|họ và tên|họ tên cán bộ|họ và tên cán bộ|tên người sử dụng|tên người dùng|"
    "chủ hộp thư|người quản lý|cán bộ|full name|name|display name",
    Column.ALIASES: "địa chỉ khác|tên khác|alias",
    Column.STATE: "tình trạng|status",
    Column.REGULATION: "quy định",
    Column.CREATED: "ngày tạo|ngày cấp mới|ngày đăng ký|created on|date created",
    Column.DELEGATES: "ủy quyền|uỷ quyền|người ủy quyền|delegate",
    Column.FORWARDS: "chuyển tiếp|chuyển thư đến|forward|forward to|forwards to",
    Column.MEMBERS: "thành viên nhóm|member",
    Column.NOTE: "notes|remarks|chú thích",
}
_PASSED_OVER: Final = (
    "stt|tt|số thứ tự|số tt|no|nr|n|#|chức vụ|chức danh|position|title|điện thoại|số điện thoại|phone|telephone|"
    "di động|mobile|ngày sinh|date of birth|giới tính|nam nữ|version"
)
KINDS: Final[Mapping[str, str]] = {Kind.UNIT: "đơn vị", Kind.PERSONAL: "cá nhân", Kind.SERVICE: "dịch vụ"}
GROUP: Final = "group"
STATES: Final[Mapping[State, str]] = {
    State.ACTIVE: "hoạt động",
    State.WARNED: "cảnh báo",
    State.LOCKED: "tạm khóa",
    State.RECLAIMED: "thu hồi",
}


def fold(text: str) -> str:
    """A heading as it is compared: lower case, without marks, runs of anything but letters and digits as one blank."""
    letters = unicodedata.normalize("NFKD", text.lower().replace("đ", "d").replace("ð", "d"))
    return _GAP.sub(" ", "".join(one for one in letters if not unicodedata.combining(one))).strip()


def _known() -> dict[str, Column | None]:
    made: dict[str, Column | None] = {fold(name): None for name in _PASSED_OVER.split("|")}
    for column in Column:
        for name in (column, VIETNAMESE[column], *_ALSO[column].split("|")):
            made[fold(name)] = column
    made.pop("", None)
    return made


_HEADINGS: Final = _known()
_KIND_WORDS: Final[Mapping[str, str]] = {
    **{fold(word): str(kind) for kind, word in KINDS.items()},
    **{kind: kind for kind in (*map(str, Kind), GROUP)},
    "nhom": GROUP,
    "co quan": "unit",
    "ca nhan can bo": "personal",
    "list": GROUP,
    "danh sach": GROUP,
}
_STATE_WORDS: Final[Mapping[str, State]] = {
    **{fold(word): state for state, word in STATES.items()},
    **{str(state): state for state in State},
    "dang hoat dong": State.ACTIVE,
    "dang su dung": State.ACTIVE,
    "khoa": State.LOCKED,
    "bi khoa": State.LOCKED,
    "da khoa": State.LOCKED,
    "da thu hoi": State.RECLAIMED,
    "bi thu hoi": State.RECLAIMED,
}


def column_of(heading: str) -> Column | None:
    """The column with this heading, None for one that is passed over. KeyError for a heading that nobody knows."""
    return _HEADINGS[fold(heading)]


def score(cells: Sequence[str]) -> int:
    """How many of a row's cells are headings: a table's heading row has an address and one thing more."""
    found = {_HEADINGS.get(fold(cell)) for cell in cells[:100] if len(cell) < 80}
    return len(found - {None}) if found & {Column.ADDRESS, Column.UNIT} else 0


@lru_cache(4096)  # names of units come again and again
def _text(cell: str) -> str:
    made = unicodedata.normalize("NFC", " ".join(cell.split())).replace("Ð", "Đ")  # U+00D0 looks the same
    if family := legacy_family(made):
        raise ValueError(f"the text is in {family}: convert it to Unicode")
    if len(made) > MAX_TEXT:
        raise ValueError(f"longer than {MAX_TEXT} characters")
    if strange := unfit(made):
        raise ValueError(f"has a character that nobody types ({strange})")
    return made


def _kind(cell: str) -> str:
    try:
        return _KIND_WORDS[fold(cell)]
    except KeyError:
        words = ", ".join((*map(str, Kind), GROUP, *KINDS.values(), "nhóm"))
        raise ValueError(f"no kind of mailbox: one of {words}") from None


def _state(cell: str) -> State:
    try:
        return _STATE_WORDS[fold(cell)]
    except KeyError:
        raise ValueError(f"no state: one of {', '.join((*map(str, State), *STATES.values()))}") from None


def _day(cell: str) -> datetime.date:
    """2026-03-01, or 1/3/2026 with the day first, as it is written in Việt Nam."""
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"):
        try:
            return datetime.datetime.strptime(cell, form).replace(tzinfo=datetime.UTC).date()
        except ValueError:
            continue
    raise ValueError("no date: write 2026-03-01 or 01/03/2026")


def _addresses(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(clean_address(part) for part in _ONE.findall(cell)))


def _targets(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(clean_target(part) for part in _ONE.findall(cell)))


_READERS: Final[Mapping[Column, Callable[[str], Any]]] = {
    Column.ADDRESS: clean_target,  # a group's may be a whole domain
    Column.KIND: _kind,
    Column.UNIT: _text,
    Column.UNIT_NAME: _text,
    Column.PARENT: _text,
    Column.HOLDER: _text,
    Column.ALIASES: _addresses,
    Column.STATE: _state,
    Column.REGULATION: _text,
    Column.CREATED: _day,
    Column.DELEGATES: _addresses,
    Column.FORWARDS: _addresses,
    Column.MEMBERS: _targets,
    Column.NOTE: _text,
}


def value_of(column: Column, cell: str) -> Any:
    """A cell that is not empty, as its column has it. ValueError with a reason for people."""
    return _READERS[column](cell)


def empty_of(column: Column) -> Any:
    """What an empty cell means, where it means anything."""
    if column in (Column.ALIASES, Column.DELEGATES, Column.FORWARDS, Column.MEMBERS):
        return ()
    return State.ACTIVE if column is Column.STATE else None if column is Column.CREATED else ""
