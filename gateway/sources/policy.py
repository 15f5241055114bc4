"""Dovecot's auth policy requests: what is asked, and how we answer. Pure; see docs/access-sources.md for the settings.

`allow` is answered with "come in" or with our message for a locked mailbox; `report` tells how the login ended. The
request must name the master user (`master=%{master_user}`): Dovecot's default attributes do not, and then a login of
the poller looks like the owner's. Such a report is worth nothing, and is counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from gateway.access import Sign, Source
from gateway.sources.sight import MAX_NAME, Sighting, client_name, text
from gateway.who import State

ALLOWED: Final = b'{"status":0,"msg":""}'
"""Also the answer where we do not know: a sick gateway locks nobody out."""

# IMAP and POP3 carry ASCII here (RFC 3501 7.1, RFC 2449 6.3)
_MESSAGES: Final[Mapping[State, str]] = {
    State.LOCKED: "Hop thu nay dang bi khoa, lien he don vi quan tri thu dien tu / This mailbox is locked",
    State.RECLAIMED: "Hop thu nay da bi thu hoi / This mailbox has been withdrawn",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. `master`: None where the request does not say."""

    user: str
    master: str | None
    success: bool
    sighting: Sighting | None


@dataclass(frozen=True, slots=True)
class Messages:
    """What somebody hears who logs in at a mailbox in such a state; states that are not in it may log in.

    ValueError for a text that IMAP and POP3 cannot carry: printable ASCII, 200 characters.
    """

    texts: Mapping[State, str] = field(default_factory=lambda: dict(_MESSAGES))

    def __post_init__(self) -> None:
        for one in self.texts.values():
            if not (one.isascii() and one.isprintable() and 0 < len(one) <= 200):
                raise ValueError(f"not printable ASCII of at most 200 characters: {one!r}")

    def answer(self, state: State | None) -> bytes:
        """The answer to `allow`."""
        message = self.texts.get(state) if state else None
        return orjson.dumps({"status": -1, "msg": message}) if message else ALLOWED


def read(body: bytes, arrived: float) -> Asked:
    """A request's body. ValueError: it is none.

    One who failed to log in needs no name that can be read: anybody may try any, and nobody's silence ends by it.
    """
    made = orjson.loads(body)
    if not isinstance(made, dict):
        raise ValueError("not a request")
    user = text(made.get("login"), MAX_NAME)
    if not user and made.get("success") is not False:
        raise ValueError("no login")
    success = made.get("success") is True and made.get("policy_reject") is not True
    master = text(made["master"], MAX_NAME) if isinstance(made.get("master"), str) else None
    return Asked(user, master, success, _seen(made, user, master, arrived) if success else None)


def _seen(made: Mapping[str, Any], user: str, master: str | None, arrived: float) -> Sighting | None:
    if master is None:
        return None
    return Sighting(
        user,
        Source.DOVECOT_POLICY,
        Sign.LOGIN,
        arrived,
        arrived,
        session=text(made.get("session_id")),
        master=master,
        service=text(made.get("protocol")).lower(),
        client=client_name(made.get("device_id")),
        remote=text(made.get("remote")),
    )
