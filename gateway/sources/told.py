"""A date that a server wrote down itself, made evidence. Pure. Values that all readers of such dates share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from gateway.access import Coverage, Evidence, Kind, Sign, Source, Strength

SKEW: Final = 60.0
"""Seconds by which a server's clock may differ from ours; the interval is so much wider at each end."""
FUTURE: Final = 300.0
"""A date so many seconds ahead of us was written by a clock that is wrong."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one reading brought. `problems`: how many records of each kind could not be used: clock, stranger, value."""

    evidence: tuple[Evidence, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    problems: Mapping[str, int] = field(default_factory=dict)


def last_login(
    mailbox: str,
    source: Source,
    at: float,
    now: float,
    *,
    strength: Strength = Strength.EXACT,
    coarse: float = 0.0,
    actor: str = "",
) -> Evidence:
    """The server says that it was used at this time of its clock. `coarse`: so long it may have written none since.

    From the future: somebody used it, at any time until now; nobody may call such a mailbox unused.
    """
    if at > now + FUTURE:
        return Evidence(mailbox, Kind.ACCESS, Strength.MEDIUM, 0.0, now, source, Sign.LAST_LOGIN, actor, coarse)
    end = max(min(at + coarse + SKEW, now), at)
    return Evidence(mailbox, Kind.ACCESS, strength, at - SKEW, end, source, Sign.LAST_LOGIN, actor, coarse)
