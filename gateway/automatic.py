"""Is a message a program's? Lists, newsletters, reports, replies that nobody wrote: nothing answers them by itself.

By its form only (RFC 3834 2 and 5.2, RFC 2919, RFC 2369, RFC 8058). In doubt yes: whoever asks is about to write to its
sender, or to wait for a person's answer. It must not know what follows.
"""

from __future__ import annotations

from typing import Final

from gateway.model import Envelope, Message

_MARKS: Final = (  # fields that only programs write
    "List-Id",
    "List-Post",
    "List-Help",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Feedback-Id",
    "X-Auto-Response-Suppress",
    "X-Autoreply",
    "X-Autorespond",
    "X-Loop",
)
_PRECEDENCE: Final = frozenset({b"bulk", b"list", b"junk", b"auto_reply"})
_SYSTEMS: Final = frozenset({"mailer-daemon", "mailerdaemon", "mail-daemon", "postmaster", "listserv", "majordomo"})
_ENDS: Final = ("-request", "-bounces", "-bounce", "-owner", "-return")  # RFC 3834 2: a list's own addresses
_BEGINS: Final = ("owner-", "bounce-", "bounces-", "bounce+", "bounces+", "noreply", "no-reply", "do-not-reply")
_LONGEST: Final = 200  # octets of a field that are read


def is_automatic(envelope: Envelope, message: Message) -> bool:
    """Whether no person wrote it, or nobody at its reverse-path would read an answer."""
    return is_system(envelope.reverse_path.text) or _is_marked(message)


def is_system(address: str) -> bool:
    """Whether an address is a mail system's or a list's own, or none at all (the null reverse-path)."""
    local = address.lower().rpartition("@")[0]
    return not local or local in _SYSTEMS or local.startswith(_BEGINS) or local.endswith(_ENDS)


def _is_marked(message: Message) -> bool:
    if any(True for name in _MARKS for _ in message.headers(name)):
        return True
    if any(_word(value) not in (b"no", b"") for value in message.headers("Auto-Submitted")):
        return True
    if any(_word(value) in _PRECEDENCE for value in message.headers("Precedence")):
        return True
    return any(_word(value) == b"multipart/report" for value in message.headers("Content-Type"))


def _word(value: bytes) -> bytes:
    """A field's value without parameters and comments, in lower case."""
    return value[:_LONGEST].split(b";", 1)[0].split(b"(", 1)[0].strip().lower()
