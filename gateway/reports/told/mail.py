"""Blocks on mail: what came through, what was refused and why, unit by unit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gateway.lifecycle.days import wall
from gateway.regulations import Regulation
from gateway.reports.citing import cited_of, in_order, text_of
from gateway.reports.document import Cell, Column, Line, Shape, Table, row
from gateway.reports.fates import Fate, Weight
from gateway.reports.gather import Mail
from gateway.reports.owners import Lived
from gateway.reports.quarters import written
from gateway.reports.texts import clean, count, size
from gateway.reports.told.common import named
from gateway.reports.traffic import OUTSIDE, Traffic, Use
from gateway.reports.words import direction, rule

_FATES: tuple[tuple[str, tuple[Fate, ...]], ...] = (
    ("Đã chuyển", (Fate.ACCEPTED,)),
    ("Từ chối theo quy chế", (Fate.REFUSED,)),
    ("Hoãn theo quy chế", (Fate.DELAYED,)),
    ("Máy chủ thư từ chối", (Fate.REFUSED_BEHIND,)),
    ("Hoãn do máy chủ thư", (Fate.DELAYED_BEHIND,)),
    ("Hoãn do cổng", (Fate.DELAYED_OURS,)),
)
_WEIGHTS = (
    ("Từ chối", Weight.REFUSED),
    ("Hoãn", Weight.DELAYED),
    ("Theo dõi, không từ chối", Weight.OBSERVED),
    ("Được miễn trừ", Weight.EXEMPT),
)


def flows(traffic: Traffic) -> Table:
    """Decisions by direction and what became of them."""
    rows: list[tuple[Cell, ...]] = [_flow(traffic, direction(way), way) for way in traffic.directions]
    columns = (
        Column("Chiều thư", weight=3),
        Column("Tổng số lượt", Shape.COUNT),
        *(Column(title, Shape.COUNT) for title, _ in _FATES),
    )
    total = _flow(traffic, "Tổng cộng", None)
    return Table("luong-thu", "Lượt xử lý thư theo chiều", columns, rows, total, empty="Không có thư trong kỳ.")


def _flow(traffic: Traffic, title: str, way: str | None) -> tuple[Cell, ...]:
    numbers = [traffic.of(*fates, direction=way) for _, fates in _FATES]
    return (title, sum(numbers), *numbers)


def months(traffic: Traffic) -> Table:
    """The same by month."""
    keys = sorted({(day.year, day.month) for day, _ in traffic.days})
    rows = []
    for year, month in keys:
        found = {fate: n for (day, fate), n in _month(traffic, year, month).items()}
        numbers = [sum(found.get(fate, 0) for fate in fates) for _, fates in _FATES]
        if sum(numbers):
            rows.append(row(f"Tháng {month}/{year}", sum(numbers), *numbers))
    columns = (
        Column("Tháng", weight=2),
        Column("Tổng số lượt", Shape.COUNT),
        *(Column(title, Shape.COUNT) for title, _ in _FATES),
    )
    return Table("theo-thang", "Lượt xử lý thư theo tháng", columns, rows, empty="Không có thư trong kỳ.")


def _month(traffic: Traffic, year: int, month: int) -> dict[tuple[None, Fate], int]:
    found: dict[tuple[None, Fate], int] = {}
    for (day, fate), number in traffic.days.items():
        if (day.year, day.month) == (year, month):
            found[None, fate] = found.get((None, fate), 0) + number
    return found


def summary(found: Mail) -> Iterator[Line]:
    """The figures that stand in no table."""
    traffic = found.traffic
    yield Line(
        f"Trong kỳ, cổng thư đã xử lý {count(traffic.messages)} lượt; chuyển {count(traffic.of(Fate.ACCEPTED))} thư "
        f"với tổng dung lượng {size(traffic.octets)}; từ chối theo quy chế {count(traffic.of(Fate.REFUSED))} lượt, "
        f"hoãn theo quy chế {count(traffic.of(Fate.DELAYED))} lượt."
    )
    if traffic.mended:
        least = "ít nhất " if traffic.mended_bounded else ""
        yield Line(
            f"Có {least}{count(traffic.mended)} thư sau khi bị từ chối hoặc hoãn theo quy chế đã được gửi lại và được "
            "chuyển."
        )
    if again := traffic.of(Fate.AGAIN):
        yield Line(f"Ngoài ra có {count(again)} lượt thư đi qua cổng lần thứ hai, không tính lại.", note=True)
    if broken := traffic.of(Fate.UNREADABLE):
        yield Line(
            f"Có {count(broken)} dòng nhật ký không đọc được và không nằm trong số liệu: phải chạy ngay lệnh congthu "
            "decisions verify.",
            note=True,
        )
    if found.pruned_before:
        day = written(wall(found.pruned_before).date())
        yield Line(
            f"Nội dung nhật ký trước ngày {day} đã được xóa theo thời hạn lưu giữ: số liệu thiếu phần đó.", note=True
        )


def units(found: Mail, over: Lived) -> Table:
    """What each unit's mailboxes sent, got and were refused."""
    use = found.by_unit()
    codes = sorted(use, key=lambda code: (not code, over.unit_name(code).casefold()))
    rows = [
        row(named(code, over.unit_name(code)), one.sent, one.received, one.refused, one.delayed, one.observed)
        for code in codes
        for one in (use[code],)
    ]
    total = row("Tổng cộng", *_sums(use.values()))
    titles = ("Thư đã gửi", "Thư đã nhận", "Lượt bị từ chối", "Lượt bị hoãn", "Lượt bị theo dõi")
    columns = (Column("Đơn vị", weight=3), *(Column(title, Shape.COUNT) for title in titles))
    return Table("don-vi", "Sử dụng thư theo đơn vị", columns, rows, total, empty="Không có thư của đơn vị nào.")


