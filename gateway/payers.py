"""Whose account a message is counted to. Asked by the limits and by the rules, so that both mean the same sender.

An account is never another's: an unproved address is not counted to its owner, and a mail server's own address is not
counted at all, for all its users would share it. Pure, at the bottom.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import lru_cache

from gateway.model import Address, Direction, Envelope
from gateway.rates import Scope, sender_on_word
from gateway.senders import address_of_login, mailbox_named
from gateway.who import Lookup, Mailbox


@dataclass(frozen=True, slots=True)
class Payer:
    """One sender's account. `scope`: MAILBOX, PATH, NULL or CLIENT. `who`: an address or a client, lower case.

    `mailbox`: as the directory knows it, None where it does not; `domain`: of the address, "" where it is none of ours.
    `crowd`: the account that all share whose names nobody knows: whoever makes them up spends the same. `leaving`: only
    recipients outside of our domains are counted. `servers`: the network of the server on whose word it is.
    """

    scope: Scope
    who: str
    mailbox: Mailbox | None = None
    domain: str = ""
    crowd: str = ""
    leaving: bool = False
    servers: str = ""

    @property
    def sender(self) -> str:
        """Whose conduct it is. Where a server lets its users write any reverse-path, what is sent under an address says
        nothing of the mailbox that somebody logs in to elsewhere: only that path, through those servers, is meant.
        """
        return sender_on_word(self.who, self.servers) if self.servers else self.who


def payer_of(
    envelope: Envelope, lookup: Lookup, ours: Callable[[str], bool], own_domains: Collection[str], realm: str = ""
) -> Payer | None:
    """Who pays for mail with this envelope; None for mail that is not ours to send: a stranger's, on its way to us.

    `ours`: whether a domain is ours. `realm`: the domain of logins without one, see `senders.address_of_login`.
    """
    session, path = envelope.session, envelope.reverse_path
    if session.user:
        login = session.user.rpartition("\\")[2]  # Windows: DOMAIN\\name
        return _mailbox(address_of_login(login, own_domains, realm) or session.user, lookup, ours)
    if session.device_sender:
        return _mailbox(session.device_sender, lookup, ours)
    if session.login_checked and path and not session.stranger:
        return _mailbox(path.key, lookup, ours)
    if session.direction is Direction.INBOUND:
        return None
    if session.direction is Direction.PROXY_FILTER:
        return _filtered(envelope, lookup, ours)
    if session.trusted:
        return _trusted(envelope, lookup, ours)
    return Payer(Scope.CLIENT, client_key(session.client_address))


def _filtered(envelope: Envelope, lookup: Lookup, ours: Callable[[str], bool]) -> Payer | None:
    """Behind a mail server's own SMTP port both our users and strangers come: only the address tells them apart."""
    session, path = envelope.session, envelope.reverse_path
    own = bool(path) and ours(path.domain)
    if session.stranger or not session.trusted:
        return Payer(Scope.CLIENT, client_key(session.client_address)) if own else None
    made = _trusted(envelope, lookup, ours)
    return made if own else replace(made, leaving=True)  # perhaps mail from outside, which costs nobody anything


def _trusted(envelope: Envelope, lookup: Lookup, ours: Callable[[str], bool]) -> Payer:
    """The reverse-path that a server of ours tells. Bounces of one server share an account, whatever they bounce."""
    path, peer = envelope.reverse_path, client_key(envelope.session.peer)
    servers = network_of(envelope.session.peer)
    if not path:
        return Payer(Scope.NULL, peer, servers=servers)
    if ours(path.domain):
        return claimed(path, lookup, servers)
    return Payer(Scope.PATH, path.key, crowd=f"foreign:{peer}", servers=servers)


def claimed(address: Address, lookup: Lookup, servers: str) -> Payer:
    """An address of ours that somebody writes under, and nothing proves. `servers`: see `Payer`."""
    found = lookup.find(address.text)
    if found is not None:
        return Payer(Scope.PATH, found.key, found, address.domain, servers=servers)
    who = f"{address.local.partition('+')[0].lower()}@{address.domain}"  # as most servers read it: one mailbox
    return Payer(Scope.PATH, who, None, address.domain, _crowd_of(address.domain, lookup), servers=servers)


def _mailbox(address: str, lookup: Lookup, ours: Callable[[str], bool]) -> Payer:
    found = mailbox_named(address, lookup)
    if found is not None:
        return Payer(Scope.MAILBOX, found.key, found, found.key.rpartition("@")[2])
    domain = address.rpartition("@")[2].lower()
    own = domain if "@" in address and ours(domain) else ""
    return Payer(Scope.MAILBOX, address.lower(), None, own, _crowd_of(own, lookup) if own else "foreign:logins")


def _crowd_of(domain: str, lookup: Lookup) -> str:
    """The account of all whom the directory does not know; "" where none is kept, for there nobody is known."""
    return f"unknown:{domain}" if lookup.size else ""


@lru_cache(4096)
def client_key(text: str) -> str:
    """An address as one client: an IPv4 address, an IPv6 /64, anything else as it is."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return text
    if isinstance(address, ipaddress.IPv6Address):
        return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))
    return text


@lru_cache(4096)
def network_of(text: str) -> str:
    """The network of servers that stand together: an IPv4 /24, an IPv6 /64, anything else as it is."""
    one = client_key(text)
    try:
        return str(ipaddress.ip_network(f"{one}/24", strict=False))
    except ValueError:
        return one  # a network already, or no address
