"""`congthu mailboxes windows`: whether mailboxes were read when their regulation asks (Q4 8.2a, AG 10.1)."""

from __future__ import annotations

import calendar
import datetime
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from gateway.cli.mailboxes_common import known_unit
from gateway.cli.options import config_option, json_option
from gateway.cli.output import print_json, print_table, say
from gateway.cli.use_common import Use, counting, use
from gateway.directory.entry import Snapshot
from gateway.lifecycle.days import after_days, day_of
from gateway.lifecycle.standing import date
from gateway.lifecycle.window_words import VERDICTS, WHYS, verdict, window_name
from gateway.lifecycle.windows import Checked, Verdict, verdicts
from gateway.upkeep.rows import key
from gateway.upkeep.store import Told
from gateway.upkeep.tables import chunks
from gateway.who import Mailbox

_HEADING: Final = ("mailbox", "unit", "day", "window", "verdict")
_TOTALS: Final = ("mailbox", "unit", "checked", "not checked", "not observable")
_STYLES: Final = {Verdict.CHECKED: "good", Verdict.NOT_CHECKED: "bad", Verdict.NOT_OBSERVABLE: "dim"}
_BACK: Final = 20  # days among which the last working day is looked for


@dataclass(frozen=True, slots=True)
class Row:
    """One mailbox under a window rule, with the verdicts of the days that were asked for."""

    mailbox: Mailbox
    checked: tuple[Checked, ...]

    @property
    def counts(self) -> Counter[Verdict]:
        """How often each."""
        return Counter(one.verdict for one in self.checked)


@click.command("windows")
@config_option
@click.option("--unit", default="", help="Of this unit, by its code.")
@click.option("--mailbox", default="", metavar="ADDRESS", help="Of this mailbox.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Of this day. Default: the last working day.")
@click.option("--month", type=click.DateTime(["%Y-%m"]), help="Of this month, 2026-11: how often, for each mailbox.")
@json_option
def command(
    config: Path | None,
    unit: str,
    mailbox: str,
    day: datetime.datetime | None,
    month: datetime.datetime | None,
    as_json: bool,
) -> None:
    """Show whether mailboxes were read in the reading windows of working days (Q4 8.2a, AG 10.1).

    "Not checked" is proved; "not observable" is nobody's fault. Exit code 1: some were not checked.
    """
    if day is not None and month is not None:
        raise click.UsageError("say --day or --month")
    opened, now = use(config), time.time()
    snapshot = opened.store.snapshot()
    known_unit(snapshot, unit)
    chosen = list(_chosen(opened, snapshot, unit, mailbox))
    days = _month(month.date()) if month else _day(opened, day.date() if day else None, now)
    rows = list(counting(_rows(opened, chosen, days, now), len(chosen)))
    totals = sum((row.counts for row in rows), Counter[Verdict]())
    if as_json:
        print_json(_json(rows, totals, days))
    else:
        _show(rows, totals, days, by_month=month is not None)
    raise SystemExit(1 if totals[Verdict.NOT_CHECKED] else 0)


def _chosen(opened: Use, snapshot: Snapshot, unit: str, address: str) -> Iterator[Mailbox]:
    """Those under a window rule."""
    only = snapshot.mailbox(address) if address else None
    if address and only is None:
        raise click.UsageError(f"the directory has no mailbox {address}")
    for mailbox in snapshot.mailboxes:
        wanted = (not unit or mailbox.unit == unit) and (only is None or mailbox.key == only.key)
        if wanted and opened.reading_of(mailbox).windows:
            yield mailbox


def _month(first: datetime.date) -> tuple[datetime.date, datetime.date]:
    return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])


def _day(opened: Use, day: datetime.date | None, now: float) -> tuple[datetime.date, datetime.date]:
    """That day, or the last working day on which a window is over."""
    if day is not None:
        return day, day
    today = day_of(now)
    found = next((one for back in range(1, _BACK) if opened.calendar.works(one := after_days(today, -back))), today)
    return found, found


def _rows(
    opened: Use, mailboxes: Sequence[Mailbox], days: tuple[datetime.date, datetime.date], now: float
) -> Iterator[Row]:
    """Some hundred mailboxes are read at once."""
    for chunk in chunks(mailboxes):
        kept = opened.upkeep.use.told([mailbox.key for mailbox in chunk])
        for mailbox in chunk:
            told, reading = kept.get(key(mailbox.key), Told()), opened.reading_of(mailbox)
            found = verdicts(reading, told.evidence, told.coverage, opened.proof, opened.calendar, days, now)
            yield Row(mailbox, tuple(found))


def _json(rows: Sequence[Row], totals: Counter[Verdict], days: tuple[datetime.date, datetime.date]) -> dict[str, Any]:
    return {
        "from": days[0],
        "to": days[1],
        "totals": {one.value: totals[one] for one in Verdict},
        "mailboxes": [
            {
                "mailbox": row.mailbox.address,
                "unit": row.mailbox.unit,
                "counts": {one.value: row.counts[one] for one in Verdict},
                "windows": [_checked_json(one) for one in row.checked],
            }
            for row in rows
        ],
    }


def _checked_json(one: Checked) -> dict[str, Any]:
    return {"day": one.day, "window": one.window, "verdict": one.verdict.value, "why": one.why.value or None}


def _show(
    rows: Sequence[Row], totals: Counter[Verdict], days: tuple[datetime.date, datetime.date], *, by_month: bool
) -> None:
    if by_month:
        print_table(_TOTALS, map(_counted, rows), whole=("mailbox",))
    else:
        print_table(_HEADING, _lines(rows), whole=("mailbox",))
    span = date(days[0]) if days[0] == days[1] else f"{date(days[0])} - {date(days[1])}"
    if not totals:
        say(f"{span}: không có khung giờ nào / no window", style="doubt", err=True)
    for one in Verdict:
        if totals[one]:
            said = VERDICTS[one]
            say(f"{span}: {totals[one]:,} {said.vi} / {said.en}", style=_STYLES[one], err=True)
    for why, count in Counter(one.why for row in rows for one in row.checked if one.why).most_common():
        say(f"  {count:,} {WHYS[why].vi} / {WHYS[why].en}", style="dim", err=True)


def _counted(row: Row) -> tuple[object, ...]:
    return row.mailbox.address, row.mailbox.unit, *(row.counts[one] for one in Verdict)


def _lines(rows: Iterable[Row]) -> Iterator[tuple[object, ...]]:
    for row in rows:
        for one in row.checked:
            yield row.mailbox.address, row.mailbox.unit, date(one.day), window_name(one.window).vi, verdict(one).vi
