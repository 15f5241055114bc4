"""How a unit's name becomes the local part of its address (AG 5.3a): Sở Thông tin và Truyền thông is sotttt.

Pure. The text gives forms for departments, boards, associations, districts, their divisions, and communes; for other
units "a fitting name", which nobody can check.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gateway.directory.names import words


class Level(StrEnum):
    """What kind of unit a name tells of."""

    DEPARTMENT = "so"
    BOARD = "ban"
    ASSOCIATION = "hoi"
    DIVISION = "phong"  # of a district
    DISTRICT = "huyen"
    COMMUNE = "xa"
    OTHER = ""


_COMMITTEE: Final = (["uy", "ban", "nhan", "dan"], ["ubnd"])
_DISTRICTS: Final = (["huyen"], ["thi", "xa"], ["thanh", "pho"], ["quan"], ["tp"], ["tx"])
_COMMUNES: Final = {"xa": "xa", "phuong": "p.", "thi tran": "tt"}
_HEADS: Final = {"so": Level.DEPARTMENT, "ban": Level.BOARD, "hoi": Level.ASSOCIATION, "phong": Level.DIVISION}
_AND: Final = frozenset({"va"})


@dataclass(frozen=True, slots=True)
class UnitName:
    """A unit's name taken apart: its level, its own words, and the prefix that tells communes from districts."""

    level: Level
    own: tuple[str, ...]
    prefix: str = ""
    district: str = ""  # a division's, where its name says it: "chauphu"


def read(name: str) -> UnitName:
    """Take a unit's name apart."""
    found = words(name)
    for committee in _COMMITTEE:
        if found[: len(committee)] == committee:
            found = found[len(committee) :]
            break
    if place := _place(found):
        return place
    level = _HEADS.get(found[0], Level.OTHER) if len(found) > 1 else Level.OTHER
    if level is Level.DIVISION:
        own, district = _of_district(found[1:])
        return UnitName(level, own, district=district)
    return UnitName(level, tuple(found[1:] if level else found))


def _place(found: list[str]) -> UnitName | None:
    for head in _DISTRICTS:
        if found[: len(head)] == head and len(found) > len(head):
            return UnitName(Level.DISTRICT, tuple(found[len(head) :]))
    for name, prefix in _COMMUNES.items():
        parts = name.split()
        if found[: len(parts)] == parts and len(found) > len(parts):
            return UnitName(Level.COMMUNE, tuple(found[len(parts) :]), prefix)
    return None


def _of_district(found: list[str]) -> tuple[tuple[str, ...], str]:
    """ "Nội vụ huyện Châu Phú": the division's own words, and its district's."""
    for start in range(1, len(found)):
        for head in _DISTRICTS:
            if found[start : start + len(head)] == head and len(found) > start + len(head):
                return tuple(found[:start]), "".join(found[start + len(head) :])
    return tuple(found), ""


def stems(name: str, parent: str = "", short_from: int = 3) -> Iterator[str]:
    """The local parts that a unit may have, the suggested one first. `parent`: the name of the unit above.

    `short_from`: names of so many words are written by their initials. Nothing for a name without Latin letters.
    """
    unit = read(name)
    if not unit.own or not all(word.isascii() for word in unit.own):
        return
    above = read(parent) if parent else None
    district = unit.district or ("".join(above.own) if above and above.level is Level.DISTRICT else "")
    if unit.level is Level.DISTRICT:
        yield from _joined(unit.own, "quan")
    elif unit.level is Level.COMMUNE:
        yield from _commune(unit, district)
    elif unit.level is Level.DIVISION:
        yield from _division(unit, district, short_from)
    else:
        for short in _short(unit.own, short_from):
            yield f"{unit.level.value}{short}"


def _joined(own: tuple[str, ...], numbered: str) -> Iterator[str]:
    """A place's name; one that is a number only needs the word before it: quan4."""
    joined = "".join(own)
    yield f"{numbered}{joined}" if joined.isdigit() else joined


def _commune(unit: UnitName, district: str) -> Iterator[str]:
    (name,) = _joined(unit.own, "phuong")
    yield name
    if district:
        yield f"{name}.{district}"
        yield f"{name}{district}"
    yield f"{unit.prefix}{''.join(unit.own)}"
    yield f"{unit.prefix.rstrip('.')}{''.join(unit.own)}"


def _division(unit: UnitName, district: str, short_from: int) -> Iterator[str]:
    for short in _short(unit.own, short_from):
        for prefix in ("", "phong", "p"):
            yield f"{prefix}{short}.{district}" if district else f"{prefix}{short}"


def _short(own: tuple[str, ...], short_from: int) -> Iterator[str]:
    """A name whole, or by its initials without and with "và": tttt, ttvtt."""
    if len(own) < short_from:
        yield "".join(own)
        return
    yield "".join(word if word.isdigit() else word[0] for word in own if word not in _AND)
    yield "".join(word if word.isdigit() else word[0] for word in own)
