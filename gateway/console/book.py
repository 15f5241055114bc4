"""The directory as pages ask for it: read and ordered once for each of its versions, not once for each request.

`Shelf` asks the store for its version each time (one row), so what a page shows is never older than the request. A deed
reads the directory itself (`DirectoryStore.snapshot`). It must not know pages.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Final

from gateway.directory.columns import fold
from gateway.directory.entry import Exemption, Snapshot
from gateway.directory.store import DirectoryStore
from gateway.who import Mailbox, State, Unit

_UNITS: Final = 2000  # that a page's list offers
_CHOICES: Final = 8  # searches whose answers are kept, so that their next pages are found at once
Asked = tuple[str, str, str, str]


class Book:
    """One version of the directory. Any thread may ask; nothing in it changes."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._lock = threading.Lock()
        self._choices: dict[Asked, Sequence[Mailbox]] = {}

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The name of each unit, by its code."""
        return {unit.code: unit.name for unit in self.snapshot.units}

    @cached_property
    def units(self) -> Sequence[tuple[str, str]]:
        """(name, code) of the units that a list offers, by name."""
        return sorted((unit.name, unit.code) for unit in self.snapshot.units)[:_UNITS]

    @cached_property
    def states(self) -> Mapping[str, int]:
        """How many mailboxes stand how, each state in its order."""
        counted = Counter(one.state for one in self.snapshot.mailboxes)
        return {state.value: counted[state] for state in State}

    def unit(self, code: str) -> Unit | None:
        """The unit with this code."""
        return self._units.get(code)

    def mailbox(self, address: str) -> Mailbox | None:
        """The mailbox with this address or alias, in any case."""
        return self._addresses.get(address.lower())

    def below(self, code: str) -> set[str]:
        """A unit's code and those of every unit under it."""
        found, waiting = {code}, [code]
        while waiting:
            waiting = [one for parent in waiting for one in self._children.get(parent, ()) if one not in found]
            found.update(waiting)
        return found

    def of_units(self, codes: Iterable[str]) -> list[Mailbox]:
        """The mailboxes of these units, unit by unit."""
        return [one for code in codes for one in self._by_unit.get(code, ())]

    def chosen(self, words: str = "", unit: str = "", kind: str = "", state: str = "") -> Sequence[Mailbox]:
        """The mailboxes that fit all that is given, in the order of the keys. `words`: as `fold` writes them."""
        asked = (words, unit, kind, state)
        with self._lock:
            held = self._choices.get(asked)
        if held is None:
            held = self._chosen(words, unit, kind, state)
            with self._lock:
                while len(self._choices) >= _CHOICES:
                    del self._choices[next(iter(self._choices))]
                self._choices[asked] = held
        return held

    def _chosen(self, words: str, unit: str, kind: str, state: str) -> Sequence[Mailbox]:
        boxes = self.snapshot.mailboxes
        if not (words or unit or kind or state):
            return boxes
        units = self.below(unit) if unit else None
        texts = self._texts if words else ("",) * len(boxes)
        return [
            one
            for one, text in zip(boxes, texts, strict=True)
            if (not kind or one.kind == kind)
            and (not state or one.state == state)
            and (units is None or one.unit in units)
            and (not words or words in text)
        ]

    def part(self, mailboxes: Iterable[Mailbox]) -> Snapshot:
        """A directory of these mailboxes alone, with what spares them."""
        boxes = tuple(mailboxes)
        spared = (self._spared[one.key] for one in boxes if one.key in self._spared)
        return Snapshot(self.snapshot.version, mailboxes=boxes, exemptions=tuple(spared))

    def groups_with(self, mailbox: Mailbox) -> list[str]:
        """The groups that have a mailbox among their members."""
        return _named(self._groups, mailbox)

    def sends_as(self, mailbox: Mailbox) -> list[str]:
        """The mailboxes that it may send as (Q4 12.1)."""
        return _named(self._delegates, mailbox)

    @cached_property
    def _units(self) -> Mapping[str, Unit]:
        return {unit.code: unit for unit in self.snapshot.units}

    @cached_property
    def _children(self) -> Mapping[str, list[str]]:
        made: defaultdict[str, list[str]] = defaultdict(list)
        for unit in self.snapshot.units:
            made[unit.parent].append(unit.code)
        return dict(made)

    @cached_property
    def _by_unit(self) -> Mapping[str, list[Mailbox]]:
        made: defaultdict[str, list[Mailbox]] = defaultdict(list)
        for one in self.snapshot.mailboxes:
            made[one.unit].append(one)
        return dict(made)

    @cached_property
    def _addresses(self) -> Mapping[str, Mailbox]:
        made: dict[str, Mailbox] = {}
        for one in self.snapshot.mailboxes:
            for name in (one.key, *map(str.lower, one.aliases)):
                made.setdefault(name, one)
        return made

    @cached_property
    def _texts(self) -> Sequence[str]:
        """What words are looked for in, folded; beside the mailboxes."""
        boxes = self.snapshot.mailboxes
        return [fold(" ".join((one.address, one.holder, one.note, *one.aliases))) for one in boxes]

    @cached_property
    def _spared(self) -> Mapping[str, Exemption]:
        return {one.key: one for one in self.snapshot.exemptions}

    @cached_property
    def _groups(self) -> Mapping[str, list[str]]:
        return _turned((group.address, group.members) for group in self.snapshot.groups)

    @cached_property
    def _delegates(self) -> Mapping[str, list[str]]:
        return _turned((one.address, one.delegates) for one in self.snapshot.mailboxes if one.delegates)


def after(mailboxes: Sequence[Mailbox], key: str) -> int:
    """Where those behind a key begin, in a list that is in the order of the keys."""
    return bisect_right(mailboxes, key, key=lambda one: one.key) if key else 0


def _turned(pairs: Iterable[tuple[str, Iterable[str]]]) -> Mapping[str, list[str]]:
    """Who names an address, by the address."""
    made: defaultdict[str, list[str]] = defaultdict(list)
    for name, others in pairs:
        for other in dict.fromkeys(one.lower() for one in others):
            made[other].append(name)
    return dict(made)


def _named(by: Mapping[str, list[str]], mailbox: Mailbox) -> list[str]:
    names = dict.fromkeys((mailbox.key, *map(str.lower, mailbox.aliases)))
    return list(dict.fromkeys(found for name in names for found in by.get(name, ())))


class Shelf:
    """Gives the book of now, which is made anew when the directory has changed."""

    def __init__(self, store: DirectoryStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._book = Book(Snapshot())

    def now(self) -> Book:
        """The directory as it is. DirectoryUnavailable."""
        version = self._store.version()
        if self._book.snapshot.version == version:
            return self._book
        with self._lock:  # the others wait, instead of reading the same as often
            if self._book.snapshot.version != version:
                self._book = Book(self._store.snapshot())
            return self._book
