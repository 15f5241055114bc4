"""The letters of the lifecycle as notices for the outbox: to the mailbox, to its unit; the office's own texts or ours.

Places come from the directory: none of them can make a header field or a line of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final

from gateway.acting.item import Item
from gateway.directory.entry import Snapshot
from gateway.directory.letters import Letterhead, letter, one_line, parse
from gateway.directory.outbox import Notice
from gateway.errors import StartError
from gateway.lifecycle.calendar import Calendar
from gateway.lifecycle.days import day_of, wall
from gateway.lifecycle.letters import TEMPLATES, Letter, letter_of
from gateway.who import Kind, State

KINDS: Final = ("warn", "lock", "rewarn", "reclaim", "ask")
_WHO: Final = ("mailbox", "holder", "unit", "office", "clauses")
_WHEN: Final = ("idle_since", "day", "due", "warned", "reclaim")
_WHAT: Final = ("what_vi", "what_en", "reopen_vi", "reopen_en")
PLACES: Final = frozenset((*_WHO, *_WHEN, *_WHAT))
_LONGEST: Final = 64 * 1024  # bytes of a template
_DEPTH: Final = 8  # units above a unit


def texts_of(folder: Path | None) -> Mapping[str, str]:
    """The office's own templates, by kind: NAME.txt of the folder, for those that are there. StartError."""
    if folder is None:
        return {}
    if not folder.is_dir():
        raise StartError(f"lifecycle.templates: {folder} is no folder")
    found = {kind: _text(folder / f"{kind}.txt") for kind in KINDS if (folder / f"{kind}.txt").exists()}
    strange = sorted(path.name for path in folder.glob("*.txt") if path.stem not in KINDS)
    if strange:
        names = ", ".join(f"{kind}.txt" for kind in KINDS)
        raise StartError(f"lifecycle.templates: {folder / strange[0]}: letters are called {names}")
    return found


def _text(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(_LONGEST + 1)
    except (OSError, UnicodeError) as error:
        raise StartError(
            f"lifecycle.templates: cannot read {path}: {getattr(error, 'strerror', None) or error}"
        ) from None
    subject, body = parse(text)
    if len(text) > _LONGEST or not subject.template or not body.template.strip():
        raise StartError(f"lifecycle.templates: {path}: a subject, an empty line, a text (at most 64 KiB)")
    for part in (subject, body):
        if not part.is_valid() or not set(part.get_identifiers()) <= PLACES:
            raise StartError(f"lifecycle.templates: {path}: {_strange(part)}; places are ${', $'.join(sorted(PLACES))}")
    return text


def _strange(part: Template) -> str:
    if not part.is_valid():
        return "a $ without a place's name ($$ is a dollar sign)"
    return f"there is no place ${min(set(part.get_identifiers()) - PLACES)}"


def shipped(kind: str) -> str:
    """Our own text, for an office that begins its own with it."""
    return files(TEMPLATES).joinpath(f"{kind}.txt").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Writer:
    """`texts`: the office's own. `others`: who is told where a unit has no mailbox that could be."""

    head: Letterhead
    calendar: Calendar
    texts: Mapping[str, str] = field(default_factory=dict)
    others: Sequence[str] = ()

    def of(self, item: Item, current: Snapshot, now: float) -> list[Notice]:
        """The letters that go with a step, one to each reader; none for a step without any.

        They count from the day on which they are written, on whichever the step was begun.
        """
        item = replace(item, step=replace(item.step, day=day_of(now)))
        unit = current.unit(item.subject.mailbox.unit)
        name = one_line(unit.name or unit.code) if unit is not None else ""
        made = letter_of(item.step, item.subject, name, item.profile, self.calendar)
        if made is None:
            return []
        places = {place: one_line(text) for place, text in made.places.items()}
        return [
            letter(
                made.kind,
                self.head,
                reader,
                places,
                wall(now),
                about=item.key,
                templates=TEMPLATES,
                text=self.texts.get(made.kind, ""),
            )
            for reader in self._readers(item, made, current)
        ]

    def _readers(self, item: Item, made: Letter, current: Snapshot) -> list[str]:
        found: list[str] = []
        if made.to_mailbox:
            found.append(item.subject.mailbox.address)
        if made.to_unit:
            above = self._unit_mailbox(item, current)
            found += [above] if above else [*self.others] or [self.head.sender]
        return list({address.lower(): address for address in found}.values())

    def _unit_mailbox(self, item: Item, current: Snapshot) -> str:
        """The mailbox of its unit, or of the nearest unit above that has one which is open and not this one."""
        code, units = item.subject.mailbox.unit, _open_units(current, item.key)
        for _ in range(_DEPTH):
            if code and code in units:
                return units[code]
            unit = current.unit(code)
            if unit is None or not unit.parent:
                return ""
            code = unit.parent
        return ""


def _open_units(current: Snapshot, but: str) -> dict[str, str]:
    """By unit, the first of its own mailboxes that somebody can read."""
    found: dict[str, str] = {}
    for one in current.mailboxes:
        if one.kind is Kind.UNIT and one.key != but and one.state in (State.ACTIVE, State.WARNED):
            found.setdefault(one.unit, one.address)
    return found
