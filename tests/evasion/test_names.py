"""The name that a client would save a script under is among those that ours reports, or the message is disputed."""

from __future__ import annotations

from tests.evasion.names import messages
from tests.evasion.ours import Read, read
from tests.evasion.payload import Hidden

_ALL = list(messages())
DOUBTFUL = {
    "comment-inside": "a comment in the middle of a word is none to most readers",
    "colon-stream": "what is behind the colon is lost on one kind of file system only",
    "description": "no name, though a few clients show it as one",
    "encoded-word-of-encoded": "decoded twice",
    "fold-inside": "the fold's blank belongs to the name",
    "line-end-escaped": "clients put something else in the place of line ends",
    "location": "a few clients take a name out of it",
    "percent": "not decoded without a star, but by web browsers",
    "semicolon-": "the rest after a semicolon is another parameter",
    "zero-width": "the ending is another one for every machine",
}
"""Names that hardly any client shows, by the beginning of the message's name, and why."""

MISSED = {
    "comment-after": "a comment after the name",
    "comment-fake": "the same, with a harmless ending in it",
    "comment-in-name": "a comment in the parameter's name",
    "disposition-first": "two names, one in each field",
    "filename-in-type": "filename among the parameters of Content-Type",
    "long": "the ending of a name of over 255 characters",
    "name-in-disposition": "name among the parameters of Content-Disposition",
    "no-semicolon": "no semicolon before the parameter",
    "nul-escaped": "text up to an escaped NUL",
    "only-parameter": "a disposition of nothing but the parameter",
    "other-open-quote": "a quote before that is never closed",
    "plain-then-star-harmless": "the plain name beside an encoded one",
    "quote-close": "a quote at the end only",
    "quote-inside": "a quoted beginning",
    "rfc2231-from-one": "pieces that begin with number one",
    "rfc2231-gap": "pieces with a number left out",
    "rfc2231-zeros": "pieces numbered with zeros in front",
    "single-quotes": "single quotes",
    "twice-good-last": "the second of two names in one field",
    "type-real-disposition-harmless": "two names, one in each field",
}
"""Names that no reading of ours shows, by the beginning of the message's name. Nothing else may join."""


def names(seen: Read) -> set[str]:
    """Every name that some reading gives to something, as a machine would take its ending."""
    given = [one.filename for one in seen.view.attachments] + [one.filename for one in seen.view.extracts]
    return {name.rstrip(". ").lower() for name in given}


def hides(message: Hidden) -> bool:
    """No reading shows the script's name, and the message can be judged."""
    seen = read(message.raw)
    return not seen.view.disputes and not any(name.endswith(".js") for name in names(seen))


def test_there_are_many() -> None:
    assert len({message.name for message in _ALL}) == len(_ALL) >= 200


def test_every_name_is_shown() -> None:
    excused = (*DOUBTFUL, *MISSED)
    assert [message.name for message in _ALL if not message.name.startswith(excused) and hides(message)] == []


def test_each_reason_to_doubt_is_of_use() -> None:
    assert [start for start in DOUBTFUL if not any(message.name.startswith(start) for message in _ALL)] == []
