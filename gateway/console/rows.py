"""A decision as the pages show it: a line of a list, and the values behind it. Whatever a record holds, it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.journal.query import Found


@dataclass(frozen=True, slots=True)
class Line:
    """One decision in a list. `time`: seconds since the epoch; `observed`: rules that only watched."""

    time: float
    reference: str
    action: str
    sender: str
    recipient: str
    more: int
    size: int
    rules: tuple[str, ...]
    observed: tuple[str, ...]
    listener: str
    direction: str
    reply: str
    attachments: int


def line_of(found: Found) -> Line:
    """From a row of the journal."""
    record = found.record
    people = texts(record.get("recipients"))
    hits = tables(record.get("findings"))
    decided = tuple(dict.fromkeys(text(one, "rule") for one in hits if one.get("mode") == "enforce"))
    watched = tuple(dict.fromkeys(text(one, "rule") for one in hits if one.get("mode") != "enforce"))
    return Line(
        found.time / 1e6,
        text(record, "reference"),
        text(record, "action"),
        text(record, "reverse_path") or "<>",
        people[0] if people else "",
        max(len(people) - 1, 0) + count(record, "recipients_more"),
        count(record, "size"),
        decided,
        tuple(rule for rule in watched if rule not in decided),
        text(record, "listener"),
        text(record, "direction"),
        text(record, "reply"),
        len(tables(record.get("attachments"))) + count(record, "attachments_more"),
    )


def text(record: Mapping[str, Any], name: str) -> str:
    """A text of a record; "" for what is none."""
    value = record.get(name, "")
    return value if isinstance(value, str) else "" if value is None else str(value)


def count(record: Mapping[str, Any], name: str) -> int:
    """A count of a record; 0 for what is none."""
    value = record.get(name, 0)
    return value if isinstance(value, int) else 0


def texts(value: object) -> list[str]:
    """The texts of a list."""
    return [str(item) for item in value] if isinstance(value, list | tuple) else []


def tables(value: object) -> list[Mapping[str, Any]]:
    """The tables of a list."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list | tuple) else []
