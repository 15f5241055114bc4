"""Who writes: units and mailboxes as the directory knows them, and what was proved of a message's sender.

Values only, at the bottom: this module imports nothing of ours. Addresses are local@domain, domain in lower case; they
are compared by `key` (the whole in lower case).
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Kind(StrEnum):
    """What a mailbox is for (Q4 4.1, AG 5.3)."""

    UNIT = "unit"  # of an organisation, read by whoever its head appoints
    PERSONAL = "personal"  # of one official
    SERVICE = "service"  # of a programme or a device


class State(StrEnum):
    """A mailbox's life (Q4 8.1, AG 6.4)."""

    ACTIVE = "active"
    WARNED = "warned"
    LOCKED = "locked"
    RECLAIMED = "reclaimed"


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisation. `code`: short and unique, as the office writes it; `parent`: the code of the unit above."""

    code: str
    name: str
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One mailbox. `unit`: the unit's code. `holder`: the person, or who reads a unit's mailbox.

    `aliases`: other addresses that reach it and that it may send as. `delegates`: the personal mailboxes that may send
    as this one (Q4 12.1). `forwards`: where the mail server sends its mail on to. `regulation`: "" for the profile's.
    """

    address: str
    kind: Kind
    unit: str = ""
    holder: str = ""
    aliases: tuple[str, ...] = ()
    state: State = State.ACTIVE
    regulation: str = ""
    created: datetime.date | None = None
    delegates: tuple[str, ...] = ()
    forwards: tuple[str, ...] = ()
    note: str = ""

    @property
    def key(self) -> str:
        """For comparing and looking up."""
        return self.address.lower()


@dataclass(frozen=True, slots=True)
class Group:
    """An address that the mail server expands behind us: a list, a group, an alias. `members`: where it goes to."""

    address: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Channel:
    """An address that takes requests about mailboxes (Q4 6, AG 6), as configured.

    `also`: its other spellings. `exclusive`: for requests only; otherwise it is the office's public mailbox too.
    """

    address: str
    also: tuple[str, ...] = ()
    exclusive: bool = False


class Lookup(Protocol):
    """The directory as rules ask it: in memory, no I/O, safe for any text. A snapshot: it does not change."""

    @property
    def version(self) -> int:
        """Grows with each change; 0 where no directory is kept."""

    @property
    def size(self) -> int:
        """How many mailboxes it knows."""

    def find(self, address: str) -> Mailbox | None:
        """The mailbox that this address reaches: its own, an alias, a sub-address (name+detail), in any case."""

    def unit(self, code: str) -> Unit | None:
        """The unit with this code."""

    def channels(self, address: str) -> Sequence[Channel]:
        """The request channels that mail to this address reaches, through aliases, groups and forwards too."""

    def held_by(self, name: str) -> Sequence[Mailbox]:
        """Personal mailboxes whose holder's name reads like `name`: case, marks, order and look-alikes apart."""


class NoDirectory:
    """Where no directory is kept: nothing is found."""

    version = 0
    size = 0

    def find(self, address: str) -> Mailbox | None:
        """None."""
        return None

    def unit(self, code: str) -> Unit | None:
        """None."""
        return None

    def channels(self, address: str) -> Sequence[Channel]:
        """None."""
        return ()

    def held_by(self, name: str) -> Sequence[Mailbox]:
        """None."""
        return ()


NO_DIRECTORY: Lookup = NoDirectory()


class Method(StrEnum):
    """What was checked (RFC 8601 2.7)."""

    SPF = "spf"
    DKIM = "dkim"
    DMARC = "dmarc"
    ARC = "arc"


class Result(StrEnum):
    """How a check ended (RFC 8601 2.7)."""

    PASS = "pass"  # noqa: S105 - a result, no password
    FAIL = "fail"
    SOFTFAIL = "softfail"
    NEUTRAL = "neutral"
    NONE = "none"
    POLICY = "policy"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


