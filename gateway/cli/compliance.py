"""`congthu compliance`: each clause of the regulations, what enforces it, and whether that is on in a configuration."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.options import config_option, json_option
from gateway.cli.output import print_json, print_table, say

if TYPE_CHECKING:
    from gateway.config import Settings
    from gateway.rules.compliance import ClauseState, Matrix, RuleState
    from gateway.rules.topology import Topology

_LONGEST_TEXT = 72


@click.command()
@config_option
@json_option
def command(config: Path | None, as_json: bool) -> None:
    """Show each clause of the regulations, what enforces it, and whether that is on.

    enforce: refused · observe: recorded · on: served by the record or the figures · off: not switched on ·
    planned: a later version · cannot: software cannot see it. The column "unseen" names the mail that the clause needs
    and that does not cross the gateway where it stands.
    """
    from gateway.config_file import load
    from gateway.rules.compliance import matrices, topology_of

    settings, ordered = _ordered(load(config))
    found, topology = matrices(settings), topology_of(settings)
    if as_json:
        shown = [_matrix_json(matrix) for matrix in found]
        print_json({"topology": _topology_json(topology), "regulations": shown, "orders": ordered})
        return
    for matrix in found:
        _print(matrix)
    _print_topology(topology)
    if ordered:
        say(f"{len(ordered)} orders lie over the configuration: congthu rules list", style="doubt")


def _ordered(settings: Settings) -> tuple[Settings, list[int]]:
    """The settings with what was ordered at run time, and the numbers of these orders; the file alone without a store.

    Nothing is made: a configuration that never ran has no orders.
    """
    from gateway.directory.database import Database
    from gateway.directory.errors import DirectoryUnavailable
    from gateway.orders.store import OrderStore
    from gateway.orders.values import holding
    from gateway.orders.view import idle, in_force
    from gateway.rules.policy import today_in_vietnam

    try:
        standing = OrderStore(Database(settings.store.url, settings.gateway.data_dir)).standing()[1]
    except DirectoryUnavailable as error:
        say(f"orders cannot be read, so this is the configuration alone: {error}", style="doubt", err=True)
        return settings, []
    orders = holding(standing, today_in_vietnam())
    useless = idle(settings, orders)
    return in_force(settings, orders), [one.number for one in orders if one.number not in useless]


def _print(matrix: Matrix) -> None:
    title = f"{matrix.regulation.title} ({matrix.regulation.id})"
    say(f"{title}: {matrix.regulation.issued}")
    say(f"governs {', '.join(matrix.governs)}", style="dim")
    rows = [(s.clause.id, s.state.value, _served_by(s), _unseen(s), _short(s.clause.text)) for s in matrix.clauses]
    print_table(("clause", "state", "by", "unseen", "text"), rows)
    for state in matrix.beyond:
        say(f"{state.rule} runs too ({_where(state)}), though no clause of this regulation asks for it", style="doubt")
    say(_summary(matrix))
    say("")


def _served_by(state: ClauseState) -> str:
    rules = [f"{rule.rule} {_where(rule)}" for rule in state.rules]
    rooms = [f"{room} {found.value}" for room, found in state.rooms.items()]
    notes = [
        text for text in (state.clause.why_not, state.clause.erratum and f"Erratum: {state.clause.erratum}") if text
    ]
    return "; ".join((*rules, *rooms, *notes))


def _where(rule: RuleState) -> str:
    """`enforce`, or each mode with its listeners where they differ."""
    modes = sorted(set(rule.listeners.values()))
    if len(modes) <= 1:
        return rule.state.value
    named = {mode: [name for name, other in rule.listeners.items() if other is mode] for mode in modes}
    return ", ".join(f"{mode.value} on {' '.join(names)}" for mode, names in named.items())


def _unseen(state: ClauseState) -> str:
    partly = [f"partly {flow.value}" for flow in state.partly]
    return ", ".join((*(flow.value for flow in state.blind), *partly))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_TEXT else line[: _LONGEST_TEXT - 1] + "…"


def _summary(matrix: Matrix) -> str:
    counts: dict[str, int] = {}
    for state in matrix.clauses:
        counts[state.state.value] = counts.get(state.state.value, 0) + 1
    return f"{len(matrix.clauses)} clauses: " + ", ".join(f"{count} {name}" for name, count in counts.items())


def _print_topology(topology: Topology) -> None:
    from gateway.rules.catalogue import Flow
    from gateway.rules.topology import WHY

    for flow in Flow:
        if flow not in topology.seen:
            word = "seen only in part" if flow in topology.partly else "not seen here"
            say(f"{flow.value}: {word}: {WHY[flow]}", style="doubt")


def _topology_json(topology: Topology) -> dict[str, Any]:
    from gateway.rules.catalogue import Flow

    return {
        "seen": [flow for flow in Flow if flow in topology.seen],
        "partly": [flow for flow in Flow if flow in topology.partly],
        "unseen": [flow for flow in Flow if flow not in topology.seen | topology.partly],
    }


def _matrix_json(matrix: Matrix) -> dict[str, Any]:
    regulation = matrix.regulation
    return {
        "id": regulation.id,
        "title": regulation.title,
        "issued": regulation.issued,
        "governs": matrix.governs,
        "clauses": [_clause_json(state) for state in matrix.clauses],
        "beyond": _rules_json(matrix.beyond),
    }


def _clause_json(state: ClauseState) -> dict[str, Any]:
    return {
        "id": state.clause.id,
        "heading": state.heading,
        "text": state.clause.text,
        "state": state.state,
        "rules": _rules_json(state.rules),
        "rooms": state.rooms,
        "blind": state.blind,
        "partly": state.partly,
        "why_not": state.clause.why_not,
        "why_not_vi": state.clause.why_not_vi,
        "erratum": state.clause.erratum,
        "erratum_vi": state.clause.erratum_vi,
    }


def _rules_json(rules: Sequence[RuleState]) -> list[dict[str, Any]]:
    return [
        {
            "rule": rule.rule,
            "state": rule.state,
            "listeners": rule.listeners,
            "blind": rule.blind,
            "partly": rule.partly,
        }
        for rule in rules
    ]
