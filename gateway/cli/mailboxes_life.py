"""What is known of one mailbox's use and life, as sentences and as JSON; for `congthu mailboxes show`."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway.cli.mailboxes_capacity import capacity_json, capacity_line, capacity_of, old_line, poll_json, poll_line
from gateway.cli.mailboxes_password import PasswordLine, password_of
from gateway.cli.use_common import Use, evidence_json, stamp, words_json
from gateway.directory.entry import Snapshot
from gateway.lifecycle.capacity import Capacity
from gateway.lifecycle.days import after_days, day_of
from gateway.lifecycle.effects import Way
from gateway.lifecycle.letters import HOW
from gateway.lifecycle.plan import Act, act_for
from gateway.lifecycle.reopening import Asking, reopening
from gateway.lifecycle.silence import Doubt, Known, known_of
from gateway.lifecycle.stages import Phase
from gateway.lifecycle.standing import ACTS, date, standing
from gateway.lifecycle.window_words import verdict, window_name
from gateway.lifecycle.windows import Checked, Verdict, verdicts
from gateway.lifecycle.words import Words, explain, minute, sentence, summary
from gateway.upkeep.rows import Result, Taken
from gateway.upkeep.view import Judged
from gateway.who import Mailbox

Line = tuple[str, Words, str]
"""A line's name, its sentence, and how it is coloured."""
_EVIDENCE: Final = 5  # sentences; JSON has more
_HISTORY: Final = 20
_WORKED: Final = 5  # working days whose windows are told
_BACK: Final = 20  # days among which they are looked for: no holiday is longer
_RESULTS: Final = {
    Result.BEGUN: Words("đang làm", "begun"),
    Result.DONE: Words("đã xong", "done"),
    Result.FAILED: Words("không làm được", "failed"),
}
_STYLES: Final = {Phase.ACTIVE: "good", Phase.LOCKED: "bad", Phase.RECLAIMED: "bad", Phase.EXEMPT: ""}


@dataclass(frozen=True, slots=True)
class Life:
    """`act`: what is due now; `windows`: of the last working days; `steps`: what was done, the newest first."""

    judged: Judged
    known: Known
    act: Act | None
    capacity: Capacity
    windows: tuple[Checked, ...]
    steps: tuple[Taken, ...]
    password: PasswordLine | None

    def lines(self) -> Iterator[Line]:
        """For people, in the order in which they ask."""
        yield from self._use()
        yield from self._phase()
        yield from capacity_line(self.capacity)
        yield from old_line(self.judged.polled)
        for day, found in itertools.groupby(self.windows, key=lambda one: one.day):
            yield _day_line(day, list(found))
        if self.password is not None:
            yield "password", self.password.words, self.password.style
        yield from poll_line(self.judged.polled)
        for step in self.steps:
            yield "step", step_words(step), "bad" if step.result is Result.FAILED else ""

    def _use(self) -> Iterator[Line]:
        yield "last use", _last_use(self.known), "" if self.known.used or self.known.silent else "doubt"
        others = (one for one in self.judged.use.evidence if one != self.known.used)
        for words in explain(others)[:_EVIDENCE]:
            yield "evidence", words, "dim"

    def _phase(self) -> Iterator[Line]:
        told, profile = self.judged.told, self.judged.profile
        if told is None or profile is None:
            yield "life", Words("quy chế không nói đến hộp thư này.", "no regulation speaks of its life."), ""
            return
        yield "life", standing(told), _STYLES.get(told.phase, "doubt")
        if self.act is not None:
            yield "due now", ACTS[self.act], "doubt"
        asked = reopening(self.judged.subject, profile)
        if asked.by is not Asking.NONE:
            yield "reopened", _reopening(asked.by, asked.clause, date(asked.first) if asked.first else ""), ""

    def json(self) -> dict[str, Any]:
        """The same as plain values."""
        return {
            "use": _use_json(self.known, self.judged),
            "life": None if self.judged.told is None else self._life_json(),
            **capacity_json(self.capacity, self.judged.polled),
            "windows": [_window_json(one) for one in self.windows],
            "password": None if self.password is None else self.password.json(),
            "poll": poll_json(self.judged.polled),
            "steps": [step_json(step) for step in self.steps],
        }

    def _life_json(self) -> dict[str, Any]:
        told = self.judged.told
        assert told is not None
        return {
            "phase": told.phase.value,
            "idle_since": stamp(told.idle_since),
            "proved_until": stamp(told.proved_until),
            "deadline": told.deadline,
            "due": told.due,
            "act": None if self.act is None else self.act.value,
            "doubt": told.doubt.value or None,
            "reason": told.reason,
            "clause": told.clause,
            **words_json(standing(told)),
        }


