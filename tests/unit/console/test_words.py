"""What people read has a name in their language, whatever a room calls it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import pytest

from gateway.access import Failure
from gateway.conduct.score import Sign
from gateway.console.words import TABLES, word
from gateway.lifecycle.effects import Way
from gateway.lifecycle.plan import Act
from gateway.lifecycle.subject import Lock
from gateway.rates import Standing
from gateway.upkeep.rows import Result


@pytest.mark.parametrize(
    ("table", "names"),
    [
        ("sign", Sign),
        ("standing", Standing),
        ("act", Act),
        ("way", Way),
        ("result", Result),
        ("failure", Failure),
        ("reason", Lock),
    ],
)
def test_every_name_has_words(table: str, names: Iterable[StrEnum]) -> None:
    assert {one.value for one in names} - {""} <= TABLES[table].keys()
    assert all(one.vi and one.en for one in TABLES[table].values())


def test_what_has_no_words_is_itself() -> None:
    assert word("sign", "burst", "vi") == "gửi dồn dập"
    assert word("sign", "something else", "vi") == "something else"
