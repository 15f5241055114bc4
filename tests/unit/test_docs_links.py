"""The documentation names nothing that does not exist: pages, headings, files, commands, options, log events."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from gateway.cli import main

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^( *)```.*?^\1```", re.MULTILINE | re.DOTALL)
_FILE = re.compile(
    r"(?<![\w/.@-])((?:docs|deploy|gateway|tests|benchmarks)/[\w./*-]*\w"
    r"|config\.example\.toml|CHANGELOG\.md|requirements(?:-dev)?\.lock|Makefile|Dockerfile|pyproject\.toml)"
)
_PROMPT = re.compile(r"(?:\w*[$#] )?(?:[\w./]*/)?congthu (.+)")
_EVENT = re.compile(r"`((?:session|rule|journal|upstream|message|tls)\.[a-z_]+)`")
_OWN_METRIC = re.compile(r"`(congthu_[a-z_]+)")

ids = [str(page.relative_to(ROOT)) for page in PAGES]
every_page = pytest.mark.parametrize("page", PAGES, ids=ids)


def slug(heading: str) -> str:
    """A heading's anchor, as GitHub and mkdocs make it."""
    text = re.sub(r"[^\w\s-]", "", heading.strip().lower())
    return re.sub(r"\s", "-", text)


def anchors(page: Path) -> set[str]:
    """Every heading's anchor of a page."""
    return {
        slug(found[1]) for found in re.finditer(r"^#+ (.+)$", _FENCE.sub("", page.read_text("utf-8")), re.MULTILINE)
    }


def commands(text: str) -> Iterator[list[str]]:
    """The words after `congthu` of every command in code: in a block's lines, and in the text."""
    blocks = [line for found in _FENCE.finditer(text) for line in found[0].splitlines()]
    spans = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", _FENCE.sub("", text))]
    for code in blocks + spans:
        for part in re.split(r"&&|;|\|", code):
            found = _PROMPT.fullmatch(part.strip())
            if found is not None:
                yield found[1].split()


@every_page
def test_links_lead_somewhere(page: Path) -> None:
    for target in _LINK.findall(_FENCE.sub("", page.read_text("utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        assert file.exists(), f"{page.name} links to {target}"
        if anchor and file.suffix == ".md":
            assert anchor in anchors(file), f"{page.name}: {file.name} has no heading #{anchor}"


@every_page
def test_files_that_are_named_exist(page: Path) -> None:
    for name in _FILE.findall(page.read_text("utf-8")):
        assert list(ROOT.glob(name.rstrip("./"))), f"{page.name} names {name}"


@every_page
def test_commands_that_are_named_exist(page: Path) -> None:
    for words in commands(page.read_text("utf-8")):
        command: click.Command | None = main
        context = click.Context(main)
        while isinstance(command, click.Group) and words and not words[0].startswith("-"):
            name = words.pop(0)
            command = command.get_command(context, name)
            assert command is not None, f"{page.name}: there is no command congthu … {name}"
        assert command is not None
        options = {option for parameter in command.params for option in parameter.opts} | {"--help", "-h", "--version"}
        for word in words:
            if word.startswith("--"):
                assert word in options, f"{page.name}: congthu {command.name} has no {word}"


@every_page
def test_make_targets_that_are_named_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for name in re.findall(r"`make ([a-z-]+)", page.read_text("utf-8")):
        assert name in targets, f"{page.name}: there is no make {name}"


@every_page
def test_log_events_and_metrics_that_are_named_exist(page: Path) -> None:
    source = "\n".join(path.read_text("utf-8") for path in (ROOT / "gateway").rglob("*.py"))
    text = page.read_text("utf-8")
    for event in _EVENT.findall(text):
        assert f'"{event}"' in source, f"{page.name}: nothing logs {event}"
    listed = (ROOT / "docs/metrics.md").read_text("utf-8")  # held to the code by test_metrics.py
    for metric in _OWN_METRIC.findall(text):
        assert metric in listed, f"{page.name}: metrics.md has no {metric}"


def test_every_page_is_in_the_navigation_and_the_other_way_round() -> None:
    listed = re.findall(r": ((?:[\w-]+/)*[\w-]+\.md)$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted(str(page.relative_to(ROOT / "docs")) for page in PAGES if page.parent != ROOT)


def test_files_elsewhere_name_pages_that_exist() -> None:
    places = [*(ROOT / "deploy").rglob("*"), *(ROOT / "gateway").rglob("*.py"), ROOT / "Makefile", ROOT / "Dockerfile"]
    for path in (place for place in places if place.is_file()):
        for name in re.findall(r"docs/[\w/-]+\.md", path.read_text("utf-8", "replace")):
            assert (ROOT / name).exists(), f"{path.relative_to(ROOT)} names {name}"


def test_vietnamese_has_its_marks() -> None:
    for page in (ROOT / "docs/vi").glob("*.md"):
        prose = _FENCE.sub("", page.read_text("utf-8"))
        marked = len(re.findall(r"[à-ỹđ]", prose, re.IGNORECASE))
        assert marked > len(prose) / 20, f"{page.name} looks like Vietnamese without its marks"


def test_the_version_in_the_readme_is_ours() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert f"Version {version}" in (ROOT / "README.md").read_text("utf-8")
