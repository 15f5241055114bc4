"""Prints the charset benchmark as it goes, and at the end the issue's table: every case once."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace

_WIDTH = 56


@dataclass(frozen=True, slots=True)
class Check:
    """One figure that has a goal. `at_least`: False where less is better."""

    case: str
    figure: float
    goal: float
    at_least: bool = True
    unit: str = "%"

    @property
    def met(self) -> bool:
        """True if the goal is reached."""
        return self.figure >= self.goal if self.at_least else self.figure <= self.goal

    @property
    def shown(self) -> str:
        """The goal and whether it is reached."""
        sign = "≥" if self.at_least else "≤"
        return f"{sign} {self.goal:g} {self.unit}: {'met' if self.met else 'NOT MET'}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of one table. `peers`: figures of the other detectors."""

    table: str
    what: str
    texts: int
    checks: list[Check]
    peers: dict[str, list[float]]
    examples: list[str]


@dataclass(slots=True)
class Report:
    """Prints rows as they come and keeps them."""

    quiet: bool
    with_examples: bool
    rows: list[Row] = field(default_factory=list)
    _table: str = ""

    def say(self, line: str = "") -> None:
        """One line for people."""
        if not self.quiet:
            print(line, flush=True)

    def add(self, row: Row, columns: str, shown: str) -> None:
        """One line of a table; its heading comes first."""
        if row.table != self._table:
            self._table = row.table
            self.say(f"\n{row.table:<{_WIDTH}}{columns}")
        self.rows.append(row)
        goals = "; ".join(check.shown for check in row.checks)
        self.say(f"  {row.what:<{_WIDTH - 2}}{shown}  {goals}")
        for example in row.examples if self.with_examples else ():
            self.say(f"      {example}")

    def summary(self) -> None:
        """Every case once: its lines together, by how many texts each had, and the worst of them."""
        found: dict[str, list[tuple[Check, Row]]] = {}
        for row in self.rows:
            for check in row.checks:
                found.setdefault(check.case, []).append((check, row))
        self.say(f"\n{'case':<{_WIDTH}}{'texts':>9}{'figure':>11}  goal (worst line)")
        for case, checks in found.items():
            texts = sum(row.texts for _check, row in checks)
            figure = sum(check.figure * row.texts for check, row in checks) / texts if texts else None
            worst, row = min(checks, key=lambda one: one[0].figure if one[0].at_least else -one[0].figure)
            whole = worst if figure is None else replace(worst, figure=figure)
            line = f"{whole.figure:11.4f}  {whole.shown} ({worst.figure:.4f} {row.what.strip()})"
            self.say(f"  {case:<{_WIDTH - 2}}{texts or '':>9}{line}")

    def as_json(self) -> str:
        """All rows."""
        rows = [asdict(row) | {"met": all(check.met for check in row.checks)} for row in self.rows]
        return json.dumps(rows, ensure_ascii=False, indent=1)
