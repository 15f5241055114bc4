"""The letter about a refusal: plain text and HTML of the same, out of templates that an office may replace.

An answer by a program (RFC 3834): the null reverse-path, Auto-Submitted: auto-replied, In-Reply-To the message. What
strangers wrote reaches it through `gateway.explaining` only: one line each, escaped by the template, in no header field
but the checked Message-ID.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Any, Final

from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.loaders import BaseLoader
from jinja2.sandbox import ImmutableSandboxedEnvironment

from gateway.directory.letters import Letterhead
from gateway.directory.outbox import Notice
from gateway.errors import StartError
from gateway.explaining.explain import explain
from gateway.explaining.values import Explained, plain
from gateway.notifying.refusal import KIND, Reason, Refusal

NAMES: Final = ("refused.txt", "refused.html")
_MESSAGE_ID: Final = re.compile(r"<[!-;=?-~]{1,250}@[!-;=?-~]{1,250}>")
_ZONE: Final = datetime.timezone(datetime.timedelta(hours=7), "ICT")


@dataclass(frozen=True, slots=True)
class Office:
    """Who writes. `link`: a reference to where its reader learns why; `contact`: whom to call, as people read it."""

    head: Letterhead
    hostname: str
    link: Callable[[str], str] | None = None
    contact: str = ""


class Letters:
    """Makes letters. `folder`: templates of the office's own. StartError names the file and line of a wrong one."""

    def __init__(self, office: Office, folder: Path | None = None) -> None:
        self._office = office
        self._environment = _environment(folder)
        try:
            self.write(SAMPLE)
        except TemplateSyntaxError as error:
            raise _wrong(folder, error.name or "", f"line {error.lineno}: {error.message}") from None
        except TemplateError as error:
            raise _wrong(folder, "", str(error)) from None
        except Exception as error:  # a template of the office's may do anything that a template can
            raise _wrong(folder, "", f"{type(error).__name__}: {error}") from None

    def write(self, refusal: Refusal) -> Notice:
        """The letter about one refusal."""
        office, values = self._office, self._values(refusal)
        text, page = (self._environment.get_template(name).render(values) for name in NAMES)
        ascii_only = f"{office.head.sender}{refusal.mailbox}".isascii()
        message = EmailMessage(policy=SMTP if ascii_only else SMTPUTF8)
        message["From"] = _named(office.head)
        message["To"] = refusal.mailbox
        message["Subject"] = self._subject(values["reasons"], refusal.reference)
        message["Date"] = format_datetime(datetime.datetime.fromtimestamp(refusal.when, _ZONE))
        message["Message-ID"] = make_msgid(domain=office.hostname)
        message["Auto-Submitted"] = "auto-replied"  # RFC 3834 5
        message["X-Auto-Response-Suppress"] = "All"  # for Exchange, which does not know the field above
        if _MESSAGE_ID.fullmatch(refusal.message_id):
            message["In-Reply-To"] = message["References"] = refusal.message_id
        message.set_content(text, cte="base64")
        message.add_alternative(page, subtype="html", cte="base64")
        return Notice(KIND, refusal.reference, "", refusal.mailbox, message.as_bytes())

    def _subject(self, reasons: Sequence[Explained], reference: str) -> str:
        title = reasons[0].title
        return plain(f"Thư không gửi được: {title.vi} / Mail not sent: {title.en} [{reference}]", 200)

    def _values(self, refusal: Refusal) -> dict[str, Any]:
        office = self._office
        return {
            "mailbox": plain(refusal.mailbox, 254),
            "subject": refusal.subject,
            "recipients": refusal.recipients,
            "others": max(0, refusal.count - len(refusal.recipients)),
            "reference": refusal.reference,
            "when": datetime.datetime.fromtimestamp(refusal.when, _ZONE).strftime("%H:%M %d/%m/%Y"),
            "reasons": [_explained(one) for one in refusal.reasons],
            "last": refusal.last,
            "link": office.link(refusal.reference) if office.link is not None else "",
            "contact": plain(office.contact, 200),
            "office": plain(office.head.office or office.head.sender, 200),
        }


def _explained(reason: Reason) -> Explained:
    return explain(reason.rule, reason.evidence, reason.clauses, reason.reply)


def _named(head: Letterhead) -> Address | str:
    return Address(plain(head.office), addr_spec=head.sender) if head.office else head.sender


def _environment(folder: Path | None) -> ImmutableSandboxedEnvironment:
    loaders: list[BaseLoader] = [PackageLoader("gateway.notifying")]
    if folder is not None:
        loaders.insert(0, FileSystemLoader(folder))
    return ImmutableSandboxedEnvironment(
        loader=ChoiceLoader(loaders),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _wrong(folder: Path | None, name: str, what: str) -> StartError:
    return StartError(f"refusal_notices.templates: {folder}{f'/{name}' if name else ''}: {what}")


SAMPLE: Final = Refusal(
    "an@tinh.example",
    "01KB-3F9X-72QM-5D0R",
    1_780_000_000.0,
    "Báo cáo quý",
    ("vanphong@khac.example",),
    3,
    (
        Reason(
            "attachment-cap",
            ("Q4 4.2",),
            {"total": 20 << 20, "limit": 15 << 20, "largest": [{"filename": "bao-cao.pdf", "bytes": 20 << 20}]},
            "552 5.3.4",
        ),
        Reason("unknown", (), {}, "550 5.7.1 No"),
    ),
    "<a@tinh.example>",
    "sample",
)
"""What templates are tried with."""
