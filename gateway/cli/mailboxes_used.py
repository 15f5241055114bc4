"""`congthu mailboxes list` with what is known of their use: phase, since when unused, how full."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway.cli.mailboxes_capacity import capacity_json, capacity_of
from gateway.cli.output import print_json, print_table, say
from gateway.cli.use_common import Use, counting, stamp
from gateway.directory.entry import Snapshot, record_of
from gateway.lifecycle.capacity import Capacity, Fullness
from gateway.lifecycle.days import after_months, day_of
from gateway.lifecycle.standing import date
from gateway.lifecycle.words import PHASES
from gateway.upkeep.view import Judged
from gateway.who import Mailbox

_HEADING: Final = ("address", "phase", "unused since", "next", "full", "unit", "kind", "looked at")
_FULL: Final = frozenset({Fullness.FILLING, Fullness.FULL})


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which are listed. `phase`: a Phase's name; `idle_months`: proved unused for so many calendar months."""

    phase: str | None = None
    idle_months: int | None = None
    full: bool = False

    def takes(self, one: Judged, held: Capacity, now: float) -> bool:
        """Whether this mailbox is."""
        if self.phase and (one.told is None or one.told.phase != self.phase):
            return False
        if self.full and held.fullness not in _FULL:
            return False
        return not self.idle_months or _is_idle(one, self.idle_months, now)


def _is_idle(one: Judged, months: int, now: float) -> bool:
    """A period of so many months is over, and silence is proved from its beginning to the last look."""
    silent = one.known.silent
    return silent is not None and after_months(day_of(silent.since), months) <= day_of(now)


def show_used(
    use: Use, snapshot: Snapshot, mailboxes: Sequence[Mailbox], wanted: Wanted, limit: int, *, as_json: bool
) -> None:
    """Judge these mailboxes and list those that are wanted, at most `limit` of them; 0: all."""
    now = time.time()
    judged = counting(use.judged(snapshot, mailboxes, now), len(mailboxes))
    found = list(itertools.islice(_chosen(use, judged, wanted, now), limit or None))
    if as_json:
        print_json([_json(one, held) for one, held in found])
        return
    print_table(_HEADING, (_cells(one, held) for one, held in found), whole=("address",))
    phases = Counter(one.told.phase for one, _ in found if one.told is not None)
    for phase, count in phases.most_common():
        say(f"{count:>8,}  {PHASES[phase].vi} / {PHASES[phase].en}", style="dim", err=True)


def _chosen(use: Use, judged: Iterator[Judged], wanted: Wanted, now: float) -> Iterator[tuple[Judged, Capacity]]:
    for one in judged:
        held = capacity_of(one.polled, use.capacity_of(one.subject.mailbox))
        if wanted.takes(one, held, now):
            yield one, held


def _cells(one: Judged, held: Capacity) -> tuple[object, ...]:
    told, mailbox, silent = one.told, one.subject.mailbox, one.known.silent
    seen = None if one.polled is None else one.polled.observed
    return (
        mailbox.address,
        "" if told is None else PHASES[told.phase].vi,
        "" if silent is None else date(day_of(silent.since)),
        "" if told is None or told.due is None else date(told.due),
        "" if held.fullness is Fullness.UNKNOWN else f"{held.share:.0%}",
        mailbox.unit,
        mailbox.kind,
        "" if seen is None else date(day_of(seen)),
    )


def _json(one: Judged, held: Capacity) -> dict[str, Any]:
    told, silent = one.told, one.known.silent
    return {
        **record_of(one.subject.mailbox),
        "phase": None if told is None else told.phase.value,
        "doubt": None if told is None else told.doubt.value or None,
        "unused_since": None if silent is None else stamp(silent.since),
        "deadline": None if told is None else told.deadline,
        "due": None if told is None else told.due,
        "observed": None if one.polled is None else stamp(one.polled.observed),
        **capacity_json(held, one.polled),
    }
