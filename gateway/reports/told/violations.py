"""Violations of the regulation: what was found, by whom, and what was done (Q4 16; AG 10.2, 11)."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.reports.document import Block, Document, Heading, Line
from gateway.reports.gather import Mail
from gateway.reports.owners import Lived
from gateway.reports.told import mail as mailing
from gateway.reports.told.common import ATTRIBUTION, COUNTING, Frame
from gateway.reports.told.quarterly import traffic_plain


def told(frame: Frame, over: Lived, found: Mail) -> Document:
    """The document."""
    about = f"Tình hình vi phạm quy chế sử dụng thư điện tử công vụ{frame.about} {frame.period.name}"
    figures = {
        **traffic_plain(found),
        "units": [
            {"unit": unit, "rule": rule, "weight": weight.value, "decisions": number}
            for (unit, rule, weight), number in sorted(found.traffic.unit_rules.items())
        ],
    }
    return frame.document("violations", about, _blocks(frame, over, found), figures=figures)


def _blocks(frame: Frame, over: Lived, found: Mail) -> Iterator[Block]:
    traffic = found.traffic
    yield from frame.bases()
    yield Line(f"{frame.office} báo cáo tình hình vi phạm quy chế {frame.period.words} như sau:")
    yield from frame.until()
    yield Heading("I. TÌNH HÌNH CHUNG")
    yield from mailing.summary(found)
    yield mailing.rules(traffic)
    yield mailing.clauses(traffic, frame.regulations)
    yield Heading("II. THEO ĐƠN VỊ")
    yield mailing.unit_rules(traffic, over)
    yield Heading("III. CÁC LƯỢT BỊ TỪ CHỐI")
    yield mailing.samples(traffic, over)
    yield Line(
        f"Cách tính: {COUNTING} {ATTRIBUTION} “Theo dõi” là quy tắc đang chạy thử: có ghi, không từ chối.", note=True
    )
