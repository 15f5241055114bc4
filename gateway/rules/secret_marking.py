"""Does a message bring a document with a marking of secrecy: MẬT, TỐI MẬT, TUYỆT MẬT?

AG 4.4: secret documents do not travel by this mail; Q4 7.1 leaves them out of what does. The evidence holds the place
and the marking, never the words around it: the journal must not become a place where secrets are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from gateway.contents import SecretMarking as Marking
from gateway.contents import Source
from gateway.model import Action, Facts, Finding, Mode, Reply, Stage
from gateway.rules.listed import EVERYWHERE, NO_MODES, Need
from gateway.rules.reply_text import cited, cited_in_english, refusal
from gateway.rules.settings import parse_mode
from gateway.rules.signs import SEEN
from gateway.rules.words import (
    MOST_TEXTS,
    TextsUnreadError,
    place_in_vietnamese,
    text_in_english,
    text_in_vietnamese,
)

_UNMARKED = "unmarked"  # the form of a marking that is written without its marks


class SecretMarking:
    """Refuses a message with a document that is marked secret: 550 5.7.1.

    `quoted`: mode for quoted and forwarded text. `unmarked`: mode for markings written without Vietnamese marks.
    """

    name = "secret-marking"
    clauses: tuple[str, ...] = ("AG 4.4", "Q4 7.1")
    stages: tuple[Stage, ...] = (Stage.MESSAGE,)
    default = Mode.ENFORCE
    modes = NO_MODES
    directions = EVERYWHERE
    parameters: Mapping[str, Callable[[object], Any]] = MappingProxyType({"quoted": parse_mode, "unmarked": parse_mode})
    defaults: Mapping[str, object] = MappingProxyType({"quoted": "enforce", "unmarked": "observe"})
    needs = frozenset({Need.MARKING})
    signs = SEEN

    def check(self, facts: Facts) -> Finding | None:
        """A finding with every marking; TextsUnreadError where nobody could read the texts."""
        seen = facts.inspection
        if seen.words_failed:
            raise TextsUnreadError
        if not seen.words.markings:
            return None
        found = [(mode, one) for one in seen.words.markings if (mode := _mode(one, facts.parameters)) is not Mode.OFF]
        if not found:
            return None
        found.sort(key=lambda pair: pair[0] is not Mode.ENFORCE)
        mode, worst = found[0]
        evidence = {"count": len(found), "markings": [_row(marking) for _, marking in found[:MOST_TEXTS]]}
        return Finding(self.name, facts.clauses, Action.REJECT, _reply(worst, facts), evidence, mode)


def _mode(marking: Marking, given: Mapping[str, Any]) -> Mode:
    """The mildest of the modes that hold for it."""
    modes: list[Mode] = [Mode.ENFORCE]
    if marking.source is Source.QUOTED:
        modes.append(given["quoted"])
    if marking.form == _UNMARKED:
        modes.append(given["unmarked"])
    return min(modes, key=(Mode.OFF, Mode.OBSERVE, Mode.ENFORCE).index)


def _row(marking: Marking) -> dict[str, Any]:
    row = {
        "text": _named(marking),
        "source": marking.source.value,
        "part": marking.part,
        "place": place_in_vietnamese(marking.where),
        "level": marking.level,
        "form": marking.form,
    }
    return {key: value for key, value in row.items() if value}


def _named(marking: Marking) -> str:
    """Which text it stands in. A file whose own name is marked is known by its part: its name would say the rest."""
    if marking.source is Source.NAME:
        return f"tên tệp (phần {marking.part})" if marking.part else "tên tệp"
    return text_in_vietnamese(marking.source, marking.names, marking.where, marking.part)


def _reply(marking: Marking, facts: Facts) -> Reply:
    source = cited(facts.clauses)
    vietnamese = "tên tệp" if marking.source is Source.NAME else _named(marking)
    english = "a file's name"
    if marking.source is not Source.NAME:
        english = text_in_english(marking.source, marking.names, marking.where, marking.part)
    return refusal(
        550,
        "5.7.1",
        f"Có dấu chỉ độ mật ({marking.level.upper()}) ở {vietnamese}. "
        f"Văn bản, tài liệu mật không được gửi qua hệ thống thư này{source}: "
        "hãy gửi theo quy định về bảo vệ bí mật nhà nước.",
        f"A marking of secrecy stands in {english}. Secret documents may not be sent through this mail system"
        f"{cited_in_english(facts.clauses)}.",
        utf8=facts.envelope.smtputf8,
    )
