"""What orders make of a configuration: `[rules]` and `[[exemption]]` with the orders over them. Pure.

The latest word counts: an order for a place puts aside what the file, or an older order, says of places inside it.
An order that cannot stand any more (its listener is gone, its rule is of another version) is left out and named, so
that a change of the file never keeps the gateway from starting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gateway.config import RuleConfig, Settings
from gateway.config_values import network
from gateway.model import Direction, Mode
from gateway.orders.faults import NO_END, NO_MODE, NOBODY, Fault, no_listener, no_pattern, no_rule
from gateway.orders.values import EVERYWHERE, Kind, Order
from gateway.rules.modes import is_mode_key
from gateway.rules.ordered import OrderedExemption, OrderedRule
from gateway.rules.patterns import Pattern
from gateway.rules.table import RULES

_BY_NAME = {rule.name: rule for rule in RULES}


def merged(settings: Settings, orders: Iterable[Order]) -> Settings:
    """The settings with these orders over them, the oldest first; those that cannot stand are left out."""
    standing = [one for one in orders if not fault(settings, one)]
    if not standing:
        return settings
    rules = dict(settings.rules)
    for order in standing:
        if order.kind is Kind.MODE:
            rules[order.rule] = _ruled(settings, rules.get(order.rule), order)
    made = tuple(_exemption(order) for order in standing if order.kind is Kind.EXEMPT)
    return settings.model_copy(update={"rules": rules, "exemption": (*settings.exemption, *made)})


def fault(settings: Settings, order: Order) -> Fault | None:
    """Why an order cannot stand in a configuration; None where it can."""
    if order.rule not in _BY_NAME:
        return no_rule(order.rule)
    if order.kind is Kind.MODE:
        listeners = {one.name: one for one in settings.listener}
        if order.place and not is_mode_key(order.place, listeners):
            return no_listener(order.place)
        return None if order.mode in (Mode.ENFORCE, Mode.OBSERVE) else NO_MODE
    return _patterns(order)


def _patterns(order: Order) -> Fault | None:
    if not (order.sender or order.recipient or order.network):
        return NOBODY
    if order.until is None:
        return NO_END
    checks: tuple[tuple[str, Callable[[str], Any]], ...] = (
        (order.sender, Pattern),
        (order.recipient, Pattern),
        (order.network, network),
    )
    for value, parse in checks:
        try:
            if value:
                parse(value)
        except ValueError:
            return no_pattern(value)
    return None


def _ruled(settings: Settings, config: RuleConfig | None, order: Order) -> OrderedRule:
    extra = dict((config.model_extra or {}) if config is not None else {})
    orders = dict(config.orders) if isinstance(config, OrderedRule) else {}
    for key in _inside(settings, order.place, extra):
        extra.pop(key, None)
        orders.pop(key, None)
    assert order.mode is not None
    mode = config.mode if config is not None else None
    if order.place == EVERYWHERE:
        mode, key = order.mode, "mode"
    else:
        extra[order.place], key = order.mode.value, order.place
    return OrderedRule(mode=mode, orders={**orders, key: order.number}, **extra)


def _inside(settings: Settings, place: str, extra: Mapping[str, Any]) -> list[str]:
    """The keys of `[rules.NAME]` that would be stronger than a word for this place."""
    listeners = {one.name: one for one in settings.listener}
    if place == EVERYWHERE:
        return [key for key in extra if is_mode_key(key, listeners)]
    if place not in [*Direction]:
        return []
    inside = {name for name, one in listeners.items() if one.direction.value == place and name != place}
    return [key for key in extra if key in inside]


def _exemption(order: Order) -> OrderedExemption:
    assert order.until is not None
    return OrderedExemption(
        rule=order.rule,
        reason=order.reason,
        expires=order.until,
        sender=order.sender,
        recipient=order.recipient,
        network=network(order.network) if order.network else None,
        order=order.number,
    )
