"""Báo cáo: the reports that the regulations ask for, read here or taken away; and the archive for an inspection."""

from __future__ import annotations

import base64
import datetime
import hashlib
import re
from collections.abc import Iterator
from typing import Final

from starlette.responses import Response, StreamingResponse

from gateway.console.errors import Refused
from gateway.console.making import ARCHIVE, Job, Made, make
from gateway.console.visit import Visit
from gateway.console.words import Words
from gateway.lifecycle.days import day_of
from gateway.reports.make import NAMES, WHOLE
from gateway.reports.quarters import Period, Quarter, calendar_period, closing_period, span
from gateway.reports.render import MEDIA

REPORTS: Final = {
    "quarterly": Words("Báo cáo quý (Q4 14.1)", "Quarterly report (Q4 14.1)"),
    "dormant": Words("Hộp thư không sử dụng (Q4 8.1, AG 6.4)", "Mailboxes that are not used (Q4 8.1, AG 6.4)"),
    "windows": Words("Nhận, đọc thư hằng ngày (Q4 8.2a, AG 10.1)", "Whether mail was read (Q4 8.2a, AG 10.1)"),
    "violations": Words("Vi phạm (Q4 16; AG 10.2)", "Violations (Q4 16; AG 10.2)"),
    "changes": Words("Phiếu xác nhận của đơn vị (Q4 10, 14.2)", "Units' confirmation of mailboxes (Q4 10, 14.2)"),
    "answers": Words("Thời gian trả lời (Q4 12.4, AG 10.1)", "Time taken to answer (Q4 12.4, AG 10.1)"),
    "availability": Words("Hệ thống hoạt động liên tục (AG 8.3)", "Availability (AG 8.3)"),
    "units": Words("Xếp hạng đơn vị sử dụng (Q4 15)", "Units by their use (Q4 15)"),
}
FORMATS: Final = ("html", "pdf", "xlsx", "csv")
_PAST: Final = 8  # quarters to choose from
_LONGEST: Final = 5 * 366  # days
_PIECE: Final = 256 * 1024
_STYLE: Final = re.compile(rb"<style>(.*?)</style>", re.DOTALL)


def page(visit: Visit) -> Response:
    """What can be made."""
    quarter, quarters = Quarter.of(day_of(visit.now)), []
    for _ in range(_PAST):
        quarters.append((str(quarter), quarter.words))
        quarter = quarter.before
    units = visit.services.book.units
    names = [(name, REPORTS[name]) for name in NAMES if name in REPORTS]
    return visit.page("reports.html", names=names, quarters=quarters, units=units, whole=WHOLE, formats=FORMATS)


def report(visit: Visit) -> Response:
    """Make one; who asked for it is on record first."""
    name, form = visit.sent("name", 40), visit.sent("format", 10) or "html"
    if name not in NAMES or form not in FORMATS:
        raise Refused(404, "There is no such report.", "Không có báo cáo này.")
    period, unit = _period(visit), visit.sent("unit", 100)
    unit = "" if name in WHOLE else unit
    _slow_down(visit)
    visit.record("report", f"{name}.{form}", f"{period.key} {unit}".strip())
    made = make(Job(visit.services.settings, name, period, unit, form, visit.now))
    return _shown(made) if form == "html" else _file(made, MEDIA[form])


def archive(visit: Visit) -> Response:
    """A period's decisions with the proof of their chains (AG 11)."""
    period = _span(visit)
    _slow_down(visit)
    visit.record("inspection", f"{period.first}..{period.last}")
    return _file(make(Job(visit.services.settings, ARCHIVE, period, "", "zip", visit.now)), "application/zip")


def _slow_down(visit: Visit) -> None:
    if not visit.services.report_brake.allows(visit.by, visit.now):
        raise Refused(429, "Too many reports; wait five minutes.", "Lập quá nhiều báo cáo; hãy đợi năm phút.")


def _period(visit: Visit) -> Period:
    if visit.sent("first", 10) or visit.sent("last", 10):
        return _span(visit)
    day = visit.services.settings.reports.closing_day
    try:
        quarter = Quarter.parse(visit.sent("quarter", 10))
        return closing_period(quarter, day) if day else calendar_period(quarter)
    except ValueError:
        raise _no_period() from None


def _span(visit: Visit) -> Period:
    try:
        first, last = (datetime.date.fromisoformat(visit.sent(name, 10)) for name in ("first", "last"))
        if (last - first).days > _LONGEST or not 1976 <= first.year <= last.year < 9000:
            raise ValueError
        return span(first, last)
    except ValueError:
        raise _no_period() from None


def _no_period() -> Refused:
    return Refused(
        400,
        "Choose a quarter, or a first and a last day (five years at most).",
        "Hãy chọn quý, hoặc ngày đầu và ngày cuối (nhiều nhất năm năm).",
    )


def _shown(made: Made) -> Response:
    """A page of its own: its policy allows its one style and nothing else."""
    content = made.path.read_bytes()
    made.close()
    digests = (base64.b64encode(hashlib.sha256(style).digest()).decode() for style in _STYLE.findall(content))
    styles = " ".join(f"'sha256-{digest}'" for digest in digests) or "'none'"
    policy = f"default-src 'none'; style-src {styles}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    return Response(content, media_type=MEDIA["html"], headers={"content-security-policy": policy})


def _file(made: Made, kind: str) -> Response:
    size = made.path.stat().st_size
    headers = {"content-disposition": f'attachment; filename="{made.name}"', "content-length": str(size)}
    return StreamingResponse(_pieces(made), media_type=kind, headers=headers)


def _pieces(made: Made) -> Iterator[bytes]:
    try:
        with made.path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece
    finally:
        made.close()
