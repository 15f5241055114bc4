"""Whose account a message is counted to. Asked by the limits and by the rules, so that both mean the same sender.

An account is never another's: an unproved address is not counted to its owner, and a mail server's own address is not
counted at all, for all its users would share it. Pure, at the bottom.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Collection
from dataclasses import dataclass

from gateway.model import Address, Direction, Envelope
from gateway.rates import Scope
from gateway.senders import address_of_login, mailbox_named
from gateway.who import Lookup, Mailbox


@dataclass(frozen=True, slots=True)
class Payer:
    """One sender's account. `scope`: MAILBOX, PATH, NULL or CLIENT. `who`: an address or a client, lower case.

    `mailbox`: as the directory knows it, None where it does not; `domain`: of the address, "" for a client.
    """

    scope: Scope
    who: str
    mailbox: Mailbox | None = None
    domain: str = ""


def payer_of(
    envelope: Envelope, lookup: Lookup, ours: Callable[[str], bool], own_domains: Collection[str], realm: str = ""
) -> Payer | None:
    """Who pays for mail with this envelope; None for mail that is not ours to send: a stranger's, on its way to us.

    `ours`: whether a domain is ours. `realm`: the domain of logins without one, see `senders.address_of_login`.
    """
    session, path = envelope.session, envelope.reverse_path
    if session.user:
        return _mailbox(address_of_login(session.user, own_domains, realm) or session.user, lookup)
    if session.device_sender:
        return _mailbox(session.device_sender, lookup)
    if session.login_checked and path and not session.stranger:
        return _mailbox(path.key, lookup)
    if session.direction is Direction.INBOUND:
        return None
    if session.direction is Direction.PROXY_FILTER:
        return _filtered(envelope, lookup) if path and ours(path.domain) else None
    if session.trusted:
        return _path(path, lookup) if path else Payer(Scope.NULL, client_key(session.peer))
    return Payer(Scope.CLIENT, client_key(session.client_address))


def _filtered(envelope: Envelope, lookup: Lookup) -> Payer:
    """Behind a mail server's own SMTP port both our users and strangers come: only the address tells them apart."""
    session = envelope.session
    if session.stranger or not session.trusted:
        return Payer(Scope.CLIENT, client_key(session.client_address))
    return _path(envelope.reverse_path, lookup)


def _path(path: Address, lookup: Lookup) -> Payer:
    return Payer(Scope.PATH, path.key, mailbox_named(path.key, lookup), path.domain)


def _mailbox(address: str, lookup: Lookup) -> Payer:
    found = mailbox_named(address, lookup)
    who = found.key if found is not None else address.lower()
    return Payer(Scope.MAILBOX, who, found, who.rpartition("@")[2])


def client_key(text: str) -> str:
    """An address as one client: an IPv4 address, an IPv6 /64, anything else as it is."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return text
    if isinstance(address, ipaddress.IPv6Address):
        return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))
    return text
