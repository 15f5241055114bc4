"""Does the spam filter call the message spam?

AG 8.6, 10.2e and Q4 11.7 for what leaves, AG 8.7 for what arrives. The filter's points and symbols come with the facts;
here stands what is refused and what is only tagged or recorded. Where it gave no answer, `unavailable` decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from gateway.contents import Spam as Said
from gateway.model import Action, Direction, Facts, Finding, Mode, Reply, Stage
from gateway.rules.listed import EVERYWHERE, NO_MODES, Need
from gateway.rules.malware import parse_unavailable
from gateway.rules.reply_text import cited, cited_in_english, refusal
from gateway.rules.signs import SEEN
from gateway.rules.words import from_outside

TAG = "X-Congthu-Spam"
NAME = "spam"
_FILTER = "rspamd"
_OWN = "rspamd"  # a threshold that is left to the filter's own actions
_REFUSES = ("reject", "discard")  # its actions; nothing is thrown away unseen, so "discard" is told to the sender
_TAGS = ("add header", "rewrite subject", "quarantine", *_REFUSES)
_LATER = "soft reject"  # greylisting, or a rate limit of its own
_ARRIVING = frozenset({"AG 8.7"})
_LONGEST_REASON = 20
# Of what ours write rspamd judges the content only; the checks of strangers, which make most points, are left out. Its
# own 15 is out of reach there, while what officials write stays below 6 (docs/spam.md).
_OUTGOING = 10
_TAGGED = 5  # symbols in the tag

Threshold = float | None
"""Points from which on; None: as the filter's own action says; infinite: never."""


def parse_threshold(value: object) -> Threshold:
    """Points above 0, or `rspamd` (its own action decides), or `off`."""
    if value == _OWN:
        return None
    if value == "off":
        return float("inf")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1000:
        raise ValueError('write points (15), "rspamd" for its own action, or "off"')
    return float(value)


class Spam:
    """Refuses what the spam filter rejects: 550 5.7.1. Tags what it suspects of mail from outside (`X-Congthu-Spam`).

    `refuse`, `outgoing_refuse`: when mail that arrives, mail that leaves us is refused. `tag`: when mail that arrives
    is tagged; mail that leaves us is recorded then, and not changed. `unavailable`: without an answer, 451 or pass.
    """

    name = NAME
    clauses: tuple[str, ...] = ("Q4 11.7", "AG 8.6", "AG 8.7", "AG 10.2e")
    stages: tuple[Stage, ...] = (Stage.MESSAGE,)
    default = Mode.ENFORCE
    modes = NO_MODES
    directions = EVERYWHERE
    parameters: Mapping[str, Callable[[object], Any]] = MappingProxyType(
        {
            "tag": parse_threshold,
            "refuse": parse_threshold,
            "outgoing_refuse": parse_threshold,
            "unavailable": parse_unavailable,
        }
    )
    defaults: Mapping[str, object] = MappingProxyType(
        {"tag": _OWN, "refuse": _OWN, "outgoing_refuse": _OUTGOING, "unavailable": "pass"}
    )
    needs = frozenset({Need.SPAM})
    signs = SEEN

    def check(self, facts: Facts) -> Finding | None:
        """A finding with points and symbols, or about a filter that gave no answer."""
        said = facts.inspection.spam
        if said is None:
            return _unasked(facts) if facts.inspection.spam_failed else None
        leaving = _leaves(facts)
        if _refused(said, facts.parameters["outgoing_refuse" if leaving else "refuse"]):
            return _spam(said, facts, leaving=leaving)
        if said.action == _LATER and not leaving:
            return Finding(NAME, _clauses(facts), Action.TEMPFAIL, _LATER_REPLY, _evidence(said, "later"))
        if _reached(said, facts.parameters["tag"], _TAGS):
            return _suspect(said, facts, leaving=leaving)
        return None


def calls_it_spam(finding: Finding) -> bool:
    """Whether a finding is this rule's, of a message that the filter took for spam or suspects of it."""
    return finding.rule == NAME and finding.evidence.get("verdict") in ("spam", "suspect")


def _leaves(facts: Facts) -> bool:
    """Whether it goes out through us: what ours wrote, and whatever our servers send on to the Internet."""
    return facts.envelope.session.direction is Direction.OUTBOUND or not from_outside(facts)


