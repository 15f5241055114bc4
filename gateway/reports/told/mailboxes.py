"""Blocks on mailboxes: how many there are, what was changed, how they are used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gateway.lifecycle.stages import Phase
from gateway.lifecycle.windows import Verdict
from gateway.lifecycle.words import PHASES
from gateway.reports.document import Cell, Column, Line, Shape, Table, row
from gateway.reports.owners import HOWS, Renamed
from gateway.reports.reading import Dormancy, Watched
from gateway.reports.stock import Boxes, Stock
from gateway.reports.texts import clean, share
from gateway.reports.told.common import named
from gateway.reports.words import KINDS, MOVES
from gateway.who import Kind, State

_UNIT = Column("Đơn vị", weight=3)


def holdings(stock: Stock) -> Table:
    """Mailboxes of each unit by kind, and those that are warned or locked."""
    titles = [*(f"Hộp thư {KINDS[kind].lower()}" for kind in Kind), "Tổng số", "Đã cảnh báo", "Tạm khóa"]
    columns = (_UNIT, *(Column(title, Shape.COUNT) for title in titles))
    rows = [row(named(one.unit, one.name), *_held(one)) for one in stock.units if one.total]
    return Table("hop-thu", "Số hộp thư theo đơn vị", columns, rows, row("Tổng cộng", *_held(stock.total)))


def _held(boxes: Boxes) -> tuple[int, ...]:
    states = boxes.states
    return (*(boxes.kinds[kind] for kind in Kind), boxes.total, states[State.WARNED], states[State.LOCKED])


def movements(stock: Stock) -> Table:
    """What was changed in the period, by unit."""
    columns = (_UNIT, *(Column(MOVES[how], Shape.COUNT) for how in HOWS))
    rows = [row(named(one.unit, one.name), *_moved(one)) for one in stock.units if one.moved.total()]
    total = row("Tổng cộng", *_moved(stock.total))
    return Table(
        "bien-dong", "Biến động hộp thư trong kỳ (lượt)", columns, rows, total, empty="Không có biến động trong kỳ."
    )


def _moved(boxes: Boxes) -> tuple[int, ...]:
    return tuple(boxes.moved[how] for how in HOWS)


def renamings(renamed: Iterable[Renamed]) -> Iterator[Line]:
    """Units that got another name."""
    for one in renamed:
        yield Line(f"Đơn vị “{clean(one.after)}” trong kỳ có đổi tên (trước đó: “{clean(one.before)}”).", note=True)


def phases(still: Dormancy) -> Table:
    """All mailboxes by where they stand in their life."""
    rows: list[tuple[Cell, ...]] = [
        (_capital(PHASES[phase].vi), still.phases[phase], share(still.phases[phase], still.phases.total()))
        for phase in Phase
        if still.phases[phase]
    ]
    columns = (Column("Tình trạng", weight=3), Column("Số hộp thư", Shape.COUNT), Column("Tỷ lệ", Shape.SHARE))
    return Table("tinh-trang", "Tình trạng sử dụng hộp thư", columns, rows, ("Tổng cộng", still.phases.total(), None))


def readings(read: Iterable[Watched], name_of: dict[str, str]) -> Table:
    """How units' mailboxes were read, a row a unit."""
    sums: dict[str, list[int]] = {}
    for one in read:
        into = sums.setdefault(one.mailbox.unit, [0, 0, 0, 0])
        verdicts = (one.of(verdict) for verdict in (Verdict.CHECKED, Verdict.NOT_CHECKED, Verdict.NOT_OBSERVABLE))
        for place, number in enumerate((1, *verdicts)):
            into[place] += number
    rows = [
        row(named(code, name_of.get(code, code)), *found, share(found[1], found[1] + found[2]))
        for code, found in sorted(sums.items(), key=lambda item: name_of.get(item[0], item[0]).casefold())
    ]
    columns = (
        _UNIT,
        Column("Số hộp thư", Shape.COUNT),
        Column("Khung giờ có kiểm tra", Shape.COUNT),
        Column("Khung giờ không kiểm tra", Shape.COUNT),
        Column("Không xác định được", Shape.COUNT),
        Column("Tỷ lệ có kiểm tra", Shape.SHARE),
    )
    return Table("khung-gio", "Kiểm tra hộp thư theo khung giờ quy định", columns, rows, empty="Chưa có số liệu.")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
