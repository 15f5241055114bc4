"""The compliance matrix: each clause, what enforces it, and whether that is on in a configuration.

Pure: settings in, values out; how they are shown is the command's business. It runs no rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from gateway.config import Settings
from gateway.model import Clause, Mode
from gateway.regulations import Regulation, load
from gateway.rules.catalogue import BY_NAME, ROOMS, Flow
from gateway.rules.policy import Policy
from gateway.rules.table import RULES
from gateway.rules.topology import Topology


class State(StrEnum):
    """What became of a clause, a rule or a room, from best to worst."""

    ENFORCE = "enforce"  # refused
    OBSERVE = "observe"  # recorded, not refused
    ON = "on"  # served by a room that is no rule (the journal)
    OFF = "off"  # could be on in this version
    PLANNED = "planned"  # a later version
    CANNOT = "cannot"  # software cannot; `why_not` says why


@dataclass(frozen=True, slots=True)
class RuleState:
    """One rule under a regulation: its mode on each listener where it is asked, and the mail it does not see."""

    rule: str
    state: State
    listeners: Mapping[str, Mode]
    blind: tuple[Flow, ...] = ()
    partly: tuple[Flow, ...] = ()


@dataclass(frozen=True, slots=True)
class ClauseState:
    """One clause: the best state of what serves it, and each of those."""

    clause: Clause
    heading: str
    state: State
    rules: tuple[RuleState, ...]
    rooms: Mapping[str, State]

    @property
    def blind(self) -> tuple[Flow, ...]:
        """The mail that the clause's rules need and nothing sees; rules of later versions do not count."""
        return _flows(rule.blind for rule in self.rules if rule.state is not State.PLANNED)

    @property
    def partly(self) -> tuple[Flow, ...]:
        """The mail that the clause's rules need and that is seen only in part."""
        return _flows(rule.partly for rule in self.rules if rule.state is not State.PLANNED)


@dataclass(frozen=True, slots=True)
class Matrix:
    """One regulation in a configuration: whom it governs, its clauses, and rules that run without a clause of it."""

    regulation: Regulation
    governs: tuple[str, ...]
    clauses: tuple[ClauseState, ...]
    beyond: tuple[RuleState, ...]


def matrices(settings: Settings) -> tuple[Matrix, ...]:
    """The matrix of each regulation that the configuration follows, its default first. ConfigError as for Policy."""
    policy = Policy(settings)
    topology = topology_of(settings)
    return tuple(_matrix(load(name), settings, policy, topology) for name in policy.profiles.regulations)


def topology_of(settings: Settings) -> Topology:
    """Which mail the configured listeners see."""
    return Topology.of(listener.direction for listener in settings.listener)


def _matrix(regulation: Regulation, settings: Settings, policy: Policy, topology: Topology) -> Matrix:
    rules, rooms = _rule_states(regulation, settings, policy, topology), room_states(settings)
    clauses = tuple(_clause_state(clause, regulation, rules, rooms) for clause in regulation.clauses.values())
    claimed = {name for clause in regulation.clauses.values() for name in clause.enforced_by}
    running = (rules[rule.name] for rule in RULES if rules[rule.name].listeners)
    beyond = tuple(state for state in running if state.rule not in claimed)
    return Matrix(regulation, _governs(regulation.id, settings), clauses, beyond)


def _governs(regulation: str, settings: Settings) -> tuple[str, ...]:
    patterns = tuple(profile.pattern for profile in settings.profile if profile.regulation == regulation)
    default = settings.gateway.regulation == regulation
    return (*patterns, *(settings.gateway.domains or ("*",) if default else ()))


def _rule_states(
    regulation: Regulation, settings: Settings, policy: Policy, topology: Topology
) -> dict[str, RuleState]:
    modes: dict[str, dict[str, Mode]] = {rule.name: {} for rule in RULES}
    for listener in settings.listener:
        for bound in policy.bound(listener, regulation):
            modes[bound.rule.name][listener.name] = bound.mode
    return {
        name: RuleState(
            name, _rule_state(modes.get(name)), modes.get(name, {}), topology.blind(e), topology.half_blind(e)
        )
        for name, e in BY_NAME.items()
    }


def _rule_state(modes: Mapping[str, Mode] | None) -> State:
    if modes is None:
        return State.PLANNED
    return _best((State(mode.value) for mode in modes.values()), State.OFF)


def room_states(settings: Settings) -> dict[str, State]:
    """What each room that is no rule does in a configuration. Without a source of evidence no life can be judged;
    without a configured deed what is due is listed only.
    """
    access, do = settings.access, settings.lifecycle.do
    seen = settings.imap.host or access.bind or access.ldap or access.last_login.url_file
    done = any(getattr(do, name) for name in type(do).model_fields)
    life = State.OFF if not seen else State.ON if done else State.OBSERVE
    copies = State.ON if settings.copies.address else State.OFF
    return dict.fromkeys(ROOMS, State.ON) | {
        "poller": State.ON if seen else State.OFF,
        "lifecycle": life,
        "copies": copies,
    }


def _clause_state(
    clause: Clause, regulation: Regulation, rules: Mapping[str, RuleState], every: Mapping[str, State]
) -> ClauseState:
    own = tuple(rules[name] for name in clause.enforced_by)
    rooms = {name: every[name] for name in clause.planned}
    state = _best((*(rule.state for rule in own), *rooms.values()), State.CANNOT)
    article = " ".join(clause.id.split(".")[:1]).rstrip("abcdefgh")
    return ClauseState(clause, regulation.headings.get(article, ""), state, own, rooms)


def _best(states: Iterable[State], otherwise: State) -> State:
    order = list(State)
    return min(states, key=order.index, default=otherwise)


def _flows(groups: Iterable[tuple[Flow, ...]]) -> tuple[Flow, ...]:
    found = {flow for group in groups for flow in group}
    return tuple(flow for flow in Flow if flow in found)
