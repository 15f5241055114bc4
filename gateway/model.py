"""The core types, shared by every room. This module imports nothing of ours but the values of `contents`, `rates` and
`who`.

Mutable: `Session`, `Envelope` (they grow as a client speaks). Everything else is a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any, Protocol

from gateway.contents import NOTHING, Inspection
from gateway.rates import NO_BLOCKS, NO_RATES, Blocks, Rates
from gateway.who import NO_DIRECTORY, NOBODY, Lookup, Sender


class Direction(StrEnum):
    """What a listener is for, and so whom it believes."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    SUBMISSION = "submission"
    PROXY_FILTER = "proxy-filter"

    @property
    def client_is_mta(self) -> bool:
        """True where the client queues and can send a recipient's copy separately (inbound, outbound)."""
        return self in (Direction.INBOUND, Direction.OUTBOUND)


class Stage(IntEnum):
    """When a rule can be asked; what can be refused early is refused early."""

    CONNECT = 0
    AUTH = 1
    MAIL = 2
    RCPT = 3
    MESSAGE = 4


class Mode(StrEnum):
    """How a rule runs on a listener."""

    ENFORCE = "enforce"
    OBSERVE = "observe"
    OFF = "off"


class Action(IntEnum):
    """What happens to a message; the worst (largest) of all findings wins."""

    ACCEPT = 0
    TEMPFAIL = 1
    REJECT = 2

    @property
    def label(self) -> str:
        """`accept`, `tempfail` or `reject`, as in JSON, logs and metrics."""
        return self.name.lower()


_ENHANCED = re.compile(r"([245])\.\d{1,3}\.\d{1,3}\Z")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ACTIONS = (Action.ACCEPT, Action.ACCEPT, Action.TEMPFAIL, Action.REJECT)  # by the code's first digit, 2 to 5
_MAX_LINE = 512  # RFC 5321 4.5.3.1.5, the whole line with CRLF


