"""`congthu lifecycle`: what is due in mailboxes' lives, as a dry run, and what was done."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import click

from gateway.cli.mailboxes_common import known_unit
from gateway.cli.mailboxes_life import step_json
from gateway.cli.options import config_option, json_option
from gateway.cli.output import print_json, print_table, say
from gateway.cli.use_common import Use, counting, stamp, use
from gateway.lifecycle.days import day_of, start_of
from gateway.lifecycle.effects import Way
from gateway.lifecycle.plan import Act, Step, Wait, seems_due
from gateway.lifecycle.silence import Doubt
from gateway.lifecycle.stages import Assessment
from gateway.lifecycle.standing import ACTS, WAITS, date
from gateway.lifecycle.words import DOUBTS, PHASES, minute
from gateway.upkeep.due import Due, due
from gateway.upkeep.rows import Result, Taken
from gateway.using import brakes_of, ways_of

_HEADING: Final = ("mailbox", "step", "how", "idle since", "proved until", "deadline", "clause", "waits")
_UNSURE: Final = ("mailbox", "reason", "why", "since", "period ends")
_STEPS: Final = ("time", "mailbox", "step", "how", "result", "detail")


@click.group()
def command() -> None:
    """Show what is due in mailboxes' lives and why, and what was done."""


@command.command("plan")
@config_option
@click.option("--unit", default="", help="Only mailboxes of this unit, by its code.")
@click.option("--all", "everybody", is_flag=True, help="List also every mailbox of which nothing can be told.")
@json_option
def _plan(config: Path | None, unit: str, everybody: bool, as_json: bool) -> None:
    """Say what the next pass would do and why, what waits, what cannot be told. Nothing is done.

    Exit code 1: something is due. What is due is done only in the ways of `lifecycle.do`; without any it is listed.
    """
    opened, now = use(config), time.time()
    snapshot = opened.store.snapshot()
    known_unit(snapshot, unit)
    chosen = [one for one in snapshot.mailboxes if not unit or one.unit == unit]
    judged = counting(opened.standing(snapshot, chosen, now), len(chosen))
    found = due(judged, opened.calendar, now, brakes_of(opened.settings), opened.upkeep.life.taken(day_of(now)))
    if as_json:
        print_json(_json(opened, found, now))
    else:
        _show(opened, found, now, everybody=everybody)
    if found.plan.steps or found.plan.waiting:
        raise SystemExit(1)


def _json(opened: Use, found: Due, now: float) -> dict[str, Any]:
    ways = ways_of(opened.settings)
    return {
        "at": stamp(now),
        "mailboxes": found.mailboxes,
        "phases": {phase.value: count for phase, count in found.phases.items()},
        "no_regulation": found.outside,
        "steps": [{**step.row(), "how": sorted(way.value for way in ways.of(step.act))} for step in found.plan.steps],
        "waiting": [{**step.row(), "waits": wait.value} for step, wait in found.plan.waiting],
        "cannot_tell": {doubt.value: count for doubt, count in found.doubts.items()},
        "unsure": [_unsure_json(one, now) for one in found.unsure],
    }


def _unsure_json(one: Assessment, now: float) -> dict[str, Any]:
    return {
        "mailbox": one.address,
        "reason": one.doubt.value,
        "idle_since": stamp(one.idle_since),
        "deadline": one.deadline,
        "seems_due": seems_due(one, now),
    }


def _show(opened: Use, found: Due, now: float, *, everybody: bool) -> None:
    rows = [*((step, None) for step in found.plan.steps), *found.plan.waiting]
    ways = ways_of(opened.settings)
    if rows:
        cells = (_cells(step, wait, ways.of(step.act)) for step, wait in rows)
        print_table(_HEADING, cells, whole=("mailbox", "step"))
    for phase, count in sorted(found.phases.items(), key=lambda item: -item[1]):
        say(f"{count:>8,}  {PHASES[phase].vi} / {PHASES[phase].en}", err=True)
    if found.outside:
        say(f"{found.outside:>8,}  quy chế không nói đến / no regulation speaks of them", err=True)
    _show_unsure(found, now, everybody=everybody)
    _show_waiting(opened, found)
    if not rows:
        say("không có việc đến hạn / nothing is due", style="good", err=True)


