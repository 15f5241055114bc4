"""Does an official's name stand on a mailbox at a public provider?

AG 4.2: officials do not use mailboxes at Yahoo, Hotmail or Gmail for their work. A name is no proof, since many share
one, and a stranger can write it: what is found is for people to look at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from gateway.model import Action, Direction, Facts, Finding, Mode, Reply, Stage
from gateway.rules.listed import NO_MODES, Need
from gateway.rules.providers import is_foreign, parse_providers
from gateway.rules.reply_text import cited, cited_in_english, refusal
from gateway.rules.signs import KNOWN
from gateway.who import Mailbox

_LONGEST_NAME = 200  # characters in evidence
_MOST = 5  # addresses in evidence


class PrivateMailbox:
    """Finds an official's name on a public provider's address, in From, Sender or Reply-To: 550 5.7.1 if enforced.

    `providers`: domains of public providers to add, with "-" to take out.
    """

    name = "private-mailbox"
    clauses: tuple[str, ...] = ("AG 4.2",)
    stages: tuple[Stage, ...] = (Stage.MESSAGE,)
    default = Mode.OBSERVE
    modes = NO_MODES
    directions: tuple[Direction, ...] = (Direction.INBOUND, Direction.PROXY_FILTER)
    parameters: Mapping[str, Callable[[object], Any]] = MappingProxyType({"providers": parse_providers})
    defaults: Mapping[str, object] = MappingProxyType({"providers": ()})
    needs = frozenset({Need.IDENTITY})
    signs = KNOWN

    def check(self, facts: Facts) -> Finding | None:
        """A finding with the first such address, and whose name it is."""
        for field, name, address in _named(facts):
            if is_foreign(address, facts) and (officials := _officials(name, address, facts)):
                evidence = {
                    "field": field,
                    "address": address[:320],
                    "name": name[:_LONGEST_NAME],
                    "officials": [mailbox.address for mailbox in officials[:_MOST]],
                }
                return Finding(self.name, facts.clauses, Action.REJECT, _reply(address, facts), evidence)
        return None


def _named(facts: Facts) -> Iterator[tuple[str, str, str]]:
    """Field, name and address of everybody in the header. Where answers shall go is the author's, unless named."""
    fields = facts.sender.fields
    author = fields.author[0].name if fields.author else ""
    for one in fields.author[:_MOST]:
        yield "From", one.name, one.address
    for one in fields.sender[:_MOST]:
        yield "Sender", one.name, one.address
    for one in fields.reply_to[:_MOST]:
        yield "Reply-To", one.name or author, one.address


def _officials(name: str, address: str, facts: Facts) -> Sequence[Mailbox]:
    """The officials whose name people see: without a display name that is what stands before the at sign."""
    return facts.directory.held_by(name or address.rpartition("@")[0])


def _reply(address: str, facts: Facts) -> Reply:
    return refusal(
        550,
        "5.7.1",
        f"Không dùng hộp thư riêng ở nhà cung cấp khác ({address[:100]}) để trao đổi công việc{cited(facts.clauses)}. "
        "Hãy gửi từ hộp thư công vụ của cơ quan.",
        f"Official work is not done from a private mailbox at another provider ({address[:100]})"
        f"{cited_in_english(facts.clauses)}. Send from your official mailbox.",
        utf8=facts.envelope.smtputf8,
    )
