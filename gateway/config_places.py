"""Where a key stands in a configuration file: from its name as people write it to its place among its siblings.

Knows nested tables and lists, and nothing of what they mean.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Location = tuple[int | str, ...]
_INDEX = re.compile(r"\[(\d+)\]")
_NAME = re.compile(r'"([^"]*)"|([^.\[ ]+)')


def locate(key: str, data: Mapping[str, Any]) -> Location:
    """("listener", 0, "max_size") for `listener[0].max_size`; a name in the file may itself have dots in it.

    What follows a blank is no part of the key: `upstream.m.hosts[0] (Postfix mynetworks)`.
    """
    location: list[int | str] = []
    value: Any = data
    while key and not key.startswith(" "):
        step, key = _step(key, value)
        location.append(step)
        value = _inside(value, step)
        key = key.removeprefix(".")
    return tuple(location)


def _step(key: str, value: Any) -> tuple[int | str, str]:
    if match := _INDEX.match(key):
        return int(match[1]), key[match.end() :]
    names = (name for name in value if _begins(key, name)) if isinstance(value, Mapping) else ()
    if name := max(names, key=len, default=""):
        return name, key[len(name) :]
    match = _NAME.match(key)
    return (match[1] or match[2], key[match.end() :]) if match else (key, "")


def _begins(key: str, name: str) -> bool:
    return key.startswith(name) and key[len(name) : len(name) + 1] in ("", ".", "[", " ")


def _inside(value: Any, step: int | str) -> Any:
    if isinstance(value, Mapping):
        return value.get(step)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return None


def place(location: Location, data: Mapping[str, Any]) -> tuple[int, ...]:
    """Where a key stands among its siblings, level by level, for sorting in file order; a missing key comes last.

    A location may be that of the file as it was meant: `[listener]` for `[[listener]]`, or the other way round.
    """
    found = []
    value: Any = data
    for step in location:
        if isinstance(value, list) and isinstance(step, str):
            value = value[0] if value else None
        if isinstance(value, Mapping) and isinstance(step, str):
            names = list(value)
            found.append(names.index(step) if step in value else len(names))
            value = value.get(step)
        elif isinstance(step, int):
            found.append(step)
            value = _inside(value, step) if isinstance(value, list) else value
    return tuple(found)
