"""How much each sends, what is allowed, and who is stopped. Values only, at the bottom: imports nothing of ours.

A *charge* is one account that a message is counted to: a mailbox, its unit, its domain, a client. Each has limits, each
limit a measure and a window. Counting is reserved before the next hop is asked and settled when its answer is known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Measure(StrEnum):
    """What is counted. Stable names, as in the journal and the configuration."""

    RECIPIENTS = "recipients"
    MESSAGES = "messages"
    NEW = "new_recipients"  # distinct addresses that this account has not written to lately
    BYTES = "size"


class Scope(StrEnum):
    """Whose account it is. Stable names, as in the journal and in metrics."""

    MAILBOX = "mailbox"  # proved: a login's, a device's, a checked network's
    PATH = "path"  # a reverse-path on a trusted server's word
    NULL = "null"  # bounces and the like, on a trusted server's word
    UNIT = "unit"  # all mailboxes of a unit together
    DOMAIN = "domain"
    CLIENT = "client"  # an address (IPv6: its /64), where nothing is known of the sender


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` in any `seconds` on end."""

    measure: Measure
    seconds: int
    count: int


@dataclass(frozen=True, slots=True)
class Charge:
    """One account and its limits. `who`: an address, a unit's code, a domain or a client, in lower case, any text."""

    scope: Scope
    who: str
    limits: tuple[Limit, ...]

    @property
    def key(self) -> str:
        """Names the account in a store."""
        return f"{self.scope.value}:{self.who}"


@dataclass(frozen=True, slots=True)
class Ask:
    """What is to be counted, to all charges or to none. `recipients`: addresses, lower case, in order.

    `messages`: 1 with the first recipients of a transaction, else 0. `size`: bytes. `force`: count it whatever the
    limits say (a rule that observes); the grant tells all the same what was exceeded.
    """

    charges: tuple[Charge, ...]
    recipients: tuple[str, ...] = ()
    messages: int = 0
    size: int = 0
    force: bool = False


@dataclass(frozen=True, slots=True)
class Exceeded:
    """A limit that left no room. `used`: what was counted before; `retry_after`: seconds until there is some.

    `never`: it is more than the whole limit, so that waiting helps nothing.
    """

    scope: Scope
    who: str
    limit: Limit
    used: int
    retry_after: float
    never: bool = False


@dataclass(frozen=True, slots=True)
class Hold:
    """What one `Ask` reserved, to be settled. `taken`: the recipients that were counted, `new`: those of them that
    counted as new. `at`: the store's time, in seconds. An ask that was refused whole holds nothing (`messages` 0 too).
    """

    charges: tuple[Charge, ...]
    taken: tuple[str, ...]
    new: tuple[str, ...]
    messages: int
    size: int
    at: float


@dataclass(frozen=True, slots=True)
class Grant:
    """The answer to an `Ask`. `granted`: for each recipient whether there was room (with `force`: whether there would
    have been); `fits`: whether the message and its size had room. `exceeded`: the first limit met of each charge.
    """

    granted: tuple[bool, ...]
    fits: bool
    exceeded: tuple[Exceeded, ...]
    hold: Hold


@dataclass(frozen=True, slots=True)
class Usage:
    """What a limit's window holds now."""

    limit: Limit
    used: int


