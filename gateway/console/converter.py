"""Texts and documents into Unicode, by `congthu charset` in a process of its own: bounded, and nothing is kept.

A stranger's document is opened by the confined process that this command has; nothing of it is read here.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gateway.console.errors import Refused
from gateway.logs import get_logger
from gateway.rewriting.refusal import Reason

LARGEST: Final = 10 * 1024 * 1024  # bytes of a document
_SECONDS: Final = 40.0
_AT_ONCE: Final = 2
_WAIT: Final = 5.0  # seconds for one's turn
_ANSWER: Final = 64 * 1024 * 1024  # bytes of what the command says
_TEXT: Final = 5_000_000  # characters that are given back
_PLACES: Final = 20
_ENDING: Final = re.compile(r"\.([A-Za-z0-9]{1,5})\Z")
_turns = threading.BoundedSemaphore(_AT_ONCE)
_log = get_logger("console")


@dataclass(frozen=True, slots=True)
class Place:
    """Words as they were sent and as they are meant; `where`: "line 3", "" for a whole text."""

    where: str
    sent: str
    meant: str


@dataclass(frozen=True, slots=True)
class Converted:
    """`verdict`: the command's ("ok", "violation" …); `text`: in Unicode, `whole`: none of it is missing."""

    verdict: str
    kind: str
    charsets: tuple[str, ...]
    places: tuple[Place, ...]
    advice: tuple[tuple[str, str], ...]
    text: str
    whole: bool


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A Word document in Unicode. `left`: how many of what stays as it was, by kind (`left_words.WORDS`)."""

    data: bytes
    left: Mapping[str, int]


def convert(content: bytes, name: str, charset: str = "") -> Converted | None:
    """What it is in, and what it says; None where it cannot be read. `charset`: what its owner says it is in.

    Blocks up to a minute. Refused(503) where others' documents are being read.
    """
    if not _turns.acquire(timeout=_WAIT):
        raise _busy()
    try:
        with tempfile.TemporaryDirectory(prefix="congthu-") as folder:
            return _made(_ask(Path(folder), content, name, charset))
    finally:
        _turns.release()


def rewritten(content: bytes, name: str, charset: str = "") -> Rewritten | Reason:
    """The Word document itself in Unicode, or why not. As `convert`."""
    if not _turns.acquire(timeout=_WAIT):
        raise _busy()
    try:
        with tempfile.TemporaryDirectory(prefix="congthu-") as folder:
            new = Path(folder) / "unicode.docx"
            said = _ask(Path(folder), content, name, charset, new)
            if said is not None and said.get("written") and new.stat().st_size <= _ANSWER:
                return Rewritten(new.read_bytes(), said.get("left") or {})
            return _reason(said)
    finally:
        _turns.release()


def _reason(said: dict[str, Any] | None) -> Reason:
    try:
        return Reason(str((said or {}).get("reason")))
    except ValueError:
        return Reason.FAILED


def _busy() -> Refused:
    return Refused(503, "Busy; try again in a minute.", "Đang bận; hãy thử lại sau một phút.")


def _ask(folder: Path, content: bytes, name: str, charset: str, new: Path | None = None) -> dict[str, Any] | None:
    """What the command says of one file, None for nothing; `new`: where it puts the document."""
    ending = _ENDING.search(name)
    path, out = folder / f"van-ban.{ending[1].lower() if ending else 'txt'}", folder / "said.json"
    path.write_bytes(content)
    command = [sys.executable, "-m", "gateway", "charset", "--convert", "--json"]
    command += [f"--charset={charset}"] if charset else []
    command += [f"--output={new}"] if new is not None else []
    with out.open("wb") as said:
        _run([*command, str(path)], said.fileno())
    if out.stat().st_size > _ANSWER:
        return None
    with contextlib.suppress(ValueError, LookupError, TypeError):
        one = json.loads(out.read_bytes())["files"][0]
        return one if isinstance(one, dict) and ("error" not in one or "reason" in one) else None
    return None


def _run(command: list[str], out: int) -> None:
    """Its own session, so that nothing of it outlives the time."""
    null = subprocess.DEVNULL
    with subprocess.Popen(  # noqa: S603 -- our own command
        command, stdin=null, stdout=out, stderr=null, start_new_session=True, env={**os.environ, "NO_COLOR": "1"}
    ) as process:
        try:
            process.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            _log.warning("console.conversion", error="it took too long")
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def _made(said: dict[str, Any] | None) -> Converted | None:
    if said is None or said.get("verdict", "not-checked") == "not-checked":
        return None
    found = [one for one in said.get("found", ()) if one.get("source") != "name"]
    text = str(said.get("converted") or "")
    charsets = dict.fromkeys(str(one["label"]) for one in found if one.get("label"))
    advice = {(str(one["repair"]["vi"]), str(one["repair"]["en"])): None for one in found if one.get("repair")}
    places = [_place(row) for one in found for row in one.get("passages", ())]
    return Converted(
        str(said.get("verdict", "")),
        str(said.get("kind", "")),
        tuple(charsets),
        tuple(places[:_PLACES]),
        tuple(one for one in advice if "congthu" not in one[0]),  # the command is of no use to who reads a page
        text[:_TEXT],
        len(text) <= _TEXT,
    )


def _place(row: dict[str, Any]) -> Place:
    return Place(str(row.get("place", "")), str(row["sent"]), str(row["understood"]))
