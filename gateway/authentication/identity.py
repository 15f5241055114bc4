"""What is proved of who writes. A mailbox: by its login, by a network that checks logins, by a bound signature.

A domain is not a mailbox: SPF, DMARC and an aligned signature prove a domain only. Whatever the header's readers
disagree about proves nothing. Pure: no DNS, no clock. It must not know what follows from a proof: that is the rules'.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gateway.authentication.bound import binding, first_seen, once, unbound
from gateway.authentication.heading import Heading
from gateway.authentication.identity_settings import IdentitySettings
from gateway.authentication.suffixes import aligned
from gateway.model import Envelope
from gateway.senders import address_of_login, is_of, mailbox_named, mailbox_of_login, may_send_as, same_address
from gateway.who import Check, Identity, Lookup, Mailbox, Method, Proof, Result, SenderFields

__all__ = ["IdentitySettings", "identify", "replay_keys", "undecided"]

_UNPROVED = Identity(why=("no-proof",))
_TOLD = 3  # disputes that are named
_Outcome = tuple[Proof, str]  # NONE and why not, or how and in what manner


def _never(_key: str) -> bool:
    """No memory was given."""
    return False


def identify(
    envelope: Envelope,
    fields: SenderFields,
    checks: Sequence[Check],
    lookup: Lookup,
    settings: IdentitySettings,
    heading: Heading,
    now: float,
    seen: Callable[[str], bool] = _never,
) -> Identity:
    """What is proved. `mailbox` is From's own, by its main address where the directory knows it. Never raises.

    `now`: seconds since 1970. `seen`: whether a key of `replay_keys` was there before.
    """
    if fields.disputes:
        return Identity(why=("disputed", *fields.disputes[:_TOLD]))
    if len(fields.author) != 1:
        return Identity(why=("several-authors" if fields.author else "no-author",))
    session = envelope.session
    if not (checks or session.user or session.login_checked or session.device_sender or fields.sender or fields.resent):
        return _UNPROVED  # nobody vouches for anything, as with all mail that a relay of ours hands on
    author = _Author(fields.author[0].address, mailbox_named(fields.author[0].address, lookup))
    domain, how = _domain(author.domain, checks) if checks else ("", Proof.NONE)
    if mismatch := _mismatch(author, fields):
        return Identity(domain=domain, how=how, why=(mismatch,))
    proof, why = _by_session(author, envelope, lookup, settings)
    if proof is Proof.NONE and not _decided_by_session(envelope):
        proof, signed = _by_signature(author, envelope, checks, settings, heading, now, seen)
        why = signed or why
    if proof is Proof.NONE:
        return Identity(domain=domain, how=how, why=(why or "no-proof",))
    return Identity(author.main, author.domain, proof, (why,))


def undecided(
    envelope: Envelope,
    fields: SenderFields,
    checks: Sequence[Check],
    lookup: Lookup,
    settings: IdentitySettings,
    heading: Heading,
    identity: Identity,
) -> str:
    """ "dns" where no mailbox was proved, but a signature that could not be checked now might prove it; else ""."""
    if identity.mailbox or fields.disputes or len(fields.author) != 1 or _decided_by_session(envelope):
        return ""
    author = _Author(fields.author[0].address, mailbox_named(fields.author[0].address, lookup))
    if _mismatch(author, fields) or not heading.message_id:
        return ""
    waiting = (check.result is Result.TEMPERROR for check in binding(author.address, checks, settings))
    return "dns" if any(waiting) else ""


def replay_keys(
    envelope: Envelope, fields: SenderFields, checks: Sequence[Check], settings: IdentitySettings, heading: Heading
) -> tuple[str, ...]:
    """The names that a message with a binding signature is remembered by; () for nearly all: nothing to remember."""
    if fields.disputes or len(fields.author) != 1 or _decided_by_session(envelope):
        return ()
    found = (check for check in binding(fields.author[0].address, checks, settings) if check.result is Result.PASS)
    check = next(found, None)
    return once(check, heading, envelope) if check is not None and heading.message_id else ()


@dataclass(frozen=True, slots=True)
class _Author:
    """From's one mailbox, and what the directory knows of it."""

    address: str
    mailbox: Mailbox | None

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2].lower()

    @property
    def main(self) -> str:
        return self.mailbox.address if self.mailbox is not None else self.address

    def has(self, address: str) -> bool:
        """Whether this is an address of the same mailbox."""
        return same_address(address, self.address) or (self.mailbox is not None and is_of(address, self.mailbox))


def _mismatch(author: _Author, fields: SenderFields) -> str:
    if not all(author.has(named.address) for named in fields.sender):
        return "sender-mismatch"
    return "" if all(author.has(named.address) for named in fields.resent) else "resent-mismatch"


def _decided_by_session(envelope: Envelope) -> bool:
    """Whether the client is one of ours by name, so that a copied signature says nothing about it."""
    return bool(envelope.session.user or envelope.session.device_sender)


def _by_session(author: _Author, envelope: Envelope, lookup: Lookup, settings: IdentitySettings) -> _Outcome:
    session = envelope.session
    if session.user and session.user != "?":
        return _by_login(author, session.user, lookup, settings)
    if session.login_checked:
        sent = bool(envelope.reverse_path) and author.has(envelope.reverse_path.text)
        return (Proof.NETWORK, "owner") if sent else (Proof.NONE, "reverse-path-other")
    if session.device_sender:
        sent = author.has(session.device_sender) and author.has(envelope.reverse_path.text)
        return (Proof.DEVICE, "owner") if sent else (Proof.NONE, "device-other")
    return Proof.NONE, "login-unknown" if session.user else ""


def _by_login(author: _Author, login: str, lookup: Lookup, settings: IdentitySettings) -> _Outcome:
    owner = mailbox_of_login(login, lookup, settings.own_domains, settings.login_domain)
    if owner is not None and author.mailbox is not None:
        if owner.key == author.mailbox.key:
            return Proof.LOGIN, "owner"
        return (Proof.LOGIN, "delegate") if may_send_as(owner, author.mailbox) else (Proof.NONE, "login-other")
    address = address_of_login(login, settings.own_domains, settings.login_domain)
    if address and same_address(address, author.address):  # the directory knows neither
        return Proof.LOGIN, "owner"
    return Proof.NONE, "login-unknown" if owner is None else "login-other"


def _by_signature(
    author: _Author,
    envelope: Envelope,
    checks: Sequence[Check],
    settings: IdentitySettings,
    heading: Heading,
    now: float,
    seen: Callable[[str], bool],
) -> _Outcome:
    why = ""
    for check in binding(author.address, checks, settings):
        failed = unbound(check, author.address, envelope, heading, settings, now)
        if not failed and not first_seen(once(check, heading, envelope), seen):
            failed = "dkim-replayed"
        if not failed:
            return Proof.DKIM, "signed"
        why = why or failed
    return Proof.NONE, why


def _domain(domain: str, checks: Sequence[Check]) -> tuple[str, Proof]:
    """From's domain and how it was proved; ("", NONE) if it was not (RFC 7489 3.1)."""
    passed = [check for check in checks if check.result is Result.PASS and check.domain]
    relaxed = any(check.method is Method.DMARC and check.domain.lower() == domain for check in passed)
    for method, how in ((Method.DKIM, Proof.ALIGNED_DKIM), (Method.SPF, Proof.ALIGNED_SPF)):
        if any(check.method is method and aligned(check.domain, domain, strict=not relaxed) for check in passed):
            return domain, how
    return "", Proof.NONE
