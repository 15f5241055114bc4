"""What is plain to see of a stage before a rule is asked: those that could say nothing are not, which is nearly all.

A rule names the signs without which it finds nothing (`signs = LOGIN`); one that names none is always asked. A sign is
seen too often rather than too seldom: it saves work, and decides nothing. It must not know the rules.
"""

from __future__ import annotations

from typing import Final

from gateway.contents import NOTHING, Inspection
from gateway.model import Direction, Envelope, Message, Recipient
from gateway.rates import NO_BLOCKS, NO_RATES, Blocks, Rates
from gateway.who import Lookup, State

LOGIN: Final = 1
"""Somebody logged in."""
STRANGER: Final = 2
"""The client is not plainly one of ours: neither trusted nor logged in, or of a listener where that says nothing."""
BLOCKED: Final = 4
"""Some sender is stopped, whoever it is."""
RATED: Final = 8
"""The limits had something to say."""
CHANNEL: Final = 16
"""A recipient reaches a request channel."""
KNOWN: Final = 32
"""The directory has mailboxes."""
ELSEWHERE: Final = 64
"""A recipient is in another domain than those that are ours by name."""
CONTENT: Final = 128
"""Something is attached, in dispute, or was looked into."""
SEEN: Final = 256
"""A look beyond the scan brought something."""
CLOSED: Final = 512
"""At MAIL: somebody logged in, or the reverse-path's mailbox is locked or reclaimed; at RCPT: the recipient's is."""
FORWARDS: Final = 1024
"""The directory knows that a recipient's mail goes on to somewhere else."""
ALWAYS: Final = 2048
"""Seen everywhere."""
ALL: Final = 4095
_LOOKED_UP: Final = BLOCKED | KNOWN | CONTENT | CLOSED | CHANNEL | ELSEWHERE | FORWARDS
_NOT_OPEN = frozenset({State.LOCKED, State.RECLAIMED})


def signs_of(
    wanted: int,
    envelope: Envelope,
    recipient: Recipient | None,
    message: Message | None,
    inspection: Inspection,
    rates: Rates,
    directory: Lookup,
    blocks: Blocks,
    own_domains: frozenset[str],
) -> int:
    """The signs that are seen, of those `wanted`. Raises what a message or a directory raises, as a rule would."""
    session = envelope.session
    seen = ALWAYS
    if session.user:
        seen |= LOGIN
    if session.direction is not Direction.INBOUND or not (session.trusted or session.user):
        seen |= STRANGER
    if rates is not NO_RATES:
        seen |= RATED
    if inspection is not NOTHING:
        seen |= SEEN | CONTENT
    if not wanted & _LOOKED_UP:
        return seen & (wanted | ALWAYS)
    if wanted & BLOCKED and blocks and blocks is not NO_BLOCKS:
        seen |= BLOCKED
    if wanted & KNOWN and directory.size:
        seen |= KNOWN
    if wanted & CONTENT and message is not None and _has_content(message):
        seen |= CONTENT
    if wanted & CLOSED and (session.user or _is_closed(envelope, recipient, directory)):
        seen |= CLOSED
    if wanted & (CHANNEL | ELSEWHERE | FORWARDS):
        for one in envelope.recipients if recipient is None else (recipient,):
            if one.address.domain not in own_domains:
                seen |= ELSEWHERE
            if wanted & CHANNEL and directory.channels(one.address.text):
                seen |= CHANNEL
            if wanted & FORWARDS and (found := directory.find(one.address.text)) is not None and found.forwards:
                seen |= FORWARDS
    return seen & (wanted | ALWAYS)


def _is_closed(envelope: Envelope, recipient: Recipient | None, directory: Lookup) -> bool:
    address = envelope.reverse_path if recipient is None else recipient.address
    found = directory.find(address.text) if address.text else None
    return found is not None and found.state in _NOT_OPEN


def _has_content(message: Message) -> bool:
    return bool(message.attachments or message.disputes or message.attachment_bytes)
