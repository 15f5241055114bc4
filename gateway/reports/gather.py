"""From the stores to figures: each function reads for one sort of figures and leaves deciding to the pure rooms.

Blocking. A quarter may hold millions of decisions: they are folded one by one. JournalUnavailable,
DirectoryUnavailable from any of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from gateway.lifecycle.answers import Figures, figures
from gateway.lifecycle.days import day_of
from gateway.lifecycle.spans import Span
from gateway.lifecycle.stages import Phase
from gateway.lifecycle.windows import Verdict, verdicts
from gateway.reports.journal_rows import late_references, pruned, stream
from gateway.reports.owners import Lived, Owners
from gateway.reports.quarters import Period
from gateway.reports.ranking import LEAST_WINDOWS, WEIGHTS, Measure, Parts, Ranked, Weights, enough, ranking
from gateway.reports.reading import IN_USE, Dormancy, Still, Watched, watched
from gateway.reports.sources import Sources
from gateway.reports.stock import Stock, stock
from gateway.reports.traffic import Tally, Traffic, Use, unit_use
from gateway.reports.uptime import Uptime, uptime
from gateway.upkeep.view import Judged
from gateway.who import State

Units = Collection[str] | None
"""Codes of the units that a report is about; None: all."""


@dataclass(frozen=True, slots=True)
class Mail:
    """Figures of mail, and whose addresses were whose. `pruned_before`: content of older rows is gone; 0: of none."""

    traffic: Traffic
    owners: Owners
    pruned_before: float = 0.0

    def by_unit(self) -> dict[str, Use]:
        """What each unit's mailboxes did."""
        return unit_use(self.traffic, self.owners)


def mail(sources: Sources, over: Lived, period: Period, units: Units = None) -> Mail:
    """Fold every decision of the period."""
    owners = Owners(over, sources.settings.directory.separator)
    with sources.journal() as connection:
        gone = pruned(connection).before
        tally = Tally(owners, late_references(connection, period.since), units)
        for moment, record in stream(connection, period.since, period.until):
            tally.add(record, moment)
    return Mail(tally.made, owners, gone if gone > period.since else 0.0)


def windows(sources: Sources, period: Period, now: float, units: Units = None) -> list[Watched]:
    """How each mailbox under a window rule was read, in the order of units and addresses."""
    last = min(period.last, day_of(now))
    made = []
    for one in _judged(sources, now, units):
        mailbox, reading = one.subject.mailbox, sources.readings(one.subject.mailbox)
        if not reading.windows or mailbox.state is State.RECLAIMED:
            continue
        first = max(period.first, mailbox.created or period.first)
        found = verdicts(
            reading, one.use.evidence, one.use.coverage, sources.proof, sources.calendar, (first, last), now
        )
        made.append(watched(mailbox, reading.clause, found))
    return sorted(made, key=lambda one: (one.mailbox.unit, one.mailbox.key))


def dormancy(sources: Sources, now: float, units: Units = None) -> Dormancy:
    """Where each mailbox stands in its life today."""
    made = Dormancy()
    for one in _judged(sources, now, units):
        if one.told is None:
            made.unjudged += 1
            continue
        used = None if one.known.used is None else one.known.used.not_before
        made.add(Still(one.subject.mailbox, one.told, used, one.known.seen))
    return made


def _judged(sources: Sources, now: float, units: Units) -> Iterable[Judged]:
    return (one for one in sources.view.all(now) if units is None or one.subject.mailbox.unit in units)


@dataclass(frozen=True, slots=True)
class Asked:
    """Requests about mailboxes in a period (Q4 6, AG 6): how many, answered by now, and still open."""

    came: int
    answered: int

    @property
    def open(self) -> int:
        """Not answered yet."""
        return self.came - self.answered


def requests(sources: Sources, period: Period, units: Units = None) -> Asked:
    """Count them; a request that went to two channels counts once."""
    if not sources.store.version():
        return Asked(0, 0)
    found = [one for one in sources.requests.list(since=period.since) if one.seen.when < period.until]
    ours = [one for one in found if units is None or one.seen.unit in units]
    return Asked(len({one.seen.reference for one in ours}), len({one.seen.reference for one in ours if one.answered}))


def availability(sources: Sources, period: Period, now: float) -> Uptime:
    """How much of the period the mail path was there."""
    kept = sources.presence.spans(period.since, period.until)
    return uptime(kept, sources.presence.first(), Span(period.since, period.until), now)


def answers(sources: Sources, period: Period, now: float, over: Lived, units: Units = None) -> list[Figures]:
    """Time to answer of each unit mailbox, in order of address."""
    found = sources.answers.items("", period.since, period.until)
    if units is not None:
        ours = {one.key for one in (*over.end.mailboxes, *over.gone) if one.unit in units}
        found = [one for one in found if one.mailbox in ours]
    return figures(found, sources.calendar, min(now, period.until))


def ranked(
    over: Lived, found: Mail, read: Iterable[Watched], still: Dormancy, weights: Weights = WEIGHTS
) -> list[Ranked]:
    """Units by their use of mail, of what was gathered of all of them."""
    use, checked, senders = found.by_unit(), _checked(read), _senders(found)
    boxes = [one for one in stock(over).units if one.unit and one.total]
    measured = {
        one.unit: {
            Measure.READ: enough(*checked.get(one.unit, (0, 0)), LEAST_WINDOWS),
            Measure.USED: enough(*_in_use(still, one.unit), one.total / 2),
            Measure.SENDING: (min(senders[one.unit], one.total), one.total),
            Measure.CLEAN: _clean(use.get(one.unit, Use())),
        }
        for one in boxes
    }
    return ranking((Parts(one.unit, one.name, measured[one.unit]) for one in boxes), weights)


_UNKNOWN = (Phase.CANNOT_TELL, Phase.EXEMPT)


def _checked(read: Iterable[Watched]) -> dict[str, tuple[int, int]]:
    made: dict[str, tuple[int, int]] = {}
    for one in read:
        good, known = made.get(one.mailbox.unit, (0, 0))
        yes, no = one.of(Verdict.CHECKED), one.of(Verdict.NOT_CHECKED)
        made[one.mailbox.unit] = (good + yes, known + yes + no)
    return made


def _in_use(still: Dormancy, unit: str) -> tuple[int, int]:
    known = sum(still.by_unit[unit, phase] for phase in Phase if phase not in _UNKNOWN)
    return sum(still.by_unit[unit, phase] for phase in IN_USE), known


def _clean(use: Use) -> tuple[int, int]:
    return use.clean, use.sent + use.refused + use.delayed


def _senders(found: Mail) -> Counter[str]:
    """How many mailboxes of each unit sent at least one message."""
    made: Counter[str] = Counter()
    for key, use in found.traffic.boxes.items():
        mailbox = found.owners.find(key)
        if use.sent and mailbox is not None:
            made[mailbox.unit] += 1
    return made


def counted(over: Lived, units: Units = None) -> Stock:
    """Mailboxes at the period's end."""
    return stock(over, units)