def _cells(step: Step, wait: Wait | None, ways: Iterable[Way]) -> tuple[object, ...]:
    told = step.told
    return (
        told.address,
        ACTS[step.act].vi,
        "" if step.act is Act.CHECK else ", ".join(sorted(way.value for way in ways)),
        "" if told.idle_since is None else minute(told.idle_since),
        "" if told.proved_until is None else minute(told.proved_until),
        "" if told.deadline is None else date(told.deadline),
        told.clause,
        "" if wait is None else WAITS[wait].vi,
    )


def _show_unsure(found: Due, now: float, *, everybody: bool) -> None:
    """Why nothing can be told, as counts; the mailboxes that seem due all the same, and all where that is asked for."""
    for doubt, count in found.doubts.most_common():
        said = DOUBTS[doubt]
        say(
            f"{count:>8,}  chưa xác định được / cannot tell: {said.vi} / {said.en} ({doubt.value})",
            style="doubt",
            err=True,
        )
    seems = [one for one in found.unsure if seems_due(one, now)]
    if listed := found.unsure if everybody else seems:
        print_table(_UNSURE, map(_unsure, listed), whole=("mailbox", "reason"))
    if seems:
        count = len(seems)
        line = f"{count:>8,}  có vẻ đến hạn, chưa chắc chắn, cần người xem / seem due, not surely: a person has to look"
        say(line, style="doubt", err=True)
    if len(listed) < len(found.unsure):
        say("--all lists all of these mailboxes", style="dim", err=True)


def _unsure(one: Assessment) -> tuple[object, ...]:
    said = DOUBTS[one.doubt] if one.doubt is not Doubt.NONE else PHASES[one.phase]
    since = "" if one.idle_since is None else date(day_of(one.idle_since))
    return one.address, one.doubt.value, said.vi, since, "" if one.deadline is None else date(one.deadline)


def _show_waiting(opened: Use, found: Due) -> None:
    """What a person can do about what waits."""
    waits = [wait for _, wait in found.plan.waiting]
    life = opened.settings.lifecycle
    if count := waits.count(Wait.TOO_MANY):
        say(
            f"{count:,} cần người duyệt: xem danh sách, rồi đặt lifecycle.allowed = {count} và nạp lại cấu hình"
            f" / {count:,} wait for a person: look at them, then set lifecycle.allowed = {count} and reload",
            style="bad",
            err=True,
        )
    if count := waits.count(Wait.NOT_NOW):
        hours = f"{life.opens:%H:%M}-{life.closes:%H:%M}"
        say(f"{count:,} chờ giờ làm việc ({hours}) / {count:,} wait for office hours", style="doubt", err=True)


@command.command("steps")
@config_option
@click.option("--mailbox", default="", metavar="ADDRESS", help="Of this mailbox.")
@click.option("--act", type=click.Choice([act.value for act in Act]), help="Only these.")
@click.option("--result", type=click.Choice([one.value for one in Result]), help="Only these.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="From this day on.")
@click.option("--limit", type=click.IntRange(min=0), default=50, show_default=True, help="At most so many; 0: all.")
@json_option
def _steps(
    config: Path | None,
    mailbox: str,
    act: str | None,
    result: str | None,
    since: datetime.datetime | None,
    limit: int,
    as_json: bool,
) -> None:
    """Show what was done or listed, newest first. What people did by hand: `congthu mailboxes changes`."""
    opened = use(config)
    start = start_of(since.date()) if since else 0.0
    filtered = act or result or since
    history = opened.upkeep.life.history(_key_of(opened, mailbox), limit=0 if filtered else limit)
    chosen = (one for one in history if one.act == (act or one.act) and one.result == (result or one.result))
    found = [one for one in chosen if one.began >= start][: limit or None]
    if as_json:
        print_json([step_json(one) for one in found])
    elif found:
        print_table(_STEPS, map(_step_cells, found), whole=("time", "mailbox", "step"))
    else:
        say("chưa có bước nào / no step is on record", err=True)


def _key_of(opened: Use, address: str) -> str:
    """Of the mailbox with this address or alias; one that left the directory is found by its own address."""
    found = opened.store.snapshot().mailbox(address) if address else None
    return found.key if found is not None else address.lower()


def _step_cells(one: Taken) -> Sequence[object]:
    return minute(one.began), one.mailbox, ACTS[one.act].vi, one.way.value, one.result.value, one.detail
