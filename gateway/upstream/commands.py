"""The commands of a transaction as bytes, with the parameters that the server offers. Pure; knows no connection.

Sources: RFC 5321 (MAIL, RCPT), 1870 (SIZE), 6152 (BODY), 6531 (SMTPUTF8), 3461 (DSN), Postfix's XCLIENT_README and
XFORWARD_README.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from gateway.errors import UpstreamBroken
from gateway.model import Envelope, Recipient, Reply, Session
from gateway.upstream.base import Capabilities

UTF8_REFUSED = Reply(553, "5.6.7", "The next hop does not take internationalized addresses (SMTPUTF8)")

_XTEXT = re.compile(rb"[^!-*,-<>-~]")  # RFC 3461 4: all but printable ASCII without "+" and "="
_HELO = re.compile(r"[!-~]{1,255}\Z")
_COMMAND_LENGTH = 510  # octets without CRLF, RFC 5321 4.5.3.1.4


def mail(envelope: Envelope, offered: Capabilities) -> bytes:
    """MAIL FROM with every parameter of the envelope that the server offers.

    Where it does not offer 8BITMIME, an 8-bit message is sent as it is, undeclared: every server of today takes it, and
    converting it would change the bytes that were inspected and signed.
    """
    text = f"MAIL FROM:<{envelope.reverse_path.text}>"
    if envelope.size and offered.size is not None:
        text += f" SIZE={envelope.size}"
    if envelope.body and offered.eightbit:
        text += f" BODY={envelope.body}"
    if envelope.smtputf8 and offered.smtputf8:
        text += " SMTPUTF8"
    if envelope.ret and offered.dsn:
        text += f" RET={envelope.ret}"
    if envelope.envid and offered.dsn:
        text += f" ENVID={envelope.envid}"
    return line(text)


def rcpt(recipient: Recipient, offered: Capabilities) -> bytes:
    """RCPT TO, with NOTIFY and ORCPT where the server offers DSN."""
    if offered.dsn and (recipient.notify or recipient.orcpt):
        notify = f" NOTIFY={recipient.notify}" if recipient.notify else ""
        orcpt = f" ORCPT={recipient.orcpt}" if recipient.orcpt else ""
        return line(f"RCPT TO:<{recipient.address.text}>{notify}{orcpt}")
    return line(f"RCPT TO:<{recipient.address.text}>")


def line(text: str) -> bytes:
    """The command with its CRLF. UpstreamBroken where it would be more than one line: nothing smuggles a command."""
    if "\n" in text or "\r" in text or "\0" in text:
        raise UpstreamBroken("a command would hold a line break")
    return text.encode("utf-8", "surrogateescape") + b"\r\n"


def helo_name(session: Session, hostname: str) -> str:
    """What to say in EHLO after XCLIENT: the client's own word where it is a word, else our name."""
    return session.helo if _HELO.match(session.helo) else hostname


def xclient(session: Session, offered: Iterable[str], *, port: bool) -> list[bytes]:
    """XCLIENT with the attributes that are offered. `port` only where the connection serves this one session."""
    names = set(offered)
    values = _client(session) | {"LOGIN": session.user}
    if not port:
        values.pop("PORT")
    return _split("XCLIENT", [(n, v) for n, v in values.items() if n in names and (v or n != "LOGIN")])


def xforward(session: Session, offered: Iterable[str]) -> list[bytes]:
    """XFORWARD commands (each at most 512 octets) with the attributes that are offered."""
    names = set(offered)
    return _split("XFORWARD", [(n, v) for n, v in _client(session).items() if n in names])


def _client(session: Session) -> dict[str, str]:
    address = session.client_address
    same = address == session.peer  # a port is known only of the peer itself
    return {
        "NAME": session.client_name,
        "ADDR": f"IPV6:{address}" if ":" in address else address,
        "PORT": str(session.peer_port) if same else "",
        "PROTO": "ESMTP" if session.esmtp else "SMTP",
        "HELO": session.helo,
    }


def _split(verb: str, values: list[tuple[str, str]]) -> list[bytes]:
    lines: list[bytes] = []
    for name, value in values:
        encoded = xtext(value)
        known = 0 < len(encoded) <= _COMMAND_LENGTH - 20
        word = f" {name}=".encode() + (encoded if known else b"[UNAVAILABLE]")
        if not lines or len(lines[-1]) + len(word) > _COMMAND_LENGTH:
            lines.append(verb.encode())
        lines[-1] += word
    return [each + b"\r\n" for each in lines]


def xtext(value: str) -> bytes:
    """Encoded as RFC 3461 4: every octet that is not plain becomes +HH."""
    return _XTEXT.sub(lambda m: b"+%02X" % m[0][0], value.encode("utf-8", "surrogateescape"))
