"""Does a request about mailboxes say why, and bring the list of mailboxes as a file?

AG 6.1 to 6.3 ask for the list, Q4 6.1 for both: "phải nêu rõ lý do, nhu cầu và yêu cầu cụ thể của đơn vị (có đính kèm
danh sách các hộp thư)". What was read in the texts and files comes with the facts. Where a file could not be opened
nobody can say that it is no list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from gateway.model import Action, Facts, Finding, Mode, Reply, Stage
from gateway.rules.channels import channels_at
from gateway.rules.listed import EVERYWHERE, NO_MODES, Need
from gateway.rules.reply_text import cited, cited_in_english, refusal
from gateway.rules.settings import parse_count, parse_share
from gateway.rules.signs import CHANNEL
from gateway.rules.words import TextsUnreadError

_REASON, _LIST, _ATTACHED = "reason", "list", "list-attached"
_LACKS = {
    _REASON: ("lý do", "the reason"),
    _LIST: ("danh sách hộp thư đính kèm", "the list of mailboxes as an attachment"),
    _ATTACHED: ("danh sách đính kèm thành tệp (không chỉ ghi trong thư)", "the list as a file, not in the text only"),
}


class RequestContent:
    """Finds requests without their reason or their list: 550 5.7.1 where it is enforced.

    `score`: how much a message must read as a request (0 to 1), where the channel is not exclusive. `rows`: how many
    rows that look like mailboxes make a list.
    """

    name = "request-content"
    clauses: tuple[str, ...] = ("Q4 6.1", "AG 6.1", "AG 6.2", "AG 6.3")
    stages: tuple[Stage, ...] = (Stage.MESSAGE,)
    default = Mode.OBSERVE
    modes = NO_MODES
    directions = EVERYWHERE
    parameters: Mapping[str, Callable[[object], Any]] = MappingProxyType({"score": parse_share, "rows": parse_count})
    defaults: Mapping[str, object] = MappingProxyType({"score": 0.5, "rows": 1})
    needs = frozenset({Need.REQUEST})
    signs = CHANNEL

    def check(self, facts: Facts) -> Finding | None:
        """A finding with what is lacking; TextsUnreadError where nobody could read the texts."""
        channels = channels_at(facts)
        if not channels:
            return None
        if facts.inspection.words_failed:
            raise TextsUnreadError
        signs = facts.inspection.words.request
        if signs.score < facts.parameters["score"] and not any(channel.exclusive for channel in channels):
            return None
        lacks = list(_lacking(facts))
        if not lacks:
            return None
        evidence = {
            "channel": [channel.address for channel in channels[:5]],
            "lacks": lacks,
            "kinds": list(signs.kinds[:5]),
            "score": round(signs.score, 3),
            "rows": sum(one.rows for one in signs.lists),
        }
        return Finding(self.name, facts.clauses, Action.REJECT, _reply(lacks, channels[0].address, facts), evidence)


def _lacking(facts: Facts) -> Iterator[str]:
    signs = facts.inspection.words.request
    if not signs.reason:
        yield _REASON
    lists = [one for one in signs.lists if one.rows >= facts.parameters["rows"]]
    if any(one.names for one in lists) or facts.inspection.unchecked:
        return
    yield _ATTACHED if lists else _LIST


def _reply(lacks: list[str], channel: str, facts: Facts) -> Reply:
    vietnamese = " và ".join(_LACKS[one][0] for one in lacks)
    english = " and ".join(_LACKS[one][1] for one in lacks)
    return refusal(
        550,
        "5.7.1",
        f"Thư yêu cầu về hộp thư còn thiếu {vietnamese}{cited(facts.clauses)}. "
        f"Hãy bổ sung rồi gửi lại tới {channel[:100]} (danh sách: tệp xlsx, docx, csv hoặc pdf).",
        f"This request about mailboxes lacks {english}{cited_in_english(facts.clauses)}. "
        f"Add it and send again to {channel[:100]} (a list as xlsx, docx, csv or pdf).",
        utf8=facts.envelope.smtputf8,
    )