def life_of(use: Use, snapshot: Snapshot, mailbox: Mailbox, now: float) -> Life:
    """Read and judge one mailbox of the directory. DirectoryUnavailable."""
    judged = next(use.judged(snapshot, [mailbox], now))
    known, act = judged.known, None
    if judged.profile is None or judged.told is None:
        known = known_of(judged.use.evidence, judged.use.coverage, use.proof, now)
    else:
        act = act_for(judged.subject, judged.told, judged.profile, now)
    steps = tuple(use.upkeep.life.history(mailbox.key, limit=_HISTORY))
    held = capacity_of(judged.polled, use.capacity_of(mailbox))
    return Life(judged, known, act, held, _windows(use, judged, now), steps, password_of(use, mailbox, now))


def _windows(use: Use, judged: Judged, now: float) -> tuple[Checked, ...]:
    """Of the last working days, the newest day first."""
    reading = use.reading_of(judged.subject.mailbox)
    if not reading.windows:
        return ()
    today = day_of(now)
    days = (after_days(today, -_BACK), today)
    found = verdicts(reading, judged.use.evidence, judged.use.coverage, use.proof, use.calendar, days, now)
    last = sorted({one.day for one in found})[-_WORKED:]
    return tuple(sorted((one for one in found if one.day in last), key=lambda one: -one.day.toordinal()))


def _last_use(known: Known) -> Words:
    """Between when and when, by what evidence, how sure; and the silence since, where it is proved."""
    said = summary(known)
    if known.used is None:
        return said
    used = sentence(known.used)
    if known.silent is None:
        doubt = _seen(known)
        return Words(f"{used.vi}{doubt.vi}", f"{used.en}{doubt.en}")
    return Words(f"{used.vi} {said.vi}", f"{used.en} {said.en}")


def _seen(known: Known) -> Words:
    """Since when nothing can be told."""
    if known.seen is None or known.doubt is Doubt.NONE:
        return Words("", "")
    return Words(f" Lần xem sau cùng: {minute(known.seen)}.", f" Looked at last: {minute(known.seen)}.")


def _day_line(day: datetime.date, found: Sequence[Checked]) -> Line:
    """One working day: each window with its verdict."""
    said = [(window_name(one.window), verdict(one)) for one in found]
    words = Words(
        f"{date(day)}: {'; '.join(f'{name.vi} {one.vi}' for name, one in said)}",
        f"{date(day)}: {'; '.join(f'{name.en} {one.en}' for name, one in said)}",
    )
    verdicts = {one.verdict for one in found}
    style = "bad" if Verdict.NOT_CHECKED in verdicts else "good" if verdicts == {Verdict.CHECKED} else "dim"
    return "windows", words, style


def _reopening(by: Asking, clause: str, first: str) -> Words:
    how, end = HOW[by], f" ({clause})" if clause else ""
    return Words(
        f"{how.vi[:1].upper()}{how.vi[1:]}{f' Từ ngày {first}.' if first else ''}{end}",
        f"{how.en[:1].upper()}{how.en[1:]}{f' From {first} on.' if first else ''}{end}",
    )


def step_words(step: Taken) -> Words:
    """One step of the history: when, what, how, what became of it."""
    act, result = ACTS[step.act], _RESULTS[step.result]
    way = "" if step.way is Way.LIST else f" ({step.way.value})"
    detail = f": {step.detail}" if step.detail else ""
    when = minute(step.began)
    return Words(f"{when} {act.vi}{way}, {result.vi}{detail}", f"{when} {act.en}{way}, {result.en}{detail}")


def step_json(step: Taken) -> dict[str, Any]:
    """The same as JSON has it."""
    return {
        **step.step,
        "number": step.number,
        "day": step.day,
        "mailbox": step.mailbox,
        "act": step.act.value,
        "way": step.way.value,
        "result": step.result.value,
        "began": stamp(step.began),
        "ended": stamp(step.ended),
        "detail": step.detail,
    }


def _use_json(known: Known, judged: Judged) -> dict[str, Any]:
    silent = known.silent
    return {
        **words_json(_last_use(known)),
        "used": None if known.used is None else evidence_json(known.used),
        "silent_since": None if silent is None else stamp(silent.since),
        "silent_until": None if silent is None else stamp(silent.until),
        "basis": [source.value for source in known.basis],
        "doubt": known.doubt.value or None,
        "seen": stamp(known.seen),
        "evidence": [evidence_json(one) for one in judged.use.evidence[-20:]],
    }


def _window_json(one: Checked) -> dict[str, Any]:
    return {"day": one.day, "window": one.window, "verdict": one.verdict.value, "why": one.why.value or None}
