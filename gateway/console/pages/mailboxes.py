"""*Hộp thư*: the directory, when each was used last, in words, its state and room, and what is due."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import Any, Final

from starlette.responses import Response

from gateway.console.book import after
from gateway.console.errors import Refused
from gateway.console.visit import Visit
from gateway.console.words import ASKINGS, LOCKS
from gateway.directory.columns import fold
from gateway.directory.entry import Snapshot
from gateway.lifecycle.capacity import Capacity, capacity
from gateway.lifecycle.days import after_days, day_of
from gateway.lifecycle.letters import HOW
from gateway.lifecycle.profile import Profile
from gateway.lifecycle.reopening import Asking, reopening
from gateway.lifecycle.silence import Doubt
from gateway.lifecycle.stages import Phase
from gateway.lifecycle.window_words import verdict, window_name
from gateway.lifecycle.windows import Checked, verdicts
from gateway.lifecycle.words import DOUBTS, PHASES, Words, explain, summary
from gateway.upkeep.view import Judged, View
from gateway.using import calendar_of, capacities_of, profiles_of, proof_of, readings_of
from gateway.who import Kind, State

DUE: Final = frozenset({Phase.TO_WARN, Phase.TO_LOCK, Phase.TO_REWARN, Phase.TO_RECLAIM})
_SHOWN: Final = 50
_HISTORY: Final = 30
_WINDOW_DAYS: Final = 7


def page(visit: Visit) -> Response:
    """The directory, a page at a time, in the order of the addresses."""
    book = visit.services.book
    asked = {name: visit.asked(name) for name in ("q", "unit", "kind", "state")}
    chosen = book.chosen(fold(asked["q"]), asked["unit"], asked["kind"], asked["state"])
    start = after(chosen, visit.asked("sau").lower())
    shown = chosen[start : start + _SHOWN]
    judged = _view(visit, book.part(shown)).some([one.key for one in shown], visit.now)
    values: dict[str, Any] = {"rows": [_row(visit, one, brief=True) for one in judged], "total": len(chosen)}
    values |= {"names": book.names, "counts": book.states}
    more = visit.address(sau=shown[-1].key) if len(chosen) > start + _SHOWN else ""
    lists: dict[str, Any] = {
        "kinds": [kind.value for kind in Kind],
        "states": [state.value for state in State],
        "units": book.units,
    }
    return visit.page("mailboxes.html", asked=asked, more=more, **values, **lists)


def _view(visit: Visit, snapshot: Snapshot) -> View:
    settings = visit.services.settings
    return View(visit.services.upkeep, lambda: snapshot, profiles_of(settings), calendar_of(settings))


def _row(visit: Visit, one: Judged, *, brief: bool = False) -> dict[str, Any]:
    """`brief`: of a mailbox that is in use only when that was, not what may have been since."""
    told = one.told
    in_use = brief and told is not None and told.phase is Phase.ACTIVE
    known = replace(one.known, doubt=Doubt.NONE) if in_use and one.known.used is not None else one.known
    return {
        "mailbox": one.subject.mailbox,
        "words": summary(known) if one.profile is not None else Words("", ""),
        "phase": PHASES[told.phase] if told is not None else Words("", ""),
        "pressing": told is not None and told.phase in DUE,
        "told": told,
        "capacity": _capacity(one, capacities_of(visit.services.settings)(one.subject.mailbox)),
    }


def _capacity(one: Judged, allowed: int) -> Capacity | None:
    if one.polled is None or one.polled.quota is None:
        return None
    return capacity(one.polled.quota, allowed)


def one(visit: Visit) -> Response:
    """Everything about one mailbox."""
    book = visit.services.book
    mailbox = book.mailbox(visit.asked("dia-chi"))
    judged = None if mailbox is None else _view(visit, book.part([mailbox])).one(mailbox.address, visit.now)
    if mailbox is None or judged is None:
        raise Refused(404, "The directory has no such mailbox.", "Danh bạ không có hộp thư này.")
    store = visit.services
    values: dict[str, Any] = {
        "row": _row(visit, judged),
        "judged": judged,
        "mailbox": mailbox,
        "unit": book.unit(mailbox.unit),
        "evidence": explain(judged.use.evidence),
        "needed": _needed(visit, judged),
        "locks": tuple(LOCKS),
        "askings": tuple(ASKINGS),
        "doubt": DOUBTS[judged.told.doubt] if judged.told is not None else Words("", ""),
        "steps": store.upkeep.life.history(mailbox.key, limit=_HISTORY) if store.upkeep.use.tables.made else [],
        "changes": store.directory.changes(key=mailbox.key, limit=_HISTORY),
        "requests": store.requests.list(mailbox=mailbox.address, limit=_HISTORY),
        "block": store.blocks.find(mailbox.address),
        "windows": list(_windows(visit, judged)),
        "names": {"groups": book.groups_with(mailbox)[:_HISTORY], "sends_as": book.sends_as(mailbox)[:_HISTORY]},
    }
    values |= {"verdict": verdict, "window_name": window_name}
    return visit.page("mailbox.html", **values, exempt_phase=Phase.EXEMPT)


def _windows(visit: Visit, judged: Judged) -> Iterator[tuple[datetime.date, list[Checked]]]:
    """The reading windows of the last working days with their verdicts, the newest first (Q4 8.2a, AG 10.1)."""
    settings = visit.services.settings
    reading = readings_of(settings)(judged.subject.mailbox)
    if not reading.windows:
        return
    today, use = day_of(visit.now), judged.use
    days = after_days(today, -_WINDOW_DAYS), today
    told = verdicts(reading, use.evidence, use.coverage, proof_of(settings), calendar_of(settings), days, visit.now)
    found = sorted(told, key=lambda one: one.day, reverse=True)
    for day, checked in groupby(found, lambda one: one.day):
        yield day, list(checked)


def _needed(visit: Visit, judged: Judged) -> Words:
    """How it is opened again; nothing where it is open."""
    found = reopening(judged.subject, profiles_of(visit.services.settings)(judged.subject.mailbox) or Profile(""))
    return HOW[found.by] if found.by is not Asking.NONE else Words("", "")
