"""How much of the time the mail path was there (AG 8.3), and what that does not measure."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.lifecycle.days import wall
from gateway.reports.document import Block, Column, Document, Heading, Line, Shape, Table
from gateway.reports.quarters import written
from gateway.reports.texts import clean, count, decimal, duration, percent, share
from gateway.reports.told.common import Frame
from gateway.reports.uptime import Absence, Uptime

METHOD = (
    "Mỗi phút, cổng thư ghi lại rằng nó đang chạy và những máy chủ thư nào phía sau trả lời. Thời gian sẵn sàng là "
    "lúc ít nhất một cổng chạy và ít nhất một máy chủ thư trả lời. Gián đoạn ngắn hơn một phút rưỡi không thấy được; "
    "khởi động lại trong hai phút rưỡi không tính là gián đoạn; gián đoạn dài hơn được tính trọn, từ lần ghi tốt cuối "
    "cùng đến lần ghi tốt kế tiếp. Không đo: webmail, đường truyền của đơn vị, và thời gian trước khi bắt đầu ghi."
)


def told(frame: Frame, found: Uptime) -> Document:
    """The document."""
    about = f"Độ sẵn sàng của hệ thống thư điện tử {frame.period.name}"
    figures = {
        "period": found.period,
        "measured": found.measured,
        "running": found.running,
        "serving": found.serving,
        "share": found.share,
        "nodes": found.nodes,
        "upstreams": found.upstreams,
        "absences": [{"since": one.since, "until": one.until, "gateway": one.gateway} for one in found.absences],
    }
    return frame.document("availability", about, _blocks(frame, found), figures=figures)


def _blocks(frame: Frame, found: Uptime) -> Iterator[Block]:
    yield from frame.bases()
    yield Line(f"{frame.office} báo cáo độ sẵn sàng của hệ thống thư điện tử {frame.period.words} như sau:")
    yield from frame.until()
    yield Heading("I. KẾT QUẢ")
    yield from sentences(found)
    yield _each(found)
    yield Heading("II. CÁC LẦN GIÁN ĐOẠN")
    yield _absences(found)
    yield Line(f"Cách tính: {METHOD}", note=True)


def sentences(found: Uptime) -> Iterator[Line]:
    """The result in words; that nothing was measured is a result, too."""
    if not found.measured:
        yield Line("Chưa có số liệu: trong kỳ cổng thư chưa ghi lại thời gian hoạt động.")
        return
    yield Line(
        f"Hệ thống sẵn sàng {percent(found.share, 3)} thời gian đo được; gián đoạn {count(found.absent)} lần, tổng "
        f"cộng {duration(found.measured - found.serving)}."
    )
    if (part := share(found.measured, found.period)) is not None and part < 0.999:
        yield Line(f"Đo được {percent(part)} thời gian của kỳ ({decimal(found.measured / 3600)} giờ).", note=True)


def _each(found: Uptime) -> Table:
    both = [("Cổng thư", found.nodes), ("Máy chủ thư", found.upstreams)]
    rows = [
        (title, clean(name, 80), seconds, share(seconds, found.measured))
        for title, names in both
        for name, seconds in names.items()
    ]
    columns = (
        Column("Loại", weight=2),
        Column("Tên", weight=3),
        Column("Thời gian hoạt động", Shape.SPAN, 2),
        Column("Tỷ lệ", Shape.SHARE),
    )
    return Table("thanh-phan", "Từng cổng thư và máy chủ thư", columns, rows, empty="Chưa có số liệu.")


def _absences(found: Uptime) -> Table:
    columns = (
        Column("Bắt đầu", weight=2),
        Column("Kết thúc", weight=2),
        Column("Thời lượng", Shape.SPAN, 2),
        Column("Nguyên nhân", weight=3),
    )
    rows = [(_moment(one.since), _moment(one.until), one.seconds, _cause(one)) for one in found.absences]
    left = found.absent - len(found.absences)
    return Table("gian-doan", "Lần gián đoạn, dài nhất trước", columns, rows, empty="Không có.", left_out=left)


def _moment(moment: float) -> str:
    return f"{wall(moment):%H:%M} {written(wall(moment).date())}"


def _cause(one: Absence) -> str:
    return "Cổng thư không chạy" if one.gateway else "Máy chủ thư không trả lời"
