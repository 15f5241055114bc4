"""`congthu charset --convert FILE.docx -o NEW.docx`: the document itself in Unicode, not its text alone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gateway.errors import StartError

if TYPE_CHECKING:
    from gateway.vietnamese import Family

ENDING = ".docx"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document. `reason`: why it was not rewritten, "" where it was; `said`: the same in words."""

    name: str
    output: str
    reason: str = ""
    said: str = ""
    charsets: tuple[str, ...] = ()
    texts: int = 0
    fonts: int = 0
    embedded: bool = False
    left: Mapping[str, int] = field(default_factory=dict)

    @property
    def code(self) -> int:
        """The exit code: 2 where nothing was written."""
        return 2 if self.reason else 0


def rewrite_file(name: str, output: str, family: Family | None) -> Outcome:
    """Rewrite one document into a new file. StartError where that cannot be written."""
    from gateway.cli.charset_open import UnreadableError, read_file
    from gateway.rewriting.ask import rewritten
    from gateway.rewriting.refusal import NotRewrittenError

    try:
        made = rewritten(read_file(name), family)
    except UnreadableError as error:
        return Outcome(name, output, "unreadable", str(error))
    except NotRewrittenError as error:
        return Outcome(name, output, error.reason.value, error.reason.english)
    _write(output, made.data)
    return Outcome(name, output, "", "", made.charsets, made.texts, made.fonts, made.embedded, made.left)


def _write(output: str, data: bytes) -> None:
    """All of it, or the file that was there."""
    beside = Path(f"{output}.{os.getpid()}.new")
    try:
        beside.write_bytes(data)
        beside.replace(output)
    except (OSError, ValueError) as error:
        if not isinstance(error, ValueError):
            beside.unlink(missing_ok=True)
        why = getattr(error, "strerror", None) or "it is no file name"
        raise StartError(f"{output} cannot be written: {why}") from None


def as_data(outcome: Outcome) -> dict[str, Any]:
    """For --json."""
    if outcome.reason:
        one: dict[str, Any] = {"name": outcome.name, "error": outcome.said, "reason": outcome.reason}
    else:
        one = {
            "name": outcome.name,
            "written": outcome.output,
            "charsets": list(outcome.charsets),
            "texts": outcome.texts,
            "fonts": outcome.fonts,
            "embedded": outcome.embedded,
            "left": dict(outcome.left),
        }
    return {"exit_code": outcome.code, "files": [one]}


def in_words(outcome: Outcome) -> str:
    """For a terminal."""
    if outcome.reason:
        return f"{outcome.name}: {outcome.said}; {outcome.output} was not written"
    charsets = f" from {', '.join(outcome.charsets)}" if outcome.charsets else ""
    said = f"{outcome.output}: converted{charsets}; texts: {outcome.texts}, names of fonts: {outcome.fonts}"
    if outcome.left:
        from gateway.rewriting.left_words import english, vietnamese

        said += f"\nleft as it was: {english(outcome.left)}\ngiữ nguyên, chưa chuyển: {vietnamese(outcome.left)}"
    return said
