"""What can still be judged of a configuration that does not validate, so that one slip does not hide the others.

A slip whose meaning is plain ("yes" for a flag, a list without brackets, a name with a letter missing) is read as it
was meant. Where nobody can know a value, several are tried: what is found with each of them is true whatever was meant.
This room knows the settings' shape and not their sense; what it makes is judged and never used.
"""

from __future__ import annotations

import copy
import datetime
import difflib
import re
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args, get_origin

from pydantic import ValidationError

from gateway.config import Settings
from gateway.config_places import Location, place
from gateway.config_schema import annotation_at, choices_of, optional, section_at, section_in, settings_of
from gateway.config_values import Count, DayTime, Duration, Endpoint, Flag, Network, Size, Timeout

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

STAND_IN: Final = "unknown-to-us"  # for a text that is not known; never shown
_ROUNDS: Final = 6  # a table in the wrong brackets, its keys, their values, and what those were mended to
_NEAR: Final = 0.8  # how like a known word an unknown one must be to be read as it
_NOTHING: Final = object()
_YES, _NO = ("yes", "true", "on", "1"), ("no", "false", "off", "0")
_TRIED: Final[tuple[tuple[Any, tuple[Any, ...]], ...]] = (
    (Flag, (False, True)),
    (Size, (0, 2**50)),
    (Duration, (0.001, 2.0**40)),
    (Timeout, (0.001, 2.0**40)),
    (Count, ()),
    (Endpoint, ("127.0.0.1:0",)),
    (Network, ("192.0.2.1/32",)),
    (Path, ("/dev/null/unknown",)),
    (datetime.date, (datetime.date.max,)),
    (DayTime, ("08:00",)),
    (str, (STAND_IN,)),
)


@dataclass(slots=True)
class Mended:
    """A configuration read as it was meant. `data` is a copy that validates, or nearly.

    `details` is everything that the validation found, each key once; `unknown` has the keys whose value nobody knows,
    with what may stand there; `unread` has the names of keys that were left out, and of those in them.
    """

    file: Mapping[str, Any]
    data: dict[str, Any]
    details: list[ErrorDetails] = field(default_factory=list)
    unknown: dict[Location, tuple[Any, ...]] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    _renamed: dict[Location, str] = field(default_factory=dict)

    def readings(self) -> Iterator[Settings]:
        """The settings, once for each value that is tried where there are several; nothing if they stay invalid."""
        for number in range(max((len(tried) for tried in self.unknown.values()), default=1) or 1):
            for location, tried in self.unknown.items():
                if len(tried) > 1:
                    self._table(location)[location[-1]] = tried[number % len(tried)]
            try:
                yield Settings.model_validate(self.data)
            except ValidationError:
                return

    def place(self, location: Location) -> tuple[int, ...]:
        """Where a key stands in the file itself (see `config_places.place`)."""
        steps = [self._renamed.get(location[: end + 1], step) for end, step in enumerate(location)]
        return place(tuple(steps), self.file)

    def is_open(self, location: Location) -> bool:
        """Whether nobody knows what stands there: the key, what it is in, or an entry of its list."""
        return any(location[: len(one)] == one or self._is_entry(one, location) for one in self.unknown)

    @staticmethod
    def _is_entry(location: Location, of: Location) -> bool:
        return isinstance(location[-1], int) and location[:-1] == of

    def take(self, details: list[ErrorDetails]) -> None:
        """Note what the validation found, and mend it."""
        for detail in details:
            if detail["type"] == "extra_forbidden":
                self._rename(detail["loc"])
        # A key that is missing because its name is misspelt was found already.
        details = [one for one in details if not (one["type"] == "missing" and one["loc"] in self._renamed)]
        seen = {detail["loc"] for detail in self.details}
        self.details += [one for one in details if one["loc"] not in seen and not self.is_open(one["loc"])]
        for detail in details:
            if detail["type"] != "extra_forbidden":
                self._replace(detail["loc"])

    def _table(self, location: Location) -> Any:
        """The table or list that holds the key."""
        value: Any = self.data
        for step in location[:-1]:
            value = value[step]
        return value

    def _rename(self, location: Location) -> None:
        table: MutableMapping[str, Any] = self._table(location)
        name = str(location[-1])
        inside = table[name]
        known = [setting.name for setting in settings_of(section_at(location)) if setting.name not in table]
        near = difflib.get_close_matches(name[:64].lower(), known, n=1, cutoff=_NEAR)
        items = [(near[0] if key == name else key, value) for key, value in table.items() if near or key != name]
        table.clear()
        table.update(items)
        if near:
            self._renamed[*location[:-1], near[0]] = name
        else:
            self.unread |= {name, *inside} if isinstance(inside, Mapping) else {name}

    def _replace(self, location: Location) -> None:
        if location[0] == "rules" and len(location) > 1:
            location = self._spread(location)
        annotation = annotation_at(location)
        table, step = self._table(location), location[-1]
        value = table.get(step) if isinstance(table, Mapping) else table[step]
        meant = _meant(annotation, value)
        if meant is not _NOTHING:
            table[step] = meant
            return
        tried = _tried(annotation) if location not in self.unknown else ()
        self.unknown[location] = tried
        if tried:
            table[step] = tried[0]
        elif isinstance(table, dict):
            table.pop(step, None)

    def _spread(self, location: Location) -> Location:
        """A rule's mode may stand alone for its table: `attachment-cap = "off"`."""
        rules, name = self.data["rules"], location[1]
        if not isinstance(rules[name], dict):
            rules[name] = {"mode": rules[name]}
        return *location[:2], "mode"

    def name_the_machine(self) -> None:
        """Its name is looked up where none is given: not once for every reading."""
        gateway = self.data.setdefault("gateway", {})
        if isinstance(gateway, dict) and "hostname" not in gateway:
            gateway["hostname"] = STAND_IN
            self.unknown["gateway", "hostname"] = ()