def _sums(uses: Iterable[Use]) -> tuple[int, ...]:
    found = list(uses)
    names = ("sent", "received", "refused", "delayed", "observed")
    return tuple(sum(getattr(one, name) for one in found) for name in names)


def rules(traffic: Traffic) -> Table:
    """Decisions in which each rule found something."""
    names = sorted({name for name, _ in traffic.rules}, key=lambda name: (-_all(traffic, name), name))
    rows = [row(rule(name), *(traffic.rules[name, weight] for _, weight in _WEIGHTS)) for name in names]
    columns = (Column("Nội dung", weight=4), *(Column(title, Shape.COUNT) for title, _ in _WEIGHTS))
    return Table("vi-pham", "Vi phạm theo nội dung (lượt)", columns, rows, empty="Không có vi phạm trong kỳ.")


def _all(traffic: Traffic, name: str) -> int:
    return sum(traffic.rules[name, weight] for weight in Weight)


def clauses(traffic: Traffic, regulations: Sequence[Regulation]) -> Table:
    """The same by clause: a decision counts for each clause that it cites."""
    names = sorted({name for name, _ in traffic.clauses if name}, key=in_order)
    rows = [
        row(cited_of(name, regulations), text_of(name), *(traffic.clauses[name, weight] for _, weight in _WEIGHTS))
        for name in names
    ]
    columns = (
        Column("Căn cứ", weight=2),
        Column("Quy định", weight=5),
        *(Column(title, Shape.COUNT) for title, _ in _WEIGHTS),
    )
    title = "Vi phạm theo điều khoản (một lượt có thể vi phạm nhiều điều khoản)"
    return Table("dieu-khoan", title, columns, rows, empty="Không có vi phạm điều khoản nào.")


def unit_rules(traffic: Traffic, over: Lived) -> Table:
    """Violations by the sender's unit and rule."""
    pairs = sorted(
        {(unit, name) for unit, name, _ in traffic.unit_rules},
        key=lambda pair: (not pair[0], over.unit_name(pair[0]).casefold(), pair[1]),
    )
    rows = [
        row(_whose(unit, over), rule(name), *(traffic.unit_rules[unit, name, weight] for _, weight in _WEIGHTS))
        for unit, name in pairs
    ]
    columns = (
        Column("Đơn vị của người gửi", weight=3),
        Column("Nội dung", weight=4),
        *(Column(title, Shape.COUNT) for title, _ in _WEIGHTS),
    )
    return Table("vi-pham-don-vi", "Vi phạm theo đơn vị (lượt)", columns, rows, empty="Không có vi phạm trong kỳ.")


def _whose(unit: str, over: Lived) -> str:
    return "(ngoài danh bạ)" if unit == OUTSIDE else named(unit, over.unit_name(unit))


def samples(traffic: Traffic, over: Lived) -> Table:
    """Refusals one by one, the oldest first, so many as are kept."""
    rows = [
        row(
            f"{wall(one.time):%H:%M} {written(wall(one.time).date())}",
            clean(one.reference, 40),
            clean(one.sender, 120) or "<>",
            _whose(one.unit, over),
            "; ".join(map(rule, one.rules)),
        )
        for one in traffic.samples
    ]
    columns = (
        Column("Thời điểm", weight=2),
        Column("Mã tra cứu", weight=2.4),
        Column("Người gửi", weight=3.6),
        Column("Đơn vị", weight=2.2),
        Column("Nội dung", weight=2.8),
    )
    return Table(
        "luot-tu-choi",
        "Các lượt bị từ chối theo quy chế",
        columns,
        rows,
        empty="Không có lượt nào bị từ chối.",
        left_out=traffic.samples_left_out,
    )
