"""A small office for the rules about senders: units, officials, request channels, and messages from them."""

from __future__ import annotations

from typing import Any

from gateway.contents import Inspection, MailboxList, RequestSigns, Words
from gateway.directory.entry import Snapshot
from gateway.directory.index import Directory
from gateway.model import Direction, Finding, Recipient, Stage, Verdict
from gateway.rules.compiled import Known
from gateway.rules.listed import ListedRule
from gateway.rules.policy import Policy
from gateway.who import (
    Channel,
    Group,
    Identity,
    Kind,
    Lookup,
    Mailbox,
    Named,
    Proof,
    Sender,
    SenderFields,
    State,
    Unit,
)
from tests.unit.rules.make import FakeMessage, envelope, settings

PUBLIC, STRICT = "vpub@tinh.example", "yeucau@tinh.example"
UNIT, ALIAS, PERSON = "soxd@tinh.example", "soxaydung@tinh.example", "nvanh@tinh.example"
LOCKED_UNIT, LOCKED, RECLAIMED = "sokhoa@tinh.example", "ttbinh@tinh.example", "cu@tinh.example"
SERVICE, FORWARDED = "mayquet@tinh.example", "chuyen@tinh.example"

DIRECTORY = Directory.build(
    Snapshot(
        7,
        (Unit("SXD", "Sở Xây dựng"), Unit("VP", "Văn phòng Ủy ban nhân dân")),
        (
            Mailbox(UNIT, Kind.UNIT, "SXD", aliases=(ALIAS,), delegates=(PERSON,)),
            Mailbox(LOCKED_UNIT, Kind.UNIT, "VP", state=State.LOCKED),
            Mailbox(PUBLIC, Kind.UNIT, "VP"),
            Mailbox(PERSON, Kind.PERSONAL, "SXD", "Nguyễn Văn Anh"),
            Mailbox(LOCKED, Kind.PERSONAL, "SXD", "Trần Thị Bình", state=State.LOCKED),
            Mailbox(RECLAIMED, Kind.PERSONAL, "VP", "Phạm Văn Cũ", state=State.RECLAIMED),
            Mailbox(SERVICE, Kind.SERVICE, "VP"),
            Mailbox(FORWARDED, Kind.PERSONAL, "VP", "Võ Thị Chuyển", forwards=("chuyen.vo@gmail.com",)),
        ),
        (Group("tatca@tinh.example", (PERSON, STRICT)),),
    ),
    (Channel(PUBLIC), Channel(STRICT, exclusive=True)),
    own_domains=("tinh.example",),
)

ASKS = RequestSigns(
    0.93, ("create", "change"), True, (MailboxList("2", ("DanhSach.xlsx",), "sheet 'DS'", 12),), ("subject-create",)
)
ORDINARY = RequestSigns(0.08)


def written_by(
    address: str,
    *,
    name: str = "",
    proved: str | None = None,
    how: Proof = Proof.LOGIN,
    failed: str = "",
    **fields: Any,
) -> Sender:
    """Who a message is from. `proved`: the mailbox that was proved, the same unless given; "" for none."""
    mailbox = address if proved is None else proved
    for key in ("sender", "reply_to", "resent", "author"):
        fields[key] = tuple(one if isinstance(one, Named) else Named("", one) for one in fields.get(key, ()))
    fields["author"] = fields["author"] or (Named(name, address),)
    shown = tuple(one.address for key in ("author", "sender", "reply_to") for one in fields[key])
    made = SenderFields(**{"mentions": shown, **fields})
    return Sender(Identity(mailbox, how=how if mailbox else Proof.NONE), made, failed=failed)


def asked(
    rule: ListedRule,
    path: str,
    *recipients: str,
    who: Sender | None = None,
    signs: RequestSigns = ORDINARY,
    direction: Direction = Direction.INBOUND,
    stage: Stage = Stage.MESSAGE,
    fields: dict[str, bytes] | None = None,
    inspection: Inspection | None = None,
    directory: Lookup = DIRECTORY,
    regulation: str = "angiang-50-2009",
    domains: tuple[str, ...] = ("tinh.example",),
    configured: Any = None,
    **session: Any,
) -> Verdict:
    """The verdict of a listener that has this one rule. At RCPT it is asked of the first recipient."""
    rules = {rule.name: configured} if configured is not None else {}
    made = settings(direction.value, rules=rules, gateway={"regulation": regulation, "domains": domains})
    listener = Policy(made, rules=(rule,), known=Known(directory)).for_listener(direction.value)
    mail = envelope(path, *recipients, direction=direction, **session)
    if stage is Stage.MAIL:
        return listener.check(stage, mail)
    if stage is Stage.RCPT:
        recipient: Recipient = mail.recipients.pop(0)
        return listener.check(stage, mail, recipient=recipient)
    seen = inspection or Inspection(words=Words(request=signs))
    message = FakeMessage(fields=fields or {})
    return listener.check(stage, mail, message=message, inspection=seen, who=who or written_by(path or "x@y.example"))


def only(verdict: Verdict) -> Finding:
    """The one finding of a verdict."""
    (finding,) = verdict.findings
    return finding
