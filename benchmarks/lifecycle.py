"""A simulated year of a mail system under the lifecycle: is anybody locked wrongly, and how many unused are found?

The clock is not real; the inference (gateway.imap.evidence), the weighing and the stages (gateway.lifecycle) are the
product's own. Mailboxes of eight habits, mail of five rates, outages of server, gateway and endpoint, Tết and the other
holidays, index losses, mailboxes made anew, migrations, administrators' jobs, phones, exemptions.
Run: python -m benchmarks.lifecycle [--mailboxes 10000] [--only imap,events] [--regulation tphcm-q4-03-2013]
"""

from __future__ import annotations

import argparse
import datetime
import random
import statistics
import time
from collections import Counter
from collections.abc import Iterable

from benchmarks.lifecycle_office import VARIANTS, Office, Outcome, live, profile_for
from benchmarks.lifecycle_world import Life, life, weather
from gateway import regulations
from gateway.lifecycle.calendar import Calendar
from gateway.lifecycle.days import after_days, after_months, day_of, start_of
from gateway.lifecycle.profile import Profile
from gateway.lifecycle.stages import Phase

BEFORE = 130  # days of life before anybody watches
FIRST = datetime.date(2026, 1, 1)
LAST = datetime.date(2026, 12, 31)


def office_of(profile: Profile, seed: int, first: datetime.date = FIRST, last: datetime.date = LAST) -> Office:
    """The same weather for every source."""
    begin, end = start_of(after_days(first, -BEFORE)), start_of(after_days(last, 1))
    watch = start_of(first)
    return Office(profile, Calendar(), weather(random.Random(f"{seed}/weather"), watch, end), begin, watch, end)


def lives(count: int, seed: int, office: Office, examining: int = 0) -> Iterable[Life]:
    """The mailboxes, and after them so many whose clients polling cannot see."""
    for number in range(count):
        yield life(number, seed, office.begin, office.end, office.calendar.works)
    for number in range(count, count + examining):
        yield life(number, seed, office.begin, office.end, office.calendar.works, examines=True)


def due_day(out: Outcome, office: Office) -> datetime.date:
    """The first day on which the truth would lock it, or reclaim it where the regulation knows no lock."""
    months = office.profile.lock_months or office.profile.reclaim_months
    base = max(out.life.created, day_of(out.last_use or 0.0))
    if out.life.away and base <= out.life.away[1] < day_of(office.end):
        base = max(base, out.life.away[1])
    return after_days(office.calendar.roll(after_months(base, months)), 1)


def knowable(office: Office) -> datetime.date:
    """The first day on which anything could be proved by somebody who watches since the first."""
    months = office.profile.lock_months or office.profile.reclaim_months
    return after_days(office.calendar.roll(after_months(day_of(office.watch), months)), 1)


def unused(out: Outcome, office: Office) -> bool:
    """Whether it should have been found: due for a month, no device keeps it, and no reason was given."""
    spared = out.life.away is not None and out.life.away[1] >= after_days(day_of(office.end), -1)
    return not (spared or out.life.phone) and after_days(due_day(out, office), 31) <= day_of(office.end)


def report(variant: str, outcomes: list[Outcome], office: Office, seconds: float) -> str:
    """One source's figures."""
    wanted = [out for out in outcomes if unused(out, office)]
    taken = [(out, _taken(out, office)) for out in wanted]
    found = [(out, moments[0]) for out, moments in taken if moments]
    late = sorted((day_of(at) - max(due_day(out, office), knowable(office))).days for out, at in found)
    open_cases = Counter(_why(out) for out, moments in taken if not moments)
    tell = Counter(out.told.doubt.value for out in outcomes if out.told and out.told.phase is Phase.CANNOT_TELL)
    lines = [
        f"{variant}: {len(outcomes)} mailboxes, {seconds:.0f} s of a processor",
        f"  locked {sum(len(o.locks) for o in outcomes)}, of them used in time: {sum(o.wrong_locks for o in outcomes)}",
        f"  reclaimed {sum(len(o.reclaims) for o in outcomes)}, of them used in time: "
        f"{sum(o.wrong_reclaims for o in outcomes)}",
        f"  listed as due by polling, not sure {sum(len(o.listings) for o in outcomes)}, of them used in time: "
        f"{sum(o.wrong_listings for o in outcomes)}",
        f"  warned {sum(len(o.warnings) for o in outcomes)}, of them more than three weeks early: "
        f"{sum(o.early_warnings for o in outcomes)}; letters that ask {sum(o.letters for o in outcomes)}",
        f"  unused for a month past the day: {len(wanted)}; found {len(found)} {_share(len(found), len(wanted))}",
        f"  not found: {_counts(open_cases)}",
        f"  found late by days (after the first on which it was due and could be proved): {_quantiles(late)}",
        f"  cannot tell at the year's end: {sum(tell.values())} of {len(outcomes)}: {_counts(tell)}",
    ]
    return "\n".join(lines)


def _taken(out: Outcome, office: Office) -> list[float]:
    """When it was taken away for this silence, or listed; an earlier lock, from which it was opened again, is none."""
    return [at for at in (out.locks or out.reclaims or out.listings) if day_of(at) >= due_day(out, office)]


def _why(out: Outcome) -> str:
    return "never judged" if out.told is None else f"{out.told.phase.value} {out.told.doubt.value}".strip()


def _share(part: int, whole: int) -> str:
    return f"({100 * part / whole:.1f} %)" if whole else ""


def _counts(counted: Counter[str]) -> str:
    return ", ".join(f"{name or 'settling'} {count}" for name, count in counted.most_common()) or "none"


def _quantiles(values: list[int]) -> str:
    if not values:
        return "-"
    return f"median {statistics.median(values):.0f}, nine of ten {values[int(len(values) * 0.9)]}, last {values[-1]}"


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mailboxes", type=int, default=10_000)
    parser.add_argument("--examining", type=int, default=0, help="also so many whose clients only EXAMINE")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--regulation", default="tphcm-q4-03-2013", choices=regulations.IDS)
    parser.add_argument("--only", default=",".join(VARIANTS))
    options = parser.parse_args()
    for variant in options.only.split(","):
        office = office_of(profile_for(variant, regulations.load(options.regulation)), options.seed)
        began = time.process_time()
        made = lives(options.mailboxes, options.seed, office, options.examining)
        outcomes = [live(one, office, variant) for one in made]
        print(report(variant, outcomes, office, time.process_time() - began), flush=True)


if __name__ == "__main__":
    main()
