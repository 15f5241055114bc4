"""The tables of lifecycle and reading windows: what is right is read, what is wrong is one sentence with its key."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest

from gateway import regulations
from gateway.errors import RegulationError
from gateway.lifecycle.profile import profile_of
from gateway.lifecycle.windows import reading_of
from gateway.regulations.parameters import TABLES
from gateway.who import Kind
from tests.unit.regulations.test_loader import GOOD

DOCS = Path(__file__).parents[3] / "docs" / "regulations.md"
WHOLE = """
[parameters.lifecycle]
lock_after_months = 2
reclaim_after_months = 5
notice_days = 10
old_mail_months = 12
reading_windows = 2
mailbox_capacity = "2GiB"
clauses = { lock = "XX 1", notice = "XX 1" }

[parameters.reading]
kinds = ["unit", "personal"]
clause = "XX 1"
windows = [
    { name = "afternoon", from = "13:00", to = "15:00" },
    { name = "morning", from = "07:00", to = "08:30" },
]
"""


def test_what_a_file_says_is_what_the_lifecycle_does() -> None:
    regulation = regulations.parse("xx", GOOD + WHOLE)
    profile, reading = profile_of(regulation), reading_of(regulation)
    assert (profile.lock_months, profile.reclaim_months, profile.notice_days) == (2, 5, 10)
    assert profile.clauses == {"lock": "XX 1", "notice": "XX 1"}
    assert [(one.name, one.opens, one.closes) for one in reading.windows] == [
        ("morning", datetime.time(7), datetime.time(8, 30)),
        ("afternoon", datetime.time(13), datetime.time(15)),
    ]
    assert (reading.kinds, reading.clause) == (frozenset({Kind.UNIT, Kind.PERSONAL}), "XX 1")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("lock_after_months = 2", 'lock_after_months = "2"'), "lifecycle.lock_after_months = '2': a whole number"),
        (("lock_after_months = 2", "lock_after_months = true"), "a whole number from 0 to 120"),
        (("lock_after_months = 2", "lock_after_months = 5"), "fewer than the 5 until the end"),
        (("lock_after", "lok_after"), "lifecycle.lok_after_months = '2': no such key; there are clauses, delete"),
        (("notice_days = 10", "delete_after_months = 6"), "delete_after_months says it already"),
        (("reading_windows = 2", "reading_windows = 3"), "one of 0, 2, 4"),
        (('"2GiB"', '"2 GB"'), 'a size such as "1GiB"'),
        (('lock = "XX 1"', 'lock = "XX 9"'), "lifecycle.clauses .* a table of clauses of this regulation"),
        (('lock = "XX 1"', 'loc = "XX 1"'), "lifecycle.clauses"),
        (('clause = "XX 1"', 'clause = "Q4 8.2a"'), "reading.clause = 'Q4 8.2a': the id of a clause"),
        (('["unit", "personal"]', '["units"]'), "reading.kinds .* a list of unit, personal, service"),
        (('["unit", "personal"]', '"unit"'), "reading.kinds"),
        (('to = "08:30"', 'to = "06:30"'), "ends after it begins"),
        (('from = "13:00"', 'from = "08:00"'), "before the one before it has ended"),
        (('from = "13:00"', 'from = "1pm"'), "times of the day"),
        (('from = "13:00"', "from = 13:00:00"), "times of the day"),
        (('name = "morning"', 'name = "afternoon"'), "the same name"),
        (('name = "morning"', 'name = "Sáng"'), "small letters"),
        (('name = "morning", ', ""), "each window has name, from and to"),
        (('{ name = "morning", from = "07:00", to = "08:30" }', "7"), "each window has name, from and to"),
        (("[parameters.reading]", "[parameters]\nreading = 3\n[parameters.other]"), "reading = '3': a table"),
    ],
)
def test_what_is_wrong_is_said(change: tuple[str, str], says: str) -> None:
    assert change[0] in WHOLE
    source = GOOD + WHOLE.replace(*change)
    with pytest.raises(RegulationError, match=says):
        regulations.parse("xx", source)


def test_windows_may_be_none_or_many_but_not_without_end() -> None:
    for windows in ("[]", f"[{', '.join(['{}'] * 13)}]", "{}"):
        with pytest.raises(RegulationError, match="a list of 1 to 12 windows"):
            regulations.parse("xx", f"{GOOD}\n[parameters.reading]\nwindows = {windows}\n")


def test_every_key_is_explained() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for table, keys in TABLES.items():
        section = text[text.index(f"`[parameters.{table}]`") :]
        for key in keys:
            assert re.search(rf"^\| `{key}` \|", section, re.MULTILINE), f"docs/regulations.md: {table}.{key}"
