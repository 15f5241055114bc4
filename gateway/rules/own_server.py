"""Does a unit's mail come to us through a mail system of its own?

AG 4.1: units do not run mail systems of their own, on the Internet or on the state's network. What shows one: a domain
below one of ours that is not declared as ours, a domain that is known to be a unit's, a client whose name is in our
domain and that we do not know, a unit's address that comes from outside without any proof. The last two may be
forgery: what is found is for people to look at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from gateway.model import Action, Direction, Facts, Finding, Mode, Reply, Stage
from gateway.rules.listed import NO_MODES, Need
from gateway.rules.patterns import in_domains
from gateway.rules.reply_text import cited, cited_in_english, refusal
from gateway.rules.rewriting import rewriting
from gateway.rules.settings import parse_domains
from gateway.rules.signs import STRANGER
from gateway.rules.words import from_outside
from gateway.who import Kind

_LONGEST = 320  # characters of an address in evidence
_MOST = 5  # authors that are looked at
_LISTS = ("List-Id", "List-Post", "Auto-Submitted")


class OwnServer:
    """Finds a unit's mail that comes through another mail system than ours: 550 5.7.1 where it is enforced.

    `systems`: domains that are known to be units' own ("*.example" takes every subdomain).
    """

    name = "own-server"
    clauses: tuple[str, ...] = ("AG 4.1",)
    stages: tuple[Stage, ...] = (Stage.MESSAGE,)
    default = Mode.OBSERVE
    modes = NO_MODES
    directions: tuple[Direction, ...] = (Direction.INBOUND, Direction.PROXY_FILTER)
    parameters: Mapping[str, Callable[[object], Any]] = MappingProxyType({"systems": parse_domains})
    defaults: Mapping[str, object] = MappingProxyType({"systems": ()})
    needs = frozenset({Need.IDENTITY})
    signs = STRANGER

    def check(self, facts: Facts) -> Finding | None:
        """A finding with everything that shows it."""
        if _is_ours(facts):
            return None
        shown = dict(_signs(facts))
        if not shown:
            return None
        session = facts.envelope.session
        evidence = {
            "signs": shown,
            "reverse_path": facts.envelope.reverse_path.text[:_LONGEST],
            "client_address": session.client_address,
            "client_name": session.client_name[:255],
            "helo": session.helo[:255],
        }
        return Finding(self.name, facts.clauses, Action.REJECT, _reply(next(iter(shown.values())), facts), evidence)


def _is_ours(facts: Facts) -> bool:
    """Whether the client is ours. Behind a proxy filter the peer always is: there its login or sender says it."""
    session = facts.envelope.session
    if session.direction is Direction.INBOUND:
        return session.trusted or bool(session.user)
    return not from_outside(facts)


def _signs(facts: Facts) -> Iterator[tuple[str, str]]:
    """What shows a system of its own, and the address or name that shows it."""
    path, author = facts.envelope.reverse_path, facts.sender.fields.author
    systems, own = facts.parameters["systems"], facts.own_domains
    addresses = [one.address for one in author[:_MOST]]
    if path.text and path.text not in addresses:
        addresses.append(path.text)
    for address in addresses:
        domain = address.rpartition("@")[2].lower()
        if systems and in_domains(domain, systems):
            yield "known-system", address[:_LONGEST]
        elif _below(domain, own):
            yield "subdomain", address[:_LONGEST]
    name = facts.envelope.session.client_name.lower().removesuffix(".")
    if name and (in_domains(name, own) or _below(name, own)):
        yield "client-name", name[:255]
    if address := _unit_without_proof(facts):
        yield "unit-address", address[:_LONGEST]


def _below(domain: str, own: frozenset[str]) -> bool:
    """Whether a domain is below one of ours without being one that we declare."""
    above = domain
    while above := above.partition(".")[2]:
        if above in own:
            return not in_domains(domain, own)
        if len(above) > _LONGEST:  # no such domain can exist
            return False
    return False


def _unit_without_proof(facts: Facts) -> str:
    """A unit's address in From that nothing proves; "" for others. Lists and forwarders take proofs away: not those."""
    sender, path = facts.sender, facts.envelope.reverse_path
    if sender.failed or sender.identity.mailbox or sender.identity.domain or not sender.fields.author:
        return ""
    author = sender.fields.author[0].address
    found = facts.directory.find(author)
    if found is None or found.kind is not Kind.UNIT or not path.text or rewriting(path.local):
        return ""
    message = facts.message
    return "" if message is None or any(True for name in _LISTS for _ in message.headers(name)) else author


def _reply(shown: str, facts: Facts) -> Reply:
    return refusal(
        550,
        "5.7.1",
        f"Thư của đơn vị ({shown[:100]}) đến từ một hệ thống thư riêng{cited(facts.clauses)}. "
        "Hãy gửi qua hệ thống thư của tỉnh.",
        f"Mail of a unit ({shown[:100]}) comes through a mail system of its own{cited_in_english(facts.clauses)}. "
        "Send it through the province's mail system.",
        utf8=facts.envelope.smtputf8,
    )
