"""Mails the reports that are due, each once: on record in the same transaction that puts it into the outbox.

Blocking, and long where the journal is: in a process of its own (mailer.py) or by the command, never in a worker.
"""

from __future__ import annotations

import datetime
from collections.abc import Generator, Iterator, Mapping, Sequence
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from typing import Final

from gateway.config import Settings
from gateway.directory.entry import clean_address
from gateway.directory.letters import Letterhead, letter
from gateway.directory.outbox import Notice
from gateway.errors import StartError
from gateway.lifecycle.days import ZONE
from gateway.reports.citing import cited
from gateway.reports.document import Document
from gateway.reports.due import Due
from gateway.reports.mailings import MailingStore, pending
from gateway.reports.make import Asked, make
from gateway.reports.quarters import written
from gateway.reports.render import MEDIA, file_name, render
from gateway.reports.sources import Sources
from gateway.reports.stock import Form, forms
from gateway.reports.told.changes import form
from gateway.reports.told.common import Frame

LETTERS: Final = "gateway.reports.letters"


def mail(sources: Sources, now: float) -> Generator[str, None, None]:
    """Mail what is due; the key of each that was put into the outbox now.

    ReportError, JournalUnavailable, DirectoryUnavailable, StartError: what was mailed until then stays mailed.
    """
    store = MailingStore(sources.store.database)
    todo = pending(sources.settings, sources.calendar, now)
    if todo:
        store.prepare()
    for one in todo:
        done = store.mailed(one.key)
        letters = () if one.key in done else _letters(sources, one, done, now)
        for key, notices in letters:
            if store.post(key, notices, now):
                yield key
        store.post(one.key, (), now)  # the last of its letters is out: nothing of it is due any more


def _letters(sources: Sources, one: Due, done: frozenset[str], now: float) -> Iterator[tuple[str, Sequence[Notice]]]:
    if one.name == "quarterly":
        yield one.key, list(_office(sources, one, now))
        return
    for key, form_, frame in _forms(sources, one, done, now):
        yield key, [_unit(sources, one, form_, frame)]


def _office(sources: Sources, one: Due, now: float) -> Iterator[Notice]:
    document = make(Asked("quarterly", one.period), sources, now)
    templates = sources.settings.reports.templates
    files = [(name, render(document, name, templates=templates)) for name in ("pdf", "xlsx")]
    untold = [form_.name for form_ in forms(sources.lived(one.period)) if not form_.address]
    for reader in sources.settings.reports.mail_to:
        places = {**_places(sources, one, document.period.words, reader), "note": _note(untold)}
        yield _with(_letter(sources, "quarterly", reader, places, one.key, now), document, files)


def _note(untold: Sequence[str]) -> str:
    if not untold:
        return ""
    shown = "; ".join(untold[:20]) + (" …" if len(untold) > 20 else "")
    return f"\nĐơn vị chưa có hộp thư đơn vị, nên không nhận được mẫu báo cáo: {shown}.\n"


def _forms(sources: Sources, one: Due, done: frozenset[str], now: float) -> Iterator[tuple[str, Form, Frame]]:
    frame = Frame(sources.settings, one.period, now)
    for form_ in forms(sources.lived(one.period)):
        key = f"{one.key}/{form_.unit}"
        if form_.address and key not in done:
            yield key, form_, frame


def _unit(sources: Sources, one: Due, form_: Form, frame: Frame) -> Notice:
    document = form(frame, form_)
    files = [("pdf", render(document, "pdf", templates=sources.settings.reports.templates))]
    places = {**_places(sources, one, one.period.words, form_.name), "note": ""}
    return _with(_letter(sources, "changes", form_.address, places, form_.unit, frame.now), document, files)


def _places(sources: Sources, one: Due, span: str, reader: str) -> dict[str, str]:
    return {
        "period": one.period.name,
        "span": span,
        "reader": reader,
        "deadline": written(one.deadline),
        "clauses": cited(one.clause),
    }


def _letter(sources: Sources, kind: str, recipient: str, places: Mapping[str, str], about: str, now: float) -> Notice:
    when = datetime.datetime.fromtimestamp(now, ZONE)
    return letter(kind, _head(sources.settings), recipient, places, when, about=about, templates=LETTERS)


def _head(settings: Settings) -> Letterhead:
    channels = settings.request_channel
    sender = settings.notices.sender or (channels[0].address if channels else f"postmaster@{settings.gateway.hostname}")
    try:
        return Letterhead(clean_address(sender), settings.notices.office or settings.reports.office)
    except ValueError as error:
        raise StartError(f"notices.sender = {sender}: {error}") from error


def _with(notice: Notice, document: Document, files: Sequence[tuple[str, bytes]]) -> Notice:
    """The letter with files attached."""
    policy = SMTP if f"{notice.sender}{notice.recipient}".isascii() else SMTPUTF8
    message = message_from_bytes(notice.message, _class=EmailMessage, policy=policy)
    for name, data in files:
        main, sub = MEDIA[name].split("/", 1)
        message.add_attachment(data, maintype=main, subtype=sub, filename=file_name(document, name))
    return Notice(f"report-{notice.kind}", notice.about, notice.sender, notice.recipient, message.as_bytes())