def _refused(said: Said, threshold: Threshold) -> bool:
    """By points; and where one of the filter's modules rejects whatever the points are."""
    forced = said.action in _REFUSES and (said.required <= 0 or said.score < said.required)
    return _reached(said, threshold, _REFUSES) or (forced and threshold != float("inf"))


def _reached(said: Said, threshold: Threshold, actions: tuple[str, ...]) -> bool:
    return said.action in actions if threshold is None else said.score >= threshold


def _spam(said: Said, facts: Facts, *, leaving: bool) -> Finding:
    reply = _leaving_reply(facts) if leaving else _arriving_reply(facts)
    tag = None if leaving else _tag("spam", said)
    return Finding(NAME, _clauses(facts), Action.REJECT, reply, _evidence(said, "spam"), tag=tag)


def _suspect(said: Said, facts: Facts, *, leaving: bool) -> Finding:
    """Nobody is refused for it: ours is only recorded, for a header would follow an official letter for good."""
    tag = None if leaving else _tag("suspect", said)
    evidence = _evidence(said, "suspect")
    return Finding(NAME, _clauses(facts), Action.ACCEPT, _PASSED, evidence, Mode.OBSERVE, tag)


def _unasked(facts: Facts) -> Finding:
    failed = facts.inspection.spam_failed
    # A message larger than is asked about stays so: waiting would not help, and large is not spam.
    waits = facts.parameters["unavailable"] == "tempfail" and failed != "size"
    evidence = {"filter": _FILTER, "unasked": failed[:_LONGEST_REASON]}
    mode = Mode.ENFORCE if waits else Mode.OBSERVE
    return Finding(NAME, _clauses(facts), Action.TEMPFAIL, _UNASKED_REPLY, evidence, mode)


def _clauses(facts: Facts) -> tuple[str, ...]:
    """Those of the governing regulation that are about mail going this way."""
    leaving = _leaves(facts)
    return tuple(clause for clause in facts.clauses if (clause in _ARRIVING) != leaving)


def _evidence(said: Said, verdict: str) -> dict[str, Any]:
    return {
        "filter": _FILTER,
        "verdict": verdict,
        "score": said.score,
        "required": said.required,
        "action": said.action,
        "symbols": [{"symbol": name, "points": points} for name, points in said.symbols],
    }


def _tag(verdict: str, said: Said) -> tuple[str, str]:
    names = ",".join(name for name, points in said.symbols[:_TAGGED] if points > 0)
    symbols = f"; symbols={names}" if names else ""
    return TAG, f"{verdict}; score={said.score:g}; action={said.action.replace(' ', '-')}{symbols}"


def _leaving_reply(facts: Facts) -> Reply:
    clauses = _clauses(facts)
    return refusal(
        550,
        "5.7.1",
        f"Bộ lọc coi thư này là thư rác{cited(clauses)}. Nếu là thư công vụ: bớt liên kết, nội dung quảng cáo rồi gửi "
        "lại, hoặc báo bộ phận công nghệ thông tin. Nếu bạn không gửi thư này: đổi mật khẩu ngay.",
        f"The spam filter calls this message spam{cited_in_english(clauses)}. If it is official: use fewer links and "
        "no advertising, or tell your IT staff. If you did not send it: change your password now.",
        utf8=facts.envelope.smtputf8,
    )


def _arriving_reply(facts: Facts) -> Reply:
    clauses = _clauses(facts)
    return refusal(
        550,
        "5.7.1",
        f"Bộ lọc coi thư này là thư rác{cited(clauses)}. Nếu không phải, hãy báo người nhận bằng cách khác, "
        "kèm mã cuối dòng sau.",
        f"The spam filter calls this message spam{cited_in_english(clauses)}. If it is not, tell the recipient in "
        "another way, with the code at the end of this line.",
        utf8=facts.envelope.smtputf8,
    )


_PASSED = Reply(250, "2.0.0", "Suspected of spam")
_LATER_REPLY = refusal(
    451,
    "4.7.1",
    "Bộ lọc thư rác chưa nhận thư này lúc này; máy chủ gửi sẽ tự gửi lại sau.",
    "The spam filter does not take this message now; try again later.",
)
_UNASKED_REPLY = refusal(
    451,
    "4.7.1",
    "Tạm thời chưa hỏi được bộ lọc thư rác về thư này; máy chủ gửi sẽ tự gửi lại sau.",
    "The spam filter gave no answer; try again later.",
)
