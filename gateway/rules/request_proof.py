"""Does a message come from a unit's registered mailbox, proved, and from nobody else as well?

Q4 6.1, 6.2, AG 6: only such mail may ask for mailboxes. What was proved comes with the facts; here it is held against
the directory and against everything that the message says of its sender. It must not know what follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from gateway.model import Facts
from gateway.rules.providers import is_foreign
from gateway.rules.rewriting import rewriting
from gateway.senders import is_of, mailbox_named
from gateway.who import Kind, Mailbox, Named, Proof, State


class Flaw(StrEnum):
    """What keeps a message from being a unit's. Stable names, as in the journal and in the tag."""

    FOREIGN = "foreign-provider"
    PERSONAL = "personal-mailbox"
    SERVICE = "service-mailbox"
    LOCKED = "locked-mailbox"  # or reclaimed
    NOT_REGISTERED = "not-registered"
    DISPUTED = "disputed-header"  # readings of From, Sender or Reply-To do not agree
    NO_AUTHOR = "no-author"
    SEVERAL_AUTHORS = "several-authors"
    NULL_PATH = "null-reverse-path"
    REWRITTEN = "rewritten-reverse-path"  # SRS, BATV, VERP
    OTHER_PATH = "other-reverse-path"
    OTHER_SENDER = "other-sender"
    OTHER_REPLY_TO = "other-reply-to"
    RESENT = "resent-by-another"
    OTHER_SHOWN = "shows-another-address"
    UNPROVED = "unproved"


OF_ADDRESS = (Flaw.FOREIGN, Flaw.PERSONAL, Flaw.SERVICE, Flaw.LOCKED, Flaw.NOT_REGISTERED)
"""Flaws of an address by itself."""
_PROOFS = frozenset({Proof.LOGIN, Proof.NETWORK, Proof.DKIM})  # a device or a domain is no clerk at a mailbox
_LIVE = frozenset({State.ACTIVE, State.WARNED})


@dataclass(frozen=True, slots=True)
class Standing:
    """Which unit's mailbox a message claims to come from, and why that does not hold; () where it is proved."""

    mailbox: Mailbox | None
    flaws: tuple[Flaw, ...]
    undecided: bool = False  # nothing is wrong but the proof, and that could not be looked for now

    @property
    def proved(self) -> bool:
        """Whether this unit wrote it."""
        return self.mailbox is not None and not self.flaws


def envelope_flaw(facts: Facts) -> Flaw | None:
    """What the reverse-path alone shows: why no message with it can be a unit's."""
    path = facts.envelope.reverse_path
    if not path.text:
        return Flaw.NULL_PATH
    if rewriting(path.local):
        return Flaw.REWRITTEN
    return address_flaw(path.text, facts)


def address_flaw(address: str, facts: Facts) -> Flaw | None:
    """Why an address is not that of a unit's mailbox in use, by its own address or an alias."""
    found = mailbox_named(address, facts.directory)
    if found is None:
        return Flaw.FOREIGN if is_foreign(address, facts) else Flaw.NOT_REGISTERED
    if found.kind is not Kind.UNIT:
        return Flaw.PERSONAL if found.kind is Kind.PERSONAL else Flaw.SERVICE
    return None if found.state in _LIVE else Flaw.LOCKED


def standing(facts: Facts) -> Standing:
    """Judge a whole message. Every flaw is named, so that the sender can repair them at once."""
    sender = facts.sender
    author = sender.fields.author[0].address if len(sender.fields.author) == 1 else ""
    mailbox = mailbox_named(author, facts.directory) if author else None
    flaws = tuple(dict.fromkeys(_flaws(facts, author, mailbox)))
    unread = not sender.fields.author and not sender.fields.disputes  # nobody came to read the header
    undecided = bool(sender.failed) and (unread or flaws == (Flaw.UNPROVED,))
    return Standing(mailbox, flaws, undecided)


def _flaws(facts: Facts, author: str, mailbox: Mailbox | None) -> Iterator[Flaw]:
    fields = facts.sender.fields
    if len(fields.author) != 1:
        yield Flaw.SEVERAL_AUTHORS if fields.author else Flaw.NO_AUTHOR
    elif flaw := address_flaw(author, facts):
        yield flaw
    if fields.disputes:
        yield Flaw.DISPUTED
    if mailbox is None:  # whose the other addresses ought to be is not known
        yield from filter(None, (envelope_flaw(facts),))
    else:
        yield from _others(facts, mailbox)
    if mailbox is None or not _is_proved(facts, mailbox):
        yield Flaw.UNPROVED


def _others(facts: Facts, mailbox: Mailbox) -> Iterator[Flaw]:
    """The addresses beside From that are not the mailbox's."""
    path, fields = facts.envelope.reverse_path, facts.sender.fields
    if not path.text:
        yield Flaw.NULL_PATH
    elif rewriting(path.local):
        yield Flaw.REWRITTEN
    elif not is_of(path.text, mailbox):
        yield Flaw.OTHER_PATH
    if not _are_of(mailbox, _addresses(fields.sender)):
        yield Flaw.OTHER_SENDER
    if not _are_of(mailbox, _addresses(fields.reply_to)):
        yield Flaw.OTHER_REPLY_TO
    if not _are_of(mailbox, _addresses(fields.resent)):
        yield Flaw.RESENT
    named = _addresses((*fields.author, *fields.sender, *fields.reply_to))
    if not _are_of(mailbox, set(fields.mentions).difference(named)):
        yield Flaw.OTHER_SHOWN


def _is_proved(facts: Facts, mailbox: Mailbox) -> bool:
    identity = facts.sender.identity
    return identity.how in _PROOFS and bool(identity.mailbox) and is_of(identity.mailbox, mailbox)


def _addresses(named: Iterable[Named]) -> tuple[str, ...]:
    return tuple(one.address for one in named)


def _are_of(mailbox: Mailbox, addresses: Iterable[str]) -> bool:
    """Whether every address is this mailbox's own or one of its aliases; a sub-address proves nothing."""
    return all(is_of(address, mailbox) for address in addresses)
