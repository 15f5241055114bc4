"""What a proof of the sender is asked of: settings and defaults. Values only."""

from __future__ import annotations

from dataclasses import dataclass

SIGNED = ("from", "to", "date", "message-id")
"""Fields that a signature must cover to prove a mailbox, each as often as it stands there."""
SIGNED_IF_PRESENT = (
    *("sender", "reply-to", "subject", "cc", "mime-version"),
    *("content-type", "content-transfer-encoding", "content-disposition"),
)
"""The same of fields that may be missing: whoever could add or change one would change what is asked, or by whom."""


@dataclass(frozen=True, slots=True)
class IdentitySettings:
    """All domains in lower case. `own_domains`: ours, for logins without a domain.

    `binding_domains`: those whose servers sign only what its From's owner submitted; d= must be one of them exactly.
    `login_domain`: the realm of logins without a domain, "" for our only domain. `past`, `future`: seconds by which
    Date and t= may differ from now.
    """

    own_domains: frozenset[str] = frozenset()
    binding_domains: frozenset[str] = frozenset()
    login_domain: str = ""
    past: float = 86400.0
    future: float = 300.0
    signed: tuple[str, ...] = SIGNED
    signed_if_present: tuple[str, ...] = SIGNED_IF_PRESENT
