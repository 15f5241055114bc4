"""Makes a report by its name: gathers its figures and tells them. Blocking: in a thread, where others wait.

ReportError for what cannot be reported; JournalUnavailable, DirectoryUnavailable where a store is away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from gateway.reports import gather
from gateway.reports.document import Document
from gateway.reports.errors import ReportError
from gateway.reports.owners import Lived
from gateway.reports.quarters import Period
from gateway.reports.sources import Sources
from gateway.reports.stock import forms
from gateway.reports.texts import clean
from gateway.reports.told import answers, availability, changes, dormant, quarterly, units, violations, windows
from gateway.reports.told.common import Frame


@dataclass(frozen=True, slots=True)
class Asked:
    """Which report (one of NAMES), over which period; `unit`: a unit's code, with those below it; "" for all."""

    name: str
    period: Period
    unit: str = ""


@dataclass(frozen=True, slots=True)
class _Work:
    sources: Sources
    asked: Asked
    over: Lived
    frame: Frame
    units: frozenset[str] | None
    now: float


def make(asked: Asked, sources: Sources, now: float) -> Document:
    """The report as a document. `now`: seconds since the epoch."""
    maker = _MAKERS.get(asked.name)
    if maker is None:
        named = ", ".join(NAMES)
        raise ReportError(f"no report {asked.name!r}; there are {named}", f"Không có báo cáo này; hiện có: {named}.")
    if asked.unit and asked.name in WHOLE:
        raise ReportError(
            f"the report {asked.name} is about all units, not about one",
            f"Báo cáo {asked.name} lập cho mọi đơn vị, không lập riêng cho một đơn vị.",
        )
    over = sources.lived(asked.period)
    if asked.unit and over.end.unit(asked.unit) is None:
        unit = clean(asked.unit, 100)
        raise ReportError(
            f"the directory had no unit {unit} at the end of the period",
            f"Cuối kỳ báo cáo, danh bạ không có đơn vị {unit}.",
        )
    name = over.unit_name(asked.unit) if asked.unit else ""
    frame = Frame(sources.settings, asked.period, now, asked.unit, name)
    return maker(_Work(sources, asked, over, frame, over.below(asked.unit) if asked.unit else None, now))


def _quarterly(work: _Work) -> Document:
    sources, period, now = work.sources, work.asked.period, work.now
    found = quarterly.Quarterly(
        work.over,
        gather.counted(work.over, work.units),
        gather.mail(sources, work.over, period, work.units),
        gather.dormancy(sources, now, work.units),
        gather.windows(sources, period, now, work.units),
        gather.requests(sources, period, work.units),
        gather.availability(sources, period, now),
    )
    return quarterly.told(work.frame, found)


def _dormant(work: _Work) -> Document:
    return dormant.told(work.frame, work.over, gather.dormancy(work.sources, work.now, work.units))


def _windows(work: _Work) -> Document:
    found = gather.windows(work.sources, work.asked.period, work.now, work.units)
    return windows.told(work.frame, work.over, found)


def _violations(work: _Work) -> Document:
    return violations.told(work.frame, work.over, gather.mail(work.sources, work.over, work.asked.period, work.units))


def _changes(work: _Work) -> Document:
    return changes.told(work.frame, forms(work.over, work.units))


def _answers(work: _Work) -> Document:
    found = gather.answers(work.sources, work.asked.period, work.now, work.over, work.units)
    return answers.told(work.frame, work.over, found)


def _availability(work: _Work) -> Document:
    return availability.told(work.frame, gather.availability(work.sources, work.asked.period, work.now))


def _units(work: _Work) -> Document:
    sources, period = work.sources, work.asked.period
    found = gather.mail(sources, work.over, period)
    read, still = gather.windows(sources, period, work.now), gather.dormancy(sources, work.now)
    return units.told(work.frame, gather.ranked(work.over, found, read, still, units.weights_of(sources.settings)))


_MAKERS: Final[Mapping[str, Callable[[_Work], Document]]] = {
    "quarterly": _quarterly,
    "dormant": _dormant,
    "windows": _windows,
    "violations": _violations,
    "changes": _changes,
    "answers": _answers,
    "availability": _availability,
    "units": _units,
}
NAMES: Final = tuple(_MAKERS)
"""Every report, in the order in which they are shown."""
WHOLE: Final = frozenset({"availability", "units"})
"""Reports that cannot be about one unit."""
