"""Which notices a change or an answer asks for (Q4 6.2, AG 6, Q4 12.2), each to the unit's own mailbox.

Pure but for the message's random Message-ID. What the unit itself asked to be taken away needs no notice (AG 6), so a
mailbox that is removed from the directory has none; one whose state becomes reclaimed has.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.directory.entry import Snapshot
from gateway.directory.letters import Letterhead, letter, one_line
from gateway.directory.outbox import Notice
from gateway.directory.plan import Plan, Step, after
from gateway.directory.request_store import Request
from gateway.regulations import IDS, load
from gateway.who import Mailbox, State

_SHOWN: Final = 1000  # mailboxes that a notice lists by name
_TOLD: Final = ("address", "kind", "unit", "holder", "aliases", "delegates", "forwards")
"""The fields of a mailbox whose change is told: those that its unit knows it by."""


@dataclass(frozen=True, slots=True)
class Written:
    """The notices, and the units that have no mailbox to send theirs to."""

    notices: tuple[Notice, ...] = ()
    untold: tuple[str, ...] = ()


class Writer:
    """Writes the notices of one office. `regulation_of`: an address to the id of the regulation that governs it."""

    def __init__(self, head: Letterhead, regulation_of: Callable[[str], str], now: datetime.datetime) -> None:
        self._head, self._regulation_of, self._now = head, regulation_of, now

    def of_plan(self, current: Snapshot, plan: Plan) -> Written:
        """The notices of creation, change, re-issue and reclaim that a plan asks for: one a unit and kind."""
        state = after(current, plan.steps)
        told: dict[tuple[str, str], list[Mailbox]] = {}
        for step in plan.steps:
            for unit, kind, mailbox in _news(step):
                told.setdefault((unit, kind), []).append(mailbox)
        notices: list[Notice] = []
        untold: dict[str, None] = {}
        for (code, kind), mailboxes in told.items():
            if reader := state.unit_mailbox(code):
                notices.append(self._list(kind, reader, _unit_name(state, code), mailboxes))
            else:
                untold[code] = None
        return Written(tuple(notices), tuple(untold))

    def _list(self, kind: str, reader: Mailbox, unit: str, mailboxes: Sequence[Mailbox]) -> Notice:
        days = sorted({self._since(one) for one in mailboxes}) if kind == "creation" else [self._now.date()]
        lines = [_line(one, self._since(one) if len(days) > 1 else None) for one in mailboxes[:_SHOWN]]
        if len(mailboxes) > _SHOWN:
            lines.append(f"- … và {len(mailboxes) - _SHOWN} hộp thư khác / and {len(mailboxes) - _SHOWN} more")
        clause = self._clause(kind, reader.address, reader)
        span = " – ".join(map(_written, days if len(days) == 1 else (days[0], days[-1])))
        places = {"unit": unit, "day": span, "list": "\n".join(lines), "clauses": clause}
        return letter(kind, self._head, reader.address, places, self._now, about=reader.unit)

    def completion(self, current: Snapshot, requests: Sequence[Request], answer: str) -> Notice:
        """The notice that a request is dealt with, to the unit mailbox that asked (Q4 6.2). `requests`: of one."""
        seen = requests[0].seen
        mailbox = current.mailbox(seen.mailbox)
        places = {
            "unit": _unit_name(current, seen.unit) or seen.mailbox,
            "mailbox": seen.mailbox,
            "reference": seen.reference,
            "asked": self._day(datetime.datetime.fromtimestamp(seen.when, self._now.tzinfo)),
            "answer": one_line(answer),
            "clauses": self._clause("completion", seen.mailbox, mailbox),
        }
        return letter(
            "completion",
            self._head,
            seen.mailbox,
            places,
            self._now,
            about=seen.reference,
            in_reply_to=seen.message_id,
        )

    def handover(self, current: Snapshot, before: Mailbox, now: Mailbox, to_mailbox: str = "") -> tuple[Notice, ...]:
        """The new head is told to take over and to change the password (Q4 12.2): in the mailbox itself, and in his."""
        places = {
            "mailbox": now.address,
            "holder": one_line(now.holder),
            "unit": _unit_name(current, now.unit) or now.address,
            "day": self._day(),
            "revoked": ", ".join(before.delegates) or "không có",
            "revoked_en": ", ".join(before.delegates) or "none",
            "forwards": ", ".join(now.forwards) or "không có",
            "forwards_en": ", ".join(now.forwards) or "none",
            "clauses": self._clause("handover", now.address, now),
        }
        readers = dict.fromkeys(address for address in (now.address, to_mailbox) if address)
        return tuple(letter("handover", self._head, reader, places, self._now, about=now.address) for reader in readers)

    def _clause(self, kind: str, address: str, mailbox: Mailbox | None) -> str:
        """The clause that asks for the notice, as cited."""
        named = mailbox.regulation if mailbox is not None else ""
        regulation = named if named in IDS else self._regulation_of(address.lower())
        return str(load(regulation).parameters["notices"][kind])

    def _day(self, moment: datetime.datetime | None = None) -> str:
        return _written(moment or self._now)

    def _since(self, mailbox: Mailbox) -> datetime.date:
        """When a mailbox that is new in the directory was created: often before it was entered there."""
        today = self._now.date()
        return min(mailbox.created or today, today)


def _written(day: datetime.date) -> str:
    return day.strftime("%d/%m/%Y")


def _line(mailbox: Mailbox, day: datetime.date | None) -> str:
    """A mailbox in a notice's list, with its own day where those of the list differ."""
    holder = f" ({one_line(mailbox.holder)})" if mailbox.holder else ""
    return f"- {mailbox.address}{holder}{f', {_written(day)}' if day else ''}"


def _news(step: Step) -> Iterator[tuple[str, str, Mailbox]]:
    """(unit, kind, mailbox) of what a step is told as; a mailbox that moves is told to both units."""
    before, now = step.before, step.after
    if not isinstance(now, Mailbox):
        return
    kind = "creation" if not isinstance(before, Mailbox) else _kind(before, now)
    if kind:
        yield now.unit, kind, now
    if kind and isinstance(before, Mailbox) and before.unit not in ("", now.unit):
        yield before.unit, kind, now


def _kind(before: Mailbox, now: Mailbox) -> str:
    if before.state is not now.state and State.RECLAIMED in (before.state, now.state):
        return "reclaim" if now.state is State.RECLAIMED else "reissue"
    return "change" if any(getattr(before, name) != getattr(now, name) for name in _TOLD) else ""


def _unit_name(state: Snapshot, code: str) -> str:
    unit = state.unit(code)
    return one_line(unit.name or unit.code) if unit is not None else one_line(code)
