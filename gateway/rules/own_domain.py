"""Does a stranger send with one of our own addresses, as the reverse-path or in From?

AG 10.2d (and in the same words Q4 11.5): "không để người khác sử dụng địa chỉ, hộp thư điện tử của mình". From may come
from outside where our own signature still holds. Lists and forwarders break signatures: the header's half is observed
unless it is configured otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from gateway.model import Action, Direction, Facts, Finding, Mode, Reply, Session, Stage
from gateway.rules.listed import NO_MODES, NO_NEEDS
from gateway.rules.patterns import in_domains
from gateway.rules.reply_text import cited, cited_in_english, refusal
from gateway.rules.settings import parse_mode
from gateway.rules.signs import STRANGER
from gateway.who import Method, Proof, Result

_SIGNED = frozenset({Proof.DKIM, Proof.ALIGNED_DKIM})
_MOST = 5  # addresses in evidence


class OwnDomain:
    """Refuses, on inbound listeners, a reverse-path or From of ours from a client that is none of ours: 550 5.7.1.

    Ours are trusted networks, authenticated users, and a device with the one sender it is bound to.
    The null reverse-path is nobody's. `header`: the mode of From's half, for which an aligned signature will do as well
    (451 4.7.1 while its key cannot be asked for); silent where signatures are not verified.
    """

    name = "own-domain"
    clauses: tuple[str, ...] = ("AG 10.2d", "Q4 11.5")
    stages: tuple[Stage, ...] = (Stage.MAIL, Stage.MESSAGE)
    default = Mode.ENFORCE
    modes = NO_MODES
    directions: tuple[Direction, ...] = (Direction.INBOUND,)
    parameters: Mapping[str, Callable[[object], Any]] = MappingProxyType({"header": parse_mode})
    defaults: Mapping[str, object] = MappingProxyType({"header": "observe"})
    needs = NO_NEEDS
    signs = STRANGER

    def check(self, facts: Facts) -> Finding | None:
        """A finding if the domain is ours and nothing proves the client to be."""
        return self._header(facts) if facts.stage is Stage.MESSAGE else self._envelope(facts)

    def _envelope(self, facts: Facts) -> Finding | None:
        sender, session = facts.envelope.reverse_path, facts.envelope.session
        if not sender.text or not in_domains(sender.domain, facts.own_domains) or _is_ours(session, sender.key):
            return None
        evidence = {
            "reverse_path": sender.text[:320],
            "client_address": session.client_address,
            "client_name": session.client_name[:255],
            "helo": session.helo[:255],
        }
        reply = _reply(sender.domain, facts.clauses, utf8=facts.envelope.smtputf8)
        return Finding(self.name, facts.clauses, Action.REJECT, reply, evidence)

    def _header(self, facts: Facts) -> Finding | None:
        mode, who, session = facts.parameters["header"], facts.sender, facts.envelope.session
        if mode is Mode.OFF or not who.checks:
            return None
        ours = [address for address in _written(facts) if not _is_ours(session, address)]
        if not ours or (who.identity.how in _SIGNED and not who.fields.disputes):
            return None
        evidence = {
            "from": ", ".join(ours[:_MOST])[:320],
            "proof": who.identity.how.value,
            "disputes": ", ".join(who.fields.disputes)[:320],
            "client_address": session.client_address,
            "helo": session.helo[:255],
        }
        domain, utf8 = ours[0].rpartition("@")[2], facts.envelope.smtputf8
        if _may_be_signed(facts) and not who.fields.disputes:
            reply = _not_now(domain, facts.clauses, utf8=utf8)
            return Finding(self.name, facts.clauses, Action.TEMPFAIL, reply, evidence, mode)
        reply = _header_reply(domain, facts.clauses, utf8=utf8)
        return Finding(self.name, facts.clauses, Action.REJECT, reply, evidence, mode)


def _written(facts: Facts) -> list[str]:
    """Addresses of ours that From shows, to some reader at least; keys, each once."""
    fields = facts.sender.fields
    shown = [one.address.lower() for one in fields.author]
    if fields.disputes:
        elsewhere = {one.address.lower() for one in (*fields.reply_to, *fields.sender)}
        shown += (address for address in fields.mentions if address not in elsewhere)
    found = (address for address in shown if in_domains(address.rpartition("@")[2], facts.own_domains))
    return list(dict.fromkeys(found))


def _may_be_signed(facts: Facts) -> bool:
    """Whether a signature of ours could not be checked now."""
    return any(
        check.method is Method.DKIM
        and check.result is Result.TEMPERROR
        and (not check.domain or in_domains(check.domain.lower(), facts.own_domains))
        for check in facts.sender.checks
    )


def _is_ours(session: Session, sender: str) -> bool:
    return session.trusted or bool(session.user) or session.device_sender.lower() == sender


def _reply(domain: str, clauses: tuple[str, ...], *, utf8: bool) -> Reply:
    source = cited(clauses)
    return refusal(
        550,
        "5.7.1",
        f"Địa chỉ người gửi thuộc {domain} nhưng thư đến từ máy chủ bên ngoài{source}. "
        "Hãy đăng nhập và gửi qua hệ thống thư của cơ quan.",
        f"Senders of {domain} must use its own mail system, and this client is outside it{cited_in_english(clauses)}. "
        "Log in and submit there.",
        utf8=utf8,
    )


def _header_reply(domain: str, clauses: tuple[str, ...], *, utf8: bool) -> Reply:
    return refusal(
        550,
        "5.7.1",
        f"Người gửi (From) thuộc {domain} nhưng thư đến từ bên ngoài và không có chữ ký DKIM hợp lệ của {domain}"
        f"{cited(clauses)}. Hãy đăng nhập và gửi qua hệ thống thư của cơ quan.",
        f"From is of {domain}, but this client is outside it and nothing shows that {domain} signed the message"
        f"{cited_in_english(clauses)}. Log in and submit there.",
        utf8=utf8,
    )


def _not_now(domain: str, clauses: tuple[str, ...], *, utf8: bool) -> Reply:
    return refusal(
        451,
        "4.7.1",
        f"Chưa kiểm tra được chữ ký DKIM của {domain}{cited(clauses)}. Hãy gửi lại sau.",
        f"The signature of {domain} cannot be checked now{cited_in_english(clauses)}. Try again later.",
        utf8=utf8,
    )
