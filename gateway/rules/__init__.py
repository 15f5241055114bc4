"""The rules: one question a file, pure functions of Facts without await, clock or I/O, and the policy that asks them.

`registry` is the ordered table of this version's rules. This room knows neither sockets nor stores nor the journal.
"""

from __future__ import annotations

from gateway.rules.table import RULES

__all__ = ["registry"]

registry = RULES
