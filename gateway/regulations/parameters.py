"""The tables `lifecycle` and `reading` of a regulation's data file: their keys, and what each may say.

Checked when a file is read, so that a mistake in it is one sentence at the start and no surprise in a lifecycle. What
the values mean is for `gateway.lifecycle`; every key is explained in docs/regulations.md, which a test holds.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final

from gateway.errors import RegulationError
from gateway.who import Kind

_SIZE: Final = re.compile(r"[1-9][0-9]{0,5}(KiB|MiB|GiB|TiB)")
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")
_TIME: Final = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
CITED: Final = ("lock", "reclaim", "reopen", "password", "security", "notice")
"""What the table `lifecycle.clauses` may cite a clause for."""
_MOST_WINDOWS: Final = 12


def check(parameters: Mapping[str, Any], clauses: Collection[str]) -> None:
    """RegulationError names the first key that is not as it must be, what it says, and what it may say."""
    for table, keys in TABLES.items():
        for key, value in _table(parameters, table).items():
            if key not in keys:
                _wrong(f"{table}.{key}", value, f"no such key; there are {', '.join(sorted(keys))}")
            if hint := keys[key](value, clauses):
                _wrong(f"{table}.{key}", value, hint)
    _check_order(_table(parameters, "lifecycle"))


def _table(parameters: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = parameters.get(name, {})
    if not isinstance(table, Mapping):
        _wrong(name, table, f"a table, [parameters.{name}]")
    found: Mapping[str, Any] = table
    return found


def _wrong(key: str, value: object, hint: str) -> None:
    raise RegulationError(f"parameters.{key} = {str(value)[:100]!r}: {hint}")


def _check_order(life: Mapping[str, Any]) -> None:
    if "delete_after_months" in life and "reclaim_after_months" in life:
        _wrong("lifecycle.reclaim_after_months", life["reclaim_after_months"], "delete_after_months says it already")
    ends = life.get("delete_after_months", life.get("reclaim_after_months", 0))
    if ends and life.get("lock_after_months", 0) >= ends:
        _wrong("lifecycle.lock_after_months", life["lock_after_months"], f"fewer than the {ends} until the end")


Check = Callable[[Any, Collection[str]], str]
"""A value and the ids of the regulation's clauses to a hint, "" where it is right."""


def _number(least: int, most: int) -> Check:
    return lambda value, _: (
        "" if type(value) is int and least <= value <= most else f"a whole number from {least} to {most}"
    )


def _one_of(*values: object) -> Check:
    hint = f"one of {', '.join(map(str, values))}"
    return lambda value, _: "" if type(value) is int and value in values else hint


def _size(value: Any, _: Collection[str]) -> str:
    return "" if isinstance(value, str) and _SIZE.fullmatch(value) else 'a size such as "1GiB"'


def _clause(value: Any, clauses: Collection[str]) -> str:
    return "" if isinstance(value, str) and value in clauses else "the id of a clause of this regulation"


def _cited(value: Any, clauses: Collection[str]) -> str:
    known = isinstance(value, Mapping) and set(value) <= set(CITED)
    fine = known and not any(_clause(one, clauses) for one in value.values())
    return "" if fine else f"a table of clauses of this regulation for {', '.join(CITED)}"


def _kinds(value: Any, _: Collection[str]) -> str:
    names = [kind.value for kind in Kind]
    fine = isinstance(value, list) and bool(value) and all(one in names for one in value)
    return "" if fine else f"a list of {', '.join(names)}"


def _windows(value: Any, _: Collection[str]) -> str:
    if not isinstance(value, list) or not 1 <= len(value) <= _MOST_WINDOWS:
        return f'a list of 1 to {_MOST_WINDOWS} windows, {{ name = "morning-start", from = "06:30", to = "09:00" }}'
    return next(_problems(value), "")


def _problems(windows: list[Any]) -> Iterator[str]:
    for one in windows:
        if not isinstance(one, Mapping) or set(one) != {"name", "from", "to"}:
            yield "each window has name, from and to"
        elif not isinstance(one["name"], str) or not _NAME.fullmatch(one["name"]):
            yield 'a window\'s name is of small letters, digits and "-"'
        elif not (_is_time(one["from"]) and _is_time(one["to"])):
            yield 'from and to are times of the day in quotes, "06:30"'
    ordered = sorted(windows, key=lambda one: _of(one["from"]))
    if any(_of(one["from"]) >= _of(one["to"]) for one in ordered):
        yield "each window ends after it begins"
    if any(_of(before["to"]) > _of(after["from"]) for before, after in pairwise(ordered)):
        yield "no window begins before the one before it has ended"
    if len({one["name"] for one in windows}) < len(windows):
        yield "two windows have the same name"


def _is_time(value: Any) -> bool:
    return isinstance(value, str) and _TIME.fullmatch(value) is not None


def _of(text: str) -> datetime.time:
    return datetime.time.fromisoformat(text)


TABLES: Final[Mapping[str, Mapping[str, Check]]] = MappingProxyType(
    {
        "lifecycle": {
            "lock_after_months": _number(0, 120),
            "delete_after_months": _number(0, 120),
            "reclaim_after_months": _number(0, 120),
            "notice_days": _number(0, 366),
            "old_mail_months": _number(0, 120),
            "reading_windows": _one_of(0, 2, 4),
            "mailbox_capacity": _size,
            "clauses": _cited,
        },
        "reading": {"windows": _windows, "kinds": _kinds, "clause": _clause},
    }
)
"""Every key of the tables that are checked here."""
