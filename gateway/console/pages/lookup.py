"""The public page where a refused sender reads why, and what to do. Nobody signs in; nothing can be listed.

An address carries a code of 128 bits beside the reference (gateway.lookup). Whatever is not the address of a refusal
gets one and the same answer, and the store is not asked for it.
"""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from gateway.console.brakes import network_key
from gateway.console.errors import Refused
from gateway.console.refusals import Told, told
from gateway.console.visit import Visit
from gateway.errors import StartError
from gateway.journal.query import story
from gateway.logs import get_logger

_log = get_logger("console")
_LONGEST = 200  # characters of what a person pasted


def form(visit: Visit) -> Response:
    """The form, or the way on to what was typed into it."""
    asked = visit.asked("ma")[:_LONGEST].rstrip("/").rpartition("/")[2].strip()
    if asked:
        return RedirectResponse(f"/{quote(asked, safe='')}", 303)
    return visit.page("look-up.html", missing=False)


def one(visit: Visit) -> Response:
    """The explanation of one refusal."""
    if not visit.services.lookup_brake.allows(network_key(visit.client), visit.now):
        raise _slower()
    found = _found(visit)
    if found is None:
        return visit.page("look-up.html", 404, missing=True)
    return visit.page("refusal.html", told=found)


def _found(visit: Visit) -> Told | None:
    services = visit.services
    try:
        lookup = services.lookup
    except StartError as error:
        _log.warning("console.lookup", error=str(error)[:300])
        return None
    reference = lookup.reference(visit.part("text")) if lookup is not None else ""
    if not reference:
        return None
    if not services.lookups_brake.allows("", visit.now):
        raise _slower()
    with services.journal() as connection:
        row, _ = story(connection, reference)
    return told(row.record, visit.now) if row is not None else None


def _slower() -> Refused:
    return Refused(429, "Too many requests; wait a few minutes.", "Quá nhiều yêu cầu; hãy đợi vài phút.")
