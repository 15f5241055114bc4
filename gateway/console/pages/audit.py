"""*Nhật ký thao tác*: what people did, from the hash-chained record."""

from __future__ import annotations

import re
from typing import Final

from starlette.responses import Response

from gateway.console.reviews import notes
from gateway.console.visit import Visit
from gateway.journal.paging import Place

_SHOWN: Final = 60
_PLACE: Final = re.compile(r"([0-9]{1,17})-([0-9]{1,18})")


def page(visit: Visit) -> Response:
    """Actions and reviews, newest first."""
    by, match = visit.asked("ai"), _PLACE.fullmatch(visit.asked("sau"))
    after: Place | None = (int(match[1]), int(match[2])) if match else None
    with visit.services.journal() as connection:
        found, last = notes(connection, kinds=("action", "review"), limit=_SHOWN, after=after, by=by)
    more = visit.address(sau=f"{last[0]}-{last[1]}") if last else ""
    return visit.page("audit.html", notes=found, more=more, by=by)
