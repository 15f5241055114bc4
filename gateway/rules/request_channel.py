"""May this message ask for mailboxes? Only a registered unit's mailbox may, proved, at an address that takes requests.

Q4 6.1, 6.2, AG 4.2, 6. An exclusive channel takes nothing else, and says so at RCPT where the envelope shows it. Any
other channel is its office's public mailbox, too: there what reads as a request is refused unless it is proved, and the
rest passes with a tag. A request that passes is said to be one (`request_in`), so that it can be kept on record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from gateway.contents import UNREACHED
from gateway.model import Action, Facts, Finding, Mode, Reply, Stage
from gateway.rules.bounces import is_answer, is_bounce
from gateway.rules.channels import channels_at
from gateway.rules.listed import EVERYWHERE, NO_MODES, Need
from gateway.rules.providers import parse_providers
from gateway.rules.request_proof import Standing, envelope_flaw, standing
from gateway.rules.request_replies import clauses_for, not_now, refused
from gateway.rules.settings import parse_addresses, parse_share
from gateway.rules.signs import CHANNEL
from gateway.who import Channel

TAG = "X-Congthu-Request"
NAME = "request-channel"
_PASSED = Reply(250, "2.0.0", "OK")
_LONGEST = 320  # characters of an address in evidence
_MOST = 5  # addresses, names or lists of one sort in evidence


class RequestChannel:
    """Refuses at a request channel what is not proved to be a unit's: 550 5.7.1, 451 4.7.1 while it cannot be told.

    `score`: how much a message must read as a request (0 to 1) to be taken for one, where the channel is not exclusive.
    `providers`: domains of public providers to add, with "-" to take out. `addresses`: the channels that the regulation
    names; whoever builds the directory makes channels of them.
    """

    name = NAME
    clauses: tuple[str, ...] = ("Q4 6.1", "Q4 6.2", "AG 4.2", "AG 6")
    stages: tuple[Stage, ...] = (Stage.RCPT, Stage.MESSAGE)
    default = Mode.ENFORCE
    modes = NO_MODES
    directions = EVERYWHERE
    parameters: Mapping[str, Callable[[object], Any]] = MappingProxyType(
        {"score": parse_share, "providers": parse_providers, "addresses": parse_addresses}
    )
    defaults: Mapping[str, object] = MappingProxyType({"score": 0.5, "providers": (), "addresses": ()})
    needs = frozenset({Need.IDENTITY, Need.REQUEST})
    signs = CHANNEL

    def check(self, facts: Facts) -> Finding | None:
        """A finding for whatever reaches a channel, but for what a proved unit writes besides requests."""
        channels = channels_at(facts)
        if not channels:
            return None
        # The strictest speaks: who writes to two channels at once is judged by the exclusive one.
        channel = next((one for one in channels if one.exclusive), channels[0])
        if facts.stage is Stage.MESSAGE:
            return _at_message(facts, channel, channels)
        return _at_rcpt(facts, channel) if channel.exclusive else None


def request_in(finding: Finding) -> Mapping[str, Any] | None:
    """The request that this finding says has passed, None for any other finding.

    `channel`, `mailbox` (addresses), `unit` (its code), `how` (as `who.Proof`), `kinds`, `reason` (bool), `lists` and
    `rows` (their number), `score` (0 to 1), `read` (False where trouble kept its texts from being read).
    """
    found = finding.evidence.get("request") if finding.rule == NAME else None
    return found if isinstance(found, Mapping) else None


def _at_rcpt(facts: Facts, channel: Channel) -> Finding | None:
    flaw = envelope_flaw(facts)
    if flaw is None:
        return None
    wrong = Standing(None, (flaw,))
    reply = refused(facts, channel, wrong, facts.inspection.words.request)
    evidence = {"channel": [channel.address], **_sender_of(facts), "flaws": [flaw.value]}
    return Finding(NAME, clauses_for(wrong.flaws, facts.clauses), Action.REJECT, reply, evidence)


def _at_message(facts: Facts, channel: Channel, channels: Sequence[Channel]) -> Finding:
    judged = standing(facts)
    signs = facts.inspection.words.request
    is_request = channel.exclusive or signs.score >= facts.parameters["score"]
    if judged.proved:
        by_itself = facts.message is not None and is_answer(facts.message)
        is_request = not by_itself and (is_request or not _was_read(facts))
        return _passes(facts, judged, channel, channels, is_request=is_request, by_itself=by_itself)
    bounce = not channel.exclusive and is_bounce(facts, suspect=is_request)
    why = f"unproven; why={','.join(flaw.value for flaw in judged.flaws[:_MOST])}{'; bounce=yes' if bounce else ''}"
    evidence = {
        "channel": [one.address for one in channels[:_MOST]],
        **_sender_of(facts),
        "flaws": [flaw.value for flaw in judged.flaws],
        "signs": _signs_of(facts),
    }
    clauses = clauses_for(judged.flaws, facts.clauses)
    if bounce or not (is_request or not _was_read(facts)):
        evidence["bounce"] = bounce
        return Finding(NAME, clauses, Action.ACCEPT, _PASSED, evidence, Mode.OBSERVE, (TAG, why))
    if judged.undecided or not is_request:
        evidence["undecided"] = facts.sender.failed or facts.inspection.words_failed or "unread"
        return Finding(NAME, clauses, Action.TEMPFAIL, not_now(facts, channel), evidence, tag=(TAG, why))
    return Finding(NAME, clauses, Action.REJECT, refused(facts, channel, judged, signs), evidence, tag=(TAG, why))


def _passes(
    facts: Facts, judged: Standing, channel: Channel, channels: Sequence[Channel], *, is_request: bool, by_itself: bool
) -> Finding:
    """Proved: it passes and, where it is a request, is said to be one."""
    assert judged.mailbox is not None
    identity, signs = facts.sender.identity, facts.inspection.words.request
    evidence: dict[str, Any] = {"channel": [one.address for one in channels[:_MOST]], **_sender_of(facts)}
    value = f"proved; mailbox={judged.mailbox.address}; how={identity.how.value}; request="
    value += "yes" if is_request else "no; automatic=yes" if by_itself else "no"
    if is_request:
        kinds = list(signs.kinds[:_MOST])
        value += f"; kinds={','.join(kinds)}" if kinds else ""
        evidence["request"] = {
            "channel": channel.address,
            "mailbox": judged.mailbox.address,
            "unit": judged.mailbox.unit,
            "how": identity.how.value,
            **_signs_of(facts),
        }
    return Finding(NAME, facts.clauses, Action.ACCEPT, _PASSED, evidence, Mode.OBSERVE, (TAG, value))


def _was_read(facts: Facts) -> bool:
    """Whether the texts were read as far as they can be: not where trouble of ours, or lack of time, ended it."""
    seen = facts.inspection
    return not seen.words_failed and not any(one.reason in UNREACHED for one in seen.unchecked)


def _sender_of(facts: Facts) -> dict[str, Any]:
    """Who the message says is writing, and what was proved; for the staff."""
    sender = facts.sender
    row: dict[str, Any] = {
        "reverse_path": facts.envelope.reverse_path.text[:_LONGEST],
        "client_address": facts.envelope.session.client_address,
        "login": facts.envelope.session.user[:_LONGEST],
        "from": [one.address[:_LONGEST] for one in sender.fields.author[:_MOST]],
        "reply_to": [one.address[:_LONGEST] for one in sender.fields.reply_to[:_MOST]],
        "disputes": list(sender.fields.disputes[:_MOST]),
        "proved_mailbox": sender.identity.mailbox[:_LONGEST],
        "proved_domain": sender.identity.domain[:_LONGEST],
        "how": sender.identity.how.value,
        "why": list(sender.identity.why[:_MOST]),
    }
    return {key: value for key, value in row.items() if value}


def _signs_of(facts: Facts) -> dict[str, Any]:
    signs = facts.inspection.words.request
    return {
        "score": round(signs.score, 3),
        "kinds": list(signs.kinds[:_MOST]),
        "reason": signs.reason,
        "lists": len(signs.lists),
        "rows": sum(one.rows for one in signs.lists),
        "signs": list(signs.signs[: 4 * _MOST]),
        "read": _was_read(facts),
    }
