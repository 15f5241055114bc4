"""What the poller is told: the server, its account there, how much it may ask and how fast. Plain frozen values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from gateway.access import Use

Tls = Literal["implicit", "starttls", "loopback"]
"""Port 993; STARTTLS, required; plain, which is refused where the server is not on this machine."""
Way = Literal["plain-authzid", "separator"]
"""SASL PLAIN with the mailbox as authorization identity (RFC 4616), or "mailbox*poller" as the login name (Dovecot)."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where mailboxes are. `name`: what its certificate must say, "" for the host. `authority`: a PEM file."""

    host: str
    port: int = 993
    tls: Tls = "implicit"
    name: str = ""
    authority: Path | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """The poller's own account: a master user that may log in as every mailbox. Its password is never in a repr."""

    user: str
    password: str = field(repr=False)
    way: Way = "plain-authzid"
    separator: str = "*"


@dataclass(frozen=True, slots=True)
class Asking:
    """What one poll asks. Times in seconds, sizes in bytes.

    `timeout`: for the whole poll of a mailbox; `connect`: for connection, TLS and greeting, of which it is a part.
    `answer`: the longest answer to one command. `uses`: folders looked at beside the inbox, at most `folders` of them.
    `relist`: folders are looked for again after so long. `old_days`: count messages older than this, once in `recount`
    seconds; 0 for never.
    """

    timeout: float = 30.0
    connect: float = 10.0
    answer: int = 512 * 1024
    uses: tuple[Use, ...] = (Use.SENT,)
    folders: int = 4
    relist: float = 7 * 86400.0
    quota: bool = True
    old_days: int = 0
    recount: float = 7 * 86400.0


@dataclass(frozen=True, slots=True)
class Sweeping:
    """How fast, in what order. Times in seconds.

    `interval`: each mailbox is polled once in it, at a moment of its own, so that the load is even. `rate`: polls begun
    a second, never more. `batch`: outcomes kept in one go, at the latest after `hold`. `refresh`: the list of mailboxes
    is asked for again after so long. `retry`: after a transient failure, doubled each time up to the interval.
    `pause`: the first pause after the server itself failed (`server_failures` polls in a row), doubled up to
    `longest_pause`; `stopped`, `longest_stop`: the same after the poller's own account was refused. `doubtful`: refused
    logins in a row, before any good one, that mean our account.
    """

    interval: float = 6 * 3600.0
    rate: float = 20.0
    concurrency: int = 8
    batch: int = 100
    hold: float = 5.0
    refresh: float = 60.0
    retry: float = 900.0
    pause: float = 5.0
    longest_pause: float = 600.0
    stopped: float = 900.0
    longest_stop: float = 6 * 3600.0
    doubtful: int = 3
    server_failures: int = 5


@dataclass(frozen=True, slots=True)
class Target:
    """A mailbox to poll. `mailbox`: its address in lower case; `user`: its login name, "" for the address.

    `edges`: moments (seconds, epoch) at which it is to be polled beside its turn, as at a reading window's beginning
    and end; those that are past and done are left out.
    """

    mailbox: str
    user: str = ""
    edges: Sequence[float] = ()

    @property
    def login(self) -> str:
        """The name to log in as."""
        return self.user or self.mailbox
