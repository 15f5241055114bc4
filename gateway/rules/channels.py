"""Which request channels a message reaches. How addresses are spelled and expanded is the directory's to know."""

from __future__ import annotations

from gateway.model import Facts
from gateway.who import Channel


def channels_at(facts: Facts) -> tuple[Channel, ...]:
    """The channels that this recipient (at RCPT) or any recipient of the message reaches, each once."""
    recipients = facts.envelope.recipients if facts.recipient is None else (facts.recipient,)
    reached = facts.directory.channels
    found = [channels for recipient in recipients if (channels := reached(recipient.address.text))]
    return tuple(dict.fromkeys(channel for channels in found for channel in channels)) if found else ()
