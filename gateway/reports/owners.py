"""Whose an address was in a period, and how the directory stood at its end. Pure.

Units are renamed and mailboxes deleted while a quarter runs. What a mailbox did before it was deleted stays its unit's;
a unit is called what it was called at the period's end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Protocol

from gateway.directory.entry import Entry, Snapshot, What, key_of
from gateway.directory.index import Directory
from gateway.who import Mailbox, State, Unit


class Undoable(Protocol):
    """A change on record, as `gateway.directory.store.Change`. `time`: seconds since the epoch."""

    @property
    def time(self) -> float: ...
    @property
    def what(self) -> What: ...
    @property
    def key(self) -> str: ...
    @property
    def before(self) -> Entry | None: ...
    @property
    def after(self) -> Entry | None: ...


@dataclass(frozen=True, slots=True)
class Moved:
    """One change of a mailbox in the period. `how`: a `HOWS` name; `before`, `after`: None where it was not there."""

    time: float
    how: str
    before: Mailbox | None
    after: Mailbox | None

    @property
    def mailbox(self) -> Mailbox:
        """As it was last."""
        found = self.after or self.before
        assert found is not None
        return found


HOWS = ("created", "changed", "warned", "locked", "reopened", "reclaimed", "reissued", "removed")


@dataclass(frozen=True, slots=True)
class Renamed:
    """A unit that got another name in the period."""

    code: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Lived:
    """The directory over a period. `end`: at its end; `gone`: mailboxes that were deleted in it, as they last were.

    `moved`: changes of mailboxes, oldest first; `renamed`: units that changed their name.
    """

    end: Snapshot
    gone: tuple[Mailbox, ...] = ()
    moved: tuple[Moved, ...] = ()
    renamed: tuple[Renamed, ...] = ()

    def unit_name(self, code: str) -> str:
        """A unit's name at the end; its code where it has none."""
        unit = self.end.unit(code)
        return (unit.name or unit.code) if unit is not None else code

    def below(self, code: str) -> frozenset[str]:
        """A unit and every unit under it. A circle of units is walked once."""
        found, fresh = {code}, {code}
        while fresh:
            fresh = {unit.code for unit in self.end.units if unit.parent in fresh} - found
            found |= fresh
        return frozenset(found)


@dataclass(slots=True)
class _Walk:
    entries: dict[tuple[What, str], Entry]
    gone: dict[str, Mailbox] = field(default_factory=dict)
    moved: list[Moved] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)


def lived(now: Snapshot, newest_first: Iterable[Undoable], since: float, until: float) -> Lived:
    """The directory over `since` <= time < `until`. `newest_first`: every change since then, back to `since`.

    What came after the period is undone; what came in it is told.
    """
    walk = _Walk({(what, key_of(one)): one for what, many in _parts(now) for one in many})
    end: Snapshot | None = None
    for change in newest_first:
        if change.time < since:
            break
        if change.time >= until:
            _undo(walk, change)
            continue
        end = end or _snapshot(walk, now.version)
        _tell(walk, change)
    end = end or _snapshot(walk, now.version)
    kept = {mailbox.key for mailbox in end.mailboxes}
    names = {unit.code: unit.name for unit in end.units}
    renamed = [Renamed(code, old, names[code]) for code, old in walk.names.items() if names.get(code, old) != old]
    gone = tuple(one for key, one in walk.gone.items() if key not in kept)
    return Lived(end, gone, tuple(reversed(walk.moved)), tuple(renamed))


def _parts(snapshot: Snapshot) -> Sequence[tuple[What, Sequence[Entry]]]:
    return (
        (What.UNIT, snapshot.units),
        (What.MAILBOX, snapshot.mailboxes),
        (What.GROUP, snapshot.groups),
        (What.EXEMPTION, snapshot.exemptions),
    )


def _undo(walk: _Walk, change: Undoable) -> None:
    place = (change.what, change.key)
    if change.before is None:
        walk.entries.pop(place, None)
    else:
        walk.entries[place] = change.before


def _snapshot(walk: _Walk, version: int) -> Snapshot:
    ordered = [walk.entries[place] for place in sorted(walk.entries)]
    made = Snapshot(version)
    return replace(
        made,
        units=tuple(one for one in ordered if isinstance(one, Unit)),
        mailboxes=tuple(one for one in ordered if isinstance(one, Mailbox)),
    )


def _tell(walk: _Walk, change: Undoable) -> None:
    if change.what is What.UNIT and isinstance(change.before, Unit) and isinstance(change.after, Unit):
        walk.names[change.key] = change.before.name  # the oldest stays: the walk goes back in time
    if change.what is not What.MAILBOX:
        return
    before = change.before if isinstance(change.before, Mailbox) else None
    after = change.after if isinstance(change.after, Mailbox) else None
    walk.moved.append(Moved(change.time, _how(before, after), before, after))
    if after is None and before is not None:
        walk.gone.setdefault(before.key, before)


def _how(before: Mailbox | None, after: Mailbox | None) -> str:
    if before is None:
        return "created"
    if after is None:
        return "removed"
    if before.state is after.state:
        return "changed"
    if after.state is State.ACTIVE:
        return (
            "reissued" if before.state is State.RECLAIMED else "reopened" if before.state is State.LOCKED else "changed"
        )
    return str(after.state)


class Owners:
    """Addresses to mailboxes: those at a period's end first, then those that were deleted in it. Any text is fine."""

    def __init__(self, over: Lived, separators: str = "+") -> None:
        there = Directory.build(Snapshot(1, mailboxes=over.end.mailboxes), separators=separators)
        gone = Directory.build(Snapshot(1, mailboxes=over.gone), separators=separators)

        def find(address: str) -> Mailbox | None:
            return there.find(address) or gone.find(address)

        self._find = lru_cache(maxsize=65_536)(find)

    def find(self, address: str) -> Mailbox | None:
        """The mailbox that this address was; None for a stranger's and for none."""
        return self._find(address) if "@" in address else None
