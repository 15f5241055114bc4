"""Reads a message's texts, one after the other, for signs of a request about mailboxes. One object a message.

Bounded: of long texts the beginning is read, of a message so many characters in all. Knows no MIME.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from gateway.contents import NO_REQUEST, MailboxList, RequestSigns, Source
from gateway.documents.document import Unit
from gateway.wording.judge import Origin
from gateway.wording.requests import LISTS, judged
from gateway.wording.requests_lists import lists_in, named
from gateway.wording.requests_phrases import readable
from gateway.wording.requests_rulings import answers, articles, hands_over, is_message, is_personal
from gateway.wording.requests_sentences import Said, Sentences, sentences, woven

_TEXT = 32 * 1024  # characters of one text whose sentences are read
_MESSAGE = 256 * 1024  # of all of them
_TITLE = re.compile(r"(?:v ?v|về việc|ve viec|trích yếu|trich yeu)[ :]")
_TEXTS = {
    Source.HEADER: "title",
    Source.NAME: "name",
    Source.BODY: "",
    Source.QUOTED: "quoted",
    Source.DOCUMENT: "document",
}
_SEPARATORS = str.maketrans("_.-", "   ")


class RequestReader:
    """`take` texts, in the order of the message; `found` is what they come to so far."""

    def __init__(self) -> None:
        self._signs: set[str] = set()
        self._lists: list[MailboxList] = []
        self._sentences = Sentences()
        self._room = _MESSAGE
        self._changed = False

    @property
    def found(self) -> RequestSigns:
        """All signs so far."""
        return judged(self._signs, self._lists) if self._signs or self._lists else NO_REQUEST

    def fresh(self) -> RequestSigns:
        """The same where something was found since this was asked last, else `NO_REQUEST`."""
        changed, self._changed = self._changed, False
        return self.found if changed else NO_REQUEST

    def take(self, origin: Origin, units: Sequence[Unit], texts: Sequence[str]) -> None:
        """Read a text, whose units read `texts` in Unicode."""
        before = len(self._signs), len(self._lists)
        place = "inner" if origin.source is Source.QUOTED and origin.where == "Subject" else _TEXTS[origin.source]
        text = _beginning(units, texts, min(_TEXT, self._room))
        self._room -= len(text)
        self._signs.update(self._read(text.translate(_SEPARATORS) if place == "name" else text, place))
        if origin.source in (Source.BODY, Source.QUOTED, Source.DOCUMENT):
            self._find_lists(origin, units, texts)
        self._changed = self._changed or (len(self._signs), len(self._lists)) != before

    def _read(self, text: str, place: str) -> Iterator[str]:
        clear = woven(readable(text))
        read = list(sentences(clear))
        ruling = articles(read)
        for at, sentence in enumerate(read):
            said = self._sentences.read(sentence)
            if at in ruling and not is_personal(sentence):  # an article that says how to ask is no asking
                said = replace(said, asks=False)
            yield from _signs(said, _place(place, sentence))
        if ruling:
            yield "rules"
        yield from _standing(clear, place)

    def _find_lists(self, origin: Origin, units: Sequence[Unit], texts: Sequence[str]) -> None:
        for table in lists_in(units, texts):
            told = named(table, origin.part, origin.names)
            self._signs.add("list-addresses" if table.is_of_mailboxes else "list-people")
            if len(self._lists) < LISTS and told not in self._lists:
                self._lists.append(told)


def _place(place: str, sentence: str) -> str:
    """A line that says what a letter is about is a title."""
    return "title" if place in ("", "document") and _TITLE.match(sentence) else place


def _standing(clear: str, place: str) -> Iterator[str]:
    """How a text stands to what is quoted beside it."""
    if place == "" and hands_over(clear):
        yield "hands"
    elif place == "" and is_message(clear):
        yield "own"
    elif place == "quoted" and answers(clear):
        yield "answered"


def _signs(said: Said, place: str) -> Iterator[str]:
    if place in ("title", "name"):
        yield from (f"{place}-{kind}" for kind in said.acts)
        yield from (f"{place}-account-{kind}" for kind in said.weak)
        yield from (f"title-{concept}" for concept in ("announce", "report") if concept in said.concepts)
        return
    if place == "inner":  # the subject of a message inside the message
        yield from (f"quoted-asks-{kind}" for kind in said.acts)
        return
    prefix = f"{place}-" if place else ""
    verb = "asks" if said.asks and not said.directs else "says"
    yield from (f"{prefix}{verb}-{kind}" for kind in said.acts)
    if said.asks and not said.directs:
        yield from (f"{prefix}account-{kind}" for kind in said.weak)
    if said.acts and said.directs:
        yield "directs"
    yield from _told(said)


def _told(said: Said) -> Iterator[str]:
    """What a text says besides."""
    if said.lacks:
        yield "lacks"
    if said.wants:
        yield "wants"
    if said.done:
        yield "done"
    for concept in ("reason", "newsletter", "list", "settled"):
        if concept in said.concepts:
            yield concept
    if said.acts:
        yield from (f"acts-{concept}" for concept in ("announce", "report", "rules") if concept in said.concepts)


def _beginning(units: Sequence[Unit], texts: Sequence[str], room: int) -> str:
    kept: list[str] = []
    for unit, text in zip(units, texts, strict=True):
        if room <= 0:
            break
        if not unit.place.startswith(("property", "bookmark")) or unit.place == "property title":
            kept.append(text[:room])
            room -= len(text) + 1
    return "\n".join(kept)
