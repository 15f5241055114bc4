"""*Quyết định*: looking for decisions, a page at a time."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import Response

from gateway.console.errors import Refused
from gateway.console.rows import Line, line_of
from gateway.console.visit import Visit
from gateway.journal.paging import Place, Wanted
from gateway.journal.paging import page as page_of
from gateway.journal.query import Filter
from gateway.lifecycle.days import start_of

SHOWN: Final = 50
_REFERENCE: Final = re.compile(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"[^\s@<>*]+@[^\s@<>*]+")
_PLACE: Final = re.compile(r"([0-9]{1,17})-([0-9]{1,19})")
_PERIODS: Final = {"1": 1, "7": 7, "30": 30, "90": 90, "365": 365}


@dataclass(frozen=True, slots=True)
class Asked:
    """The search as the form has it, which the page shows again."""

    values: Mapping[str, str]
    wanted: Wanted


FIELDS: Final = (
    "q",
    "sender",
    "recipient",
    "unit",
    "rule",
    "clause",
    "action",
    "listener",
    "reviewed",
    "period",
    "since",
    "until",
)


def page(visit: Visit) -> Response:
    """The search and what it finds."""
    asked = asked_of(visit, {name: visit.asked(name) for name in FIELDS})
    after = _place(visit.asked("sau"))
    with visit.services.journal() as connection:
        found = page_of(connection, asked.wanted, limit=SHOWN, after=after)
        lines = [line_of(row) for row in found.rows]
    judged = _judged(visit, lines)
    more = visit.address(sau=f"{found.after[0]}-{found.after[1]}", xong=None) if found.after else ""
    values: dict[str, Any] = {"lines": lines, "judged": judged, "more": more, "slice": found, "first": after is None}
    return visit.page("decisions.html", asked=asked.values, choices=_choices(visit), **values)


def asked_of(visit: Visit, values: Mapping[str, str]) -> Asked:
    """What a form's values ask for. Refused for a date or a unit that is none."""
    text = values["q"]
    reference = text.upper() if _REFERENCE.fullmatch(text) else ""
    anyone = text.lower() if not reference and _ADDRESS.fullmatch(text) else ""
    since, until = _span(visit, values)
    wanted = Filter(
        since=since,
        until=until,
        action=values["action"] if values["action"] in ("accept", "tempfail", "reject") else "",
        rule=values["rule"],
        clause=values["clause"],
        sender=values["sender"],
        recipient=values["recipient"],
        listener=values["listener"],
        reference=reference,
        text="" if reference or anyone else text,
    )
    reviewed = values["reviewed"] if values["reviewed"] in ("yes", "no") else ""
    return Asked(values, Wanted(wanted, anyone, _of_unit(visit, values["unit"]), reviewed))


def _span(visit: Visit, values: Mapping[str, str]) -> tuple[int, int]:
    """The times asked for, in microseconds; a period counts back from now."""
    if values["period"] in _PERIODS:
        return int((visit.now - _PERIODS[values["period"]] * 86400) * 1e6), 0
    since, until = _date(values["since"]), _date(values["until"])
    return _start(since) if since else 0, _start(until + datetime.timedelta(days=1)) if until else 0


def _date(text: str) -> datetime.date | None:
    if not text:
        return None
    try:
        found = datetime.date.fromisoformat(text)
        if 1971 <= found.year <= 2200:
            return found
    except ValueError:
        pass
    raise Refused(400, "A date is written 2026-11-22.", "Ngày được viết dạng 2026-11-22.")


def _start(date: datetime.date) -> int:
    return int(start_of(date) * 1e6)


def _of_unit(visit: Visit, code: str) -> tuple[str, ...]:
    """Every address of a unit and of the units below it; an unknown one has none that anybody writes to."""
    if not code:
        return ()
    book = visit.services.book
    mine = book.of_units(sorted(book.below(code)))
    return tuple(dict.fromkeys(a.lower() for one in mine for a in (one.address, *one.aliases))) or ("\ufffd",)


def _place(text: str) -> Place | None:
    match = _PLACE.fullmatch(text)
    if match is None or int(match[2]) >= 2**63:
        return None
    return int(match[1]), int(match[2])


def _choices(visit: Visit) -> dict[str, Any]:
    """What the form's lists offer."""
    from gateway.regulations import load

    settings = visit.services.settings
    used = dict.fromkeys((settings.gateway.regulation, *(one.regulation for one in settings.profile)))
    clauses = [clause.id for name in used for clause in load(name).clauses.values() if clause.enforced_by]
    listeners, units = [one.name for one in settings.listener], visit.services.book.units
    return {"rules": visit.services.rules, "clauses": clauses, "units": units, "listeners": listeners}


def _judged(visit: Visit, lines: list[Line]) -> dict[str, str]:
    """The last verdict of a person about each of these, by reference."""
    from gateway.console.reviews import verdicts

    with visit.services.journal() as connection:
        return verdicts(connection, [line.reference for line in lines])