@dataclass(frozen=True, slots=True)
class Check:
    """One check's outcome. `domain`: the one that passed or failed (SPF's mailfrom or helo, DKIM's d=, DMARC's From).

    `reason`: short, ASCII, for people; never text from outside unescaped. `signed`: DKIM: names of the header fields
    that the signature covers, lower case, once for each time that h= names them. `signed_at`, `expires`: DKIM's t= and
    x=, 0 for none. `digest`: DKIM: names the signature (hex), for the replay cache. `partial`: DKIM: a body length (l=)
    leaves some of the body unsigned. `testing`: DKIM: the key is marked as being tested (t=y). `selector`, `agent`:
    DKIM's s= and i=. `policy`: DMARC: "none", "quarantine", "reject". `scope`: SPF: "mailfrom" or "helo".
    """

    method: Method
    result: Result
    domain: str = ""
    reason: str = ""
    selector: str = ""
    agent: str = ""
    scope: str = ""
    policy: str = ""
    signed: tuple[str, ...] = ()
    signed_at: int = 0
    expires: int = 0
    digest: str = ""
    partial: bool = False
    testing: bool = False


class Proof(StrEnum):
    """How a mailbox or a domain was proved. Stable names, as in the journal."""

    LOGIN = "login"  # the upstream took this login here, or a trusted server tells it (XCLIENT LOGIN)
    NETWORK = "network"  # a network that is declared to check senders against logins
    DEVICE = "device"  # a device's network, bound to the one sender
    DKIM = "dkim"  # a mailbox: signed by a domain that is declared to bind senders to logins
    ALIGNED_DKIM = "aligned-dkim"  # a domain only
    ALIGNED_SPF = "aligned-spf"  # a domain only
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Identity:
    """What was proved of who writes; a domain is not a mailbox. `mailbox`, `domain`: "" where it was not proved.

    `why`: why no mailbox was proved (or how it was), stable short names for the journal, at most a few.
    """

    mailbox: str = ""
    domain: str = ""
    how: Proof = Proof.NONE
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """One mailbox of a header field. `name`: as people see it; `address`: local@domain, "" where unreadable."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class SenderFields:
    """Who the header says is writing, where every reading agrees. At most a bounded number of each.

    `disputes`: why readings do not agree, or the field is not what RFC 5322 3.6.2 asks; stable names. While there is
    any, nothing is proved by these. `mentions`: every address that any reading of From, Sender or Reply-To shows.
    """

    author: tuple[Named, ...] = ()  # From
    sender: tuple[Named, ...] = ()
    reply_to: tuple[Named, ...] = ()
    resent: tuple[Named, ...] = ()  # Resent-From and Resent-Sender
    disputes: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()


class Sort(StrEnum):
    """Sorts of characters in a password (Q4 8.3a). Stable names, as in a regulation's parameters."""

    UPPER = "upper"
    LOWER = "lower"
    DIGIT = "digit"
    SPECIAL = "special"


@dataclass(frozen=True, slots=True)
class PasswordSigns:
    """What a login showed of its password. It cannot be found by this, and what narrows it down is in no repr.

    `length`: characters; `sorts`: those it has. `since`: the first day on which this password, or one that cannot be
    told from it, was seen in use, None where that is not known; `months`: whole calendar months that ended since then.
    `first_today`: no other login with it was seen today.
    """

    length: int = field(default=0, repr=False)
    sorts: frozenset[Sort] = field(default=frozenset(), repr=False)
    since: datetime.date | None = None
    months: int = 0
    first_today: bool = False


@dataclass(frozen=True, slots=True)
class Sender:
    """All that is known of who writes a message. `failed`: why it is not known now ("" or a stable name): a 4xx.

    `password`: at a login only, where that is watched.
    """

    identity: Identity = Identity()
    fields: SenderFields = SenderFields()
    checks: tuple[Check, ...] = ()
    failed: str = ""
    password: PasswordSigns | None = None


NOBODY = Sender()
"""Nothing was asked, or nothing is known."""
