"""How names and secrets are written to an IMAP server. Pure; a name that cannot be written is a PollFailed NAME."""

from __future__ import annotations

import base64
import re

from gateway.access import Failure
from gateway.imap.failures import PollFailed
from gateway.imap.settings import Account

_LONGEST = 1024  # characters of a login name
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def quoted(text: str) -> str:
    """A quoted string (RFC 3501 4.3). Control characters are refused where the command is made."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def separated(account: Account, user: str) -> str:
    """ "mailbox*poller". A name with the separator in it would be split elsewhere: it is refused."""
    if account.separator in user:
        raise PollFailed(Failure.NAME, "the name holds the separator", own=True)
    return checked(user) + account.separator + account.user


def plain(account: Account, user: str) -> str:
    """The initial response of SASL PLAIN (RFC 4616): the mailbox is in the authorization identity, or in the name."""
    if account.way == "separator":
        identity, name = "", separated(account, user)
    else:
        identity, name = checked(user), account.user
    try:
        secret = "\0".join((identity, name, account.password)).encode("utf-8")
    except UnicodeEncodeError as error:
        raise PollFailed(Failure.NAME, "not Unicode", own=True) from error
    return base64.b64encode(secret).decode("ascii")


def checked(user: str) -> str:
    """A login name without NUL, line ends and other controls, of a bearable length. Else PollFailed NAME."""
    if not user or len(user) > _LONGEST or _CONTROL.search(user):
        raise PollFailed(Failure.NAME, "empty, too long or with control characters", own=True)
    return user
