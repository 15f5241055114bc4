"""What a rule must say about itself to stand in the table, besides what `model.Rule` asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Protocol

from gateway.model import Direction, Mode, Rule

EVERYWHERE: tuple[Direction, ...] = tuple(Direction)
NO_PARAMETERS: Mapping[str, Callable[[object], Any]] = MappingProxyType({})


class ListedRule(Rule, Protocol):
    """A rule of the table. `clauses` is the union over all regulations; a finding cites those of the governing one.

    `parameters` maps a setting of `[rules.NAME]` to its parser (ValueError says what is accepted). A rule whose
    regulation and configuration give it no value for one of them is off there.
    """

    default: Mode
    directions: tuple[Direction, ...]
    parameters: Mapping[str, Callable[[object], Any]]
