"""What was found in texts, as JSON and back, as in `forms`: what comes back is checked, field by field."""

from __future__ import annotations

from typing import Any

from gateway.contents import LegacyText, MailboxList, Passage, RequestSigns, SecretMarking, Source, UnmarkedText, Words
from gateway.inspection.forms import Row
from gateway.inspection.wire import FrameError, number, rows, text, texts
from gateway.wording.bodies import Body
from gateway.wording.requests import judged

_MANY = 100  # findings of a kind
_NAMES = 100
_SURE = 1000  # a confidence of 1


def words_form(words: Words) -> dict[str, Any]:
    """Findings."""
    return {
        "legacy": [_legacy_row(one) for one in words.legacy],
        "markings": [[m.source, m.part, m.names, m.where, m.level, m.form] for m in words.markings],
        "unmarked": [[u.source, u.part, u.names, u.where, u.syllables, u.unmarked, u.sample] for u in words.unmarked],
        "request": [words.request.signs, [[m.part, m.names, m.where, m.rows] for m in words.request.lists]],
    }


def words_of(value: object) -> Words:
    """The findings of `words_form`. FrameError or ValueError where it is none."""
    if not isinstance(value, dict):
        raise FrameError("not words")
    return Words(
        tuple(map(_legacy, rows(value.get("legacy"), _MANY, 9))),
        tuple(
            SecretMarking(*_origin(source, part, names, where), text(level, 32), text(form, 32))
            for source, part, names, where, level, form in rows(value.get("markings"), _MANY, 6)
        ),
        tuple(
            UnmarkedText(*_origin(source, part, names, where), number(syllables), number(unmarked), text(sample, 200))
            for source, part, names, where, syllables, unmarked, sample in rows(value.get("unmarked"), _MANY, 7)
        ),
        _request(value.get("request")),
    )


def _request(value: object) -> RequestSigns:
    """Only the signs and lists are told: all else follows from them."""
    ((signs, lists),) = rows([value], 1, 2)
    return judged(
        texts(signs, _MANY, 64),
        [
            MailboxList(text(part), texts(names, _NAMES, 1024), text(where, 300), number(count))
            for part, names, where, count in rows(lists, _MANY, 4)
        ],
    )


def body_rows(bodies: list[Body]) -> list[Row]:
    """What a child is told of a message's texts."""
    return [[body.part, body.content_type, body.charset, body.quoted] for body in bodies]


def bodies_of(value: object) -> list[Body]:
    """The texts of `body_rows`."""
    return [
        Body(text(part), text(kind), text(charset), bool(quoted))
        for part, kind, charset, quoted in rows(value, 20_000, 4)
    ]


def _legacy_row(one: LegacyText) -> Row:
    passages = [
        [p.place, p.family, p.damaged, round(p.confidence * _SURE), p.sent, p.understood, p.font] for p in one.passages
    ]
    sure = round(one.confidence * _SURE)
    return [one.source, one.part, one.names, one.where, one.family, one.damaged, sure, passages, one.notes]


def _legacy(row: Row) -> LegacyText:
    source, part, names, where, family, damaged, sure, passages, notes = row
    return LegacyText(
        *_origin(source, part, names, where), text(family, 32), number(damaged), number(sure) / _SURE,
        tuple(map(_passage, rows(passages, 16, 7))), texts(notes, 16, 32),
    )  # fmt: skip


def _passage(row: Row) -> Passage:
    place, family, damaged, sure, sent, understood, font = row
    return Passage(
        text(place, 300), text(family, 32), number(damaged), number(sure) / _SURE,
        text(sent, 200), text(understood, 200), text(font, 300),
    )  # fmt: skip


def _origin(source: object, part: object, names: object, where: object) -> tuple[Source, str, tuple[str, ...], str]:
    return Source(text(source)), text(part), texts(names, _NAMES, 1024), text(where, 300)