def mend(data: Mapping[str, Any]) -> Mended:
    """Read a parsed file as it was meant; one that validates stays as it is. RecursionError for absurd nesting."""
    made = Mended(data, copy.deepcopy(dict(data)))
    for _ in range(_ROUNDS):
        try:
            Settings.model_validate(made.data)
        except ValidationError as error:
            made.take(copy.deepcopy(error.errors(include_url=False)))  # they hold parts of what is mended now
            made.name_the_machine()
        else:
            break
    return made


def _meant(annotation: Any, value: object) -> object:
    """What a wrong value plainly means, or _NOTHING."""
    base = optional(annotation)
    if get_origin(base) is tuple:
        entry = Mapping if _is_table(get_args(base)[0]) else str
        return [value] if isinstance(value, entry) else _NOTHING
    if _is_table(base):
        alone = isinstance(value, list) and len(value) == 1 and isinstance(value[0], Mapping)
        return value[0] if alone else _NOTHING  # type: ignore[index]
    word = str(value).strip().lower() if isinstance(value, str | int) else ""
    if base == Flag:
        return word in _YES if word in (*_YES, *_NO) else _NOTHING
    if base == Count:
        return int(word) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", word) else _NOTHING
    return next(iter(difflib.get_close_matches(word[:64], choices_of(base), n=1, cutoff=_NEAR)), _NOTHING)


def _tried(annotation: Any) -> tuple[Any, ...]:
    """Values for a key of which nothing is known; empty: leave it out."""
    base = optional(annotation)
    if choices := choices_of(base):
        return choices
    if get_origin(base) is tuple:
        return ([],)
    if _is_table(base):
        return ({},)
    return next((values for known, values in _TRIED if base == known), ())


def _is_table(annotation: Any) -> bool:
    return get_origin(annotation) is dict or (annotation is not None and section_in(annotation) is not None)
