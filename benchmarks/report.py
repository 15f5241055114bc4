"""Medians of the rounds, ratios to the peers of the same round, as a table or JSON."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from benchmarks.load import MIB, Run

Rounds = dict[str, list[Run]]  # by peer, one run a round, all lists in the order of the rounds


@dataclass(frozen=True, slots=True)
class Line:
    """A peer's medians. A ratio is the median of the ratios within each round; None without that peer."""

    peer: str
    rate: float
    cpu_ms: float
    idle_mib: float
    peak_mib: float
    rate_to_nothing: float | None
    rate_to_filter: float | None
    cpu_to_filter: float | None


def _ratio(mine: list[float], other: list[float] | None) -> float | None:
    if not other or not all(other):
        return None
    return median(one / two for one, two in zip(mine, other, strict=True))


def _rates(runs: list[Run] | None) -> list[float] | None:
    return None if runs is None else [run.rate for run in runs]


def _cpu(runs: list[Run] | None) -> list[float] | None:
    return None if runs is None else [run.cpu_ms for run in runs]


def line(peer: str, rounds: Rounds) -> Line:
    """One peer's line."""
    runs = rounds[peer]
    rates, cpu = [run.rate for run in runs], [run.cpu_ms for run in runs]
    beside = rounds.get("postfix-filter")
    return Line(
        peer,
        median(rates),
        median(cpu),
        median(run.idle for run in runs) / MIB,
        max(run.peak for run in runs) / MIB,
        _ratio(rates, _rates(rounds.get("nothing"))),
        _ratio(rates, _rates(beside)),
        _ratio(cpu, _cpu(beside)),
    )


def _cell(value: float | None, width: int) -> str:
    return f"{'-':>{width}}" if value is None else f"{value:{width}.2f}"


def table(title: str, lines: list[Line]) -> str:
    """Text for people."""
    columns = (("msg/s", 9), ("CPU ms", 9), ("idle MiB", 10), ("peak MiB", 10), ("/nothing", 9), ("/filter", 9))
    head = f"{'X':<15}" + "".join(f"{name:>{width}}" for name, width in (*columns, ("CPU/filter", 11)))
    return "\n".join([f"\n{title}", head, *map(_row, lines)])


def _row(one: Line) -> str:
    own = f"{one.peer:<15}{one.rate:9.1f}{one.cpu_ms:9.3f}{one.idle_mib:10.1f}{one.peak_mib:10.1f}"
    return own + _cell(one.rate_to_nothing, 9) + _cell(one.rate_to_filter, 9) + _cell(one.cpu_to_filter, 11)
