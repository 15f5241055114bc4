"""What one source saw once, before anybody has judged it. Values only."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.access import Coverage, Evidence, Sign, Source

Keep = Callable[[Sequence[Evidence], Sequence[Coverage]], Awaitable[None]]
"""Where evidence goes: all of it in one transaction. Whatever it raises, it is asked again with the same and more."""

MAX_NAME: Final = 320  # characters of a login: an address of RFC 5321's longest parts
MAX_TEXT: Final = 64  # characters of a client's name, a session, a service
_PAIR: Final = re.compile(r'"((?:[^"\\]|\\.){0,200})" (?:"((?:[^"\\]|\\.){0,200})"|NIL)')


@dataclass(frozen=True, slots=True)
class Sighting:
    """Somebody logged in, opened a folder or was idle. Texts are printable and bounded.

    `user`: the mailbox as the server calls it. `began`: seconds since the epoch by the server's clock, `arrived` by
    ours. `master`: who logged in as this user, "" for the user himself, None where only the session is known.
    `client`: the program's name as it says itself (RFC 2971), mostly "". `service`: imap, pop3, sieve, smtp, ….
    """

    user: str
    source: Source
    sign: Sign
    began: float
    arrived: float
    session: str = ""
    master: str | None = None
    service: str = ""
    client: str = ""
    remote: str = ""


def text(value: object, most: int = MAX_TEXT) -> str:
    """A value of a stranger's as one bounded, printable line; "" for what is no text."""
    if not isinstance(value, str):
        return ""
    return "".join(one if one.isprintable() else " " for one in value[:most]).strip()


def client_name(value: object) -> str:
    """The name in IMAP ID parameters (RFC 2971 3.3), which Dovecot hands on as '"name" "X" "version" "1"'."""
    if not isinstance(value, str):
        return ""
    for key, found in _PAIR.findall(value[:2000]):
        if key.lower() == "name":
            return text(re.sub(r"\\(.)", r"\1", found))
    return ""
