"""Is official mail on its way to a private mailbox by itself, forwarded by a server or a mailbox's rule?

AG 4.2. What a server forwards shows it: a rewritten or foreign reverse-path on mail that leaves us, or a field that
names the mailbox of ours where it had arrived. Mail that an official writes to a citizen at Gmail shows none of it. A
forward that the directory knows is told when mail for that mailbox arrives, since the rest may not cross the gateway.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from gateway.model import Action, Direction, Facts, Finding, Mode, Recipient, Reply, Stage
from gateway.rules.listed import EVERYWHERE, NO_MODES, NO_NEEDS
from gateway.rules.patterns import in_domains
from gateway.rules.providers import is_foreign, parse_providers
from gateway.rules.reply_text import cited, cited_in_english, refusal
from gateway.rules.rewriting import rewriting
from gateway.rules.signs import ELSEWHERE, FORWARDS

# Fields that a server puts in when it forwards, with the mailbox that forwarded. RFC 5322 3.6.6 (Resent-), Postfix and
# qmail (Delivered-To), Postfix (X-Original-To), Pigeonhole Sieve, Zimbra, Exchange (inbox rules, forwarding set by an
# administrator), Gmail (X-Forwarded-For).
_FIELDS = (
    "Resent-From",
    "Resent-Sender",
    "Delivered-To",
    "X-Original-To",
    "X-Sieve-Redirected-From",
    "X-Zimbra-Forwarded",
    "X-MS-Exchange-Inbox-Rules-Loop",
    "X-MS-Exchange-ForwardingLoop",
    "X-Forwarded-For",
)
_LISTS = ("List-Id", "List-Post")
_ADDRESS = re.compile(rb"[^\s<>,;:\"()]{1,64}@[^\s<>,;:\"()]{1,255}")
_MOST_READ = 2000  # octets of a field
_MOST_VALUES = 10  # fields of a name
_MOST = 5  # addresses in evidence


class AutoForward:
    """Finds mail that is forwarded to a public provider by itself: 550 5.7.1 where it is enforced.

    `providers`: domains of public providers to add, with "-" to take out. Mail that arrives for a mailbox with such a
    forward is recorded only, in any mode: its sender can do nothing about it.
    """

    name = "auto-forward"
    clauses: tuple[str, ...] = ("AG 4.2",)
    stages: tuple[Stage, ...] = (Stage.MESSAGE,)
    default = Mode.OBSERVE
    modes = NO_MODES
    directions = EVERYWHERE
    parameters: Mapping[str, Callable[[object], Any]] = MappingProxyType({"providers": parse_providers})
    defaults: Mapping[str, object] = MappingProxyType({"providers": ()})
    needs = NO_NEEDS
    signs = ELSEWHERE | FORWARDS

    def check(self, facts: Facts) -> Finding | None:
        """A finding with where it goes and what shows it."""
        recipients = facts.envelope.recipients
        outside = [one for one in recipients if is_foreign(one.address.text, facts)]
        if outside and (shown := dict(_signs(facts))):
            return self._finding(facts, outside[0].address.text, outside, {"signs": shown}, Mode.ENFORCE)
        for recipient in recipients:
            if target := _private_forward(recipient, facts):
                evidence = {"mailbox": recipient.address.text[:320], "forwards_to": target[:320]}
                return self._finding(facts, target, [recipient], evidence, Mode.OBSERVE)
        return None

    def _finding(
        self, facts: Facts, target: str, recipients: list[Recipient], evidence: dict[str, Any], mode: Mode
    ) -> Finding:
        named = [recipient.address.text[:320] for recipient in recipients[:_MOST]]
        reply = _reply(target, facts)
        row = {"recipients": named, "recipient_count": len(recipients), **evidence}
        return Finding(self.name, facts.clauses, Action.REJECT, reply, row, mode)


def _signs(facts: Facts) -> Iterator[tuple[str, str]]:
    """What shows that nobody sends this by hand, with the address that shows it."""
    message, path = facts.message, facts.envelope.reverse_path
    if message is None or any(True for name in _LISTS for _ in message.headers(name)):
        return
    ours = in_domains(path.domain, facts.own_domains)
    if ours and rewriting(path.local) == "srs":
        yield "srs", path.text[:320]
    if path.text and not ours and facts.envelope.session.direction is Direction.OUTBOUND:
        yield "reverse-path", path.text[:320]
    for name in _FIELDS:
        if address := _address_of_ours(name, facts):
            yield name.lower(), address


def _address_of_ours(name: str, facts: Facts) -> str:
    """The first address of ours in the fields of this name, "" for none."""
    assert facts.message is not None
    for count, value in enumerate(facts.message.headers(name)):
        if count == _MOST_VALUES:
            break
        for found in _ADDRESS.findall(value[:_MOST_READ]):
            text = found.decode("utf-8", "replace")
            if in_domains(text.rpartition("@")[2].lower(), facts.own_domains):
                return str(text)
    return ""


def _private_forward(recipient: Recipient, facts: Facts) -> str:
    """Where the directory says that this recipient's mail goes on to, if that is a public provider."""
    mailbox = facts.directory.find(recipient.address.text)
    forwards = mailbox.forwards if mailbox is not None else ()
    return next((target for target in forwards if is_foreign(target, facts)), "")


def _reply(target: str, facts: Facts) -> Reply:
    return refusal(
        550,
        "5.7.1",
        f"Thư công vụ không được tự động chuyển tiếp tới hộp thư riêng ({target[:100]}){cited(facts.clauses)}. "
        "Hãy tắt chuyển tiếp và đọc thư trên hệ thống thư của cơ quan.",
        f"Official mail may not be forwarded to a private mailbox by itself ({target[:100]})"
        f"{cited_in_english(facts.clauses)}. Switch the forward off and read it on the official mail system.",
        utf8=facts.envelope.smtputf8,
    )
