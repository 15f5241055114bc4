"""Which folder is for what: by its special-use attribute (RFC 6154), else by the names that clients give. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gateway.access import Use

_ATTRIBUTES = {"\\sent": Use.SENT, "\\trash": Use.TRASH, "\\junk": Use.JUNK, "\\drafts": Use.DRAFTS}
_NAMES = {
    "sent": Use.SENT,
    "sent items": Use.SENT,
    "sent messages": Use.SENT,
    "sent mail": Use.SENT,
    "sent-mail": Use.SENT,
    "th&aba- &area4w- g&hu0-i": Use.SENT,  # Thư đã gửi
    "trash": Use.TRASH,
    "deleted items": Use.TRASH,
    "deleted messages": Use.TRASH,
    "junk": Use.JUNK,
    "junk e-mail": Use.JUNK,
    "junk email": Use.JUNK,
    "spam": Use.JUNK,
    "drafts": Use.DRAFTS,
}
_UNUSABLE = frozenset({"\\noselect", "\\nonexistent"})


def use_of(attributes: Iterable[str], name: str) -> Use:
    """What a folder is for; attributes in lower case, the name as the server writes it (modified UTF-7)."""
    for attribute in attributes:
        if attribute in _ATTRIBUTES:
            return _ATTRIBUTES[attribute]
    plain = name.lower()
    for prefix in ("inbox.", "inbox/"):
        plain = plain.removeprefix(prefix)
    return Use.INBOX if plain == "inbox" else _NAMES.get(plain, Use.OTHER)


def of_interest(folders: Iterable[tuple[frozenset[str], str]], wanted: Sequence[Use]) -> Sequence[tuple[Use, str]]:
    """The folders for these uses, those that the server itself marks first, without the ones that cannot be opened."""
    marked: list[tuple[Use, str]] = []
    guessed: list[tuple[Use, str]] = []
    for attributes, name in folders:
        use = use_of(attributes, name)
        if use in wanted and use is not Use.INBOX and not _UNUSABLE & attributes:
            (marked if _ATTRIBUTES.keys() & attributes else guessed).append((use, name))
    return [*marked, *guessed]
