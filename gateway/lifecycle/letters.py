"""What the letters about a mailbox's life say: the template of each act, and what stands in its places. Pure.

`gateway.directory.letters.letter(kind, head, recipient, places, now, templates=TEMPLATES)` makes a message of it.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from gateway.lifecycle.calendar import Calendar
from gateway.lifecycle.days import after_days, after_months, day_of
from gateway.lifecycle.plan import Act, Step
from gateway.lifecycle.profile import Profile
from gateway.lifecycle.reopening import Asking, reopening
from gateway.lifecycle.subject import Subject
from gateway.lifecycle.words import Words
from gateway.who import State

TEMPLATES: Final = "gateway.lifecycle.templates"
_KINDS: Final = {Act.WARN: "warn", Act.LOCK: "lock", Act.REWARN: "rewarn", Act.RECLAIM: "reclaim", Act.ASK: "ask"}
_UNKNOWN: Final = "(không rõ)"

HOW: Final[Mapping[Asking, Words]] = {
    Asking.LETTER: Words(
        "đơn vị gửi công văn đề nghị mở lại.",
        "the unit sends an official letter.",
    ),
    Asking.UNIT_MAILBOX: Words(
        "đơn vị dùng hộp thư điện tử của đơn vị gửi đề nghị mở lại.",
        "the unit asks for it from the unit's mailbox.",
    ),
    Asking.CONFIRMATION: Words(
        "cơ quan xác nhận bằng văn bản, có số văn bản.",
        "the unit confirms it in writing, with the document's number.",
    ),
    Asking.LIST: Words(
        "đơn vị lập danh sách và gửi yêu cầu cấp lại từ hộp thư điện tử của đơn vị.",
        "the unit sends a list from the unit's mailbox.",
    ),
    Asking.NONE: Words("", ""),
}


@dataclass(frozen=True, slots=True)
class Letter:
    """`kind`: a template of `TEMPLATES`. `to_mailbox`, `to_unit`: who gets it."""

    kind: str
    places: Mapping[str, str]
    to_mailbox: bool
    to_unit: bool


def letter_of(step: Step, subject: Subject, unit_name: str, profile: Profile, calendar: Calendar) -> Letter | None:
    """The letter that goes with a step, None where none does. Who sends it makes each place one line."""
    kind = _KINDS.get(step.act)
    if kind is None:
        return None
    takes = step.act in (Act.LOCK, Act.REWARN, Act.RECLAIM)
    places = {**_places(step, subject, unit_name, profile, calendar), **_reopening(step, subject, profile)}
    return Letter(kind, places, to_mailbox=not takes, to_unit=step.act is not Act.ASK)


def _places(step: Step, subject: Subject, unit_name: str, profile: Profile, calendar: Calendar) -> dict[str, str]:
    told, record, mailbox = step.told, subject.record, subject.mailbox
    since = told.idle_since
    locks = profile.lock_months and step.act is Act.WARN
    clauses = [told.clause or profile.clauses.get("lock", "") or profile.clauses.get("reclaim", "")]
    if step.act in (Act.LOCK, Act.RECLAIM) and (notice := profile.clauses.get("notice")):
        clauses.append(notice)
    warned = record.rewarned if subject.mailbox.state is State.LOCKED else record.warned
    return {
        "mailbox": mailbox.address,
        "holder": mailbox.holder or mailbox.address,
        "unit": unit_name or mailbox.unit or mailbox.address,
        "idle_since": _UNKNOWN if since is None else _date(day_of(since)),
        "day": _date(step.day),
        "due": _date(_first_day(step, profile)),
        "warned": _UNKNOWN if warned is None else _date(day_of(warned)),
        "reclaim": _UNKNOWN if since is None else _date(_reclaim_day(since, profile, calendar)),
        "clauses": ", ".join(filter(None, clauses)),
        "what_vi": "bị tạm khóa" if locks else "bị thu hồi",
        "what_en": "locked" if locks else "reclaimed",
    }


def _first_day(step: Step, profile: Profile) -> datetime.date:
    """When it happens at the earliest: after the period, and the notice's days after today's warning."""
    notice_ends = after_days(step.day, profile.notice_days)
    return after_days(max(step.told.deadline or notice_ends, notice_ends), 1)


def _reclaim_day(since: float, profile: Profile, calendar: Calendar) -> datetime.date:
    return calendar.roll(after_months(day_of(since), profile.reclaim_months))


def _reopening(step: Step, subject: Subject, profile: Profile) -> dict[str, str]:
    after = State.RECLAIMED if step.act is Act.RECLAIM else State.LOCKED
    will = replace(subject, mailbox=replace(subject.mailbox, state=after))
    words = HOW[reopening(will, profile).by]
    return {"reopen_vi": words.vi, "reopen_en": words.en}


def _date(day: datetime.date) -> str:
    return f"{day:%d/%m/%Y}"
