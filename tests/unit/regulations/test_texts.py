"""Every clause has the published text, word for word, under its own number; and no line of the text is left out."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

from gateway import regulations
from gateway.regulations import Regulation

SHARED = Path(__file__).parents[4] / "shared" / "regulations"
EVERY = pytest.mark.parametrize("regulation", regulations.all(), ids=lambda regulation: regulation.id)
TITLE = "QUY CHẾ"
# Lines of the regulation proper that belong to no clause: chapters, their names, the signature.
FRAME = re.compile(
    r"Chương [IVX]+|[A-ZÀ-Ỹ ,]+|\(Ban hành kèm theo .*|ngày 24 tháng 6 năm 2013 .*|Về sử dụng thư điện tử công vụ"
    r"|TM\. ỦY BAN NHÂN DÂN|Nguyễn Tiến Đạt"
)


def lines_of(text: str) -> list[str]:
    """The lines of a published text, without the marks of its web page."""
    clean = (line.replace("**", "").strip(" \ufeff*") for line in text.splitlines())
    return [line for line in clean if line]


def marker_of(clause_id: str, prefix: str) -> str:
    """How the clause begins in the text: "Điều 7. ", "2. ", "a) "."""
    article, number, letter = re.fullmatch(rf"{prefix} (?:QD )?(\d+)(?:\.(\d+))?([a-z])?", clause_id).groups()
    return f"{letter}) " if letter else f"{number}. " if number else f"Điều {article}. "


def published(regulation: Regulation) -> dict[str, list[str]]:
    """The lines that the data says each clause has, numbered as in the text."""
    found = {}
    for clause in regulation.clauses.values():
        first, *rest = clause.text.split("\n")
        titled = clause.id in regulation.headings
        found[clause.id] = [first if titled else marker_of(clause.id, regulation.prefix) + first, *rest]
    return found


@EVERY
def test_every_clause_stands_in_the_text_in_order(regulation: Regulation) -> None:
    lines = lines_of(regulation.text())
    start = lines.index(TITLE)
    at = {"decision": lines.index("QUYẾT ĐỊNH:"), "regulation": start}
    for clause_id, expected in published(regulation).items():
        part = "decision" if " QD " in clause_id else "regulation"
        position = lines.index(expected[0], at[part])
        assert position > at[part], clause_id
        at[part] = position
        for line in expected[1:]:
            assert line in lines[position:], (clause_id, line)
    assert at["decision"] < start < at["regulation"]


@EVERY
def test_every_line_of_the_regulation_is_in_one_clause_or_heading(regulation: Regulation) -> None:
    lines = lines_of(regulation.text())
    told = [line for found in published(regulation).values() for line in found]
    told += [marker_of(article, regulation.prefix) + title for article, title in regulation.headings.items()]
    rest = list(lines[lines.index(TITLE) :])
    for line in told:
        if line in rest:
            rest.remove(line)
    assert [line for line in rest if not FRAME.fullmatch(line)] == []


@EVERY
def test_every_article_of_the_decision_is_a_clause(regulation: Regulation) -> None:
    lines = lines_of(regulation.text())
    decision = lines[lines.index("QUYẾT ĐỊNH:") : lines.index(TITLE)]
    articles = [line for line in decision if line.startswith("Điều ")]
    told = [found[0] for clause_id, found in published(regulation).items() if " QD " in clause_id]
    assert told == articles
    assert articles


@EVERY
def test_the_text_is_the_one_that_the_project_was_given(regulation: Regulation) -> None:
    source = SHARED / f"{regulation.id}.txt"
    if not source.exists():
        pytest.skip("the founders' folder is not beside this one")
    assert regulation.text() == source.read_text(encoding="utf-8")


@EVERY
def test_numbers_have_no_gap(regulation: Regulation) -> None:
    seen: dict[str, list[str]] = {}
    for clause_id in regulation.clauses:
        parent, mark = re.fullmatch(r"(.*?)[. ]?(\d+|[a-z])", clause_id).groups()
        seen.setdefault(parent + ("#" if mark.isdigit() else ""), []).append(mark)
    for parent, marks in seen.items():
        if marks[0].isdigit() and parent == f"{regulation.prefix}#":
            continue  # articles whose text is all in numbered clauses have no clause of their own
        first = int(marks[0]) if marks[0].isdigit() else ord(marks[0]) - ord("a") + 1
        numbers = [int(m) if m.isdigit() else ord(m) - ord("a") + 1 for m in marks]
        assert first == 1, parent
        assert numbers == list(range(1, len(marks) + 1)), parent


def test_the_clauses_that_every_reader_looks_for() -> None:
    assert "15 Megabyte" in regulations.load("tphcm-q4-03-2013").clauses["Q4 4.2"].text
    reclaim = regulations.load("angiang-50-2009").clauses["AG 6.4"].text  # published with combining marks, and kept so
    assert "sáu (06) tháng" in unicodedata.normalize("NFC", reclaim)
    assert regulations.load("angiang-50-2009").clauses["AG 10.2d"].text.startswith("Không truy nhập")
