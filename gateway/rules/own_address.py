"""Does an authenticated user send as itself, as its aliases, or as a unit's mailbox that was given to it?

Q4 11.5 and, in the same words, AG 10.2d: "không để người khác sử dụng địa chỉ, hộp thư điện tử của mình"; Q4 12.1: a
unit's head may let others use the unit's mailbox, which the directory records as its delegates.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from gateway.model import Action, Facts, Finding, Mode, Reply, Stage
from gateway.rules.listed import EVERYWHERE, NO_MODES, NO_NEEDS
from gateway.rules.patterns import in_domains
from gateway.rules.reply_text import cited, cited_in_english, refusal
from gateway.rules.settings import parse_domain, parse_mode
from gateway.rules.signs import LOGIN
from gateway.senders import address_of_login, mailbox_of_login, may_send_as, same_address
from gateway.who import Mailbox

_BATV = re.compile(r"prvs=[0-9A-Za-z]{10}=(.+)\Z", re.DOTALL)  # a reverse-path that its own server signed
_SEVERITY = (Mode.OFF, Mode.OBSERVE, Mode.ENFORCE)
_SHOWN = 120  # characters of an address in a reply
_KEPT = 320  # characters of anything in evidence


class OwnAddress:
    """Refuses what a login sends under an address that is not its own: 550 5.7.1. Nobody logged in: nothing to say.

    At MAIL the reverse-path, at MESSAGE From and Sender; of fields that readers disagree about, whatever any of them
    shows. `unknown`: the mode where the directory does not tell whose the login is. `login_domain`: of logins that are
    written without one.
    """

    name = "own-address"
    clauses: tuple[str, ...] = ("Q4 11.5", "Q4 12.1", "AG 10.2d")
    stages: tuple[Stage, ...] = (Stage.MAIL, Stage.MESSAGE)
    default = Mode.ENFORCE
    modes = NO_MODES
    directions = EVERYWHERE
    parameters: Mapping[str, Callable[[object], Any]] = MappingProxyType(
        {"unknown": parse_mode, "login_domain": parse_domain}
    )
    defaults: Mapping[str, object] = MappingProxyType({"unknown": "observe", "login_domain": ""})
    needs = NO_NEEDS
    signs = LOGIN

    def check(self, facts: Facts) -> Finding | None:
        """A finding for the first address that is not the login's, of those that are surest to be another's."""
        user = facts.envelope.session.user
        if not user:
            return None
        realm = facts.parameters.get("login_domain", "")
        login = _Login(user, mailbox_of_login(user, facts.directory, facts.own_domains, realm), facts)
        wrong = [
            (_milder(login.mode(address), _resent(login, address)), where, address)
            for where, address in _used(facts)
            if not login.may_use(address)
        ]
        mode, where, address = max(wrong, key=lambda found: _SEVERITY.index(found[0]), default=(Mode.OFF, "", ""))
        return None if mode is Mode.OFF else self._finding(login, where, address, mode)

    def _finding(self, login: _Login, where: str, address: str, mode: Mode) -> Finding:
        facts, owner = login.facts, login.owner
        evidence = {"login": login.name[:_KEPT], "address": address[:_KEPT], "where": where}
        if owner is not None:
            evidence["mailbox"] = owner.address[:_KEPT]
        if facts.stage is Stage.MESSAGE and facts.sender.fields.disputes:
            evidence["disputes"] = ", ".join(facts.sender.fields.disputes)[:_KEPT]
        reply = _reply(login, address, facts.clauses, utf8=facts.envelope.smtputf8)
        return Finding(self.name, facts.clauses, Action.REJECT, reply, evidence, mode)


@dataclass(frozen=True, slots=True)
class _Login:
    """Who logged in. `owner`: its mailbox, where the directory knows it."""

    name: str
    owner: Mailbox | None
    facts: Facts

    def may_use(self, address: str) -> bool:
        """Whether it may send as this address."""
        local, _, domain = address.rpartition("@")
        plain = _BATV.match(local)
        if plain is not None:
            address = f"{plain[1]}@{domain}"
        if self.owner is not None:
            mailbox = self.facts.directory.find(address)
            return mailbox is not None and may_send_as(self.owner, mailbox)
        return self._is_itself(address)

    def _is_itself(self, address: str) -> bool:
        """The same by the login's own words, where the directory does not know it."""
        local, _, domain = address.rpartition("@")
        spellings = [address]
        if "+" in local[1:]:  # a sub-address, or a list's return path (VERP)
            spellings.append(f"{local.partition('+')[0]}@{domain}")
        own = address_of_login(self.name, self.facts.own_domains, self.facts.parameters.get("login_domain", ""))
        if not own and "@" not in self.name and in_domains(domain.lower(), self.facts.own_domains):
            own = f"{self.name}@{domain}"
        return bool(own) and any(same_address(own, spelling) for spelling in spellings)

    def mode(self, address: str) -> Mode:
        """How sure it is that an address is another's."""
        if self.owner is not None:
            return Mode.ENFORCE
        if "@" in self.name and self.facts.directory.find(address) is not None:
            return Mode.ENFORCE  # a login by its address, and a mailbox that is known to be none of its own
        mode: Mode = self.facts.parameters["unknown"]
        return mode


def _used(facts: Facts) -> Iterator[tuple[str, str]]:
    """The addresses that the client speaks for at this stage, and where they stand."""
    if facts.stage is Stage.MAIL:
        if facts.envelope.reverse_path:
            yield "reverse-path", facts.envelope.reverse_path.text
        return
    fields = facts.sender.fields
    yield from (("From", one.address) for one in fields.author if one.address)
    yield from (("Sender", one.address) for one in fields.sender if one.address)
    if fields.disputes:
        answers = {one.address.lower() for one in fields.reply_to}
        for address in fields.mentions:
            if address not in answers and in_domains(address.rpartition("@")[2], facts.own_domains):
                yield "From", address


def _resent(login: _Login, address: str) -> Mode:
    """A stranger's message, resent by its receiver under his own name (RFC 5322 3.6.6): seen, not refused."""
    facts = login.facts
    resent = facts.sender.fields.resent
    foreign = not in_domains(address.rpartition("@")[2].lower(), facts.own_domains)
    own = bool(resent) and all(login.may_use(one.address) for one in resent)
    return Mode.OBSERVE if facts.stage is Stage.MESSAGE and foreign and own else Mode.ENFORCE


def _milder(one: Mode, other: Mode) -> Mode:
    return min(one, other, key=_SEVERITY.index)


def _reply(login: _Login, address: str, clauses: tuple[str, ...], *, utf8: bool) -> Reply:
    shown = address[:_SHOWN]
    own = login.owner.address[:_SHOWN] if login.owner is not None else ""
    instead = f" ({own})" if own else ""
    return refusal(
        550,
        "5.7.1",
        f"Tài khoản đã đăng nhập không được gửi thư bằng địa chỉ {shown}{cited(clauses)}. "
        f"Hãy gửi từ địa chỉ của mình{instead}, hoặc đề nghị thủ trưởng đơn vị ủy quyền sử dụng hộp thư đơn vị.",
        f"This login may not send as {shown}{cited_in_english(clauses)}. Send from its own address{instead}, "
        "or have the unit's head delegate the unit's mailbox to it.",
        utf8=utf8,
    )
