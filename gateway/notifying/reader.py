"""Who is told that a message was refused: a mailbox of ours that is proved to have sent it, and that a person reads.

Never backscatter (RFC 3834 2, RFC 5321 6.1): nobody is told of mail from outside, of mail without a reverse-path, of
lists' and programs' mail; and it goes to the mailbox that was proved, not to what the message says. Pure.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from gateway.automatic import is_automatic, is_system
from gateway.model import Direction, Envelope, Message
from gateway.rules.patterns import in_domains
from gateway.senders import address_of_login, mailbox_of_login
from gateway.who import Kind, Lookup, Proof, Sender, State

_READS: Final = frozenset({Proof.LOGIN, Proof.NETWORK, Proof.DKIM})  # nobody sits at a device
_LIVE: Final = frozenset({State.ACTIVE, State.WARNED})


def reader_of(
    envelope: Envelope, message: Message, sender: Sender, directory: Lookup, own_domains: Collection[str], realm: str
) -> str:
    """The address that is told, "" for nobody. `realm`: the domain of logins that have none."""
    session = envelope.session
    if session.direction is Direction.INBOUND or session.stranger or session.device_sender:
        return ""
    if is_automatic(envelope, message):
        return ""
    address = _proved(envelope, sender, directory, own_domains, realm)
    domain = address.rpartition("@")[2].lower()
    if not domain or not in_domains(domain, own_domains) or is_system(address):
        return ""
    found = directory.find(address)
    if found is not None and (found.kind is Kind.SERVICE or found.state not in _LIVE):
        return ""
    return address


def _proved(envelope: Envelope, sender: Sender, directory: Lookup, own_domains: Collection[str], realm: str) -> str:
    """The mailbox of From where it is proved; else the login's own: who wrote in another's name is told himself."""
    identity, login = sender.identity, envelope.session.user
    if identity.mailbox and identity.how in _READS:
        return identity.mailbox
    if not login:
        return ""
    found = mailbox_of_login(login, directory, own_domains, realm)
    return address_of_login(login, own_domains, realm) if found is None else found.address
