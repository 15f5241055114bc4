"""A data file that is not whole is refused with one sentence that says what is wrong."""

from __future__ import annotations

import pytest

from gateway import regulations
from gateway.errors import RegulationError

GOOD = """
prefix = "XX"
title = "Quy chế"
issued = "Quyết định"
[[clause]]
id = "XX 1"
text = "Một"
why_not = "A definition."
why_not_vi = "Một định nghĩa."
"""


def test_a_whole_file_is_read() -> None:
    regulation = regulations.parse("xx", GOOD)
    assert list(regulation.clauses) == ["XX 1"]
    assert regulation.clauses["XX 1"].why_not == "A definition."
    assert regulation.clauses["XX 1"].why_not_vi == "Một định nghĩa."


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("prefix =", "prefx ="), "prefix"),
        (("XX 1", "YY 1"), "does not begin with XX"),
        (('why_not = "A definition."', ""), "needs a text"),
        (('text = "Một"', 'text = ""'), "needs a text"),
        (('why_not_vi = "Một định nghĩa."', ""), "XX 1: why_not must stand in both languages"),
        (("why_not", "whynot"), "unknown keys whynot"),
        (("[[clause]]", "[[clause"), "TOMLDecodeError"),
        (("[[clause]]", "[clause]"), "AttributeError"),
    ],
)
def test_what_is_wrong_is_said(change: tuple[str, str], says: str) -> None:
    with pytest.raises(RegulationError, match=says):
        regulations.parse("xx", GOOD.replace(*change))


def test_a_clause_stands_once() -> None:
    with pytest.raises(RegulationError, match="XX 1 stands twice"):
        regulations.parse("xx", GOOD + GOOD[GOOD.index("[[clause]]") :])


@pytest.mark.parametrize("name", ["", "an-giang", "../angiang-50-2009"])
def test_an_unknown_regulation_is_named_with_those_that_exist(name: str) -> None:
    with pytest.raises(RegulationError, match="angiang-50-2009, tphcm-q4-03-2013"):
        regulations.load(name)


def test_all_are_listed_in_order() -> None:
    assert [regulation.id for regulation in regulations.all()] == list(regulations.IDS)
