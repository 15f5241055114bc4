"""Every message of the corpora by class: what is written beside it is found in it, through the real processes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from gateway.contents import ContainedFile, Trait
from gateway.inspection.inspector import Inspector, PoolLimits, Result
from gateway.message.union import UnionView
from tests.evasion.ours import read
from tests.findings import build

_MESSAGES = sorted(build.FOLDER.rglob("*.eml"))
_FOLDERS = ("archives", "documents", "hostile", "sloppy", "smime", "tnef", "well-formed")
_CALM = ("sloppy", "well-formed")
_WANTS = frozenset({"files", "text"})


def _title(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def _expected(path: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(path.with_suffix(".json").read_text("utf-8"))
    return said


def test_the_corpora_are_what_their_script_writes() -> None:
    made = {f"{sample.group}/{sample.name}": sample for sample in build.samples()}
    assert {_title(path): path.read_bytes() for path in _MESSAGES} == {name: one.raw for name, one in made.items()}
    for path in _MESSAGES:
        assert path.with_suffix(".json").read_text("utf-8") == build.expected(made[_title(path)]), path


@pytest.mark.parametrize("name", _FOLDERS)
def test_no_class_is_empty(name: str) -> None:
    assert len([path for path in _MESSAGES if path.parent.name == name]) >= 6


@pytest.mark.parametrize("path", _MESSAGES, ids=_title)
def test_readings(path: Path) -> None:
    said, seen = _expected(path), read(path.read_bytes())
    disputes = {one.name for one in seen.view.disputes}
    assert disputes >= set(said["disputes"])
    assert bool(disputes) == bool(said["disputes"])
    if "suspicious" in said:
        assert seen.scanned.suspicious == said["suspicious"]
    if "attachments" in said or path.parent.name in _CALM:
        assert shown(seen.view) == sorted(map(tuple, said.get("attachments", shown(seen.view))))


def shown(view: UnionView) -> list[tuple[str, int]]:
    """Name and bytes of every attachment of every reading."""
    return sorted((one.filename, one.decoded_size) for one in view.attachments)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def inspector() -> AsyncIterator[Inspector]:
    """One child for all of them."""
    made = Inspector(PoolLimits(count=1, timeout=60.0, cpu_time=50.0))
    await made.start()
    yield made
    await made.close()


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("path", _MESSAGES, ids=_title)
async def test_contents(path: Path, inspector: Inspector) -> None:
    said, raw = _expected(path), path.read_bytes()
    found = await inspector.inspect(raw, read(raw).scanned, _WANTS)
    files = {way(one): one for one in found.files}
    for name, kind in said.get("kinds", {}).items():
        assert name in files, f"{name} is not among {sorted(files)}"
        assert files[name].kind == kind
    for name, traits in said.get("traits", {}).items():
        assert {Trait(trait) for trait in traits} <= set(files[name].traits), files[name]
    assert_unchecked(found, said.get("unchecked", {}), path.parent.name)
    text = "\n".join(unit.text for document in found.documents for unit in document.units)
    for words in said.get("text", ()):
        assert words in text


def assert_unchecked(found: Result, said: dict[str, str], group: str) -> None:
    """Each reason that is expected, under the way expected ("": anywhere); none for ordinary mail."""
    reasons = [(" › ".join(one.names), one.reason.value) for one in found.unchecked]
    for name, reason in said.items():
        assert any(why == reason and name in ("", place) for place, why in reasons), reasons
    if group in _CALM:
        assert not reasons


def way(file: ContainedFile) -> str:
    """A file's names from the outside in."""
    return " › ".join(file.names)
