"""Is a message a mail system's report about mail of ours: not delivered, delayed, read?

By its form only (RFC 3464, RFC 3834): a null reverse-path and a report, or a mark of automatic mail, in the name of a
mail system and not of a person. That a mailbox of ours had written before is not known here. It must not know what
follows.
"""

from __future__ import annotations

import re

from gateway.model import Facts, Message
from gateway.rules.patterns import in_domains

_REPORT = re.compile(rb"\s*multipart/report\b", re.IGNORECASE)
_ANSWER = re.compile(rb"\s*(?:auto-replied|auto-notified|auto_reply)\b", re.IGNORECASE)
_KIND = re.compile(rb"report-type\s*=\s*\"?(?:global-)?(?:delivery-status|disposition-notification)\b", re.IGNORECASE)
_SYSTEMS = frozenset({"mailer-daemon", "mailerdaemon", "mail-daemon", "postmaster", "mdaemon"})
_EXCHANGE = "microsoftexchange"  # then 32 hex digits: Exchange's own name for itself
_MOST_READ = 2000  # octets of a field


def is_bounce(facts: Facts, *, suspect: bool = False) -> bool:
    """Whether it is one, and names nobody but a mail system; one of ours only from a client of ours.

    `suspect`: its words ask for something, so that a mark of automatic mail alone is not enough: it must be a report.
    """
    message, fields = facts.message, facts.sender.fields
    if message is None or facts.envelope.reverse_path.text or fields.disputes or not fields.author:
        return False
    named = [one.address for one in (*fields.author, *fields.sender, *fields.reply_to)]
    return _has_form(facts, suspect=suspect) and all(
        _is_system(address, facts) for address in (*named, *fields.mentions)
    )


def is_answer(message: Message) -> bool:
    """Whether a program answered by itself: a report, a receipt (RFC 8098), a vacation note (RFC 3834 5).

    Its words may be those of the message that it answers, and that is a stranger's.
    """
    heads = (value[:_MOST_READ] for value in message.headers("Content-Type"))
    if any(_REPORT.match(head) for head in heads) or any(True for _ in message.headers("X-Autoreply")):
        return True
    marks = (*message.headers("Auto-Submitted"), *message.headers("Precedence"))
    return any(_ANSWER.match(value[:_MOST_READ]) for value in marks)


def is_report(message: Message, author: str) -> bool:
    """Whether it has a report's form and a mail system's name: what a server sends by itself."""
    return _is_report(message) and _is_named(author.lower().rpartition("@")[0])


def _is_report(message: Message) -> bool:
    heads = (value[:_MOST_READ] for value in message.headers("Content-Type"))
    return any(_REPORT.match(head) and _KIND.search(head) for head in heads)


def _is_named(local: str) -> bool:
    return local in _SYSTEMS or local.startswith(_EXCHANGE)


def _has_form(facts: Facts, *, suspect: bool) -> bool:
    assert facts.message is not None
    if _is_report(facts.message):
        return True
    if suspect:
        return False
    marks = [value[:_MOST_READ].strip().lower() for value in facts.message.headers("Auto-Submitted")]
    return bool(marks) and not any(mark.startswith(b"no") and mark[2:3] in b" ;(" for mark in marks)


def _is_system(address: str, facts: Facts) -> bool:
    local, _, domain = address.lower().rpartition("@")
    if not _is_named(local):
        return False
    session = facts.envelope.session
    return session.trusted or bool(session.user) or not in_domains(domain, facts.own_domains)
