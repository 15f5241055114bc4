"""What rspamd is told about a message besides its bytes: the envelope, as header fields of the HTTP request.

Pure. The names are those of rspamd's protocol (https://docs.rspamd.com/developers/protocol). Each value is one line,
bounded, and of no other meaning than its own: what a client wrote into its envelope cannot add a field.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from gateway.model import Envelope

_MOST_RECIPIENTS = 100  # a field each; rspamd looks at 1024 at most
_ALL_RECIPIENTS = 16 * 1024  # octets of these fields together, for servers bound the header as a whole
_LONGEST_PATH = 320  # RFC 5321 4.5.3.1: local part, "@" and domain
_LONGEST_NAME = 255
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def question(envelope: Envelope, reference: str = "") -> list[tuple[str, str]]:
    """Name and value of each field. Without what is not known: rspamd then leaves out what it would check of it.

    MTA-Tag is "congthu-" and the listener's direction, so that rspamd's `settings` may judge by it (`request_header`).
    User is the login that was taken: to rspamd its mail is written by one of ours.
    """
    return [(name, value) for name, value in _fields(envelope, reference) if value]


def _fields(envelope: Envelope, reference: str) -> Iterator[tuple[str, str]]:
    session = envelope.session
    yield "IP", _address(session.client_address)
    yield "Helo", _line(session.helo, _LONGEST_NAME)
    yield "Hostname", _line(session.client_name, _LONGEST_NAME)
    yield "User", _line(session.user, _LONGEST_PATH)
    yield "From", f"<{_line(envelope.reverse_path.text, _LONGEST_PATH)}>"
    yield from (("Rcpt", path) for path in _recipients(envelope))
    yield "Queue-Id", _line(reference, _LONGEST_NAME)
    yield "MTA-Tag", f"congthu-{session.direction.value}"


def _recipients(envelope: Envelope) -> Iterator[str]:
    left = _ALL_RECIPIENTS
    for recipient in envelope.recipients[:_MOST_RECIPIENTS]:
        path = f"<{_line(recipient.address.text, _LONGEST_PATH)}>"
        left -= len(path.encode())
        if left < 0:
            return
        yield path


def _line(text: str, longest: int) -> str:
    return _UNSAFE.sub("?", text[:longest]).strip()


def _address(text: str) -> str:
    """The text where it is an IP address, without a zone; else ""."""
    try:
        return str(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return ""
