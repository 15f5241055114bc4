"""docs/replies.md explains every reply that the gateway itself can give: code, enhanced code, text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway import replies
from gateway.model import Mode, Reply, Stage
from gateway.rules.crash import crashed
from gateway.rules.table import RULES
from gateway.upstream import commands, login

PAGE = (Path(__file__).parents[2] / "docs/replies.md").read_text("utf-8")
LISTENER = {name: value for name, value in vars(replies).items() if isinstance(value, Reply)}
NEXT_HOP = {
    f"{module.__name__}.{name}": value
    for module in (login, commands)
    for name, value in vars(module).items()
    if isinstance(value, Reply)
}


def words(text: str) -> str:
    """The text with every run of white space as one blank: a page may break its lines."""
    return " ".join(text.split())


def said(reply: Reply) -> str:
    """What the page must say of a reply."""
    return " ".join(part for part in (str(reply.code), reply.enhanced or "", reply.text) if part)


def rows() -> list[list[str]]:
    """The cells of every row of every table."""
    lines = [line for line in PAGE.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


@pytest.mark.parametrize("name", LISTENER)
def test_each_of_the_listener_has_a_row(name: str) -> None:
    found = [row for row in rows() if row[0].lstrip("| ") == f"`{said(LISTENER[name])}`"]
    assert len(found) == 1, f"docs/replies.md: one row for `{said(LISTENER[name])}`, found {len(found)}"
    assert all(found[0]), f"an empty cell in the row of {name}"


@pytest.mark.parametrize("name", NEXT_HOP)
def test_each_towards_the_next_hop_is_named(name: str) -> None:
    assert said(NEXT_HOP[name]) in words(PAGE), f"docs/replies.md does not name `{said(NEXT_HOP[name])}`"


@pytest.mark.parametrize("rule", [rule.name for rule in RULES])
def test_each_rule_is_named(rule: str) -> None:
    assert re.search(rf"^\| `\d{{3}} \d\.\d\.\d`.*\| `{rule}`: ", PAGE, re.MULTILINE), (
        f"docs/replies.md: no row for {rule}"
    )


def test_a_crash_is_what_the_page_says() -> None:
    finding, _ = crashed("any", Stage.MESSAGE, Mode.ENFORCE, ValueError())
    assert "| `451 4.3.0` Loi tam thoi" in PAGE
    assert (finding.reply.code, finding.reply.enhanced) == (451, "4.3.0")


def test_rows_have_four_cells_and_none_is_obsolete() -> None:
    known = {f"`{said(reply)}`" for reply in LISTENER.values()} | {"reply", "---"}
    for row in rows():
        assert len(row) == 4, row
        first = row[0].lstrip("| ")
        if first.startswith("`") and first.endswith("`"):
            assert first in known, f"docs/replies.md explains a reply that is gone: {first}"
