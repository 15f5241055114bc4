"""The regulations as data: one TOML file each, every clause with its text, what enforces it and the parameters.

This room reads its own files and checks that they are whole. It must not know the rules: that every rule a clause
names exists, and that every clause a rule cites names that rule, is held by tests/unit/regulations/test_both_ways.py.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from gateway.errors import RegulationError
from gateway.model import Clause
from gateway.regulations.parameters import check

IDS = ("angiang-50-2009", "tphcm-q4-03-2013")
"""Every regulation that this version knows, in the order in which they are shown."""
_NOTES = ("why_not", "erratum", "why_not_vi", "erratum_vi")


@dataclass(frozen=True, slots=True)
class Regulation:
    """One regulation. `parameters` has a table for each rule or room: `parameters["attachment-cap"]["limit"]`.

    `clauses` is in the order of the text; `headings` names the articles that have a title, by clause id ("Q4 4").
    """

    id: str
    prefix: str
    title: str
    issued: str
    clauses: Mapping[str, Clause]
    parameters: Mapping[str, Mapping[str, Any]]
    headings: Mapping[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """The whole published text, as it was found, from which the clauses are taken."""
        return files(__name__).joinpath("text", f"{self.id}.txt").read_text(encoding="utf-8")


def all() -> tuple[Regulation, ...]:
    """Every regulation. RegulationError if a data file is inconsistent."""
    return tuple(load(name) for name in IDS)


@cache
def load(id: str) -> Regulation:
    """Return the regulation with this id. RegulationError if there is none or its data file is inconsistent."""
    if id not in IDS:
        raise RegulationError(f"no regulation {id!r}; this version has {', '.join(IDS)}")
    source = files(__name__).joinpath(f"{id}.toml").read_text(encoding="utf-8")
    return parse(id, source)


def parse(id: str, source: str) -> Regulation:
    """Build a regulation from the text of a data file. RegulationError says what is wrong with it."""
    try:
        data = tomllib.loads(source)
        clauses, parameters = _clauses(data["prefix"], data["clause"]), data.get("parameters", {})
        check(parameters, clauses)
        return Regulation(
            id, data["prefix"], data["title"], data["issued"], clauses, parameters, data.get("headings", {})
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise RegulationError(f"{id}: {type(error).__name__}: {error}") from error


def _clauses(prefix: str, tables: list[dict[str, Any]]) -> dict[str, Clause]:
    clauses: dict[str, Clause] = {}
    for table in tables:
        clause = _clause(table)
        if clause.id in clauses:
            raise RegulationError(f"{clause.id} stands twice")
        if not clause.id.startswith(f"{prefix} "):
            raise RegulationError(f"{clause.id} does not begin with {prefix}")
        clauses[clause.id] = clause
    return clauses


def _clause(table: dict[str, Any]) -> Clause:
    lists = {key: tuple(table.get(key, ())) for key in ("enforced_by", "planned")}
    notes: dict[str, Any] = {key: table.get(key, "") for key in _NOTES}
    clause = Clause(table["id"], table["text"], **(notes | lists))
    if unknown := table.keys() - {"id", "text", *lists, *notes}:
        raise RegulationError(f"{clause.id}: unknown keys {', '.join(sorted(unknown))}")
    if not clause.text or not (clause.enforced_by or clause.planned or clause.why_not):
        raise RegulationError(f"{clause.id}: needs a text, and what enforces it or why software cannot")
    if alone := [key for key in _NOTES[:2] if bool(notes[key]) != bool(notes[f"{key}_vi"])]:
        raise RegulationError(f"{clause.id}: {' and '.join(alone)} must stand in both languages")
    return clause
