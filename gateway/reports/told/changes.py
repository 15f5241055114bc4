"""Each unit's prefilled confirmation of its mailboxes (Q4 10, 14.2): what a unit checks, corrects by pen and signs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from gateway.lifecycle.days import wall
from gateway.reports.document import Blank, Block, Cell, Column, Document, Foot, Heading, Line, Shape, Table
from gateway.reports.owners import Moved
from gateway.reports.quarters import written
from gateway.reports.stock import Form
from gateway.reports.texts import clean, count
from gateway.reports.told.common import ABOVE, HINT, Frame
from gateway.reports.words import KINDS, MOVES, STATES
from gateway.who import Mailbox

_FIELDS: Final[Mapping[str, str]] = {
    "kind": "loại",
    "unit": "đơn vị",
    "holder": "người dùng",
    "aliases": "địa chỉ khác",
    "state": "tình trạng",
    "delegates": "người được ủy quyền",
    "forwards": "chuyển tiếp",
    "created": "ngày cấp",
    "note": "ghi chú",
    "regulation": "quy chế",
}


def told(frame: Frame, found: Sequence[Form]) -> Document:
    """All units' forms, each on pages of its own; of one unit that unit's form alone."""
    if len(found) == 1:
        return form(frame, found[0])
    about = f"Danh sách gửi các đơn vị xác nhận hộp thư {frame.period.name}"
    columns = (
        Column("Đơn vị", weight=3),
        Column("Hộp thư đơn vị", weight=3),
        Column("Số hộp thư", Shape.COUNT),
        Column("Biến động trong kỳ", Shape.COUNT),
    )
    rows: list[tuple[Cell, ...]] = [
        (clean(one.name), clean(one.address) or "(chưa có)", len(one.mailboxes), len(one.moved)) for one in found
    ]
    total: tuple[Cell, ...] = ("Tổng cộng", None, sum(len(one.mailboxes) for one in found), _moves(found))
    table = Table("cac-don-vi", "Các đơn vị", columns, rows, total, empty="Danh bạ chưa có đơn vị nào.")
    parts = [form(frame, one) for one in found]
    figures = {"forms": [part.figures for part in parts]}
    return frame.document("changes", about, (*frame.bases(), table), figures=figures, parts=parts)


def _moves(found: Sequence[Form]) -> int:
    return sum(len(one.moved) for one in found)


def form(frame: Frame, one: Form) -> Document:
    """One unit's form: the unit is who issues it, and its head who signs."""
    made = frame.document(
        "changes",
        f"Số lượng và thông tin thay đổi hộp thư điện tử công vụ {frame.period.name}",
        _blocks(frame, one),
        kind="BÁO CÁO",
        figures=_plain(one),
    )
    head = replace(
        made.head,
        office=clean(one.name).upper(),
        superior=made.head.superior or made.head.office,
        number="Số:          /BC-",
        dated=_undated(frame),
        to=(frame.office,),
    )
    foot = Foot((ABOVE, "Lưu: VT"), "", "THỦ TRƯỞNG ĐƠN VỊ", "", HINT)
    return replace(made, head=head, foot=foot, unit=one.unit)


def _undated(frame: Frame) -> str:
    """The unit writes the day on which it signs."""
    place = clean(frame.settings.reports.place)
    day = f"ngày      tháng      năm {frame.period.last.year}"
    return f"{place}, {day}" if place else day[:1].upper() + day[1:]


def _blocks(frame: Frame, one: Form) -> Iterator[Block]:
    yield from frame.bases()
    yield Line(
        f"{clean(one.name)} đã kiểm tra danh sách hộp thư điện tử công vụ của đơn vị (cổng thư lập sẵn theo danh bạ, "
        f"đến hết ngày {written(min(frame.period.last, frame.today))}) và báo cáo như sau:"
    )
    if one.renamed_from:
        yield Line(f"Trong kỳ, đơn vị đổi tên từ “{clean(one.renamed_from)}”.", note=True)
    yield Heading(f"I. DANH SÁCH HỘP THƯ ({count(len(one.mailboxes))} HỘP THƯ)")
    yield Line("Đánh dấu “×” vào một trong ba cột bên phải của mỗi dòng; ghi nội dung sửa, hủy ở Mục III.", note=True)
    yield _mailboxes(one.mailboxes)
    yield Heading("II. THAY ĐỔI ĐÃ GHI NHẬN TRONG KỲ")
    yield _moved(one.moved)
    yield Heading("III. THAY ĐỔI KHÁC, ĐỀ NGHỊ CỦA ĐƠN VỊ")
    yield Line("(Hộp thư cần cấp mới, hủy, sửa thông tin; cán bộ mới, chuyển công tác, nghỉ việc; lý do)", note=True)
    yield Blank(5)


def _mailboxes(mailboxes: Sequence[Mailbox]) -> Table:
    columns = (
        Column("Địa chỉ", weight=4),
        Column("Loại", weight=1.4),
        Column("Người dùng", weight=2.8),
        Column("Ngày cấp", Shape.DAY, 1.8),
        Column("Tình trạng", weight=1.8),
        Column("Đúng", Shape.TICK, 1.2),
        Column("Sửa", Shape.TICK, 1.2),
        Column("Hủy", Shape.TICK, 1.2),
    )
    rows: list[tuple[Cell, ...]] = [
        (clean(one.address), KINDS[one.kind], clean(one.holder), one.created, STATES[one.state], None, None, None)
        for one in mailboxes
    ]
    return Table("danh-sach", "Hộp thư của đơn vị", columns, rows, empty="Đơn vị không có hộp thư nào.")


def _moved(moved: Sequence[Moved]) -> Table:
    columns = (
        Column("Ngày", Shape.DAY, 1.6),
        Column("Địa chỉ", weight=4),
        Column("Nội dung", weight=2),
        Column("Chi tiết", weight=4),
    )
    rows: list[tuple[Cell, ...]] = [
        (wall(one.time).date(), clean(one.mailbox.address), MOVES[one.how], _details(one)) for one in moved
    ]
    return Table("thay-doi", "Thay đổi trong kỳ", columns, rows, empty="Không có thay đổi nào.")


def _details(moved: Moved) -> str:
    before, after = moved.before, moved.after
    if before is None or after is None:
        return clean(moved.mailbox.holder)
    changed = [(name, getattr(before, name), getattr(after, name)) for name in _FIELDS]
    return "; ".join(f"{_FIELDS[name]}: {_shown(old)} → {_shown(new)}" for name, old, new in changed if old != new)


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return clean(", ".join(value[:5]) + (" …" if len(value) > 5 else "")) or "(không)"
    named = KINDS.get(value) or STATES.get(value)
    return named or clean(str(value) if value is not None else "", 200) or "(không)"


def _plain(one: Form) -> dict[str, Any]:
    return {
        "unit": one.unit,
        "name": one.name,
        "mailbox": one.address,
        "mailboxes": [box.address for box in one.mailboxes],
        "changes": [{"time": moved.time, "how": moved.how, "mailbox": moved.mailbox.address} for moved in one.moved],
    }
