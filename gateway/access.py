"""What is known of a mailbox's use: observations and evidence. Values only, at the bottom: imports nothing of ours.

IMAP tells nobody when a mailbox was last used. So an access is never a moment but an interval, with what was seen, who
says so and how sure it is. Times are seconds since the epoch by the gateway's clock, unless a field says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What evidence says of its interval. Stable names, as in the store and the journal."""

    ACCESS = "access"  # the mailbox was used at some time in it
    AUTOMATIC = "automatic"  # a device or a program used it: IDLE, synchronisation; the profile decides what it counts
    UNUSED = "unused"  # nobody opened the inbox in the whole of it
    RESET = "baseline-reset"  # what was known cannot be compared any more; it says nothing of use


class Strength(StrEnum):
    """How sure evidence is. Stable names."""

    EXACT = "exact"  # the server wrote the access itself down
    STRONG = "strong"  # only a session of the owner does this
    MEDIUM = "medium"  # an administrator's job could have done it, or a date is the server's word
    WEAK = "weak"  # a hint


class Source(StrEnum):
    """Who says so. Stable names, as in the store and in metrics."""

    IMAP = "imap"  # inferred from two polls, or from the first
    DOVECOT_EVENTS = "dovecot-events"
    DOVECOT_POLICY = "dovecot-policy"
    LAST_LOGIN = "last-login"  # Dovecot's last_login dictionary
    LASTPOP = "cyrus-lastpop"
    ZIMBRA = "zimbra-ldap"
    ACTIVE_DIRECTORY = "ad-ldap"
    SUBMISSION = "submission"  # a login on a listener of ours


class Sign(StrEnum):
    """What was seen. Stable names."""

    RECENT_CLEARED = "recent-cleared"  # messages lost \Recent and stayed: an owner's session selected the inbox
    READ = "read"  # more messages became seen than arrived or went
    CHANGED = "changed"  # flags changed, and nothing arrived or went
    REMOVED = "removed"  # messages went
    SENT = "sent"  # a message was put into Sent
    FILED = "filed"  # a message was put into Drafts, or moved to another folder of the owner's
    RECENT_KEPT = "recent-kept"  # the same message is \Recent still: no session of the owner selected the inbox
    BETWEEN_DATES = "between-dates"  # the first poll: between the newest claimed message and the oldest unclaimed one
    OLDEST_UNCLAIMED = "oldest-unclaimed"  # the first poll: the oldest unclaimed message's date, on the server's word
    UIDVALIDITY = "uidvalidity"  # the folder is another one
    INDEX_LOST = "index-lost"  # counters ran backwards
    LOGIN = "login"
    SELECT = "select"
    IDLE = "idle"
    LAST_LOGIN = "last-login"  # the server's own record of the last one


@dataclass(frozen=True, slots=True)
class Evidence:
    """One statement: in (not_before, not_after] this was seen. `mailbox`: its address in lower case.

    `actor`: who did it where that is known (a client's name, a login), printable and bounded, else "". Evidence with
    the same mailbox, source, kind, sign and not_before replaces the earlier: its end moved on. `coarse`: seconds by
    which the source's own record may be late (Zimbra's: 7 days); the interval includes them already.
    """

    mailbox: str
    kind: Kind
    strength: Strength
    not_before: float
    not_after: float
    source: Source
    sign: Sign
    actor: str = ""
    coarse: float = 0.0


@dataclass(frozen=True, slots=True)
class Coverage:
    """In (since, until] this source missed nothing that it can see: no gap in polling, no outage, no reset.

    Silence of a source says something only inside its coverage. Polling cannot see every access even there (a login
    without SELECT, SELECT or IDLE with nothing new): see docs/poller.md. The same mailbox, source and since replace.
    """

    mailbox: str
    source: Source
    since: float
    until: float


class Use(StrEnum):
    """What a folder is for (RFC 6154 special-use, RFC 3501 INBOX)."""

    INBOX = "inbox"
    SENT = "sent"
    TRASH = "trash"
    JUNK = "junk"
    DRAFTS = "drafts"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder's counters as STATUS gave them (RFC 3501 6.3.10). `modseq`: HIGHESTMODSEQ (RFC 7162), 0 for unknown."""

    name: str
    use: Use
    uidvalidity: int
    uidnext: int
    messages: int
    recent: int
    unseen: int
    modseq: int = 0


@dataclass(frozen=True, slots=True)
class Quota:
    """Storage used and allowed, in bytes; the server counts in KiB (RFC 9208 5.1). `limit` 0: none is set."""

    used: int
    limit: int


class Failure(StrEnum):
    """Why a poll of one mailbox gave nothing. It is neither access nor inactivity. Stable names, as in metrics."""

    CONNECT = "connect"  # nobody listens there
    TLS = "tls"  # the certificate or the handshake
    MASTER = "master-auth"  # the poller's own account was refused: the sweep stops
    AUTH = "auth"  # this mailbox's login was refused
    VANISHED = "vanished"  # it or its inbox is not there, or it cannot be entered while others can
    REFUSED = "refused"  # the server said NO or BAD to a command
    BYE = "bye"  # the server ended the session
    CLOSED = "closed"  # the connection ended in the middle
    TIMEOUT = "timeout"
    GARBAGE = "garbage"  # what came is not IMAP
    LIMIT = "limit"  # the answer is longer than we take
    CLOCK = "clock"  # dates or times that cannot be
    NAME = "name"  # a name that cannot be asked for


@dataclass(frozen=True, slots=True)
class Dates:
    """What the inbox's dates tell, asked at the first poll and after a reset; by the server's clock, in seconds.

    `newest_claimed`: of the messages that some session has had as \\Recent; `oldest_unclaimed`: of those that none has.
    """

    newest_claimed: float | None = None
    oldest_unclaimed: float | None = None
    saved: bool = False  # they are SAVEDATEs (RFC 8514): when the server took the message, whatever a client claims


@dataclass(frozen=True, slots=True)
class Observation:
    """One successful poll. Its counters were read between `began` and `at`. `folders`: the inbox first, bounded.

    `old_messages`: messages of the inbox older than the age that was asked for, None where it was not asked.
    """

    mailbox: str
    began: float
    at: float
    folders: tuple[Folder, ...]
    quota: Quota | None = None
    dates: Dates | None = None
    old_messages: int | None = None
    listed: float = 0.0  # when the folders were last looked for
    doubts: tuple[Failure, ...] = ()  # what was left out of an observation that stands otherwise