class Reply:
    """An SMTP reply that cannot be built inconsistent (RFC 5321 4.2, RFC 2034, RFC 3463).

    `code` is 2xx-5xx; `enhanced` (None for 3xx and the greeting) must have the code's class; `lines` carry no control
    character, and only ASCII unless `utf8` (RFC 6531: only to a client that used SMTPUTF8). ValueError otherwise.
    """

    __slots__ = ("action", "code", "encoded", "enhanced", "line", "lines")

    code: int
    enhanced: str | None
    lines: tuple[str, ...]
    encoded: bytes
    action: Action  # what the code means for the message
    line: str  # the whole reply in one line, "552 5.3.4 text", for people, logs and the journal

    def __init__(self, code: int, enhanced: str | None, *lines: str, utf8: bool = False) -> None:
        if not 200 <= code <= 599 or not lines:
            raise ValueError(f"not an SMTP reply: {code}, {len(lines)} lines")
        if enhanced is not None:
            match = _ENHANCED.match(enhanced)
            if match is None or match[1] != str(code)[0]:
                raise ValueError(f"enhanced status {enhanced} does not fit code {code}")
        for line in lines:
            if _UNSAFE.search(line) or not (utf8 or line.isascii()):
                raise ValueError("a reply's text has characters that cannot be sent")
        self.code, self.enhanced, self.lines = code, enhanced, lines
        self.encoded = self._encode()
        self.action = _ACTIONS[code // 100 - 2]
        self.line = f"{code} {enhanced} {self.text}" if enhanced else f"{code} {self.text}"

    @classmethod
    def proved(cls, code: int, enhanced: str, text: str, encoded: bytes) -> Reply:
        """A one-line reply whose parts and wire form are known to be right, as the constructor would make it.

        For the next hop's replies, whose form was just matched as a whole: proving it again costs five times as much.
        """
        made = cls.__new__(cls)
        made.code, made.enhanced, made.lines, made.encoded = code, enhanced, (text,), encoded
        made.action = _ACTIONS[code // 100 - 2]
        made.line = f"{code} {enhanced} {text}"
        return made

    def _encode(self) -> bytes:
        middle = f"{self.enhanced} " if self.enhanced else ""
        last = len(self.lines) - 1
        wire = [f"{self.code}{' ' if i == last else '-'}{middle}{text}\r\n" for i, text in enumerate(self.lines)]
        encoded = [line.encode() for line in wire]
        if any(len(line) > _MAX_LINE for line in encoded):
            raise ValueError("a reply line is longer than 512 octets (RFC 5321 4.5.3.1.5)")
        return b"".join(encoded)

    @property
    def text(self) -> str:
        """All lines in one, for logs and the journal."""
        return " ".join(self.lines)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reply) and self.encoded == other.encoded

    def __hash__(self) -> int:
        return hash(self.encoded)

    def __repr__(self) -> str:
        return f"Reply({self.encoded!r})"


class Address:
    """A mailbox of the envelope, kept as the client wrote it (RFC 5321 4.1.2). Text "" is the null reverse-path.

    `text` is local@domain without brackets; `local` as written; `domain` lower-case (for comparing only).
    """

    __slots__ = ("domain", "local", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        local, at, domain = text.rpartition("@")
        # "postmaster" alone is a mailbox too (RFC 5321 4.5.1)
        self.local, self.domain = (local, domain.lower()) if at else (text, "")

    @property
    def key(self) -> str:
        """For comparing and looking up: the whole address in lower case."""
        return self.text.lower()

    def __bool__(self) -> bool:
        return bool(self.text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Address) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Address({self.text!r})"


NULL_PATH = Address("")


@dataclass(slots=True)
class Session:
    """One client connection. Addresses are text; `client_*` is who the client is after PROXY, XCLIENT or XFORWARD."""

    id: str
    listener: str
    direction: Direction
    peer: str
    peer_port: int
    client_address: str = ""
    client_name: str = ""
    helo: str = ""
    esmtp: bool = False
    tls: str = ""  # "TLSv1.3 TLS_AES_256_GCM_SHA384", empty for none
    user: str = ""  # the login that the upstream accepted, or XCLIENT LOGIN from a trusted server
    trusted: bool = False  # the peer is in trusted_networks
    device_sender: str = ""  # the one sender address that this device's network is bound to
    login_checked: bool = False  # the peer's network is declared to check senders against logins
    stranger: bool = False  # the peer told of a client (XFORWARD) that is in no trusted network

    def __post_init__(self) -> None:
        if not self.client_address:
            self.client_address = self.peer


@dataclass(slots=True)
class Recipient:
    """One forward-path with its DSN parameters, raw as sent (RFC 3461), and its policy class once known."""

    address: Address
    notify: str = ""
    orcpt: str = ""
    policy_class: str = ""


@dataclass(slots=True)
class Envelope:
    """One mail transaction. `size` is the SIZE= that was declared, 0 for none; `body` is 7BIT or 8BITMIME."""

    session: Session
    reverse_path: Address = NULL_PATH
    recipients: list[Recipient] = field(default_factory=list)
    size: int = 0
    body: str = ""
    smtputf8: bool = False
    ret: str = ""
    envid: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """What a mail client would offer to save. `decoded_size` in bytes; `sha256` (hex) of the decoded bytes."""

    filename: str
    declared_type: str
    sniffed_type: str
    decoded_size: int
    sha256: str
    part: str = ""  # its place in the part tree, "1.2"
    reading: str = ""  # the reading of the message that shows it, where the strict one does not
    counted: int = -1  # bytes that it adds to the message's total, where that is less: its own attachments count once

    @property
    def weight(self) -> int:
        """Bytes that it adds to the message's total."""
        return self.decoded_size if self.counted < 0 else self.counted


@dataclass(frozen=True, slots=True)
class Defect:
    """Something wrong with a message's form: a stable name and where it stands."""

    name: str
    where: str = ""


class Message(Protocol):
    """What the rules may ask of a message (made by gateway.message)."""

    @property
    def size(self) -> int:
        """Bytes, as received, without dot-stuffing."""

    @property
    def sha256(self) -> str:
        """Hex digest of the whole message as received."""

    @property
    def attachments(self) -> Sequence[Attachment]:
        """Every attachment, in the order of the message."""

    @property
    def attachment_bytes(self) -> int:
        """Decoded size of all attachments together."""

    @property
    def defects(self) -> Sequence[Defect]:
        """What is wrong with the form, at most a bounded number."""

    @property
    def disputes(self) -> Sequence[Defect]:
        """The defects that make a safe judgement impossible, at most a bounded number."""

    def headers(self, name: str) -> Iterator[bytes]:
        """Raw values of the top header fields with this name (case-insensitive), unfolded, in order."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a regulation: `id` as cited ("Q4 4.2") and the Vietnamese text, without its own number.

    Each clause has at least one of: `enforced_by` (rules), `planned` (rooms other than the rules that serve it) and
    `why_not` (why software cannot). `erratum` says what is wrong with the regulation's own text. `_vi`: in Vietnamese.
    """

    id: str
    text: str
    enforced_by: tuple[str, ...] = ()
    why_not: str = ""
    planned: tuple[str, ...] = ()
    erratum: str = ""
    why_not_vi: str = ""
    erratum_vi: str = ""


@dataclass(slots=True)  # not frozen: made for each rule that is asked, and freezing triples what that costs
class Facts:
    """Everything the rules may know. `message` is None before the MESSAGE stage, `recipient` is set at RCPT only.

    Each rule gets one of its own, so nothing that a rule does to it can reach another.
    """

    stage: Stage
    envelope: Envelope
    regulation: str
    own_domains: frozenset[str]
    recipient: Recipient | None = None
    message: Message | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    clauses: tuple[str, ...] = ()  # those of the rule's clauses that belong to `regulation`: the ones it may cite
    inspection: Inspection = NOTHING
    sender: Sender = NOBODY
    directory: Lookup = NO_DIRECTORY
    rates: Rates = NO_RATES
    blocks: Blocks = NO_BLOCKS


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found. `reply` is for the sender, `evidence` (JSON-able, bounded) is for the staff.

    A rule that returns a `mode` other than ENFORCE would not refuse this whatever its own mode is: it is a warning, and
    `action` becomes ACCEPT. `tag`: a header field (name, value) for the recipient, where the message passes all the
    same; see `gateway.trace`.
    """

    rule: str
    clauses: tuple[str, ...]
    action: Action
    reply: Reply
    evidence: Mapping[str, Any] = field(default_factory=dict)
    mode: Mode = Mode.ENFORCE
    tag: tuple[str, str] | None = None


class Rule(Protocol):
    """A question about a message: pure, no await, clock or I/O."""

    name: str
    clauses: tuple[str, ...]
    stages: tuple[Stage, ...]

    def check(self, facts: Facts) -> Finding | None:
        """Return what was found, or None. Must not keep state."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one stage: the worst enforced finding decides; `checked` names every rule that was asked."""

    action: Action
    reply: Reply | None = None
    findings: tuple[Finding, ...] = ()
    checked: tuple[str, ...] = ()
