"""Evidence as it may be kept: JSON, bounded in depth and size, whatever was given. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import islice
from typing import Any, Final

import orjson

from gateway.blocks.standings import plain

LARGEST: Final = 16_384  # octets of one sender's evidence
_DEEPEST: Final = 5
_VALUES: Final = 1000  # in all
_MOST: Final = 64  # members of a list or an object
_LONGEST: Final = 500  # characters of a text
_WHOLE: Final = 2**53  # what every reader of JSON takes for a whole number


def bounded(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """The same as JSON can have it: long texts and lists cut, what is no JSON as its type's name. Never raises."""
    made = _Copy().of(evidence, _DEEPEST)
    if not isinstance(made, dict):
        return {}
    return made if len(orjson.dumps(made)) <= LARGEST else {"cut": True, **_numbers(made)}


class _Copy:
    """One copy, with what it may still take."""

    def __init__(self) -> None:
        self._left = _VALUES

    def of(self, value: object, depth: int) -> Any:
        """A value; None once there is no room."""
        self._left -= 1
        if self._left < 0 or value is None or isinstance(value, bool):
            return value if isinstance(value, bool) else None
        if depth and isinstance(value, Mapping):
            items = islice(value.items(), _MOST)
            return {plain(str(name), 64): self.of(item, depth - 1) for name, item in items}
        if depth and isinstance(value, list | tuple):
            return [self.of(item, depth - 1) for item in value[:_MOST]]
        return _scalar(value)


def _scalar(value: object) -> Any:
    if isinstance(value, int):
        return int(value) if abs(value) <= _WHOLE else plain(hex(value), 40)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return plain(str(value), _LONGEST) if isinstance(value, str) else type(value).__name__


def _numbers(made: dict[str, Any]) -> dict[str, Any]:
    """What a person needs first, and short for certain."""
    return {name: value for name, value in made.items() if isinstance(value, int | float)}
