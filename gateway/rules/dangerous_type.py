"""Does a message bring a program, a script or a document with macros, under whatever name, in whatever archive?

AG 8.6, 8.7, 10.2e: no viruses and no harmful programs through official mail. What a file is, its content says; see
`natures`. What is dangerous, the configuration says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from gateway.model import Action, Facts, Finding, Mode, Reply, Stage
from gateway.rules.files import MOST_NAMED, files_of, row
from gateway.rules.listed import EVERYWHERE, NO_MODES, Need
from gateway.rules.natures import Dangers, Nature, tricks_of
from gateway.rules.reply_text import cited, cited_in_english, refusal
from gateway.rules.signs import CONTENT

_WORD = re.compile(r"\.?([a-z0-9][a-z0-9_+-]{0,31})\Z")
_KIND = re.compile(r"[a-z0-9][a-z0-9.+-]{0,126}/[a-z0-9][a-z0-9.+-]{0,126}\Z")
_LONGEST = 120  # characters of a file name in a reply


def parse_natures(value: object) -> tuple[str, ...]:
    """A list of natures. ValueError says which there are."""
    known = [nature.value for nature in Nature]
    if not isinstance(value, list | tuple) or any(item not in known for item in value):
        raise ValueError(f"write a list of {', '.join(known)}")
    return tuple(sorted(value))


def parse_words(value: object) -> tuple[str, ...]:
    """A list of name endings ("exe") and kinds ("application/x-dosexec"), in lower case. ValueError otherwise."""
    words = [item.lower() for item in value if isinstance(item, str)] if isinstance(value, list | tuple) else None
    if words is None or len(words) != len(value) or not all(_WORD.match(w) or _KIND.match(w) for w in words):  # type: ignore[arg-type]
        raise ValueError('write a list of name endings and kinds of content: ["exe", "application/x-dosexec"]')
    return tuple(sorted(word.lstrip(".") for word in words))


class DangerousType:
    """Refuses a message with a file of a dangerous nature: 550 5.7.1.

    `natures`: which are dangerous. `more`: further name endings and kinds of content that are. `allow`: those that
    never are.
    """

    name = "dangerous-type"
    clauses: tuple[str, ...] = ("AG 8.6", "AG 8.7", "AG 10.2e")
    stages: tuple[Stage, ...] = (Stage.MESSAGE,)
    default = Mode.ENFORCE
    modes = NO_MODES
    directions = EVERYWHERE
    parameters: Mapping[str, Callable[[object], Any]] = MappingProxyType(
        {"natures": parse_natures, "more": parse_words, "allow": parse_words}
    )
    defaults: Mapping[str, object] = MappingProxyType(
        {
            "natures": ["executable", "script", "installer", "shortcut", "macros", "remote-content", "disk-image"],
            "more": [],
            "allow": [],
        }
    )
    needs = frozenset({Need.FILES})
    signs = CONTENT

    def check(self, facts: Facts) -> Finding | None:
        """A finding with every dangerous file, the first ones named."""
        if facts.message is None or not (facts.message.attachments or facts.inspection.files):
            return None
        given = facts.parameters
        dangers = _dangers(given["natures"], given["more"], given["allow"])
        found = [
            {**row(file), "why": why, "tricks": tricks_of(file.names[-1] if file.names else "", file.kind)}
            for file in files_of(facts)
            if (why := dangers.of(file.names[-1] if file.names else "", file.kind, file.traits))
        ]
        if not found:
            return None
        reply = _reply(str(found[0]["file"]), str(found[0]["why"]), facts.clauses, utf8=facts.envelope.smtputf8)
        evidence = {"count": len(found), "files": found[:MOST_NAMED]}
        return Finding(self.name, facts.clauses, Action.REJECT, reply, evidence)


@lru_cache(64)
def _dangers(natures: tuple[str, ...], more: tuple[str, ...], allow: tuple[str, ...]) -> Dangers:
    return Dangers(
        frozenset(Nature(name) for name in natures),
        frozenset(word for word in more if "/" in word),
        frozenset(word for word in more if "/" not in word),
        frozenset(allow),
    )


_VIETNAMESE = {
    Nature.EXECUTABLE: "chương trình thực thi",
    Nature.SCRIPT: "tệp lệnh (script)",
    Nature.INSTALLER: "bộ cài đặt",
    Nature.SHORTCUT: "lối tắt (shortcut) chạy lệnh",
    Nature.MACROS: "văn bản có macro",
    Nature.ACTIVE: "văn bản có nội dung tự chạy",
    Nature.REMOTE: "văn bản tự tải mẫu hoặc đối tượng từ máy khác",
    Nature.DISK_IMAGE: "ảnh đĩa",
}
_ENGLISH = {
    Nature.EXECUTABLE: "a program",
    Nature.SCRIPT: "a script",
    Nature.INSTALLER: "an installer",
    Nature.SHORTCUT: "a shortcut that runs a command",
    Nature.MACROS: "a document with macros",
    Nature.ACTIVE: "a document with active content",
    Nature.REMOTE: "a document that loads a template or an object from elsewhere",
    Nature.DISK_IMAGE: "a disk image",
}


def _reply(file: str, why: str, clauses: tuple[str, ...], *, utf8: bool) -> Reply:
    source = cited(clauses)
    known = why in set(Nature)
    vietnamese = _VIETNAMESE[Nature(why)] if known else f"loại tệp bị cấm ({why})"
    english = _ENGLISH[Nature(why)] if known else f"of a forbidden type ({why})"
    name = file[:_LONGEST]
    return refusal(
        550,
        "5.7.1",
        f'Tệp "{name}" là {vietnamese}, không được gửi qua hệ thống này{source}. '
        "Hãy bỏ tệp đó, hoặc gửi bản không có macro, bản PDF.",
        f'File "{name}" is {english}, which may not be sent through this system'
        f"{cited_in_english(clauses)}. "
        "Remove it, or send a version without macros or a PDF.",
        utf8=utf8,
    )
