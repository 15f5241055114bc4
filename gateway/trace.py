"""The header lines that the gateway itself writes: Received (RFC 5321 4.4), and the mark of a message that was judged.

Pure but for the clock that it is given. Text from strangers enters a header only through `clean`.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache

from gateway.model import Address, Direction, Envelope, Session

MARK = b"x-congthu-pass"
OURS = b"x-congthu-"
"""How the names of our header fields begin: the mark, and the tags of findings. Strangers' are taken out."""
_HIDDEN = re.compile(rb"(?:\A|\n)[^!-~\n]{0,64}+" + OURS, re.IGNORECASE)
_EMPTY_LINE = re.compile(rb"(?:\A|\n)\r?\n")
_UNTAGGED = re.compile(r"[^ -~]")
_LONGEST_TAG = 900
_UNSAFE = re.compile(r"[^A-Za-z0-9.\-:_\[\]]")
_MARK_VALUE = re.compile(
    rb"v=1; t=(\d{1,12}); d=([a-z-]{1,16}); c=([ A-Za-z0-9_.,-]{1,200}); s=([0-9a-f]{64}); "
    rb"(?:g=([0-9a-f]{64}); )?(?:r=([0-9a-f ]{6,9000}); )?m=([0-9a-f]{64})\Z"
)
# What a mail server may have put above a mark without changing what the message says.
_TRACE_FIELDS = frozenset(
    (
        b"received",
        b"return-path",
        b"delivered-to",
        b"x-original-to",
        b"received-spf",
        b"authentication-results",
        b"arc-seal",
        b"arc-message-signature",
        b"arc-authentication-results",
        b"dkim-signature",
    )
)
_NAMED, _SHORT = 1000, 6  # recipients that a mark names, and digits for each
_MARK_LIFE = 7 * 86400  # seconds: longer than a mail server keeps a message in its queue


def clean(text: str, longest: int = 255) -> str:
    """A name from a stranger, safe inside a Received field."""
    return _UNSAFE.sub("?", text[:longest]) or "?"


@lru_cache(maxsize=4)
def _date(second: int) -> str:
    return formatdate(second, localtime=True)


@lru_cache(maxsize=1024)
def _client(helo: str, name: str, address: str) -> str:
    literal = f"IPv6:{address}" if ":" in address else address
    named = f"{clean(name)} " if name else ""
    return f"{clean(helo)} ({named}[{clean(literal)}])"


def protocol(session: Session, envelope: Envelope) -> str:
    """The "with" word of Received (RFC 3848, RFC 6531 4.3)."""
    if not session.esmtp:
        return "SMTP"
    base = "UTF8SMTP" if envelope.smtputf8 else "ESMTP"
    return f"{base}{'S' if session.tls else ''}{'A' if session.user else ''}"


def received(envelope: Envelope, hostname: str, reference: str, now: float) -> bytes:
    """One Received field, CRLF-terminated. The "for" clause stands only where there is one recipient (RFC 5321 7.6)."""
    session = envelope.session
    client = _client(session.helo, session.client_name, session.client_address)
    for_one = _for(envelope.recipients[0].address, envelope.smtputf8) if len(envelope.recipients) == 1 else ""
    return (
        f"Received: from {client}\r\n"
        f"\tby {hostname} with {protocol(session, envelope)} id {reference}{for_one};\r\n"
        f"\t{_date(int(now))}\r\n"
    ).encode()


def _for(address: Address, utf8: bool) -> str:
    text = address.text
    safe = len(text) <= 320 and (utf8 or text.isascii()) and text.isprintable()
    return f"\r\n\tfor <{text}>" if safe else ""


