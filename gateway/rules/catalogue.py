"""Every rule that the regulations call for, those of later versions too: what it asks, when, and how it starts out.

`congthu compliance` reads it, and a configuration that names a rule of a later version gets a clear answer. It must not
know how a rule works.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gateway.model import Mode, Stage

AUTH, MAIL, RCPT, MESSAGE = Stage.AUTH, Stage.MAIL, Stage.RCPT, Stage.MESSAGE
ENFORCE, OBSERVE = Mode.ENFORCE, Mode.OBSERVE


class Flow(StrEnum):
    """A way that mail takes. A listener sees some of them, and a rule needs some of them."""

    ARRIVING = "arriving"  # from the Internet to us
    LEAVING = "leaving"  # from us to the Internet
    INSIDE = "inside"  # between two mailboxes of ours: a unit writing to its office
    LOGINS = "logins"  # AUTH of mail clients


ARRIVING, LEAVING, INSIDE, LOGINS = Flow
EVERY = (ARRIVING, LEAVING, INSIDE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule: the stages it will be asked at, its mode unless configured, the mail it must see, and its question."""

    name: str
    stages: tuple[Stage, ...]
    default: Mode
    flows: tuple[Flow, ...]
    asks: str


CATALOGUE: tuple[Entry, ...] = (
    Entry("attachment-cap", (MESSAGE,), ENFORCE, EVERY, "are all attachments together, decoded, above the cap"),
    Entry(
        "request-channel", (RCPT, MESSAGE), ENFORCE, (INSIDE, ARRIVING), "is a request from anything but a proved unit"
    ),
    Entry("request-content", (MESSAGE,), OBSERVE, (INSIDE,), "does a request lack its reason or the list of mailboxes"),
    Entry("vietnamese-charset", (MESSAGE,), ENFORCE, EVERY, "is Vietnamese text not in TCVN 6909:2001 (Unicode)"),
    Entry("vietnamese-diacritics", (MESSAGE,), OBSERVE, (INSIDE, LEAVING), "is Vietnamese written without its marks"),
    Entry("secret-marking", (MESSAGE,), ENFORCE, EVERY, "is a document marked MẬT, TỐI MẬT or TUYỆT MẬT"),
    Entry(
        "outbound-throttle",
        (RCPT, MESSAGE),
        ENFORCE,
        (INSIDE, LEAVING),
        "does a sender, unit or client exceed its rate",
    ),
    Entry("blocked-sender", (MAIL, MESSAGE), ENFORCE, EVERY, "is the sender locked, or blocked for its conduct"),
    Entry("spam", (MESSAGE,), ENFORCE, EVERY, "does the spam filter call it spam"),
    Entry("malware", (MESSAGE,), ENFORCE, EVERY, "does the virus scanner find something"),
    Entry("dangerous-type", (MESSAGE,), ENFORCE, EVERY, "is a file dangerous by its content, whatever its name"),
    Entry("own-domain", (MAIL, MESSAGE), ENFORCE, (ARRIVING,), "does an address of ours come from outside"),
    Entry("own-server", (MESSAGE,), OBSERVE, (ARRIVING,), "does a unit's mail come through a mail system of its own"),
    Entry("auto-forward", (MESSAGE,), OBSERVE, (LEAVING,), "is official mail forwarded to a private mailbox"),
    Entry("own-address", (MAIL, MESSAGE), ENFORCE, (INSIDE, LEAVING), "does the logged-in user send as somebody else"),
    Entry("private-mailbox", (MESSAGE,), OBSERVE, (ARRIVING,), "does an official write from a foreign provider"),
    Entry("mailbox-state", (MAIL, RCPT), ENFORCE, EVERY, "is a locked or reclaimed mailbox used"),
    Entry("password-policy", (AUTH,), OBSERVE, (LOGINS,), "does a password break the policy, as far as AUTH shows"),
    Entry("unscannable", (MESSAGE,), ENFORCE, EVERY, "can parts of the message not be inspected"),
)

BY_NAME = {entry.name: entry for entry in CATALOGUE}

ROOMS = {
    "poller": "the IMAP poller and exact sources: last access, capacity, old mail",
    "lifecycle": "mailbox lifecycle: warnings, locks, reclaims, handover, notices",
    "directory": "the directory: kinds of mailboxes, address forms, changes",
    "reports": "reports: quarterly figures, changes, units, answers",
    "journal": "the journal of decisions",
    "copies": "copies of accepted mail for an archive",
    "metrics": "metrics and health, for availability",
    "notices": "notices to units: completion, creation, change, re-issue, hand-over",
}
"""Rooms other than the rules that serve a clause, by the name that a regulation's data file uses."""
