"""What is wrong with a configuration's rules, profiles and exemptions: everything at once, with what to do.

It must not compile or run anything.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from gateway import regulations
from gateway.config import Listener, RuleConfig, Settings
from gateway.errors import Problem
from gateway.model import Direction, Mode
from gateway.rules.catalogue import BY_NAME
from gateway.rules.listed import ListedRule
from gateway.rules.modes import INTERNAL, is_mode_key
from gateway.rules.patterns import Pattern
from gateway.rules.providers import parse_providers
from gateway.rules.settings import parse_addresses, parse_domain
from gateway.rules.table import RULES

_MODES = tuple(mode.value for mode in Mode)


def problems(settings: Settings, rules: Sequence[ListedRule] = RULES) -> tuple[Problem, ...]:
    """Every problem of `[gateway] regulation`, `[[profile]]`, `[rules]`, `[[exemption]]` and of what rules share.

    For `check-config` too.
    """
    known = {rule.name: rule for rule in rules}
    listeners = {listener.name: listener for listener in settings.listener}
    found = [*_regulation("gateway.regulation", settings.gateway.regulation)]
    for index, profile in enumerate(settings.profile):
        found += _regulation(f"profile[{index}].regulation", profile.regulation)
        found += _pattern(f"profile[{index}].pattern", profile.pattern)
    for name, config in settings.rules.items():
        found += _rule(name, config, known, listeners)
    for index, exemption in enumerate(settings.exemption):
        found += _known(f"exemption[{index}].rule", exemption.rule, known, planned_is_fine=False)
        for key in ("sender", "recipient"):
            if value := getattr(exemption, key):
                found += _pattern(f"exemption[{index}].{key}", value)
    for index, override in enumerate(settings.limit_override):
        found += _pattern(f"limit_override[{index}].address", override.address)
    found += _shared("senders.administrators", list(settings.senders.administrators), parse_addresses)
    found += _shared("directory.providers", settings.directory.providers, parse_providers)
    found += _shared("authentication.login_domain", settings.authentication.login_domain, _login_domain)
    return tuple(found)


def _shared(key: str, value: object, parse: Callable[[object], object]) -> Iterator[Problem]:
    """What several rules are told in one place outside of [rules]."""
    try:
        parse(value)
    except ValueError as error:
        yield Problem(key, _shown(value), str(error))


def _shown(value: object) -> str:
    """A value as the file has it, at most 80 characters."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_shown, value[:8]))}]"[:80]
    if isinstance(value, bool):
        return str(value).lower()
    return (f'"{value}"' if isinstance(value, str) else repr(value))[:80]


def _login_domain(value: object) -> None:
    if parse_domain(value).startswith("*"):
        raise ValueError('write one domain, no pattern: "tinh.example"')


def _regulation(key: str, value: str) -> Iterator[Problem]:
    if value not in regulations.IDS:
        yield Problem(key, f'"{value}"', f"write one of {', '.join(regulations.IDS)}")


def _pattern(key: str, value: str) -> Iterator[Problem]:
    try:
        Pattern(value)
    except ValueError:
        yield Problem(key, f'"{value}"', 'write an address pattern: "q4@tphcm.gov.vn", "*.q4@tphcm.gov.vn"')


def _known(key: str, name: str, known: Mapping[str, ListedRule], *, planned_is_fine: bool) -> Iterator[Problem]:
    if name in known or (planned_is_fine and name in BY_NAME):
        return
    if name in BY_NAME:
        yield Problem(key, f'"{name}"', "this version does not have the rule yet; take it out until it does")
        return
    near = difflib.get_close_matches(name[:64], known, n=1)
    hint = f'; did you mean "{near[0]}"?' if near else ""
    yield Problem(key, f'"{name}"', f"no such rule: this version has {', '.join(known)}{hint}")


def _rule(
    name: str, config: RuleConfig, known: Mapping[str, ListedRule], listeners: Mapping[str, Listener]
) -> Iterator[Problem]:
    key = f"rules.{name}"
    extra = config.model_extra or {}
    # Off needs no rule; anything else would promise what this version does not do.
    off = config.mode is Mode.OFF and not extra
    yield from _known(key, name, known, planned_is_fine=off)
    if name not in known:
        return
    for setting, value in extra.items():
        yield from _setting(f"{key}.{setting}", setting, value, known[name].parameters, listeners)


def _setting(
    key: str,
    setting: str,
    value: object,
    parameters: Mapping[str, Callable[[object], Any]],
    listeners: Mapping[str, Listener],
) -> Iterator[Problem]:
    if setting in parameters:
        try:
            parameters[setting](value)
        except ValueError as error:
            yield Problem(key, _shown(value), str(error))
    elif not is_mode_key(setting, listeners):
        allowed = ["mode", *parameters, *Direction, INTERNAL, *(name for name in listeners if name not in [*Direction])]
        yield Problem(key, _shown(value), f"no such setting: write one of {', '.join(allowed)}")
    elif value not in _MODES:
        yield Problem(key, _shown(value), f"write {' | '.join(_MODES)}")
