"""Whether a signature proves a mailbox: only one of a domain that is declared to bind senders to logins.

Such a signature can be copied by whoever gets the message. So it counts only for the recipients that its To and Cc
name, while it is fresh, and once: the message is known by its signed Message-ID, since one message may carry several
signatures. It must not know how a signature is verified.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from gateway.authentication.domains import domain_of
from gateway.authentication.heading import Heading
from gateway.authentication.identity_settings import IdentitySettings
from gateway.model import Envelope
from gateway.who import Check, Method, Result


def binding(address: str, checks: Sequence[Check], settings: IdentitySettings) -> list[Check]:
    """The signatures, good or not, of the address's own domain, if that is declared to bind senders to logins."""
    domain = domain_of(address.rpartition("@")[2])
    if not domain or domain not in settings.binding_domains:
        return []
    return [check for check in checks if check.method is Method.DKIM and check.domain.lower() == domain]


def unbound(
    check: Check, address: str, envelope: Envelope, heading: Heading, settings: IdentitySettings, now: float
) -> str:
    """Why a signature does not prove `address` to these recipients now; "" where it does, unless it was seen before."""
    if check.result is not Result.PASS:
        return f"dkim-{check.result.value}"
    return _incomplete(check, address, heading, settings) or _misused(check, envelope, heading, settings, now)


def _incomplete(check: Check, address: str, heading: Heading, settings: IdentitySettings) -> str:
    """Why it leaves open what was written, or by whom."""
    if check.partial:
        return "dkim-partial"
    if check.testing:  # RFC 6376 3.6.1: no different from an unsigned message
        return "dkim-testing"
    local, _, host = check.agent.rpartition("@")
    if local and (local.lower() != address.rpartition("@")[0].lower() or host != check.domain.lower()):
        return "dkim-agent"  # the signer itself names another user (RFC 6376 3.5, i=)
    for name in settings.signed:
        if heading.count(name) != 1 or name not in check.signed:
            return "dkim-unsigned"
    for name in settings.signed_if_present:
        if heading.count(name) > check.signed.count(name):
            return "dkim-unsigned"
    return "" if heading.message_id else "dkim-message-id"


def _misused(check: Check, envelope: Envelope, heading: Heading, settings: IdentitySettings, now: float) -> str:
    """Why it says nothing here and now."""
    times = [heading.date, *((float(check.signed_at),) if check.signed_at else ())]
    if any(at is None or not now - settings.past <= at <= now + settings.future for at in times):
        return "dkim-stale"
    if check.expires and now > check.expires:
        return "dkim-stale"
    keys = [recipient.address.key for recipient in envelope.recipients]
    return "" if keys and heading.named.issuperset(keys) else "dkim-recipient"


def once(check: Check, heading: Heading, envelope: Envelope) -> tuple[str, ...]:
    """The names under which this message is remembered: one a recipient, hex."""
    return tuple(
        hashlib.sha256(f"{check.domain.lower()}\0{heading.message_id}\0{recipient.address.key}".encode()).hexdigest()
        for recipient in envelope.recipients
    )


def first_seen(keys: Sequence[str], seen: Callable[[str], bool]) -> bool:
    """Whether none of these was there before."""
    return not any(map(seen, keys))
