"""Reading windows and dormant mailboxes as figures: out of judged mailboxes, one by one. Pure."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from gateway.lifecycle.stages import Assessment, Phase
from gateway.lifecycle.windows import Checked, Verdict, Why
from gateway.reports.texts import share
from gateway.who import Mailbox


@dataclass(slots=True)
class Watched:
    """How one mailbox was read. `by_window`: verdicts by the window's name; `whys`: why windows were not observable."""

    mailbox: Mailbox
    clause: str
    by_window: Counter[tuple[str, Verdict]] = field(default_factory=Counter)
    whys: Counter[Why] = field(default_factory=Counter)
    missed: list[tuple[datetime.date, str]] = field(default_factory=list)

    def of(self, verdict: Verdict, window: str = "") -> int:
        """Windows with this verdict, all or those of one name."""
        return sum(n for (name, one), n in self.by_window.items() if one is verdict and window in ("", name))

    @property
    def share(self) -> float | None:
        """Of the windows of which something is known, those in which it was read; None: nothing is known of any."""
        return share(self.of(Verdict.CHECKED), self.of(Verdict.CHECKED) + self.of(Verdict.NOT_CHECKED))


_MOST_MISSED = 400


def watched(mailbox: Mailbox, clause: str, found: Iterable[Checked]) -> Watched:
    """One mailbox's verdicts, added up."""
    made = Watched(mailbox, clause)
    for one in found:
        made.by_window[one.window, one.verdict] += 1
        if one.verdict is Verdict.NOT_OBSERVABLE:
            made.whys[one.why] += 1
        elif one.verdict is Verdict.NOT_CHECKED and len(made.missed) < _MOST_MISSED:
            made.missed.append((one.day, one.window))
    return made


@dataclass(frozen=True, slots=True)
class Still:
    """A mailbox on its way to a lock or a reclaim, or of which nothing can be told. `seen`: the last observation."""

    mailbox: Mailbox
    told: Assessment
    used: float | None = None
    seen: float | None = None


@dataclass(slots=True)
class Dormancy:
    """`phases`: all mailboxes by phase; `by_unit`: the same by unit; `listed`: those that a person should look at."""

    phases: Counter[Phase] = field(default_factory=Counter)
    by_unit: Counter[tuple[str, Phase]] = field(default_factory=Counter)
    listed: list[Still] = field(default_factory=list)
    unjudged: int = 0  # no regulation speaks of them

    def add(self, one: Still) -> None:
        """Count a mailbox, and list it where something is due or was done."""
        self.phases[one.told.phase] += 1
        self.by_unit[one.mailbox.unit, one.told.phase] += 1
        if one.told.phase not in (Phase.ACTIVE, Phase.EXEMPT):
            self.listed.append(one)

    def ordered(self) -> list[Still]:
        """What is due first, then what was done, then what cannot be told; the longest unused first in each."""
        places = {phase: place for place, phase in enumerate(_FIRST)}
        return sorted(
            self.listed, key=lambda one: (places[one.told.phase], one.told.idle_since or 9e18, one.mailbox.key)
        )


_FIRST = (
    Phase.TO_RECLAIM,
    Phase.TO_LOCK,
    Phase.TO_REWARN,
    Phase.TO_WARN,
    Phase.REWARNED,
    Phase.WARNED,
    Phase.LOCKED,
    Phase.RECLAIMED,
    Phase.CANNOT_TELL,
    Phase.ACTIVE,
    Phase.EXEMPT,
)
IN_USE = (Phase.ACTIVE, Phase.WARNED, Phase.TO_WARN)
"""Phases of a mailbox that is not locked, and of which something is known."""
