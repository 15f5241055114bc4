"""Does a stranger send with one of our own addresses as the reverse-path?

AG 10.2d (and in the same words Q4 11.5): "không để người khác sử dụng địa chỉ, hộp thư điện tử của mình". This is the
envelope's half; the header's half comes with the verification of signatures.
"""

from __future__ import annotations

from gateway.model import Action, Direction, Facts, Finding, Mode, Reply, Session, Stage
from gateway.rules.listed import NO_DEFAULTS, NO_MODES, NO_NEEDS, NO_PARAMETERS
from gateway.rules.patterns import in_domains
from gateway.rules.reply_text import cited, cited_in_english, refusal


class OwnDomain:
    """Refuses, on inbound listeners, a reverse-path of ours from a client that is none of ours: 550 5.7.1.

    Ours are trusted networks, authenticated users, and a device with the one sender it is bound to.
    The null reverse-path is nobody's.
    """

    name = "own-domain"
    clauses: tuple[str, ...] = ("AG 10.2d", "Q4 11.5")
    stages: tuple[Stage, ...] = (Stage.MAIL,)
    default = Mode.ENFORCE
    modes = NO_MODES
    directions: tuple[Direction, ...] = (Direction.INBOUND,)
    parameters = NO_PARAMETERS
    defaults = NO_DEFAULTS
    needs = NO_NEEDS

    def check(self, facts: Facts) -> Finding | None:
        """A finding if the domain is ours and nothing proves the client to be."""
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
