"""Mailboxes that are not used (Q4 8.1, AG 6.4): what is due, what was done, and of which nothing can be told."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.lifecycle.days import day_of
from gateway.lifecycle.words import DOUBTS, PHASES
from gateway.reports.citing import cited
from gateway.reports.document import Block, Cell, Column, Document, Heading, Line, Shape, Table
from gateway.reports.owners import Lived
from gateway.reports.reading import Dormancy, Still
from gateway.reports.texts import clean, count
from gateway.reports.told.common import Frame, named
from gateway.reports.told.mailboxes import phases


def told(frame: Frame, over: Lived, found: Dormancy) -> Document:
    """The document. It tells of today: a mailbox's life is not kept for days that are past."""
    about = f"Hộp thư điện tử công vụ không sử dụng{frame.about}"
    figures = {
        "phases": {phase.value: number for phase, number in found.phases.items() if number},
        "mailboxes": [
            {
                "mailbox": one.mailbox.address,
                "unit": one.mailbox.unit,
                "phase": one.told.phase.value,
                "idle_since": one.told.idle_since,
                "deadline": one.told.deadline.isoformat() if one.told.deadline else None,
                "doubt": one.told.doubt.value,
            }
            for one in found.ordered()
        ],
    }
    return frame.document("dormant", about, _blocks(frame, over, found), figures=figures)


def _blocks(frame: Frame, over: Lived, found: Dormancy) -> Iterator[Block]:
    yield from frame.bases()
    yield Line(f"{frame.office} báo cáo tình trạng sử dụng hộp thư điện tử công vụ tại ngày lập báo cáo như sau:")
    yield Heading("I. TÌNH TRẠNG CHUNG")
    yield phases(found)
    if found.unjudged:
        yield Line(f"Có {count(found.unjudged)} hộp thư không thuộc quy định về thời hạn sử dụng.", note=True)
    yield Heading("II. HỘP THƯ CẦN XEM XÉT")
    yield _table(over, found)
    yield Line(
        "“Không dùng từ” là thời điểm muộn nhất có thể đã có người truy cập: chỉ tính là không sử dụng khi chứng minh "
        "được. “Chưa xác định được” không phải là không sử dụng, và không có biện pháp nào được thực hiện.",
        note=True,
    )


def _table(over: Lived, found: Dormancy) -> Table:
    columns = (
        Column("Địa chỉ", weight=3.5),
        Column("Người dùng", weight=2.5),
        Column("Đơn vị", weight=2.5),
        Column("Tình trạng", weight=2),
        Column("Không dùng từ", Shape.DAY, 1.6),
        Column("Hạn", Shape.DAY, 1.6),
        Column("Căn cứ, lý do", weight=2.5),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            clean(one.mailbox.address),
            clean(one.mailbox.holder),
            named(one.mailbox.unit, over.unit_name(one.mailbox.unit)),
            PHASES[one.told.phase].vi,
            None if one.told.idle_since is None else day_of(one.told.idle_since),
            one.told.deadline,
            _why(one),
        )
        for one in found.ordered()
    ]
    return Table("khong-su-dung", "Hộp thư cần xem xét", columns, rows, empty="Không có hộp thư nào cần xem xét.")


def _why(one: Still) -> str:
    parts = (DOUBTS[one.told.doubt].vi, clean(one.told.reason, 200), cited(one.told.clause) if one.told.clause else "")
    return "; ".join(filter(None, parts))
