"""Which mail crosses the gateway where it stands (docs/topologies.md), and so which rules are blind there.

An edge gateway never sees mail inside the mail server; submission sees mail clients, not webmail; only a proxy filter
sees everything that the mail server takes in. It must not know regulations.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.model import Direction
from gateway.rules.catalogue import Entry, Flow

_WHOLLY = {
    Direction.INBOUND: {Flow.ARRIVING},
    Direction.OUTBOUND: {Flow.LEAVING},
    Direction.SUBMISSION: {Flow.LOGINS},
    Direction.PROXY_FILTER: {Flow.ARRIVING, Flow.LEAVING, Flow.INSIDE},
}
_PARTLY = {Direction.SUBMISSION: {Flow.LEAVING, Flow.INSIDE}}

WHY = {
    Flow.ARRIVING: "mail from the Internet: needs an inbound or a proxy-filter listener",
    Flow.LEAVING: "mail to the Internet: needs an outbound or a proxy-filter listener (submission misses webmail)",
    Flow.INSIDE: "mail inside the mail server: needs a proxy-filter listener (submission misses webmail)",
    Flow.LOGINS: "logins of mail clients: needs a submission listener",
}
"""What to do about a flow that is not seen, or only partly."""


@dataclass(frozen=True, slots=True)
class Topology:
    """The flows that the listeners together see wholly, and those that they see in part."""

    seen: frozenset[Flow]
    partly: frozenset[Flow]

    @classmethod
    def of(cls, directions: Iterable[Direction]) -> Topology:
        """The topology of listeners with these directions."""
        given = set(directions)
        seen = frozenset[Flow]().union(*(_WHOLLY[direction] for direction in given))
        partly = frozenset[Flow]().union(*(_PARTLY.get(direction, set()) for direction in given))
        return cls(seen, partly - seen)

    def blind(self, entry: Entry) -> tuple[Flow, ...]:
        """The flows that a rule needs and that nothing here sees."""
        return tuple(flow for flow in entry.flows if flow not in self.seen | self.partly)

    def half_blind(self, entry: Entry) -> tuple[Flow, ...]:
        """The flows that a rule needs and that are seen only in part."""
        return tuple(flow for flow in entry.flows if flow in self.partly)
