"""How long unit mailboxes take to answer (Q4 8.2, 12.4; AG 10.1): for a talk with a unit, and no verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from gateway.lifecycle.answers import Figures
from gateway.lifecycle.days import day_of
from gateway.reports.document import Block, Cell, Column, Document, Heading, Line, Shape, Table
from gateway.reports.owners import Lived
from gateway.reports.texts import clean, share
from gateway.reports.told.common import Frame, named


def told(frame: Frame, over: Lived, found: Sequence[Figures]) -> Document:
    """The document."""
    about = f"Thời gian trả lời thư của hộp thư đơn vị{frame.about} {frame.period.name}"
    figures = {"mailboxes": [asdict(one) for one in found]}
    return frame.document("answers", about, _blocks(frame, over, found), figures=figures)


def _blocks(frame: Frame, over: Lived, found: Sequence[Figures]) -> Iterator[Block]:
    yield from frame.bases()
    yield Line(f"{frame.office} báo cáo thời gian trả lời thư của hộp thư đơn vị {frame.period.words} như sau:")
    yield from frame.until()
    yield Heading("I. TỪNG HỘP THƯ")
    yield _table(over, found)
    yield Line(
        "Thư được coi là đã trả lời khi có thư của cơ quan dẫn mã của thư đó (In-Reply-To, References), không đọc nội "
        "dung. Trả lời bằng điện thoại, văn bản giấy hoặc bằng chương trình không dẫn mã thì không thấy: số liệu để "
        "trao đổi với đơn vị, không phải kết luận vi phạm. Thư tự động, bản tin không tính.",
        note=True,
    )


def _table(over: Lived, found: Sequence[Figures]) -> Table:
    units = {one.key: one.unit for one in (*over.gone, *over.end.mailboxes)}
    columns = (
        Column("Hộp thư", weight=4),
        Column("Đơn vị", weight=3),
        Column("Thư đến", Shape.COUNT),
        Column("Đã trả lời", Shape.COUNT),
        Column("Tỷ lệ", Shape.SHARE),
        Column("Chưa trả lời", Shape.COUNT),
        Column("Trung vị thời gian", Shape.SPAN, 1.6),
        Column("Trong giờ làm việc", Shape.SPAN, 1.6),
        Column("Cũ nhất chưa trả lời", Shape.DAY, 1.6),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            clean(one.mailbox),
            named(units.get(one.mailbox, ""), over.unit_name(units.get(one.mailbox, ""))),
            one.came,
            one.answered,
            share(one.answered, one.came),
            one.open,
            one.median,
            one.median_worked,
            None if one.oldest is None else day_of(one.oldest),
        )
        for one in found
    ]
    return Table("tra-loi", "Thời gian trả lời", columns, rows, empty="Chưa có số liệu.")
