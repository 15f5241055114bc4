"""What is kept of a refusal until its letter is written: bounded text, nothing of the message's body. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header
from typing import Any, Final

from gateway.explaining.values import plain
from gateway.journal.decision import Decision
from gateway.model import Action, Finding, Message, Mode

KIND: Final = "refused"
"""What the letters are called in the outbox."""
_MOST_FINDINGS: Final = 4
_MOST_NAMED: Final = 5
_LONGEST_SUBJECT: Final = 2000  # octets that are read


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that refused it."""

    rule: str
    clauses: tuple[str, ...]
    evidence: Mapping[str, Any]
    reply: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """`mailbox`: who is told; `when`: seconds since the epoch; `count`: recipients, of whom a few are named.

    `about`: names the message and what was found, so that the same one sent again is told once a day. `last`: "hour" or
    "day" where the mailbox may get no other letter in the rest of it, "" otherwise.
    """

    mailbox: str
    reference: str
    when: float
    subject: str
    recipients: tuple[str, ...]
    count: int
    reasons: tuple[Reason, ...]
    message_id: str
    about: str
    last: str = ""


def refusal_of(decision: Decision, message: Message, mailbox: str, silent: Sequence[str]) -> Refusal | None:
    """What is to be told; None where only rules refused it that are to be silent."""
    findings = [one for one in decision.findings if _refuses(one)]
    if not findings or any(one.rule in silent for one in findings):
        return None
    return Refusal(
        mailbox,
        decision.reference,
        decision.time,
        subject_of(message),
        tuple(plain(one, 254) for one in decision.recipients[:_MOST_NAMED]),
        len(decision.recipients),
        tuple(Reason(one.rule, one.clauses, one.evidence, one.reply.text) for one in findings[:_MOST_FINDINGS]),
        decision.message_id,
        _about(mailbox, decision, findings),
    )


def _refuses(finding: Finding) -> bool:
    return finding.action is Action.REJECT and finding.mode is Mode.ENFORCE


def _about(mailbox: str, decision: Decision, findings: Sequence[Finding]) -> str:
    """A client that tries again makes another Date, so the Message-ID names it; without one the bytes do."""
    named = decision.message_id or decision.sha256
    text = "\n".join((mailbox, named, *sorted({one.rule for one in findings})))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def subject_of(message: Message) -> str:
    """The subject as a person reads it, on one line; "" for none, and for what cannot be read."""
    raw = next(message.headers("Subject"), b"")[:_LONGEST_SUBJECT]
    text = raw.decode("utf-8", "replace")
    try:
        parts = decode_header(text)
        text = "".join(
            one if isinstance(one, str) else one.decode(charset or "ascii", "replace") for one, charset in parts
        )
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        pass
    return plain(text, 150)
