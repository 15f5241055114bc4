"""Every message of the corpus is scanned into exactly what is written beside it, however it is cut."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.corpus import build
from tests.unit.message.mail import facts, scan, scan_pieces

_MESSAGES = sorted(build.FOLDER.rglob("*.eml"))
_FOLDERS = sorted(folder for folder in build.FOLDER.iterdir() if folder.is_dir() and folder.name != "__pycache__")


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def test_the_corpus_is_what_its_script_writes() -> None:
    written = {_name(path): path.read_bytes() for path in _MESSAGES}
    assert written == {f"{case.group}/{case.name}": case.raw for case in build.cases()}


@pytest.mark.parametrize("folder", _FOLDERS, ids=lambda folder: folder.name)
def test_no_class_is_empty(folder: Path) -> None:
    messages = {path.stem for path in folder.glob("*.eml")}
    assert messages and messages == {path.stem for path in folder.glob("*.json")}


@pytest.mark.parametrize("path", _MESSAGES, ids=_name)
def test_message(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text("utf-8"))
    found = scan(path.read_bytes())
    assert [part.content_type for part in found.parts] == expected.pop("types")
    assert [
        {key: getattr(attachment, key) for key in ("filename", "declared_type", "decoded_size", "sha256")}
        for attachment in found.attachments
    ] == expected.pop("attachments")
    assert [f"{defect.name}@{defect.where}" for defect in found.defects] == expected.pop("defects")
    assert [f"{defect.name}@{defect.where}" for defect in found.disputes] == expected.pop("disputes")
    assert {key: getattr(found, key) for key in expected} == expected


@pytest.mark.parametrize("path", _MESSAGES, ids=_name)
def test_every_split(path: Path) -> None:
    data = path.read_bytes()
    expected = facts(scan(data))
    step = max(1, len(data) // 80)
    for at in range(0, len(data), step):
        assert facts(scan_pieces([data[:at], data[at:]])) == expected, at
    size = max(1, len(data) // 1000)
    assert facts(scan_pieces([data[at : at + size] for at in range(0, len(data), size)])) == expected
