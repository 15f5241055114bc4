"""Is Vietnamese text in a message anything but TCVN 6909:2001, which is Unicode?

Q4 7.3, AG 3.1: in subjects, names, bodies and documents. What was found in the texts comes with the facts; here stands
where the line between a warning and a violation is, and whom it stops. Mail from outside is not ours to refuse: it is
tagged. Neither is what somebody quotes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from gateway.contents import LegacyText, Passage, Source
from gateway.model import Action, Direction, Facts, Finding, Mode, Reply, Stage
from gateway.rules.listed import EVERYWHERE, Need
from gateway.rules.reply_text import cited, cited_in_english, refusal
from gateway.rules.settings import parse_count, parse_flag, parse_mode, parse_share
from gateway.rules.signs import SEEN
from gateway.rules.words import (
    MOST_TEXTS,
    TextsUnreadError,
    from_outside,
    place_in_vietnamese,
    text_in_english,
    text_in_vietnamese,
)
from gateway.vietnamese.family import Family
from gateway.vietnamese.verdict import CONFIDENT, VIOLATION, Verdict, verdict_of

TAG = "X-Congthu-Charset"
_NAMED = 5  # passages of a text in evidence


@dataclass(frozen=True, slots=True)
class Judged:
    """A text, how bad it is, and whether a violation in it is refused there."""

    text: LegacyText
    verdict: Verdict
    mode: Mode


class VietnameseCharset:
    """Refuses Vietnamese text that is not Unicode: 550 5.6.1.

    `damaged`: letters that must be wrong in one text for a violation, fewer are a warning. `confidence`: what a
    detection must have at least. `quoted`: mode for quoted and forwarded text. `outside`: mode for mail that comes from
    outside through a listener where our own mail comes, too. `tag`: mail from outside that passes gets a header field.
    """

    name = "vietnamese-charset"
    clauses: tuple[str, ...] = ("Q4 7.3", "AG 3.1")
    stages: tuple[Stage, ...] = (Stage.MESSAGE,)
    default = Mode.ENFORCE
    modes: Mapping[Direction, Mode] = MappingProxyType({Direction.INBOUND: Mode.OBSERVE})
    directions = EVERYWHERE
    parameters: Mapping[str, Callable[[object], Any]] = MappingProxyType(
        {
            "damaged": parse_count,
            "confidence": parse_share,
            "quoted": parse_mode,
            "outside": parse_mode,
            "tag": parse_flag,
        }
    )
    defaults: Mapping[str, object] = MappingProxyType(
        {"damaged": VIOLATION, "confidence": CONFIDENT, "quoted": "observe", "outside": "observe", "tag": True}
    )
    needs = frozenset({Need.CHARSET})
    signs = SEEN

    def check(self, facts: Facts) -> Finding | None:
        """A finding with each text that has a violation or a warning; TextsUnreadError where nobody could read them."""
        seen = facts.inspection
        if seen.words_failed:
            raise TextsUnreadError
        if not seen.words.legacy:
            return None
        judged = (_judge(text, facts) for text in seen.words.legacy)
        found = [one for one in judged if one.verdict in _REMARKABLE and one.mode is not Mode.OFF]
        return self._finding(sorted(found, key=_rank), facts) if found else None

    def _finding(self, found: list[Judged], facts: Facts) -> Finding:
        worst, outside = found[0], from_outside(facts)
        mode = worst.mode
        if outside and facts.envelope.session.direction is not Direction.INBOUND:  # there the listener's mode says it
            mode = min(mode, facts.parameters["outside"], key=_SEVERITY.index)
        told = [replace(judged, text=_without_words(judged.text, facts)) for judged in found[:MOST_TEXTS]]
        evidence = {"count": len(found), "texts": [_row(judged) for judged in told]}
        tag = _tag(worst) if outside and facts.parameters["tag"] else None
        return Finding(self.name, facts.clauses, Action.REJECT, _reply(told[0].text, facts), evidence, mode, tag)


_REMARKABLE = (Verdict.VIOLATION, Verdict.WARNING)
_SEVERITY = (Mode.OFF, Mode.OBSERVE, Mode.ENFORCE)


def _without_words(text: LegacyText, facts: Facts) -> LegacyText:
    """The text; in a message with a marking of secrecy without its words, which are nobody's to keep."""
    if not facts.inspection.words.markings:
        return text
    return replace(text, passages=tuple(replace(passage, sent="", understood="") for passage in text.passages))


