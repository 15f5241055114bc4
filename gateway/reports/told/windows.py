"""Whether mailboxes were read when the regulation asks (Q4 8.2a, AG 10.1): unit by unit, mailbox by mailbox."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from gateway.lifecycle.window_words import WHYS, WINDOWS, window_name
from gateway.lifecycle.windows import Verdict, Why
from gateway.reports.citing import cited
from gateway.reports.document import Block, Cell, Column, Document, Heading, Line, Shape, Table
from gateway.reports.owners import Lived
from gateway.reports.reading import Watched
from gateway.reports.texts import clean, count
from gateway.reports.told.common import Frame, named
from gateway.reports.told.mailboxes import readings

_WAYS = (Verdict.CHECKED, Verdict.NOT_CHECKED, Verdict.NOT_OBSERVABLE)


def told(frame: Frame, over: Lived, found: Sequence[Watched]) -> Document:
    """The document."""
    about = f"Việc kiểm tra hộp thư điện tử công vụ theo khung giờ{frame.about} {frame.period.name}"
    figures = {
        "mailboxes": [
            {
                "mailbox": one.mailbox.address,
                "unit": one.mailbox.unit,
                "clause": one.clause,
                "verdicts": {verdict.value: one.of(verdict) for verdict in _WAYS},
                "missed": [[day.isoformat(), window] for day, window in one.missed],
            }
            for one in found
        ]
    }
    return frame.document("windows", about, _blocks(frame, over, found), figures=figures)


def _blocks(frame: Frame, over: Lived, found: Sequence[Watched]) -> Iterator[Block]:
    yield from frame.bases()
    yield Line(f"{frame.office} báo cáo việc kiểm tra hộp thư theo khung giờ {frame.period.words} như sau:")
    yield from frame.until()
    if clauses := sorted({one.clause for one in found if one.clause}):
        yield Line(f"Quy định áp dụng: {'; '.join(map(cited, clauses))}.", note=True)
    yield Heading("I. THEO ĐƠN VỊ")
    yield readings(found, {one.code: one.name for one in over.end.units})
    yield Heading("II. TỪNG HỘP THƯ")
    yield _mailboxes(over, found)
    yield Heading("III. KHUNG GIỜ KHÔNG XÁC ĐỊNH ĐƯỢC")
    yield _whys(found)
    yield Line(
        "“Không kiểm tra” chỉ ghi khi chứng minh được là không ai mở hộp thư trong cả khung giờ. “Không xác định được” "
        "không phải lỗi của đơn vị và không tính vào tỷ lệ. Ngày nghỉ không tính.",
        note=True,
    )


def _mailboxes(over: Lived, found: Sequence[Watched]) -> Table:
    names = list(dict.fromkeys(name for one in found for name, _ in sorted(one.by_window)))
    names.sort(key=lambda name: (list(WINDOWS).index(name) if name in WINDOWS else len(WINDOWS), name))
    columns = (
        Column("Địa chỉ", weight=4),
        Column("Đơn vị", weight=3),
        *(Column(f"{_capital(window_name(name).vi)}: không kiểm tra", Shape.COUNT, 1.3) for name in names),
        *(Column(title, Shape.COUNT, 1.2) for title in ("Có kiểm tra", "Không kiểm tra", "Không xác định")),
        Column("Tỷ lệ", Shape.SHARE),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            clean(one.mailbox.address),
            named(one.mailbox.unit, over.unit_name(one.mailbox.unit)),
            *(one.of(Verdict.NOT_CHECKED, name) for name in names),
            *(one.of(verdict) for verdict in _WAYS),
            one.share,
        )
        for one in found
    ]
    return Table("tung-hop-thu", "Từng hộp thư (số khung giờ)", columns, rows, empty="Chưa có số liệu.")


def _whys(found: Sequence[Watched]) -> Table:
    sums: Counter[Why] = Counter()
    for one in found:
        sums.update(one.whys)
    rows: list[tuple[Cell, ...]] = [(_capital(WHYS[why].vi), n) for why, n in sums.most_common() if why]
    columns = (Column("Lý do", weight=5), Column("Số khung giờ", Shape.COUNT))
    return Table("ly-do", f"Lý do không xác định được ({count(sums.total())} khung giờ)", columns, rows)


def _capital(text: str) -> str:
    return clean(text[:1].upper() + text[1:])