# A message that passed one listener need not be judged again by one of these. Inbound mail that the mail server
# forwards to the Internet is judged anew: other rules hold there.
COVERS = {
    Direction.INBOUND: {Direction.INBOUND, Direction.PROXY_FILTER},
    Direction.SUBMISSION: {Direction.SUBMISSION, Direction.PROXY_FILTER, Direction.OUTBOUND},
    Direction.PROXY_FILTER: {Direction.PROXY_FILTER, Direction.OUTBOUND},
    Direction.OUTBOUND: {Direction.OUTBOUND},
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark found in a message: where its field stands, what it says. `digest` is of all bytes after it.

    `classes`: the policy classes under which it was judged. `tags`: the digest of our tags above it, "" for none.
    `recipients`: keyed digests of those it was for, six hex digits each; "" where mail arrives, which costs nobody.
    """

    start: int
    end: int
    time: int
    direction: str
    classes: str
    digest: str
    tags: str
    recipients: str
    mac: str


class PassMarks:
    """Writes and checks the keyed mark. The key is shared by the nodes of one installation; 32 bytes or more.

    The mark covers the message's digest, our tags above it, the time, the listener's direction, the reverse-path, the
    recipients of mail that leaves and their policy classes. Only trusted networks are believed.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def _mac(
        self, time: int, direction: str, classes: str, digest: str, tags: str, recipients: str, sender: str
    ) -> str:
        also = f"{f'g={tags}|' if tags else ''}{f'r={recipients}|' if recipients else ''}"
        said = f"congthu-pass-1|{time}|{direction}|{classes}|{digest}|{also}{sender}"
        text = said.encode("utf-8", "surrogateescape")
        return hmac.digest(self._key, text, hashlib.sha256).hex()

    def field(self, envelope: Envelope, digest: str, now: float, tags: Sequence[tuple[str, str]] = ()) -> bytes:
        """The header field for a message whose bytes have this SHA-256 (hex); it must stand right before them.

        `tags`: those that stand above it, as `tag_field` writes them.
        """
        time, direction, classes = int(now), envelope.session.direction.value, _classes(envelope)
        above = tags_digest((clean(name).lower().encode(), _tag_text(value).encode()) for name, value in tags)
        known = "" if direction == Direction.INBOUND else "".join(self._recipients(envelope, digest))
        mac = self._mac(time, direction, classes, digest, above, known, envelope.reverse_path.key)
        tagged = f"g={above};\r\n\t" if above else ""
        listed = "\r\n\t".join(known[start : start + 72] for start in range(0, len(known), 72))
        tagged += f"r={listed};\r\n\t" if known else ""
        return (
            f"X-Congthu-Pass: v=1; t={time}; d={direction};\r\n\tc={classes};\r\n\ts={digest};\r\n\t{tagged}m={mac}\r\n"
        ).encode()

    def _recipients(self, envelope: Envelope, digest: str) -> Iterator[str]:
        """Six hex digits for each recipient, as many as a mark may name: whoever else gets a copy is judged anew."""
        for recipient in envelope.recipients[:_NAMED]:
            text = f"{digest}|{recipient.address.key}".encode("utf-8", "surrogateescape")
            yield hmac.digest(self._key, text, hashlib.sha256).hex()[:_SHORT]

    def read(self, value: bytes, start: int, end: int) -> Mark | None:
        """A mark out of a field's value, or None when it is not of our form."""
        match = _MARK_VALUE.match(b" ".join(value.split()))
        if match is None:
            return None
        time, direction, classes, digest, tags, known, mac = ((group or b"").decode() for group in match.groups())
        return Mark(start, end, int(time), direction, classes, digest, tags, known.replace(" ", ""), mac)

    def genuine(self, mark: Mark, envelope: Envelope) -> bool:
        """Whether the mark was written with our key for this sender. Says nothing about the bytes that follow."""
        sender = envelope.reverse_path.key
        expected = self._mac(mark.time, mark.direction, mark.classes, mark.digest, mark.tags, mark.recipients, sender)
        return hmac.compare_digest(expected, mark.mac)

    def covers(self, mark: Mark, envelope: Envelope, now: float) -> bool:
        """Whether a genuine mark spares this envelope the judgement on its listener."""
        known = {direction.value: covered for direction, covered in COVERS.items()}
        judged = set(mark.classes.split(","))
        return (
            envelope.session.direction in known.get(mark.direction, ())
            and {recipient.policy_class for recipient in envelope.recipients} <= judged
            and -300 <= now - mark.time <= _MARK_LIFE
            and (mark.direction == Direction.INBOUND or self._was_for(mark, envelope))
        )

    def _was_for(self, mark: Mark, envelope: Envelope) -> bool:
        """Whether it was for these recipients: a mark that its sender has kept is no ticket to others."""
        if len(envelope.recipients) > _NAMED:
            return False
        digits = mark.recipients
        named = {digits[start : start + _SHORT] for start in range(0, len(digits), _SHORT)}
        return named.issuperset(self._recipients(envelope, mark.digest))


def _classes(envelope: Envelope) -> str:
    return ",".join(sorted({recipient.policy_class for recipient in envelope.recipients})) or "-"


def only_trace_above(fields: Iterable[tuple[bytes, bytes, int, int]], end: int) -> bool:
    """Whether from the message's first byte to `end` there is nothing but whole trace fields, our tags and the mark.

    Anything else there could change how the marked bytes are read: a Content-Type, a second header.
    """
    at = 0
    for name, _, start, stop in fields:
        if start != at or (name not in _TRACE_FIELDS and not name.startswith(OURS)):
            return False
        at = stop
        if at >= end:
            return at == end
    return False


def hides_ours(behind: bytes) -> bool:
    """Whether `behind`, what follows the last line that is a field to us, has one of ours before its first empty line.

    Other readers pass over a line that is no field, and read on.
    """
    return _HIDDEN.search(until_empty(behind)) is not None


def until_empty(behind: bytes) -> bytes:
    """What stands before the first empty line: all that anybody could take for a header."""
    end = _EMPTY_LINE.search(behind)
    return behind[: end.start()] if end else behind


def tag_field(name: str, value: str) -> bytes:
    """A finding's tag as a header field, CRLF-terminated. `name` begins as `OURS` does; `value` is ASCII of ours."""
    return f"{clean(name)}: {_tag_text(value)}\r\n".encode()


def _tag_text(value: str) -> str:
    return " ".join(_UNTAGGED.sub("?", value[:_LONGEST_TAG]).split())


def tags_digest(tags: Iterable[tuple[bytes, bytes]]) -> str:
    """What a mark says of the tags above it: (lower-case name, value), in order, however the values are folded."""
    lines = [name + b":" + b" ".join(value.split()) + b"\n" for name, value in tags]
    return hashlib.sha256(b"".join(lines)).hexdigest() if lines else ""
