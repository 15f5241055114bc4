"""Rules and exemptions as people ordered them while the gateway ran: the configuration's, with the order's number.

What decides is the same; the number goes into a finding's evidence, so that a row tells an order from the file. It must
not know where orders are kept.
"""

from __future__ import annotations

from collections.abc import Mapping

from gateway.config import Exemption, Listener, RuleConfig
from gateway.model import Mode
from gateway.rules.modes import keys_of


class OrderedRule(RuleConfig):
    """`[rules.NAME]` with orders over it. `orders`: the number of the order that set a key; "mode" for the whole."""

    orders: Mapping[str, int] = {}


class OrderedExemption(Exemption):
    """An exemption that was made at run time. `order`: its number."""

    order: int = 0


def order_of(config: RuleConfig | None, listener: Listener, *, internal: bool = False) -> int:
    """The number of the order that settled a rule's mode on a listener; 0 where the file did. See `modes.mode_of`."""
    if not isinstance(config, OrderedRule):
        return 0
    extra = config.model_extra or {}
    for key in keys_of(listener, internal=internal):
        if key in extra:
            return config.orders.get(key, 0)
    return config.orders.get("mode", 0) if isinstance(config.mode, Mode) else 0


def exemption_order(source: Exemption) -> int:
    """The number of the order that made an exemption; 0 for one of the file."""
    return source.order if isinstance(source, OrderedExemption) else 0
