"""Parses the arguments of MAIL and RCPT, strictly, from what the client really sent (RFC 5321 4.1.2, 6531, 3461, 1870).

An address is never rewritten: it is taken as it stands or refused. Deviations, for mail that really occurs and that
Postfix takes: blanks around the path, missing angle brackets, local-parts up to 256 octets and with dots anywhere,
underscores in domains, "=" in ENVID and ORCPT.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from gateway.model import NULL_PATH, Address

# Sets that reach to U+10FFFF are told by what is not in them: `re` takes 20 ms to put the others together.
# atext (RFC 5322 3.2.3), UTF8-non-ascii (RFC 6531 3.3), and dots wherever they are: some telephones' mailboxes.
_DOTTED = r"[^\x00- \"(),:;<>@\[\\\]\x7f]+"
_LOCAL = rf"(?:{_DOTTED}|\"(?:[^\x00-\x1f\"\\\x7f]|\\[ -~])*\")"
_ALNUM = r"[^\x00-/:-@\[-^`{-\x7f]"  # letters, digits, underscore, and what is beyond ASCII
_LABEL = rf"{_ALNUM}(?:[^\x00-,./:-@\[-^`{{-\x7f]*{_ALNUM})?"
_LITERAL = r"\[[A-Za-z0-9:.\-]{1,64}\]"
_MAILBOX = rf"(?P<local>{_LOCAL})@(?P<domain>{_LABEL}(?:\.{_LABEL})*|{_LITERAL})"
_PATH = re.compile(r"[ \t]*(?:<(?P<in>[^<>]*)>|(?P<bare>[^ \t<>]+))(?:[ \t]+(?P<params>.*))?\Z", re.S)
_QUOTED_PATH = re.compile(rf"[ \t]*<(?P<in>{_LOCAL}@[^<> ]+)>(?:[ \t]+(?P<params>.*))?\Z", re.S)
_ADDRESS = re.compile(rf"{_MAILBOX}\Z")
_BLANKS = re.compile(r"[ \t]+")
_PARAM = re.compile(r"([A-Za-z0-9][A-Za-z0-9\-]*)(?:=([^\x00- \x7f-\x9f]*))?\Z")
_XTEXT = re.compile(r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})*\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_MAX_LOCAL, _MAX_DOMAIN = 256, 255


# What almost every client sends; anything else takes the general way.
_WORD = r"[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*"
_PLAIN = rf"<([A-Za-z0-9_+=\-]+(?:\.[A-Za-z0-9_+=\-]+)*@{_WORD}(?:\.{_WORD})+)>"
_PLAIN_MAIL = re.compile(rf"(?:FROM|from|From):{_PLAIN}(?: SIZE=(\d{{1,12}}))?(?: BODY=(7BIT|8BITMIME))?\Z")
_PLAIN_RCPT = re.compile(rf"(?:TO|to|To):{_PLAIN}\Z")


class PathError(ValueError):
    """The argument cannot be taken; `kind` is "syntax", "address", "utf8" or "parameter"."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(slots=True)
class MailArguments:
    """MAIL FROM: the reverse-path (RFC 5321) and its parameters. `size` 0 for none; DSN values raw, "" for none."""

    path: Address
    size: int = 0
    body: str = ""
    smtputf8: bool = False
    ret: str = ""
    envid: str = ""


@dataclass(slots=True)
class RcptArguments:
    """RCPT TO: the forward-path and its DSN parameters (RFC 3461 4), raw, "" for none."""

    path: Address
    notify: str = ""
    orcpt: str = ""


def parse_mail(arg: str, *, utf8_offered: bool) -> MailArguments:
    """Parse what follows "MAIL". PathError when it cannot be taken."""
    plain = _PLAIN_MAIL.match(arg)
    if plain is not None and len(plain[1]) < _MAX_LOCAL:
        return MailArguments(Address(plain[1]), int(plain[2] or 0), plain[3] or "")
    arg = arg.lstrip(" \t")
    if arg[:5].upper() != "FROM:":
        raise PathError("syntax")
    text, params = _split(arg[5:])
    made = MailArguments(NULL_PATH)
    for name, value in params:
        _set_mail_parameter(made, name, value, utf8_offered)
    if text:
        made.path = _address(text, utf8=made.smtputf8)
    return made


