"""Is Vietnamese prose written without its marks?

AG 3.3: mail is written in Vietnamese with its marks. Short texts, names, codes and foreign languages are left in peace
by whoever reads the texts; here stands only how much of a text it takes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from gateway.contents import Source, UnmarkedText
from gateway.model import Action, Direction, Facts, Finding, Mode, Reply, Stage
from gateway.rules.listed import NO_MODES, Need
from gateway.rules.reply_text import cited, cited_in_english, refusal
from gateway.rules.settings import parse_count, parse_share
from gateway.rules.signs import SEEN
from gateway.rules.words import MOST_TEXTS, TextsUnreadError, text_in_english, text_in_vietnamese


class VietnameseDiacritics:
    """Finds Vietnamese prose without marks: 550 5.6.1 where it is enforced.

    `syllables`: Vietnamese syllables without marks from which a text counts. `share`: of its Vietnamese syllables,
    how many must be without. What is quoted is somebody else's.
    """

    name = "vietnamese-diacritics"
    clauses: tuple[str, ...] = ("AG 3.3",)
    stages: tuple[Stage, ...] = (Stage.MESSAGE,)
    default = Mode.OBSERVE
    modes = NO_MODES
    directions: tuple[Direction, ...] = (Direction.OUTBOUND, Direction.SUBMISSION, Direction.PROXY_FILTER)
    parameters: Mapping[str, Callable[[object], Any]] = MappingProxyType(
        {"syllables": parse_count, "share": parse_share}
    )
    defaults: Mapping[str, object] = MappingProxyType({"syllables": 20, "share": 0.9})
    needs = frozenset({Need.DIACRITICS})
    signs = SEEN

    def check(self, facts: Facts) -> Finding | None:
        """A finding with every such text; TextsUnreadError where nobody could read them."""
        seen = facts.inspection
        if seen.words_failed:
            raise TextsUnreadError
        if not seen.words.unmarked:
            return None
        found = [text for text in seen.words.unmarked if _counts(text, facts.parameters)]
        if not found:
            return None
        evidence = {
            "count": len(found),
            "texts": [_row(text, secret=bool(seen.words.markings)) for text in found[:MOST_TEXTS]],
        }
        return Finding(self.name, facts.clauses, Action.REJECT, _reply(found[0], facts), evidence)


def _counts(text: UnmarkedText, given: Mapping[str, Any]) -> bool:
    enough = text.unmarked >= given["syllables"] and text.unmarked >= given["share"] * text.syllables
    return enough and text.source is not Source.QUOTED


def _row(text: UnmarkedText, *, secret: bool) -> dict[str, Any]:
    """A text in evidence; of a message with a marking of secrecy no words are kept."""
    row = {
        "text": text_in_vietnamese(text.source, text.names, text.where, text.part),
        "source": text.source.value,
        "part": text.part,
        "syllables": text.syllables,
        "unmarked": text.unmarked,
        "sample": "" if secret else text.sample,
    }
    return {key: value for key, value in row.items() if value}


def _reply(text: UnmarkedText, facts: Facts) -> Reply:
    source = cited(facts.clauses)
    vietnamese = text_in_vietnamese(text.source, text.names, text.where, text.part)
    english = text_in_english(text.source, text.names, text.where, text.part)
    return refusal(
        550,
        "5.6.1",
        f"Chữ Việt trong {vietnamese} viết không dấu{source}. Hãy viết tiếng Việt có dấu rồi gửi lại.",
        f"Vietnamese in {english} is written without its marks{cited_in_english(facts.clauses)}. "
        "Write it with marks and send it again.",
        utf8=facts.envelope.smtputf8,
    )
