"""How many mailboxes there are, of which unit, kind and state, and what was changed in a period (Q4 14). Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from gateway.reports.owners import Lived, Moved
from gateway.who import Kind, Mailbox, State


@dataclass(slots=True)
class Boxes:
    """Mailboxes of one unit at a period's end, and what became of its mailboxes in it (`owners.HOWS`)."""

    unit: str
    name: str
    kinds: Counter[Kind] = field(default_factory=Counter)
    states: Counter[State] = field(default_factory=Counter)
    moved: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """All of its mailboxes that are there; those that were reclaimed are not."""
        return self.kinds.total()


@dataclass(frozen=True, slots=True)
class Stock:
    """`units`: in the order of their names, those without a mailbox and without a change left out."""

    units: tuple[Boxes, ...]

    @property
    def total(self) -> Boxes:
        """All units together."""
        made = Boxes("", "")
        for one in self.units:
            made.kinds.update(one.kinds)
            made.states.update(one.states)
            made.moved.update(one.moved)
        return made


def stock(over: Lived, units: Collection[str] | None = None) -> Stock:
    """`units`: only of these, None: of all. A mailbox that moved to another unit is told as a change of both."""
    found: dict[str, Boxes] = {}

    def of(code: str) -> Boxes | None:
        if units is not None and code not in units:
            return None
        return found.setdefault(code, Boxes(code, over.unit_name(code)))

    for mailbox in over.end.mailboxes:
        if (boxes := of(mailbox.unit)) is not None:
            boxes.states[mailbox.state] += 1
            if mailbox.state is not State.RECLAIMED:
                boxes.kinds[mailbox.kind] += 1
    for moved in over.moved:
        for code in _told_to(moved):
            if (boxes := of(code)) is not None:
                boxes.moved[moved.how] += 1
    return Stock(tuple(sorted(found.values(), key=lambda one: (not one.unit, one.name.casefold(), one.unit))))


def _told_to(moved: Moved) -> Iterable[str]:
    return dict.fromkeys(one.unit for one in (moved.before, moved.after) if one is not None)


@dataclass(frozen=True, slots=True)
class Form:
    """What one unit confirms (Q4 10, 14.2). `mailboxes`: at the period's end; `moved`: what was changed in it.

    `address`: its own mailbox, "" where it has none.
    """

    unit: str
    name: str
    address: str
    mailboxes: tuple[Mailbox, ...]
    moved: tuple[Moved, ...]
    renamed_from: str = ""


def forms(over: Lived, units: Collection[str] | None = None) -> list[Form]:
    """A form for each unit that has a mailbox or had a change, in the order of their names."""
    renamed = {one.code: one.before for one in over.renamed}
    boxes: dict[str, list[Mailbox]] = {}
    changes: dict[str, list[Moved]] = {}
    for mailbox in over.end.mailboxes:
        if mailbox.unit and (units is None or mailbox.unit in units):
            boxes.setdefault(mailbox.unit, []).append(mailbox)
    for moved in over.moved:
        for code in _told_to(moved):
            if code and (units is None or code in units):
                changes.setdefault(code, []).append(moved)
    made = [
        Form(
            code,
            over.unit_name(code),
            _address(over, code),
            tuple(sorted(boxes.get(code, ()), key=_order)),
            tuple(changes.get(code, ())),
            renamed.get(code, ""),
        )
        for code in boxes.keys() | changes.keys()
    ]
    return sorted(made, key=lambda one: (one.name.casefold(), one.unit))


def _address(over: Lived, code: str) -> str:
    mailbox = over.end.unit_mailbox(code)
    return mailbox.address if mailbox is not None else ""


_KINDS: Sequence[Kind] = tuple(Kind)


def _order(mailbox: Mailbox) -> tuple[int, str]:
    return _KINDS.index(mailbox.kind), mailbox.key
