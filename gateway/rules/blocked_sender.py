"""Is the sender stopped: by hand, because control of its mailbox was lost, or for its conduct?

AG 10.2a: lost control is put right, then confirmed in writing. AG 8.6, 10.2e and Q4 11.7: no spam leaves. Who is
stopped comes with the facts; why and how it ends is not this rule's business.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from gateway.model import Action, Facts, Finding, Mode, Reply, Stage
from gateway.payers import Payer, payer_of
from gateway.rates import Block, Scope, Standing, sender_on_word, told_by
from gateway.regulations import Regulation
from gateway.rules.listed import EVERYWHERE, NO_MODES, NO_NEEDS
from gateway.rules.patterns import in_domains
from gateway.rules.reply_text import cited, cited_in_english, refusal
from gateway.rules.settings import parse_domain
from gateway.rules.signs import BLOCKED

_CONDUCT = ("AG 8.6", "AG 10.2e", "Q4 11.7")
_CLAUSES = {Standing.LOCKED: ("AG 10.2a",), Standing.BLOCKED: _CONDUCT, Standing.SUSPECT: _CONDUCT}
_KEPT = 320  # characters of anything in evidence
_SHOWN = 100


class BlockedSender:
    """Refuses what a stopped mailbox sends: 550 5.7.1. A suspected one is recorded with each message, never refused.

    Whose the mail is says `gateway.payers`: a login's, a device's, else the reverse-path that a server of ours lets
    pass; with the whole message also whoever was proved. `login_domain`: of logins without one.
    """

    name = "blocked-sender"
    clauses: tuple[str, ...] = ("AG 8.6", "AG 10.2a", "AG 10.2e", "Q4 11.7")
    stages: tuple[Stage, ...] = (Stage.MAIL, Stage.MESSAGE)
    default = Mode.ENFORCE
    modes = NO_MODES
    directions = EVERYWHERE
    parameters: Mapping[str, Callable[[object], Any]] = MappingProxyType({"login_domain": parse_domain})
    defaults: Mapping[str, object] = MappingProxyType({"login_domain": ""})
    needs = NO_NEEDS
    signs = BLOCKED

    def check(self, facts: Facts) -> Finding | None:
        """A finding with the mailbox and what it is stopped for."""
        if not facts.blocks:  # nobody is: nearly always
            return None
        found = [(block, how) for name, how in _names(facts) if (block := facts.blocks.find(name)) is not None]
        stopped = next((one for one in found if one[0].standing is not Standing.SUSPECT), None)
        if stopped is not None:
            return self._finding(*stopped, facts)
        return self._finding(*found[0], facts) if found and facts.stage is Stage.MESSAGE else None

    def _finding(self, block: Block, how: str, facts: Facts) -> Finding:
        session = facts.envelope.session
        clauses = tuple(clause for clause in _CLAUSES.get(block.standing, ()) if clause in facts.clauses)
        evidence = {
            "mailbox": block.who[:_KEPT],
            "standing": block.standing.value,
            "since": _moment(block.since),
            "reasons": list(block.reasons),
            "by": block.by[:_KEPT],
            "found_by": how,
            "login": session.user[:_KEPT],
            "reverse_path": facts.envelope.reverse_path.text[:_KEPT],
            "client_address": session.client_address,
        }
        reply = _reply(block, clauses, utf8=facts.envelope.smtputf8)
        mode = Mode.OBSERVE if block.standing is Standing.SUSPECT else Mode.ENFORCE
        return Finding(self.name, clauses, Action.REJECT, reply, evidence, mode)


def cite(regulation: Regulation, standing: Standing) -> str:
    """The clauses of a regulation that a standing rests on, for a notice: "AG 8.6, AG 10.2e"; "" for none."""
    return ", ".join(clause for clause in _CLAUSES.get(standing, ()) if clause in regulation.clauses)


def _names(facts: Facts) -> Iterator[tuple[str, str]]:
    """The names under which the sender may be stopped, and how each was found."""
    realm = facts.parameters.get("login_domain", "")
    payer = payer_of(
        facts.envelope, facts.directory, lambda name: in_domains(name, facts.own_domains), facts.own_domains, realm
    )
    if payer is None:
        return
    yield from _of(payer)
    if payer.scope is not Scope.MAILBOX or payer.mailbox is None:
        for name, how in _guessed(facts):
            yield name, how
            if payer.servers:
                yield sender_on_word(name, payer.servers), how
    proved = facts.sender.identity
    if facts.stage is Stage.MESSAGE and proved.mailbox:
        yield proved.mailbox, proved.how.value


def _guessed(facts: Facts) -> Iterator[tuple[str, str]]:
    """Where nothing proves who it is: under the name of a stopped mailbox nothing passes, however it is written."""
    path, fields = facts.envelope.reverse_path.text, facts.sender.fields
    shown = (
        [path, *(one.address for one in (*fields.author, *fields.sender))] if facts.stage is Stage.MESSAGE else [path]
    )
    for address in filter(None, shown):
        local, _, domain = address.rpartition("@")
        yield address, Scope.PATH.value
        yield f"{local.partition('+')[0]}@{domain}", Scope.PATH.value
        if (found := facts.directory.find(address)) is not None:
            yield found.address, Scope.PATH.value
    login = facts.envelope.session.user.rpartition("\\")[2].partition("@")[0]
    if login:  # written in a way that we do not know, and the server does: an, TPHCM\\an, an@anything
        yield from ((f"{login}@{domain}", "login") for domain in facts.own_domains)


def _of(payer: Payer) -> Iterator[tuple[str, str]]:
    if payer.scope not in (Scope.MAILBOX, Scope.PATH):
        return
    yield payer.who, payer.scope.value
    if payer.servers:
        yield payer.sender, payer.scope.value
    if payer.mailbox is not None:
        yield from ((alias, payer.scope.value) for alias in (payer.mailbox.address, *payer.mailbox.aliases))


def _reply(block: Block, clauses: tuple[str, ...], *, utf8: bool) -> Reply:
    who = told_by(block.who)[0][:_SHOWN]
    if block.standing is Standing.LOCKED:
        return refusal(
            550,
            "5.7.1",
            f"Hộp thư {who} đã bị khóa gửi thư{cited(clauses)}. Hãy đổi mật khẩu và báo quản trị; hộp thư được mở lại "
            "khi có văn bản xác nhận của cơ quan.",
            f"The mailbox {who} was locked and cannot send{cited_in_english(clauses)}. Change its password and tell "
            "your administrator; it is released with your office's written confirmation.",
            utf8=utf8,
        )
    return refusal(
        550,
        "5.7.1",
        f"Hộp thư {who} tạm ngừng gửi thư vì có dấu hiệu bị người khác chiếm dụng{cited(clauses)}. "
        "Hãy đổi mật khẩu ngay rồi báo quản trị để được mở lại.",
        f"The mailbox {who} cannot send: it looks as if somebody else were using it{cited_in_english(clauses)}. "
        "Change its password now, then ask your administrator to release it.",
        utf8=utf8,
    )


def _moment(seconds: float) -> str:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).isoformat(timespec="seconds")
