"""Units by their use of mail, for the yearly commendation (Q4 15). The method stands in the report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gateway.config import Settings
from gateway.reports.document import Blank, Block, Cell, Column, Document, Heading, Line, Shape, Table
from gateway.reports.ranking import LEAST, LEAST_WINDOWS, WEIGHTS, Measure, Ranked, Weights
from gateway.reports.texts import decimal
from gateway.reports.told.common import ATTRIBUTION, Frame, named
from gateway.reports.words import MEASURES

_HOW = {
    Measure.READ: "số khung giờ có kiểm tra hộp thư chia cho số khung giờ xác định được là có hoặc không (ít nhất "
    f"{LEAST_WINDOWS} khung giờ)",
    Measure.USED: "số hộp thư đang sử dụng, kể cả hộp thư cần cảnh báo hoặc đã cảnh báo mà chưa khóa, chia cho số hộp "
    "thư xác định được tình trạng (ít nhất một nửa số hộp thư của đơn vị), tính tại ngày lập báo cáo",
    Measure.SENDING: "số hộp thư có gửi ít nhất một thư trong kỳ chia cho số hộp thư của đơn vị ở cuối kỳ",
    Measure.CLEAN: "số thư gửi đi không có vi phạm nào chia cho tổng số lượt gửi, kể cả lượt bị từ chối hoặc hoãn",
}


def weights_of(settings: Settings) -> Weights:
    """As the office set them."""
    own = settings.reports
    return {
        Measure.READ: own.rank_read,
        Measure.USED: own.rank_used,
        Measure.SENDING: own.rank_sending,
        Measure.CLEAN: own.rank_clean,
    }


def told(frame: Frame, found: Sequence[Ranked]) -> Document:
    """The document."""
    about = f"Thống kê đơn vị ứng dụng thư điện tử vào công việc {frame.period.name}"
    figures = {
        "weights": {name.value: weight for name, weight in weights_of(frame.settings).items()},
        "units": [
            {
                "rank": one.rank,
                "unit": one.parts.unit,
                "name": one.parts.name,
                "points": one.points,
                "measured": {name.value: list(pair) for name, pair in one.parts.measured.items()},
            }
            for one in found
        ],
    }
    return frame.document("units", about, _blocks(frame, found), figures=figures)


def _blocks(frame: Frame, found: Sequence[Ranked]) -> Iterator[Block]:
    yield from frame.bases()
    yield Line(
        f"{frame.office} thống kê các đơn vị ứng dụng hệ thống thư điện tử vào công việc {frame.period.words}, đề nghị "
        "xem xét, khen thưởng:"
    )
    yield from frame.until()
    yield Heading("I. XẾP HẠNG")
    weights = weights_of(frame.settings)
    names = [name for name in Measure if weights[name]]
    yield _table([one for one in found if one.rank is not None], names)
    unranked = [one for one in found if one.rank is None]
    if unranked:
        yield _unranked(unranked, names)
    yield Heading("II. CÁCH TÍNH")
    yield from _method(weights)
    yield Heading("III. Ý KIẾN ĐỀ NGHỊ")
    yield Blank(4)


def _table(found: Sequence[Ranked], names: Sequence[Measure]) -> Table:
    columns = (
        Column("Hạng", Shape.COUNT, 0.7),
        Column("Đơn vị", weight=3),
        *(Column(MEASURES[name], Shape.SHARE, 1.2) for name in names),
        Column("Điểm", Shape.NUMBER),
    )
    rows: list[tuple[Cell, ...]] = [
        (one.rank, named(one.parts.unit, one.parts.name), *(one.shares.get(name) for name in names), one.points)
        for one in found
    ]
    return Table("xep-hang", "Xếp hạng đơn vị", columns, rows, empty="Chưa đủ số liệu để xếp hạng.", numbered=False)


def _unranked(found: Sequence[Ranked], names: Sequence[Measure]) -> Table:
    columns = (Column("Đơn vị", weight=3), *(Column(MEASURES[name], Shape.SHARE) for name in names))
    rows: list[tuple[Cell, ...]] = [
        (named(one.parts.unit, one.parts.name), *(one.shares.get(name) for name in names)) for one in found
    ]
    return Table("chua-xep-hang", "Đơn vị chưa đủ số liệu để xếp hạng", columns, rows)


def _method(weights: Weights) -> Iterator[Line]:
    whose = "là mặc định của cổng thư, cơ quan có thể đặt lại" if weights == WEIGHTS else "do cơ quan đặt"
    yield Line(
        "Quy chế không nêu tiêu chí; cách tính dưới đây là đề xuất để tham khảo khi xét khen thưởng. Trọng số dưới đây "
        f"{whose}."
    )
    for name, weight in weights.items():
        if weight:
            yield Line(f"- {MEASURES[name]} (trọng số {weight}): {_HOW[name]}.")
    yield Line(
        "Điểm là tổng các tỷ lệ nhân trọng số, quy về thang 100. Tiêu chí không đo được của một đơn vị thì bỏ qua và "
        f"chia trọng số cho các tiêu chí còn lại; đơn vị đo được dưới {LEAST}% tổng trọng số thì không xếp hạng. Bằng "
        "điểm thì đồng hạng. Không tính đơn vị không có hộp thư ở cuối kỳ."
    )
    yield Line(f"{ATTRIBUTION} Điểm làm tròn đến {decimal(0.01, 2)}.", note=True)
