"""How far a source's silence counts, for sources that are asked: from sign of life to sign of life. Pure.

A record that stands still may mean that nobody came, or that the server does not write it any more. So coverage grows
only up to a moment at which the server is known to have written: the mailbox's own last login, or the poller's.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from gateway.access import Coverage, Source


def extend(
    mailbox: str,
    source: Source,
    before: Coverage | None,
    signs: Iterable[float],
    longest: float,
    complete_since: float | None = None,
) -> Coverage | None:
    """The newest unbroken stretch, a moment at its beginning; None where nothing shows that the source works.

    `before`: what is kept of this mailbox. `signs`: moments at which the source wrote. `longest`: seconds between two
    of them that still count as unbroken. `complete_since`: the office says that nothing was missed since then.
    """
    moments = sorted(one for one in signs if math.isfinite(one))
    if not moments:
        return None
    since, until = (before.since, before.until) if before else (math.inf, -math.inf)
    for moment in moments:
        if moment - until > longest:
            since = until = moment
        until = max(until, moment)
    if complete_since is not None and complete_since < since and complete_since <= until:
        since = complete_since
    return Coverage(mailbox, source, since, until)
