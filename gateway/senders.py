"""Whose a login is, and who may send as whom: asked by the proof of the sender and by the rules alike.

Exact on purpose: the directory's lookup follows sub-addresses and other spellings, which is right for where mail goes
and wrong for who wrote it. Pure, at the bottom: of ours it imports only `who`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import suppress

from gateway.who import Kind, Lookup, Mailbox, State

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~.]{1,64}\Z")
_CLOSED = frozenset({State.LOCKED, State.RECLAIMED})


def address_of_login(login: str, own_domains: Collection[str], login_domain: str = "") -> str:
    """The address that a login stands for, "" where that cannot be told.

    A login with an at sign is one. Any other is a local part of `login_domain`, or of our domain where there is only
    one: with several, the same name may be two people's.
    """
    if "@" in login:
        return login
    realm = login_domain or (next(iter(own_domains)) if len(own_domains) == 1 else "")
    if not realm or realm.startswith("*") or login == "?" or not _LOCAL.match(login):
        return ""
    return f"{login}@{realm}"


def mailbox_of_login(
    login: str, lookup: Lookup, own_domains: Collection[str], login_domain: str = ""
) -> Mailbox | None:
    """The mailbox whose login this is: by its address or an alias, exactly. None where the directory knows none."""
    address = address_of_login(login, own_domains, login_domain)
    return mailbox_named(address, lookup) if address else None


def mailbox_named(address: str, lookup: Lookup) -> Mailbox | None:
    """The mailbox with exactly this address or alias; case and the domain's script do not matter."""
    found = lookup.find(address)
    return found if found is not None and is_of(address, found) else None


def is_of(address: str, mailbox: Mailbox) -> bool:
    """Whether this is the mailbox's own address or one of its aliases."""
    return any(same_address(address, own) for own in (mailbox.address, *mailbox.aliases))


def may_send_as(who: Mailbox, other: Mailbox) -> bool:
    """Whether `who` may send as `other`: itself, or a unit's or service's mailbox that was given to it (Q4 12.1).

    A person's mailbox is nobody else's (Q4 11.5, AG 10.2d), and one that is locked uses no other.
    """
    if who.key == other.key:
        return True
    if other.kind is Kind.PERSONAL or who.state in _CLOSED:
        return False
    return any(is_of(delegate, who) for delegate in other.delegates)


def same_address(one: str, other: str) -> bool:
    """Whether two addresses are equal but for case and the domain's script (RFC 5890)."""
    return one.lower() == other.lower() or (not (one + other).isascii() and _key(one) == _key(other))


def _key(address: str) -> str:
    local, _, domain = address.rpartition("@")
    with suppress(UnicodeError):  # no such domain can exist
        domain = domain.encode("idna").decode("ascii")
    return f"{local}@{domain}".lower()
