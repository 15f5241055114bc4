"""Reverse-paths that somebody on the way, or the sender's own server, has rewritten: SRS, BATV, VERP.

Mail with one is ordinary mail and passes as such; what it cannot do is say whose mailbox wrote it.
"""

from __future__ import annotations

import re

# A forwarder's (Sender Rewriting Scheme: SRS0, SRS1, and Exchange Online's "+SRS=").
_SRS = re.compile(r"srs[01][=+\-]|.{0,200}\+srs[01]?=", re.IGNORECASE)
# A tag against forged bounces (Bounce Address Tag Validation, draft-levine-smtp-batv; Barracuda's btv1).
_BATV = re.compile(r"(?:prvs|msprvs1|btv1)=", re.IGNORECASE)


def rewriting(local: str) -> str:
    """How a local part was rewritten: "srs", "batv", "verp" (a list's: the recipient stands in it), "" for not."""
    bare = local.strip('"')
    if _SRS.match(bare):
        return "srs"
    if _BATV.match(bare):
        return "batv"
    return "verp" if "=" in bare else ""
