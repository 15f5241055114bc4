"""What an order to enforce would have refused lately, from the record, so that nobody locks everybody out unseen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from gateway.journal.query import Filter, search
from gateway.journal.schema import decisions
from gateway.model import Mode

DAYS: Final = 7
_MOST: Final = 5_000  # findings that are read; more say nothing else
_SHARE: Final = 0.05  # of all messages: beyond it an order is to be confirmed
_FEW: Final = 5


@dataclass(frozen=True, slots=True)
class Effect:
    """Of `messages` decided in the last `DAYS`, those that a rule noted but let pass. `more`: there are more."""

    messages: int
    would: int
    more: bool = False

    @property
    def sweeping(self) -> bool:
        """Whether so much mail would be refused that somebody should say so twice."""
        return self.would > _FEW and (self.more or self.would > _SHARE * self.messages)


def effect(connection: sa.Connection, rule: str, now: float) -> Effect:
    """What enforcing a rule would have refused in the last week. `connection`: a reader of the journal."""
    since = int((now - DAYS * 86400) * 1e6)
    would = seen = 0
    for found in search(connection, Filter(since=since, rule=rule), limit=_MOST):
        seen += 1
        would += any(_noted(one, rule) for one in found.record.get("findings") or ())
    query = sa.select(sa.func.count()).select_from(decisions)
    with connection.begin():
        messages = connection.execute(query.where(decisions.c.time >= since, decisions.c.kind == "decision"))
        return Effect(int(messages.scalar_one()), would, seen == _MOST)


def _noted(finding: Any, rule: str) -> bool:
    """Whether a finding refused nothing only because it was observed: a remark and an exemption would not either."""
    if not isinstance(finding, Mapping) or finding.get("rule") != rule:
        return False
    evidence = finding.get("evidence")
    exempted = isinstance(evidence, Mapping) and "exempted" in evidence
    return finding.get("mode") == Mode.OBSERVE.value and finding.get("action") != "accept" and not exempted
