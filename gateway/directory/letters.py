"""Writes a notice: a template's text and places filled, as a finished message (RFC 5322, 8-bit text as base64).

What goes into the places may come from a unit's table or a stranger's header: it cannot make a header field.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, make_msgid
from functools import cache
from importlib.resources import files
from string import Template
from typing import Final

from gateway.directory.outbox import Notice

KINDS: Final = ("completion", "creation", "change", "reissue", "reclaim", "handover")
TEMPLATES: Final = "gateway.directory.templates"
_MESSAGE_ID: Final = re.compile(r"<[!-;=?-~]{1,250}@[!-;=?-~]{1,250}>")
_BREAKS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes notices. `sender`: the office's address, From and reverse-path; `office`: its name, as it signs."""

    sender: str
    office: str = ""


def letter(
    kind: str,
    head: Letterhead,
    recipient: str,
    places: Mapping[str, str],
    now: datetime.datetime,
    *,
    about: str = "",
    in_reply_to: str = "",
    templates: str = TEMPLATES,
    text: str = "",
) -> Notice:
    """A notice of one of `KINDS`, to one address. `now` has a zone; `about`: what it tells of, for the outbox's list.

    `templates`: another room's package of texts, with kinds of its own. `text`: a template in place of theirs: its
    subject, an empty line, its body. KeyError for a kind that has no template or a place that is not given.
    """
    subject, body = parse(text) if text else _template(templates, kind)
    values = {"office": head.office or head.sender, **places}
    message = EmailMessage(policy=SMTP if f"{head.sender}{recipient}".isascii() else SMTPUTF8)
    message["From"] = _named(head)
    message["To"] = recipient
    message["Subject"] = one_line(subject.substitute(values))
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=_ascii_domain(head.sender))
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834 5: nothing answers it by itself
    if _MESSAGE_ID.fullmatch(in_reply_to):
        message["In-Reply-To"] = message["References"] = in_reply_to
    message.set_content(body.substitute(values), cte="base64")
    return Notice(kind, about, head.sender, recipient, message.as_bytes())


def one_line(text: str) -> str:
    """A text without breaks and controls, at most 300 characters."""
    return _BREAKS.sub(" ", text).strip()[:300]


@cache
def _template(templates: str, kind: str) -> tuple[Template, Template]:
    if templates == TEMPLATES and kind not in KINDS:
        raise KeyError(kind)
    return parse(files(templates).joinpath(f"{kind}.txt").read_text(encoding="utf-8"))


def parse(text: str) -> tuple[Template, Template]:
    """A template's subject and body."""
    subject, _, body = text.partition("\n\n")
    return Template(subject.strip()), Template(body)


def _named(head: Letterhead) -> Address | str:
    return Address(one_line(head.office), addr_spec=head.sender) if head.office else head.sender


def _ascii_domain(address: str) -> str:
    domain = address.rpartition("@")[2]
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return "localhost"
