"""`congthu mailboxes answers`: how long units' mailboxes take to answer, and what nobody answered yet."""

from __future__ import annotations

import datetime
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from gateway.answers.report import Open, Row, answered, waiting
from gateway.answers.store import AnswerTable
from gateway.cli.mailboxes_common import directory, iso, known_unit, local
from gateway.cli.options import config_option, json_option
from gateway.cli.output import print_json, print_table, say
from gateway.lifecycle.days import DAY, HOUR, after_days, start_of
from gateway.using import calendar_of

_HEADING = ("mailbox", "unit", "came", "answered", "by others", "open", "median", "worked", "in 1 day", "in 3 days")
_OPEN = ("mailbox", "unit", "came", "age", "worked")
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("answers")
@config_option
@click.option("--unit", default="", help="Of this unit, by its code.")
@click.option("--from", "since", type=_DAY, help="Mail that came from this day on. Default: 30 days ago.")
@click.option("--to", "until", type=_DAY, help="Mail that came until this day's end. Default: now.")
@click.option("--open", "open_only", is_flag=True, help="List what waits for longer than answers.open_after.")
@json_option
def command(
    config: Path | None,
    unit: str,
    since: datetime.datetime | None,
    until: datetime.datetime | None,
    open_only: bool,
    as_json: bool,
) -> None:
    """Show how long units' mailboxes take to answer (Q4 12.4, AG 10.1).

    What was answered by telephone, or by a message that names none, is not seen. "worked" counts working hours only;
    a working day has eight.
    """
    settings, store = directory(config)
    snapshot, now = store.snapshot(), time.time()
    known_unit(snapshot, unit)
    first = start_of(since.date()) if since else now - 30 * DAY
    last = start_of(after_days(until.date(), 1)) if until else now
    if first >= last:
        raise click.UsageError("--from must not be later than --to")
    asked = (AnswerTable(store.database), snapshot, calendar_of(settings), first, min(last, now), now)
    if open_only:
        _show_open(waiting(*asked, unit=unit, least=settings.answers.open_after), as_json=as_json)
        return
    rows = answered(*asked, unit=unit)
    if as_json:
        print_json({"from": iso(first), "to": iso(min(last, now)), "mailboxes": list(map(_json, rows))})
        return
    print_table(_HEADING, map(_cells, rows), whole=("mailbox",))
    if not rows:
        say("nothing was noted in this time; answers.watch and the directory's unit mailboxes decide what is")


def _show_open(found: Sequence[Open], *, as_json: bool) -> None:
    if as_json:
        print_json([_open_json(one) for one in found])
    else:
        cells = ((one.mailbox, one.unit, local(one.came), length(one.age), _hours(one.worked)) for one in found)
        print_table(_OPEN, cells, whole=("mailbox", "came"))


def length(seconds: float | None) -> str:
    """A length of time in the largest unit that says enough: "3.5 d", "2.0 h", "12 min"; "" for none."""
    if seconds is None:
        return ""
    if seconds >= 2 * DAY:
        return f"{seconds / DAY:.1f} d"
    return f"{seconds / HOUR:.1f} h" if seconds >= HOUR else f"{seconds / 60:.0f} min"


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


def _hours(seconds: float | None) -> str:
    """Working time stays in hours: a day of it has eight."""
    return "" if seconds is None else f"{seconds / HOUR:.1f} h"


def _cells(row: Row) -> tuple[object, ...]:
    one = row.figures
    return (
        row.mailbox,
        row.unit,
        one.came,
        one.answered,
        one.by_others,
        one.open,
        length(one.median),
        _hours(one.median_worked),
        _share(one.share_one),
        _share(one.share_three),
    )


def _json(row: Row) -> dict[str, Any]:
    one = row.figures
    return {
        "mailbox": row.mailbox,
        "unit": row.unit,
        "came": one.came,
        "answered": one.answered,
        "answered_by_others": one.by_others,
        "open": one.open,
        "oldest_open": iso(one.oldest or 0),
        "median_seconds": one.median,
        "median_worked_seconds": one.median_worked,
        "within_one_day": one.share_one,
        "within_three_days": one.share_three,
    }


def _open_json(one: Open) -> dict[str, Any]:
    return {
        "mailbox": one.mailbox,
        "unit": one.unit,
        "came": iso(one.came),
        "age_seconds": round(one.age),
        "worked_seconds": round(one.worked),
    }
