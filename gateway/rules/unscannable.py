"""Does a message bring what nobody can look into, so that every other rule would judge blindly?

Q4 4.2 and AG 10.2e: a cap and a ban on viruses hold only for what can be seen. Each reason has a mode of its own,
because an office may need encrypted files and still want no fragments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from gateway.contents import BOMBS, READINGS_LATER, UNREACHED, Trait, Why
from gateway.model import Action, Facts, Finding, Mode, Reply, Stage
from gateway.rules.files import LONGEST_NAME, MOST_NAMED, files_of, shown
from gateway.rules.listed import EVERYWHERE, NO_MODES, Need
from gateway.rules.reply_text import cited, cited_in_english, refusal
from gateway.rules.settings import parse_mode
from gateway.rules.signs import CONTENT

_ENCRYPTED_MAIL = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"})
_LONGEST = 120  # characters of a file name in a reply


class Reason(StrEnum):
    """Why something cannot be looked into; each is a setting of the rule."""

    FRAGMENTS = "fragments"  # message/partial and message/external-body: what is delivered is elsewhere
    STRUCTURE = "structure"  # readings of the same bytes disagree, or limits of form are exceeded
    BOMBS = "bombs"  # containers beyond the limits
    ENCRYPTED = "encrypted"  # archives and documents that need a password
    ENCRYPTED_MAIL = "encrypted_mail"  # S/MIME and PGP
    UNSUPPORTED = "unsupported"  # archives of a kind, or split in a way, that is not opened here
    UNREACHED = "unreached"  # no process was free, or it took too long or died: 451, another attempt may do better
    UNCHECKED = "unchecked"  # damaged: what is in it stays unknown


@dataclass(frozen=True, slots=True)
class Blind:
    """One thing that could not be looked into."""

    reason: Reason
    what: str  # a defect's or a Why's name
    where: str  # a file, or a part of the message


class Unscannable:
    """Refuses what cannot be looked into: 550 5.6.0. Each reason's mode is a setting; the rule's own mode bounds it.

    Where nobody came to look, or not to the end, the answer is 451 4.3.2.
    """

    name = "unscannable"
    clauses: tuple[str, ...] = ("Q4 4.2", "AG 10.2e")
    stages: tuple[Stage, ...] = (Stage.MESSAGE,)
    default = Mode.ENFORCE
    modes = NO_MODES
    directions = EVERYWHERE
    parameters: Mapping[str, Callable[[object], Any]] = MappingProxyType(
        {reason.value: parse_mode for reason in Reason}
    )
    defaults: Mapping[str, object] = MappingProxyType(
        {
            Reason.FRAGMENTS: "enforce",
            Reason.STRUCTURE: "enforce",
            Reason.BOMBS: "enforce",
            Reason.ENCRYPTED: "enforce",
            Reason.ENCRYPTED_MAIL: "off",
            Reason.UNSUPPORTED: "observe",
            Reason.UNREACHED: "enforce",
            Reason.UNCHECKED: "observe",
        }
    )
    needs = frozenset({Need.FILES})
    signs = CONTENT

    def check(self, facts: Facts) -> Finding | None:
        """A finding with everything that is not `off`; what is enforced comes first."""
        message, seen = facts.message, facts.inspection
        if message is None or not (message.disputes or message.attachments or seen.files or seen.unchecked):
            return None
        modes = facts.parameters
        found = [blind for blind in _blinds(facts) if modes[blind.reason] is not Mode.OFF]
        if not found:
            return None
        found.sort(key=lambda blind: (modes[blind.reason] is not Mode.ENFORCE, blind.reason is Reason.UNREACHED))
        worst = found[0]
        if worst.reason is Reason.UNREACHED:
            action, reply = Action.TEMPFAIL, _later(worst, utf8=facts.envelope.smtputf8)
        else:
            action, reply = Action.REJECT, _reply(worst, facts.clauses, utf8=facts.envelope.smtputf8)
        evidence = {
            "count": len(found),
            "blind": [{"reason": b.reason.value, "what": b.what, "where": b.where} for b in found[:MOST_NAMED]],
        }
        return Finding(self.name, facts.clauses, action, reply, evidence, modes[worst.reason])


_DISPUTES = {
    "message-partial": Reason.FRAGMENTS,
    "external-body": Reason.FRAGMENTS,
    READINGS_LATER: Reason.UNREACHED,
}
_REASONS = {
    **dict.fromkeys(UNREACHED, Reason.UNREACHED),
    **dict.fromkeys(BOMBS, Reason.BOMBS),
    Why.ENCRYPTED: Reason.ENCRYPTED,
    Why.SEALED: Reason.ENCRYPTED_MAIL,
    Why.UNSUPPORTED: Reason.UNSUPPORTED,
}


def _blinds(facts: Facts) -> Iterator[Blind]:
    assert facts.message is not None
    for defect in facts.message.disputes:
        yield Blind(_DISPUTES.get(defect.name, Reason.STRUCTURE), defect.name, defect.where)
    for attachment in facts.message.attachments:
        if attachment.declared_type in _ENCRYPTED_MAIL:
            yield Blind(Reason.ENCRYPTED_MAIL, attachment.declared_type, attachment.filename[:LONGEST_NAME])
    yield from _unopened(facts)


def _unopened(facts: Facts) -> Iterator[Blind]:
    locked = set()
    for unchecked in facts.inspection.unchecked:
        where = shown(unchecked.names, unchecked.part)
        if unchecked.reason in (Why.ENCRYPTED, Why.SEALED):
            locked.add((unchecked.part, unchecked.names))
        yield Blind(_REASONS.get(unchecked.reason, Reason.UNCHECKED), unchecked.reason.value, where)
    for file in files_of(facts):
        if Trait.ENCRYPTED in file.traits and (file.part, file.names) not in locked:
            reason = Reason.ENCRYPTED_MAIL if file.kind in _ENCRYPTED_MAIL else Reason.ENCRYPTED
            yield Blind(reason, Why.ENCRYPTED.value, shown(file.names, file.part))


_WORDS = {
    Reason.FRAGMENTS: (
        "Thư bị chia mảnh hoặc để nội dung ở nơi khác ({what}) nên không kiểm tra được",
        "The message is a fragment or keeps its content elsewhere ({what}) and cannot be checked",
        "Hãy gửi trọn trong một thư.",
        "Send it whole, in one message.",
    ),
    Reason.STRUCTURE: (
        "Cấu trúc thư sai hoặc mập mờ ({what}) nên không kiểm tra được",
        "The message's structure is broken or ambiguous ({what}) and cannot be checked",
        "Hãy soạn và gửi lại bằng phần mềm thư khác.",
        "Write and send it again with another mail program.",
    ),
    Reason.BOMBS: (
        'Tệp "{where}" vượt giới hạn kiểm tra ({what})',
        'The file "{where}" exceeds what is checked ({what})',
        "Hãy gửi ít tệp hơn, tệp nhỏ hơn, không nén nhiều lớp.",
        "Send fewer and smaller files, not archives in archives.",
    ),
    Reason.ENCRYPTED: (
        'Tệp "{where}" đặt mật khẩu nên không kiểm tra được',
        'The file "{where}" is encrypted and cannot be checked',
        "Hãy gửi tệp không đặt mật khẩu.",
        "Send it without a password.",
    ),
    Reason.ENCRYPTED_MAIL: (
        "Thư được mã hoá ({what}) nên không kiểm tra được",
        "The message is encrypted ({what}) and cannot be checked",
        "Hãy gửi thư không mã hoá.",
        "Send it without encryption.",
    ),
    Reason.UNSUPPORTED: (
        'Tệp "{where}" thuộc loại nén không kiểm tra được',
        'The file "{where}" is of a kind that cannot be checked',
        "Hãy nén lại thành tệp zip rồi gửi.",
        "Pack it as a zip and send it again.",
    ),
    Reason.UNCHECKED: (
        'Không mở được tệp "{where}" để kiểm tra ({what})',
        'The file "{where}" could not be opened for checking ({what})',
        "Hãy kiểm tra tệp rồi gửi lại.",
        "Check the file and send it again.",
    ),
}


def _later(blind: Blind, *, utf8: bool) -> Reply:
    return refusal(
        451,
        "4.3.2",
        f"Tạm thời chưa kiểm tra được thư này ({blind.what}); máy chủ gửi sẽ tự gửi lại sau.",
        f"The message cannot be checked now ({blind.what}); try again later.",
        utf8=utf8,
    )


def _reply(blind: Blind, clauses: tuple[str, ...], *, utf8: bool) -> Reply:
    source = cited(clauses)
    where = blind.where[:_LONGEST]
    vietnamese, english, advice, english_advice = (
        text.format_map({"what": blind.what, "where": where}) for text in _WORDS[blind.reason]
    )
    return refusal(
        550,
        "5.6.0",
        f"{vietnamese}{source}. {advice}",
        f"{english}{cited_in_english(clauses)}. {english_advice}",
        utf8=utf8,
    )
