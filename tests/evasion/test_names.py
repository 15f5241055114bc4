"""The name that a client would save a script under is among those that ours reports, or the message is disputed."""

from __future__ import annotations

from tests.evasion.names import SCRIPT, messages
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
    excused = tuple(DOUBTFUL)
    assert [message.name for message in _ALL if not message.name.startswith(excused) and hides(message)] == []


def test_a_second_name_adds_nothing_to_the_total() -> None:
    for message in _ALL:
        seen = read(message.raw)
        assert seen.view.attachment_bytes == len(SCRIPT), message.name
        assert all(one.weight == 0 for one in seen.view.attachments if one.reading == "name"), message.name


def test_each_name_is_an_attachment_too() -> None:
    """Rules that look at attachments alone know it: their names are those of the contents that are handed on."""
    for message in _ALL:
        view = read(message.raw).view
        files = {(one.part, one.filename) for one in view.extracts if one.attachment}
        assert files == {(one.part, one.filename) for one in view.attachments}, message.name


def test_each_reason_to_doubt_is_of_use() -> None:
    assert [start for start in DOUBTFUL if not any(message.name.startswith(start) for message in _ALL)] == []
