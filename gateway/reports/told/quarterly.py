"""The quarterly report: how many mailboxes, how the system runs, how the regulation is kept (Q4 14.1; AG 8, 11)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gateway.reports.document import Blank, Block, Document, Heading, Line
from gateway.reports.fates import Fate, Weight
from gateway.reports.gather import Asked, Mail
from gateway.reports.owners import Lived
from gateway.reports.reading import Dormancy, Watched
from gateway.reports.stock import Stock
from gateway.reports.texts import count
from gateway.reports.told import mail as mailing
from gateway.reports.told import mailboxes as boxes
from gateway.reports.told.availability import sentences
from gateway.reports.told.common import ATTRIBUTION, COUNTING, Frame
from gateway.reports.uptime import Uptime


@dataclass(frozen=True, slots=True)
class Quarterly:
    """All that the report tells."""

    over: Lived
    stock: Stock
    mail: Mail
    still: Dormancy
    read: list[Watched]
    asked: Asked
    uptime: Uptime


def told(frame: Frame, found: Quarterly) -> Document:
    """The document."""
    about = f"Tình hình sử dụng hệ thống thư điện tử công vụ{frame.about} {frame.period.name}"
    return frame.document("quarterly", about, _blocks(frame, found), figures=plain(found))


def _blocks(frame: Frame, found: Quarterly) -> Iterator[Block]:
    yield from frame.bases()
    yield Line(f"{frame.office} báo cáo tình hình sử dụng thư điện tử công vụ {frame.period.words} như sau:")
    yield from frame.until()
    yield Heading("I. SỐ LƯỢNG HỘP THƯ")
    yield boxes.holdings(found.stock)
    yield boxes.movements(found.stock)
    yield from boxes.renamings(found.over.renamed)
    yield Heading("II. TÌNH HÌNH HOẠT ĐỘNG")
    yield from mailing.summary(found.mail)
    yield mailing.flows(found.mail.traffic)
    yield mailing.months(found.mail.traffic)
    yield mailing.units(found.mail, found.over)
    yield Heading("III. CHẤP HÀNH QUY CHẾ")
    yield mailing.rules(found.mail.traffic)
    yield mailing.clauses(found.mail.traffic, frame.regulations)
    yield Heading("IV. SỬ DỤNG HỘP THƯ")
    yield boxes.phases(found.still)
    yield boxes.readings(found.read, {one.code: one.name for one in found.over.end.units})
    yield Heading("V. YÊU CẦU VỀ HỘP THƯ")
    asked = found.asked
    yield Line(
        f"Tiếp nhận {count(asked.came)} yêu cầu của đơn vị về hộp thư; đã trả lời {count(asked.answered)}, "
        f"chưa trả lời {count(asked.open)}."
    )
    yield Heading("VI. ĐỘ SẴN SÀNG CỦA HỆ THỐNG")
    yield from sentences(found.uptime)
    yield Heading("VII. ĐÁNH GIÁ, KIẾN NGHỊ")
    yield Blank(4)
    yield Line(f"Cách tính: {COUNTING} {ATTRIBUTION}", note=True)


def plain(found: Quarterly) -> dict[str, Any]:
    """The figures for programs."""
    total = found.stock.total
    return {
        "mailboxes": {
            "total": total.total,
            "kinds": {kind.value: n for kind, n in total.kinds.items()},
            "states": {state.value: n for state, n in total.states.items()},
            "changes": dict(total.moved),
        },
        "mail": traffic_plain(found.mail),
        "phases": {phase.value: n for phase, n in found.still.phases.items() if n},
        "requests": {"came": found.asked.came, "answered": found.asked.answered},
        "availability": {"measured": found.uptime.measured, "serving": found.uptime.serving},
    }


def traffic_plain(found: Mail) -> dict[str, Any]:
    """Figures of mail for programs."""
    traffic = found.traffic
    return {
        "decisions": traffic.decisions,
        "counted": traffic.messages,
        "fates": {fate.value: traffic.of(fate) for fate in Fate},
        "bytes": traffic.octets,
        "mended": traffic.mended,
        "rules": _weighed({name: None for name, _ in traffic.rules}, traffic.rules),
        "clauses": _weighed({name: None for name, _ in traffic.clauses}, traffic.clauses),
    }


def _weighed(names: dict[str, None], counts: Any) -> dict[str, dict[str, int]]:
    return {
        name: {weight.value: counts[name, weight] for weight in Weight if counts[name, weight]}
        for name in sorted(names)
    }
