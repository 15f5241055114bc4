"""What the settings look like, read from gateway.config itself: names, types in plain words, units and defaults.

The example, the reference page and every hint about a wrong value are made from here, so that a setting is described in
one place. It knows the shape of the settings, and neither files nor the sense of a configuration.
"""

from __future__ import annotations

import datetime
import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BeforeValidator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from gateway.config import Settings
from gateway.config_limits import Rate
from gateway.config_values import KIB, MIB, Count, DayTime, Duration, Endpoint, Flag, Network, Section, Size, Timeout

Location = Sequence[str | int]


@dataclass(frozen=True, slots=True)
class Setting:
    """One key: `kind` in plain words, `unit` (bytes, seconds or nothing), `default` as TOML, or None."""

    name: str
    annotation: Any
    kind: str
    unit: str
    default: str | None
    required: bool
    description: str

    @property
    def section(self) -> type[Section] | None:
        """The section that this key holds (a table, a list of tables or named tables), or None for a value."""
        return section_in(self.annotation)


_KINDS: tuple[tuple[Any, str, str], ...] = (
    (Size, 'a size in bytes or with a unit, such as "15MiB"', "bytes"),
    (Duration, 'a duration in seconds or with a unit, such as "30s" or "5m"', "seconds"),
    (Timeout, 'a duration above 0, in seconds or with a unit, such as "30s" or "5m"', "seconds"),
    (Endpoint, 'host:port in quotes, such as "127.0.0.1:25" or "[::1]:25"', ""),
    (Network, 'a network in quotes, such as "10.0.0.0/8" or "192.0.2.7"', ""),
    (Count, "a whole number without quotes", ""),
    (DayTime, 'a time of the day in quotes, such as "08:00"', ""),
    (Annotated[Rate, BeforeValidator(Rate)], 'a rate in quotes, such as "250/minute" or "2GiB/day"', ""),
    (Flag, "true or false, without quotes", ""),
    (str, "text in quotes", ""),
    (Path, "a path in quotes", ""),
    (datetime.date, "a date without quotes, such as 2026-12-31", ""),
    (dict[str, str], 'a table of names and texts, { name = "text" }', ""),
)


def settings_of(section: type[Section]) -> Iterator[Setting]:
    """Every key of a section, in the order of the source."""
    hints = get_type_hints(section, include_extras=True)
    for name, field in section.model_fields.items():
        annotation = hints[name]
        inner = section_in(annotation)
        text = field.description or (inner.__doc__ if inner else None) or ""
        yield Setting(
            name=name,
            annotation=annotation,
            kind=kind(annotation) + _bounds(field),
            unit=unit(annotation),
            default=_default(field, annotation),
            required=field.is_required(),
            description=text.strip(),
        )


def kind(annotation: Any) -> str:
    """What is accepted, in plain words."""
    for known, words, _ in _KINDS:
        if annotation == known:
            return words
    if choices := choices_of(annotation):
        return "one of " + ", ".join(f'"{choice}"' for choice in choices)
    base = optional(annotation)
    if base is not annotation:
        return kind(base)
    if get_origin(annotation) is tuple:
        return _list_kind(get_args(annotation)[0])
    return "a table"


def _list_kind(item: Any) -> str:
    if section_in(item) or get_origin(item) is dict:
        return "a list of tables"
    return f"a list in square brackets, each entry {kind(item)}"


def unit(annotation: Any) -> str:
    """`bytes`, `seconds` or nothing."""
    base = optional(annotation)
    return next((unit for known, _, unit in _KINDS if base == known), "")


def choices_of(annotation: Any) -> tuple[str, ...]:
    """The words that a setting accepts, where it accepts a few only."""
    base = optional(annotation)
    if get_origin(base) is Literal:
        return tuple(str(choice) for choice in get_args(base))
    if isinstance(base, type) and issubclass(base, StrEnum):
        return tuple(member.value for member in base)
    return ()


def optional(annotation: Any) -> Any:
    """`X` for `X | None`, anything else as it is."""
    if get_origin(annotation) in (Union, types.UnionType):
        kept = [arg for arg in get_args(annotation) if arg is not type(None)]
        if len(kept) == 1:
            return kept[0]
    return annotation


def section_in(annotation: Any) -> type[Section] | None:
    """The section inside an annotation: `X`, `tuple[X, ...]`, `dict[str, X]`, each perhaps Annotated."""
    if isinstance(annotation, type) and get_origin(annotation) is None:
        return annotation if issubclass(annotation, Section) else None
    if get_origin(annotation) is Annotated:
        return section_in(get_args(annotation)[0])
    found = (section_in(arg) for arg in get_args(annotation) if arg is not Ellipsis)
    return next((section for section in found if section), None)


def annotation_at(location: Location, root: type[Section] = Settings) -> Any:
    """The annotation of the key at a location such as ("listener", 0, "bind"); None where there is no such key."""
    annotation: Any = root
    for step in location:
        annotation = _descend(annotation, step)
        if annotation is None:
            return None
    return annotation


def _descend(annotation: Any, step: str | int) -> Any:
    annotation = optional(annotation)
    if get_origin(annotation) is Annotated and section_in(annotation):
        annotation = get_args(annotation)[0]
    if get_origin(annotation) is tuple and isinstance(step, int):
        return get_args(annotation)[0]
    if get_origin(annotation) is dict:
        return get_args(annotation)[1]
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return get_type_hints(annotation, include_extras=True).get(str(step))
    return None


def section_at(location: Location) -> type[Section]:
    """The section that holds a key; Settings itself for a top-level one."""
    for end in range(len(location) - 1, 0, -1):
        annotation = optional(annotation_at(location[:end]))
        if isinstance(annotation, type) and issubclass(annotation, Section):
            return annotation
        if section := section_in(annotation):
            return section
    return Settings


def write_value(value: Any, annotation: Any) -> str:
    """A value as TOML, with the unit that people would write."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        inner = get_args(annotation)[0] if get_args(annotation) else None
        return "[" + ", ".join(write_value(item, inner) for item in value) + "]"
    if unit(annotation) == "bytes":
        return _write_size(value)
    if unit(annotation) == "seconds":
        return _write_duration(value)
    return str(value) if isinstance(value, int) else _quote(str(value))


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _write_size(value: int) -> str:
    for factor, name in ((1024 * MIB, "GiB"), (MIB, "MiB"), (KIB, "KiB")):
        if value and value % factor == 0:
            return f'"{value // factor}{name}"'
    return str(value)


def _write_duration(value: float) -> str:
    for factor, name in ((3600, "h"), (60, "m"), (1, "s")):
        if value and value % factor == 0:
            return f'"{int(value) // factor}{name}"'
    return f'"{round(value * 1000)}ms"'


def _default(field: FieldInfo, annotation: Any) -> str | None:
    if field.default is PydanticUndefined or field.default is None:
        return None
    if section_in(annotation) or isinstance(field.default, dict):
        return None
    return write_value(field.default, annotation)


def _bounds(field: FieldInfo) -> str:
    limits = {
        key: value for meta in field.metadata for key in ("ge", "le") if (value := getattr(meta, key, None)) is not None
    }
    if "le" in limits:
        return f", from {limits['ge']} to {limits['le']}"
    return f", at least {limits['ge']}" if "ge" in limits else ""
