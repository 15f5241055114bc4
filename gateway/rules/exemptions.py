"""Written exceptions from a rule: who, why, until when. One that applies is recorded with its reason, never silent.

The date comes from the caller; nothing here reads a clock.
"""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import replace

from gateway.config import Exemption
from gateway.model import Envelope, Finding, Mode, Recipient
from gateway.rules.ordered import exemption_order
from gateway.rules.patterns import Pattern


class CompiledExemption:
    """One [[exemption]], ready to be asked. ValueError if a pattern can match nothing."""

    __slots__ = ("_network", "_recipient", "_sender", "expires", "order", "reason", "rule")

    def __init__(self, source: Exemption) -> None:
        self.rule, self.reason, self.expires = source.rule, source.reason, source.expires
        self.order = exemption_order(source)
        self._sender = Pattern(source.sender) if source.sender else None
        self._recipient = Pattern(source.recipient) if source.recipient else None
        self._network = source.network

    def applies(self, envelope: Envelope, recipients: Sequence[Recipient], today: datetime.date) -> bool:
        """Whether it holds today (the day `expires` is included) for this sender, client and *every* recipient.

        With a recipient pattern it never applies while no recipient is known (MAIL).
        """
        if today > self.expires:
            return False
        if self._sender is not None and not self._sender.matches(envelope.reverse_path.key):
            return False
        if self._network is not None and not _within(envelope.session.client_address, self._network):
            return False
        pattern = self._recipient
        return pattern is None or (bool(recipients) and all(pattern.matches(r.address.key) for r in recipients))


def _within(address: str, network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    """An address that cannot be read is in no network; ::ffff:192.0.2.7 is 192.0.2.7."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed) in network


def exempt(
    finding: Finding,
    exemptions: Iterable[CompiledExemption],
    envelope: Envelope,
    recipients: Sequence[Recipient],
    today: datetime.date,
) -> Finding:
    """The finding, or the same only observed, with the exemption's reason and last day in the evidence."""
    for exemption in exemptions:
        if exemption.applies(envelope, recipients, today):
            note: dict[str, object] = {"reason": exemption.reason, "expires": exemption.expires.isoformat()}
            if exemption.order:
                note["order"] = exemption.order
            return replace(finding, mode=Mode.OBSERVE, evidence={**finding.evidence, "exempted": note})
    return finding