def parse_rcpt(arg: str, *, utf8: bool) -> RcptArguments:
    """Parse what follows "RCPT"; `utf8` when the transaction has SMTPUTF8. PathError when it cannot be taken."""
    plain = _PLAIN_RCPT.match(arg)
    if plain is not None and len(plain[1]) < _MAX_LOCAL:
        return RcptArguments(Address(plain[1]))
    arg = arg.lstrip(" \t")
    if arg[:3].upper() != "TO:":
        raise PathError("syntax")
    text, params = _split(arg[3:])
    if not text:
        raise PathError("address")
    address = Address(text) if text.lower() == "postmaster" else _address(text, utf8=utf8)
    made = RcptArguments(address)
    for name, value in params:
        _set_rcpt_parameter(made, name, value, utf8)
    return made


def _split(text: str) -> tuple[str, list[tuple[str, str | None]]]:
    text = text.rstrip(" \t")
    match = _QUOTED_PATH.match(text) if '"' in text else None
    match = match or _PATH.match(text)
    if match is None:
        raise PathError("syntax")
    groups = match.groupdict()
    path = _bare(groups["in"]) if groups["in"] is not None else groups["bare"]
    if not groups["params"]:
        return path, []
    params = []
    for word in _BLANKS.split(groups["params"]):
        found = _PARAM.match(word)
        if found is None:
            raise PathError("parameter")
        params.append((found[1].upper(), found[2]))
    if len({name for name, _ in params}) != len(params):
        raise PathError("parameter")
    return path, params


def _bare(path: str) -> str:
    """What stands between the brackets, without blanks around it."""
    bare = path.strip(" \t")
    if path and not bare:
        raise PathError("address")  # the null path is nothing, not blanks
    return bare


def _address(text: str, *, utf8: bool) -> Address:
    match = _ADDRESS.match(text)
    if match is None or _CONTROL.search(text):
        raise PathError("address")
    if not text.isascii() and not utf8:
        raise PathError("utf8")
    local, domain = match["local"], match["domain"]
    if len(local.encode()) > _MAX_LOCAL or len(domain.encode()) > _MAX_DOMAIN:
        raise PathError("address")
    if domain.startswith("[") and not _literal(domain[1:-1]):
        raise PathError("address")
    return Address(text)


def _literal(text: str) -> bool:
    """RFC 5321 4.1.3: an IPv4 address, or IPv6: and an IPv6 address."""
    try:
        if text[:5].upper() == "IPV6:":
            ipaddress.IPv6Address(text[5:])
        else:
            ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True


def _set_mail_parameter(made: MailArguments, name: str, value: str | None, utf8_offered: bool) -> None:
    if name == "SIZE" and value and value.isascii() and value.isdigit() and len(value) <= 20:
        made.size = int(value)
    elif name == "BODY" and value and value.upper() in ("7BIT", "8BITMIME"):
        made.body = value.upper()
    elif name == "SMTPUTF8" and value is None and utf8_offered:
        made.smtputf8 = True
    elif name == "RET" and value and value.upper() in ("FULL", "HDRS"):
        made.ret = value.upper()
    elif name == "ENVID" and value and len(value) <= 100 and _XTEXT.match(_encoded(value)):
        made.envid = _encoded(value)
    elif name == "AUTH" and value is not None:
        pass  # RFC 4954 5: another's word on who wrote it; accepted, believed by nobody, not passed on
    else:
        raise PathError("parameter")


def _encoded(value: str) -> str:
    """As the next hop may want it: "=" stands in no parameter's value, although some do not encode it (RFC 3461 4)."""
    return value.replace("=", "+3D")


def _set_rcpt_parameter(made: RcptArguments, name: str, value: str | None, utf8: bool) -> None:
    if name == "NOTIFY" and value:
        words = value.upper().split(",")
        if not set(words) <= {"NEVER", "SUCCESS", "FAILURE", "DELAY"} or ("NEVER" in words and len(words) > 1):
            raise PathError("parameter")
        made.notify = value.upper()
    elif name == "ORCPT" and value and len(value) <= 500 and ";" in value and (utf8 or value.isascii()):
        made.orcpt = _encoded(value)  # with SMTPUTF8 its address may be UTF-8 (RFC 6533 3)
    else:
        raise PathError("parameter")
