"""docs/ldap.md says what the maps and the remarks are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.directory import lint as lint_module
from gateway.directory import lint_address
from gateway.directory.attributes import MAPS, NAMES

PAGE = (Path(__file__).parents[3] / "docs/ldap.md").read_text("utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("|")]


@pytest.mark.parametrize("name", NAMES)
def test_each_attribute_of_each_map(name: str) -> None:
    (row,) = [row for row in ROWS if row[0] == f"`{name}`" and len(row) == 4]
    said = [cell.strip("`") for cell in row[1:]]
    assert said == [getattr(MAPS[map_], name) or "–" for map_ in ("openldap", "zimbra", "active-directory")]


def test_each_remark() -> None:
    sources = [Path(str(module.__file__)).read_text("utf-8") for module in (lint_module, lint_address)]
    made = {name for source in sources for name in re.findall(r'Trouble\(\s*"([a-z-]+)"', source)}
    made |= set(re.findall(r'Remark\([a-z.]+address, "([a-z-]+)"', sources[0]))
    assert made == {row[0].strip("`") for row in ROWS if len(row) == 5 and row[0].startswith("`")}
