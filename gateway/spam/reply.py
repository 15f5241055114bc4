"""What rspamd answers to /checkv2, made a value of ours: a JSON object that a stranger's message has helped to write.

Pure. Octets that are no UTF-8, surrogates and texts of any length occur in it, for options and addresses come from the
message; what is read of it is a few numbers and names, and what is not as it must be is no answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from gateway.contents import Spam

MOST_SYMBOLS = 20
_MOST_READ = 2000  # symbols of a reply that are read: an installation has a few hundred
_LONGEST_NAME = 64
_UNSAFE = re.compile(r"[^!-~]")
_LARGEST = 1e6  # points


def read_reply(body: bytes) -> Spam | None:
    """What a body says, None where it says nothing that can be understood. Never raises."""
    try:
        said = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    score, action = _points(said.get("score")), said.get("action")
    if score is None or not isinstance(action, str):
        return None
    required = _points(said.get("required_score")) or 0.0  # null where nothing is rejected
    return Spam(score, required, printable(action), _symbols(said.get("symbols")))


def printable(text: str) -> str:
    """Printable ASCII, bounded; a blank stays, as in "add header"."""
    return " ".join(_UNSAFE.sub("?", word) for word in text[:_LONGEST_NAME].split(" "))


def _symbols(given: object) -> tuple[tuple[str, float], ...]:
    if not isinstance(given, Mapping):
        return ()
    heaviest = sorted(_named(given), key=lambda one: (-abs(one[1]), one[0]))
    return tuple(heaviest[:MOST_SYMBOLS])


def _named(given: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for count, (name, one) in enumerate(given.items()):
        if count == _MOST_READ:
            return
        points = _points(one.get("score")) if isinstance(one, Mapping) else None
        if points is not None:
            yield _UNSAFE.sub("?", name[:_LONGEST_NAME]), points


def _points(value: object) -> float | None:
    """A finite number of a sensible size, rounded to a hundredth; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not -_LARGEST <= value <= _LARGEST:  # nor is NaN
        return None
    return round(float(value), 2) + 0.0  # no -0.0
