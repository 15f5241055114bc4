"""How the configuration, the regulation and the rule itself settle a rule's mode and parameters.

One place knows the order: the listener's name, `internal`, the direction, `mode`, the regulation's data, the rule's own
default. It must not know what the rules ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from gateway.config import Listener, RuleConfig, Settings
from gateway.model import Direction, Mode
from gateway.regulations import Regulation
from gateway.rules.listed import ListedRule, Need

INTERNAL = "internal"
"""The key of `[rules.NAME]` for mail between addresses of ours, wherever it crosses the gateway."""

_UNSET = RuleConfig()
_NONE: Mapping[str, object] = MappingProxyType({})


def mode_of(
    rule: ListedRule, config: RuleConfig | None, regulation: Regulation, listener: Listener, *, internal: bool = False
) -> Mode:
    """The mode of a rule on a listener, under a regulation, for internal mail or other mail."""
    extra = (config or _UNSET).model_extra or {}
    for key in keys_of(listener, internal=internal):
        if key in extra:
            return Mode(extra[key])
    own = rule.modes.get(listener.direction, rule.default)
    if config is not None and config.mode is not None:
        # "enforce" is said of a rule as it is; who wants it where it only observes by itself names the direction.
        return rule.modes.get(listener.direction, Mode.ENFORCE) if config.mode is Mode.ENFORCE else config.mode
    if rule.parameters.keys() & extra.keys():  # somebody who sets a limit wants it to hold
        return own
    return Mode(regulation.parameters.get(rule.name, {}).get("mode", own))


def keys_of(listener: Listener, *, internal: bool = False) -> tuple[str, ...]:
    """The keys of `[rules.NAME]` that may say a mode for a listener, the strongest first; `mode` comes after them."""
    return (listener.name, *((INTERNAL,) if internal else ()), listener.direction.value)


def parameters_of(
    rule: ListedRule, config: RuleConfig | None, regulation: Regulation, shared: Mapping[str, object] = _NONE
) -> Mapping[str, Any] | None:
    """The rule's parsed parameters: configured, else the regulation's, else its own; None if one has no value.

    `shared`: what several rules are told in one place of the configuration, [directory].
    """
    extra = (config or _UNSET).model_extra or {}
    given: dict[str, Any] = {**rule.defaults, **shared, **regulation.parameters.get(rule.name, {}), **extra}
    if rule.parameters.keys() - given.keys():
        return None
    return {name: parse(given[name]) for name, parse in rule.parameters.items()}


def unserved(rule: ListedRule, settings: Settings) -> bool:
    """Whether the rule needs something that the configuration leaves out; it is off then, and is not "checked"."""
    if Need.MALWARE in rule.needs and not settings.clamd.address:
        return True
    if Need.LOGIN in rule.needs and not settings.passwords.watch:
        return True
    return Need.SPAM in rule.needs and not settings.rspamd.url


def is_mode_key(key: str, listeners: Mapping[str, Listener]) -> bool:
    """Whether a key of `[rules.NAME]` says a mode: a listener's name, a direction, or `internal`."""
    return key == INTERNAL or key in listeners or key in Direction.__members__.values()
