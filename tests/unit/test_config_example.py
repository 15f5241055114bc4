"""The example and the reference page are made from the settings, are up to date, and leave nothing undocumented."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from gateway.config import Settings
from gateway.config_example import example, reference
from gateway.config_file import check, load, parse
from gateway.config_schema import settings_of
from gateway.config_topologies import TOPOLOGIES
from gateway.config_values import Section
from gateway.rules.problems import problems
from gateway.rules.table import RULES

ROOT = Path(__file__).parents[2]


def sections(section: type[Section] = Settings) -> list[type[Section]]:
    """Every section of the settings, each once."""
    found = [section]
    for setting in settings_of(section):
        if setting.section:
            found += sections(setting.section)
    return found


def switched_on(text: str) -> str:
    """The example with every setting switched on."""
    return re.sub(r"^#(?! )", "", text, flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("arguments", "path", "make"),
    [((), "config.example.toml", example), (("--reference",), "docs/configuration.md", reference)],
)
def test_the_file_is_what_the_settings_say(arguments: tuple[str, ...], path: str, make: Any) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    assert text == make(), f"run: python -m gateway.config_example {' '.join(arguments)} > {path}"
    command = [sys.executable, "-m", "gateway.config_example", *arguments]
    assert subprocess.run(command, capture_output=True, check=True, cwd=ROOT).stdout.decode() == text


@pytest.mark.parametrize("section", sections(), ids=lambda section: section.__name__)
def test_every_setting_is_described(section: type[Section]) -> None:
    assert section.__doc__
    for setting in settings_of(section):
        assert len(setting.description) > 10, f"{section.__name__}.{setting.name} has no description"
        assert setting.kind != "a table" or setting.section or setting.name in Settings.model_fields


def test_a_setting_without_a_description_would_be_noticed() -> None:
    class Careless(Section):
        """Somebody forgot."""

        knob: str = ""

    with pytest.raises(AssertionError, match="no description"):
        test_every_setting_is_described(Careless)


def test_the_example_loads_and_makes_sense(tmp_path: Path) -> None:
    settings = load(ROOT / "config.example.toml")
    gateway = settings.gateway.model_copy(update={"data_dir": tmp_path})
    assert check(settings.model_copy(update={"gateway": gateway})) == ([], [])


def test_everything_switched_on_still_loads() -> None:
    settings = parse(switched_on(example()))
    assert [listener.direction for listener in settings.listener] == [
        "inbound",
        "submission",
        "outbound",
        "proxy-filter",
    ]


def test_every_rule_is_shown_with_settings_that_are_right() -> None:
    text = switched_on(example())
    assert list(tomllib.loads(text)["rules"].keys() ^ {rule.name for rule in RULES}) == []
    assert problems(parse(text)) == ()


def test_every_key_is_shown_and_defaults_are_the_true_ones() -> None:
    shown = tomllib.loads(switched_on(example()))
    tables = {"listener": shown["listener"][0], "upstream": shown["upstream"]["mailserver"]}
    for top in settings_of(Settings):
        if top.section is None or top.name == "rules":
            continue
        table = tables.get(top.name, shown[top.name])
        table = table[0] if isinstance(table, list) else table
        assert list(table) == [setting.name for setting in settings_of(top.section)]
        for setting in settings_of(top.section):
            if setting.default not in (None, "[]", '""') and setting.name not in ("data_dir", "regulation"):
                assert tomllib.loads(f"x = {setting.default}")["x"] == table[setting.name]


@pytest.mark.parametrize("block", [text for _, text in TOPOLOGIES if text], ids=["submission", "outbound", "filter"])
def test_each_topology_makes_sense_by_itself(block: str, tmp_path: Path) -> None:
    trusted = 'trusted_networks = ["127.0.0.0/8", "10.0.0.5"]'
    errors, warnings = check(
        parse(f'[gateway]\nhostname = "gw.tinh.example"\ndata_dir = "{tmp_path}"\n{trusted}\n{block}')
    )
    assert [problem.key for problem in errors if "/etc/congthu" not in problem.value] == []
    assert warnings == []


def test_the_reference_names_every_key() -> None:
    text = reference()
    for section in sections():
        for setting in settings_of(section):
            assert f"`{setting.name}`" in text or setting.name in Settings.model_fields
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 5 for row in rows)