class LimitStore(Protocol):
    """Where counters live. Right across everything that shares it; every method raises LimitsUnavailable, never hangs.

    Keys and addresses are text from strangers. Counters that no window needs any more are gone by themselves.
    """

    async def start(self) -> None:
        """Make what is needed. LimitsUnavailable where it cannot be reached now; later calls try again."""

    async def close(self) -> None:
        """End what runs."""

    async def reserve(self, ask: Ask) -> Grant:
        """Count what there is room for, in one step that no other reservation comes between."""

    async def settle(self, holds: Sequence[Hold], delivered: Sequence[str]) -> None:
        """The end of a transaction. What was held for other recipients than `delivered` is given back, in the windows
        from which it was taken; without any delivered one the messages and the size are, too. Those that are delivered
        are new to their sender no more. No question to the store where there is nothing to change.
        """

    async def usage(self, charges: Sequence[Charge]) -> Sequence[Sequence[Usage]]:
        """What the windows of these accounts hold, for people."""

    async def change(self, key: str, keep: float, work: Callable[[bytes | None, float], tuple[bytes | None, T]]) -> T:
        """Replace a small value by what `work(old, now)` makes of it (None: no value), as one step; its other result.

        `work` is pure and quick, and may be called again where somebody else was first. The value is forgotten `keep`
        seconds after its last change. `now`: the store's time, in seconds since the epoch.
        """


@dataclass(frozen=True, slots=True)
class Rates:
    """What the limits said of a recipient (RCPT) or a message. `failed`: the store gave no answer."""

    exceeded: tuple[Exceeded, ...] = ()
    failed: bool = False


NO_RATES = Rates()
"""Nothing was exceeded, or nothing was asked."""


class Standing(StrEnum):
    """How a sender stands. Stable names."""

    SUSPECT = "suspect"  # its conduct would have it blocked, and blocking is only observed
    BLOCKED = "blocked"  # by its conduct
    LOCKED = "locked"  # by hand (AG 10.2a)
    RELEASED = "released"  # was one of these; its conduct counts from `since` on


def sender_on_word(address: str, servers: str) -> str:
    """Names whoever writes under an address on the mere word of servers in a network: "an@tinh.example%10.0.0.0/24".

    It is another sender than the mailbox, whose owner may have nothing to do with it.
    """
    return f"{address}%{servers}"


def told_by(who: str) -> tuple[str, str]:
    """(address, network of the servers that told it) of a sender's name; no network for a mailbox."""
    local, at, rest = who.rpartition("@")
    domain, _, servers = rest.partition("%")
    return f"{local}{at}{domain}", servers


@dataclass(frozen=True, slots=True)
class Block:
    """A sender that is stopped, or would be. `who`: the mailbox's address, lower case, or see `sender_on_word`.

    `since`: seconds, epoch.

    `reasons`: stable names of what spoke against it, the heaviest first. `evidence`: JSON-able, bounded, for a person.
    `by`: "gateway", or who did it. `note`: the reason given by hand, or the confirmation's number of a release.
    """

    who: str
    standing: Standing
    since: float
    reasons: tuple[str, ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)
    by: str = "gateway"
    note: str = ""


class Blocks(Protocol):
    """Who is stopped, as the rules ask it: in memory, a snapshot."""

    def find(self, address: str) -> Block | None:
        """The block of this mailbox, by its own address in any case; None for one that stands well."""


class NoBlocks:
    """Nobody is stopped."""

    def find(self, address: str) -> Block | None:
        """None."""
        return None


NO_BLOCKS: Blocks = NoBlocks()


@dataclass(frozen=True, slots=True)
class Deed:
    """What the gateway saw of one transaction, or of one failed login, of a sender. For its conduct.

    `who`: the mailbox's address where it is proved, else see `sender_on_word`.
    `client`: the address that it came from. `recipients`: taken by the next hop; `new`: those of them that it had not
    written to lately; `unknown`: refused by the next hop as unknown (5.1.1); `throttled`: refused for the rate.
    `likeness`: equal for messages of the same content, whatever their recipients, "" for none. `spam`: the spam filter
    called it spam. `failed_login`: the deed is nothing but that. `kind`: what the mailbox is for, as `who.Kind`'s
    values, "" where that is not known.
    """

    who: str
    at: float
    client: str = ""
    recipients: int = 0
    new: int = 0
    unknown: int = 0
    throttled: int = 0
    likeness: str = ""
    spam: bool = False
    failed_login: bool = False
    kind: str = ""