def _judge(text: LegacyText, facts: Facts) -> Judged:
    given = facts.parameters
    least = {"violation": given["damaged"], "confident": given["confidence"]}
    verdict = verdict_of(text.family, text.damaged, text.confidence, text.notes, **least)
    mode = Mode.OBSERVE
    if verdict is Verdict.VIOLATION:
        mode = given["quoted"] if text.source is Source.QUOTED else Mode.ENFORCE
    return Judged(text, verdict, mode)


def _rank(judged: Judged) -> tuple[bool, bool, int]:
    return judged.mode is not Mode.ENFORCE, judged.verdict is not Verdict.VIOLATION, -judged.text.damaged


def _label(family: str) -> str:
    return Family(family).label if family else ""


def _row(judged: Judged) -> dict[str, Any]:
    """A text in evidence: where, which charset, the words as sent and as understood. What is empty is left out."""
    text = judged.text
    row = {
        "text": text_in_vietnamese(text.source, text.names, text.where, text.part),
        "source": text.source.value,
        "part": text.part,
        "verdict": judged.verdict.value,
        "family": text.family,
        "charset": _label(text.family),
        "damaged": text.damaged,
        "confidence": round(text.confidence, 3),
        "passages": [_passage(passage) for passage in text.passages[:_NAMED]],
        "notes": list(text.notes),
    }
    return {key: value for key, value in row.items() if value}


def _passage(passage: Passage) -> dict[str, Any]:
    row = {
        "place": place_in_vietnamese(passage.place),
        "charset": _label(passage.family),
        "font": passage.font,
        "damaged": passage.damaged,
        "sent": passage.sent,
        "understood": passage.understood,
    }
    return {key: value for key, value in row.items() if value}


def _tag(worst: Judged) -> tuple[str, str]:
    text = worst.text
    charset = f"; charset={text.family}; damaged={text.damaged}" if text.family else ""
    return TAG, f"{worst.verdict.value}{charset}; in={text.source.value}"


def _reply(text: LegacyText, facts: Facts) -> Reply:
    """Names the text, the charset in users' words, the clause and the repair; the words too where marks may be sent."""
    utf8, passage = facts.envelope.smtputf8, next(iter(text.passages), None)
    place = passage.place if passage is not None else ""
    font = f", phông {passage.font}" if passage is not None and passage.font else ""
    words = f': "{passage.sent}" là "{passage.understood}"' if utf8 and passage is not None and passage.sent else ""
    where = text_in_vietnamese(text.source, text.names, text.where, text.part)
    where = f"{where}, {place_in_vietnamese(place)}" if place else where
    english = text_in_english(text.source, text.names, text.where, text.part) + (f", {place}" if place else "")
    found, found_in_english = _found(text.family, font)
    repair, repair_in_english = _repair(text)
    return refusal(
        550,
        "5.6.1",
        f"Chữ Việt trong {where} {found}{words}, không phải Unicode TCVN 6909:2001{cited(facts.clauses)}. {repair}",
        f"Vietnamese text in {english} {found_in_english}, not Unicode (TCVN 6909:2001)"
        f"{cited_in_english(facts.clauses)}. {repair_in_english}",
        utf8=utf8,
    )


def _found(family: str, font: str) -> tuple[str, str]:
    """What is wrong with the text, in Vietnamese and in English."""
    if family == Family.MOJIBAKE:
        return "bị hỏng do đọc sai bảng mã", "is garbled: it was read in a wrong charset"
    return f"dùng bảng mã {_label(family)}{font}", f"is in {family.upper().replace('_', ' ')}"


def _repair(text: LegacyText) -> tuple[str, str]:
    """What the sender can do, in Vietnamese and in English."""
    if text.family == Family.MOJIBAKE:
        return "Hãy lấy lại chữ từ bản gốc rồi gửi lại.", "Take the text from its original and send it again."
    if text.names and text.names[-1].lower().endswith(".pdf"):
        return (
            "Hãy chuyển tệp gốc sang Unicode (UniKey: Ctrl+Shift+F6), xuất lại PDF rồi gửi lại.",
            "Convert the original to Unicode, export it as PDF once more and send it again.",
        )
    return (
        "Hãy chuyển sang Unicode (UniKey: Ctrl+Shift+F6) rồi gửi lại.",
        "Convert it to Unicode and send it again.",
    )
