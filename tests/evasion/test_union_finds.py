"""The payload is found in every message that hides it, or the message is named as impossible to judge.

`benchmarks.evasion` prints the figures, beside those of other readers of mail. Which messages are doubtful, and why, is
in `doubtful`: hardly any reader shows their payload, so only how many of them are found is held.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from functools import cache

import pytest

from tests.evasion.doubtful import DOUBTFUL
from tests.evasion.generate import messages
from tests.evasion.ours import read
from tests.evasion.payload import EICAR

pytestmark = [pytest.mark.slow, pytest.mark.limit(600)]  # the first test that asks reads all the messages
_ALL = list(messages())
_GROUPS = sorted({message.group for message in _ALL} - {"doubtful"})
_DOUBTFUL_FOUND = 15  # at least
MISSED: dict[str, str] = {}
"""What is neither found nor disputed, by the beginning of the title, and why. Nothing may join without a reason."""


@cache
def outcomes() -> dict[str, str]:
    """By title: "found", "uncounted" (found, but the cap does not know of it), "disputed", or "" for none of these."""
    return {message.title: _outcome(message.raw) for message in _ALL}


def _outcome(raw: bytes) -> str:
    seen = read(raw)
    if any(EICAR in content for content in seen.contents()):
        return "found" if seen.view.attachment_bytes >= len(EICAR) else "uncounted"
    return "disputed" if seen.view.disputes else ""


def of_group(group: str, outcome: str) -> list[str]:
    """The titles of a class with this outcome."""
    return [title for title, one in outcomes().items() if title.startswith(f"{group}/") and one == outcome]


def test_the_payload_is_the_known_one() -> None:
    assert len(EICAR) == 68
    assert hashlib.sha256(EICAR).hexdigest() == "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f"


def test_there_are_many_and_each_has_a_name_of_its_own() -> None:
    assert len(_ALL) >= 1500
    assert Counter(message.title for message in _ALL).most_common(1)[0][1] == 1


def test_line_ends_are_those_that_pass_the_listener() -> None:
    for message in _ALL:
        bare = message.raw.replace(b"\r\n", b"")
        assert b"\n" not in bare and b"\r" not in bare, message.title


@pytest.mark.parametrize("group", _GROUPS)
def test_every_payload_is_found(group: str) -> None:
    assert [title for title in of_group(group, "") if not title.startswith(tuple(MISSED))] == []


def test_doubtful_payloads() -> None:
    assert len(of_group("doubtful", "found")) >= _DOUBTFUL_FOUND


def test_a_dispute_does_not_stand_in_for_looking() -> None:
    """What one message holds whole is found; only pieces, references and a thousand multiparts need a dispute."""
    disputed = {title.split("/")[0] for title, one in outcomes().items() if one == "disputed"} - {"doubtful"}
    assert disputed == {"in-pieces", "nested-boundary"}


def test_what_is_found_counts_towards_the_cap() -> None:
    """All but what is shown as a text: no name, no disposition of attachment, a type of text; and base64 in a text.

    No reader decodes what nothing declares, so nobody offers it to be saved; its content is judged all the same.
    """
    uncounted = {title for title, one in outcomes().items() if one == "uncounted"}
    texts = ("message-encoded/text-rfc822", "disposition/none-", "disposition/inline-", "doubtful/")
    undeclared = ("bare-encoded/", "delimiter/preamble-lines-", "delimiter/epilogue-lines-", "message-odd/no-header-")
    assert [title for title in uncounted if not title.startswith((*texts, *undeclared))] == []


def test_each_reason_to_doubt_is_of_use() -> None:
    made = [message.name for message in _ALL if message.group == "doubtful"]
    assert [start for start in DOUBTFUL if not any(name.startswith(start.replace("/", "-")) for name in made)] == []
