"""Is a mailbox used that is locked, or was reclaimed?

Q4 8.1a locks what was not used for three months, Q4 8.1b and AG 6.4 take it back after six. Neither sends. What still
arrives for it is a setting: mail for a locked mailbox is read once it is open again, nobody reads a reclaimed one's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from gateway.model import Action, Facts, Finding, Mode, Reply, Stage
from gateway.rules.listed import EVERYWHERE, NO_MODES, NO_NEEDS
from gateway.rules.reply_text import cited, cited_in_english, refusal
from gateway.rules.settings import parse_domain, parse_flag
from gateway.rules.signs import CLOSED
from gateway.senders import mailbox_of_login
from gateway.who import Mailbox, State

_CLAUSES = {State.LOCKED: ("Q4 8.1a",), State.RECLAIMED: ("Q4 8.1b", "AG 6.4")}
_STATES = {State.LOCKED: ("đang bị tạm khóa", "is locked"), State.RECLAIMED: ("đã bị thu hồi", "was reclaimed")}


class MailboxState:
    """Refuses mail from locked and reclaimed mailboxes, and mail to them as configured: 550 5.2.1.

    `locked_receives`, `reclaimed_receives`: whether they still take mail. `login_domain`: of logins without one.
    """

    name = "mailbox-state"
    clauses: tuple[str, ...] = ("Q4 8.1", "Q4 8.1a", "Q4 8.1b", "AG 6.4")
    stages: tuple[Stage, ...] = (Stage.MAIL, Stage.RCPT)
    default = Mode.ENFORCE
    modes = NO_MODES
    directions = EVERYWHERE
    parameters: Mapping[str, Callable[[object], Any]] = MappingProxyType(
        {"locked_receives": parse_flag, "reclaimed_receives": parse_flag, "login_domain": parse_domain}
    )
    defaults: Mapping[str, object] = MappingProxyType(
        {"locked_receives": True, "reclaimed_receives": False, "login_domain": ""}
    )
    needs = NO_NEEDS
    signs = CLOSED

    def check(self, facts: Facts) -> Finding | None:
        """A finding with the mailbox and its state."""
        if facts.stage is Stage.RCPT:
            mailbox = _receiver(facts)
            return self._finding(facts, mailbox, _to(mailbox, facts)) if mailbox is not None else None
        mailbox = next((one for one in _senders(facts) if one.state in _CLAUSES), None)
        return self._finding(facts, mailbox, _from(mailbox, facts)) if mailbox is not None else None

    def _finding(self, facts: Facts, mailbox: Mailbox, reply: Reply) -> Finding:
        evidence = {
            "mailbox": mailbox.address,
            "state": mailbox.state.value,
            "login": facts.envelope.session.user[:320],
            "reverse_path": facts.envelope.reverse_path.text[:320],
            "client_address": facts.envelope.session.client_address,
        }
        return Finding(self.name, _cite(mailbox, facts), Action.REJECT, reply, evidence)


def _senders(facts: Facts) -> Iterator[Mailbox]:
    """Whoever sends: the reverse-path's mailbox, and the login's."""
    path, session = facts.envelope.reverse_path, facts.envelope.session
    if path.text and (found := facts.directory.find(path.text)) is not None:
        yield found
    if not session.user:
        return
    realm = facts.parameters.get("login_domain", "")
    if (found := mailbox_of_login(session.user, facts.directory, facts.own_domains, realm)) is not None:
        yield found


def _receiver(facts: Facts) -> Mailbox | None:
    """The recipient's mailbox, if its state lets it take no mail."""
    if facts.recipient is None:
        return None
    found = facts.directory.find(facts.recipient.address.text)
    if found is None or found.state not in _CLAUSES:
        return None
    takes = "locked_receives" if found.state is State.LOCKED else "reclaimed_receives"
    return None if facts.parameters[takes] else found


def _cite(mailbox: Mailbox, facts: Facts) -> tuple[str, ...]:
    """The clause of this state; none where the regulation knows no such state."""
    return tuple(clause for clause in facts.clauses if clause in _CLAUSES[mailbox.state])


def _from(mailbox: Mailbox, facts: Facts) -> Reply:
    state, in_english = _STATES[mailbox.state]
    clauses = _cite(mailbox, facts)
    return refusal(
        550,
        "5.2.1",
        f"Hộp thư {mailbox.address[:100]} {state}, không gửi thư được{cited(clauses)}. "
        "Đơn vị quản lý hãy gửi đề nghị mở lại hoặc cấp lại cho cơ quan quản lý thư điện tử.",
        f"The mailbox {mailbox.address[:100]} {in_english} and cannot send{cited_in_english(clauses)}. "
        "Its unit may ask the office that keeps the mailboxes to open it or to issue it anew.",
        utf8=facts.envelope.smtputf8,
    )


def _to(mailbox: Mailbox, facts: Facts) -> Reply:
    """To strangers, too: no more than that nobody reads it."""
    clauses = _cite(mailbox, facts)
    return refusal(
        550,
        "5.2.1",
        f"Hộp thư người nhận hiện không nhận thư{cited(clauses)}. Hãy liên hệ cơ quan của người nhận.",
        f"The recipient's mailbox takes no mail at present{cited_in_english(clauses)}. Ask the recipient's office.",
        utf8=facts.envelope.smtputf8,
    )
