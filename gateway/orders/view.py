"""How the rules run with the orders over them, for people: each rule on each listener, and what set it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gateway.config import Settings
from gateway.orders.faults import FORBIDDEN, Fault
from gateway.orders.merge import fault, merged
from gateway.orders.values import Order, Orders
from gateway.regulations import load
from gateway.rules.policy import Policy
from gateway.rules.table import RULES


def in_force(settings: Settings, orders: Orders) -> Settings:
    """The settings as the gateways have them: with the orders over them, where the configuration lets anybody order."""
    return merged(settings, orders) if settings.console.may_change_rules else settings


def idle(settings: Settings, orders: Iterable[Order]) -> dict[int, Fault]:
    """Why orders do nothing here, by number."""
    if not settings.console.may_change_rules:
        return {one.number: FORBIDDEN for one in orders}
    return {one.number: why for one in orders if (why := fault(settings, one))}


def standings(settings: Settings, orders: Orders) -> list[dict[str, Any]]:
    """A row for each rule, listener and regulation: its `mode` there ("off" where it does not run) and its `order`."""
    ruled = in_force(settings, orders)
    policy = Policy(ruled)
    rows = []
    for rule in RULES:
        for listener in ruled.listener:
            if listener.direction not in rule.directions:
                continue
            for name in policy.profiles.regulations:
                bound = [one for one in policy.bound(listener, load(name)) if one.rule.name == rule.name]
                mode, order = (bound[0].mode.value, bound[0].order) if bound else ("off", 0)
                row = {"rule": rule.name, "listener": listener.name, "regulation": name, "mode": mode}
                rows.append(row | {"order": order})
    return rows
