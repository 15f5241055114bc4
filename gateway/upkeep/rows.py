"""Values of use and life as rows of the tables, and back. Runs no statement.

No value of a mail server or of a stranger can make a row that a database refuses, for one would hold up all others:
text is bounded and has no NUL and no lone surrogate, numbers fit, a time that is none becomes endless (which the
lifecycle sees as a clock that is wrong, never as silence).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import orjson
import sqlalchemy as sa

from gateway.access import Coverage, Evidence, Failure, Kind, Observation, Quota, Sign, Source, Strength
from gateway.imap.ports import Outcome
from gateway.lifecycle.effects import Way
from gateway.lifecycle.plan import Act, Step
from gateway.lifecycle.subject import Lock, Record

_LONGEST: Final = 512  # characters
_MOST: Final = 2**63 - 1
_KINDS: Final = {one.value: one for one in Kind}
_STRENGTHS: Final = {one.value: one for one in Strength}
_SOURCES: Final = {one.value: one for one in Source}
_SIGNS: Final = {one.value: one for one in Sign}


class Result(StrEnum):
    """What became of a step. Stable names, as in the store."""

    BEGUN = "begun"  # on record, and perhaps done: whoever began it did not say
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Polled:
    """The last attempt and the last good one, in seconds since the epoch. `failure` None: the last attempt was good.

    `quota`: of the last good one, None where the server told none. `old_messages`: messages of the inbox older than the
    age asked for, None: never counted; `old_counted`: when.
    """

    mailbox: str
    attempted: float
    observed: float | None = None
    failure: Failure | None = None
    detail: str = ""
    quota: Quota | None = None
    old_messages: int | None = None
    old_counted: float | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """One step on record. `step`: as `Step.row` made it; `began`, `ended`: seconds since the epoch."""

    number: int
    day: str
    mailbox: str
    act: Act
    way: Way
    result: Result
    began: float
    ended: float | None
    step: dict[str, Any]
    detail: str = ""


def plain(text: str, longest: int = _LONGEST) -> str:
    """Text that every database takes."""
    return text[:longest].replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def key(mailbox: str) -> str:
    """How a mailbox is called in the tables."""
    return plain(mailbox.lower())


def attempt_row(outcome: Outcome) -> dict[str, Any]:
    """Of `upkeep_polls`: the columns that a failed attempt changes."""
    return {
        "mailbox": key(outcome.mailbox),
        "attempted": _late(outcome.at),
        "failure": outcome.failure.value if outcome.failure is not None else "",
        "detail": plain(outcome.detail),
    }


def observed_row(outcome: Outcome, seen: Observation) -> dict[str, Any]:
    """Of `upkeep_polls`: all columns, for a good attempt."""
    quota, old = seen.quota, seen.old_messages
    return {
        **attempt_row(outcome),
        "observed": _late(outcome.at),
        "quota_used": None if quota is None else _count(quota.used),
        "quota_limit": None if quota is None else _count(quota.limit),
        "old_messages": None if old is None else _count(old),
        "old_counted": None if old is None else _late(outcome.at),
    }


def polled_of(row: sa.Row[Any]) -> Polled:
    """A row of `upkeep_polls`."""
    return Polled(
        row.mailbox,
        row.attempted,
        row.observed,
        Failure(row.failure) if row.failure else None,
        row.detail,
        None if row.quota_used is None else Quota(row.quota_used, row.quota_limit),
        row.old_messages,
        row.old_counted,
    )


def evidence_row(one: Evidence) -> dict[str, Any]:
    """The row of `upkeep_evidence`."""
    return {
        "mailbox": key(one.mailbox),
        "source": one.source.value,
        "kind": one.kind.value,
        "sign": one.sign.value,
        "not_before": _early(one.not_before),
        "not_after": _late(one.not_after),
        "strength": one.strength.value,
        "actor": plain(one.actor),
        "coarse": _late(one.coarse),
    }


def evidence_of(row: sa.Row[Any]) -> Evidence:
    """A row of `upkeep_evidence`, its columns in order. ValueError: a word that this version does not know."""
    mailbox, source, kind, sign, not_before, not_after, strength, actor, coarse = tuple(row)  # by name: slow
    try:
        words = _KINDS[kind], _STRENGTHS[strength], _SOURCES[source], _SIGNS[sign]
    except KeyError as error:
        raise ValueError(f"{error} is no word of this version") from None
    return Evidence(mailbox, words[0], words[1], not_before, not_after, words[2], words[3], actor, coarse)


def coverage_row(one: Coverage) -> dict[str, Any]:
    """The row of `upkeep_coverage`."""
    since, until = _early(one.since), _late(one.until)
    return {"mailbox": key(one.mailbox), "source": one.source.value, "since": since, "until": until}


def coverage_of(row: sa.Row[Any]) -> Coverage:
    """A row of `upkeep_coverage`. ValueError: a source that this version does not know."""
    return Coverage(row.mailbox, Source(row.source), row.since, row.until)


_MOMENTS: Final = ("warned", "locked", "idle_since", "rewarned", "reopened", "asked")


def record_row(mailbox: str, record: Record) -> dict[str, Any]:
    """The row of `upkeep_records`."""
    moments = {name: getattr(record, name) for name in _MOMENTS}
    return {"mailbox": key(mailbox), "lock": record.lock.value, "held": int(record.held), **moments}


def record_of(row: sa.Row[Any]) -> Record:
    """A row of `upkeep_records`. ValueError: a lock that this version does not know."""
    moments = {name: getattr(row, name) for name in _MOMENTS}
    return Record(lock=Lock(row.lock), held=bool(row.held), **moments)


def step_row(step: Step, way: Way, now: float) -> dict[str, Any]:
    """The row of `upkeep_steps` for a step that begins."""
    return {
        "day": step.day.isoformat(),
        "mailbox": key(step.address),
        "act": step.act.value,
        "way": way.value,
        "result": Result.BEGUN.value,
        "began": now,
        "step": orjson.dumps({**step.row(), "mailbox": key(step.address)}).decode(),
        "detail": "",
    }


def taken_of(row: sa.Row[Any]) -> Taken:
    """A row of `upkeep_steps`. ValueError: a word that this version does not know."""
    return Taken(
        row.number,
        row.day,
        row.mailbox,
        Act(row.act),
        Way(row.way),
        Result(row.result),
        row.began,
        row.ended,
        orjson.loads(row.step),
        row.detail,
    )


def _early(moment: float) -> float:
    return -math.inf if math.isnan(moment) else float(moment)


def _late(moment: float) -> float:
    return math.inf if math.isnan(moment) else float(moment)


def _count(number: int) -> int:
    return min(max(number, -1), _MOST)
