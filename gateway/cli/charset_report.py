"""What `congthu charset` found in one file, as values and as plain data for JSON. Prints nothing, judges nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from gateway.cli.charset_words import repair
from gateway.contents import LegacyText, SecretMarking, Unchecked, UnmarkedText
from gateway.vietnamese import Family

NOT_CHECKED: Final = "not-checked"
ORDER: Final = ("ok", "note", NOT_CHECKED, "warning", "violation")
"""Verdicts on a file, the worst last."""

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Found:
    """One text of a file that is not, or not all, Vietnamese in Unicode. `format`: the text's, "docx" …"""

    legacy: LegacyText
    format: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Report:
    """One file. `name`: as given. `kind`: what it is. `error`: why it could not be read; then nothing else counts.

    `found`: its texts that have something to say, its own name among them. `texts`: how many texts were read in all.
    `markings`, `unmarked`: only where they were asked for. `converted`: its text in Unicode, None where it was not
    asked for or there is none.
    """

    name: str
    kind: str = ""
    texts: int = 0
    found: tuple[Found, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()
    markings: tuple[SecretMarking, ...] = ()
    unmarked: tuple[UnmarkedText, ...] = ()
    converted: str | None = None
    error: str = ""

    @property
    def verdict(self) -> str:
        """The worst of its texts' verdicts; of a file in which no text was read, that this is so."""
        return _worst(found.verdict for found in self.found) if self.texts or self.found else NOT_CHECKED


def _worst(verdicts: Iterable[str]) -> str:
    return max(verdicts, key=ORDER.index, default="ok")


def exit_code(reports: Iterable[Report]) -> int:
    """2 where a file could not be read, else 1 where one breaks the rule, else 0."""
    codes = [2 if report.error else int(report.verdict == "violation") for report in reports]
    return max(codes, default=0)


def as_data(reports: Sequence[Report], *, everything: bool) -> dict[str, Any]:
    """One object for all files; what is no text (half a surrogate pair, a byte of a name) stands in it as an escape."""
    data = {
        "verdict": _worst(report.verdict for report in reports if not report.error),
        "exit_code": exit_code(reports),
        "files": [_file(report, everything=everything) for report in reports],
    }
    return {key: legible(value) for key, value in data.items()}


def _file(report: Report, *, everything: bool) -> dict[str, Any]:
    if report.error:
        return {"name": report.name, "error": report.error}
    data: dict[str, Any] = {
        "name": report.name,
        "kind": report.kind,
        "verdict": report.verdict,
        "texts": report.texts,
        "found": [_found(found) for found in report.found],
        "unchecked": [{"names": inside(one.names), "reason": one.reason.value} for one in report.unchecked],
    }
    if everything:
        data["markings"] = [_placed(asdict(one)) for one in report.markings]
        data["unmarked"] = [_placed(asdict(one)) for one in report.unmarked]
    return data if report.converted is None else data | {"converted": report.converted}


def _found(found: Found) -> dict[str, Any]:
    legacy, advice = found.legacy, repair(found.legacy, found.format)
    return {
        "source": legacy.source.value,
        "part": legacy.part,
        "names": inside(legacy.names),
        "where": legacy.where,
        "verdict": found.verdict,
        "charset": legacy.family or None,
        "label": label(legacy.family),
        "damaged": legacy.damaged,
        "confidence": round(legacy.confidence, 4),
        "notes": list(legacy.notes),
        "passages": [
            {**_renamed(asdict(one)), "confidence": round(one.confidence, 4), "label": label(one.family)}
            for one in legacy.passages
        ],
        "repair": advice._asdict() if advice else None,
    }


def _renamed(passage: dict[str, Any]) -> dict[str, Any]:
    return {"charset" if key == "family" else key: value for key, value in passage.items()}


def _placed(value: dict[str, Any]) -> dict[str, Any]:
    return {key: inside(item) if key == "names" else item for key, item in value.items() if key != "part"}


def inside(names: Sequence[str]) -> tuple[str, ...]:
    """The way from a file inwards, without the file itself."""
    return tuple(names[1:])


def label(family: str) -> str:
    """A charset in users' words, "" for none."""
    return Family(family).label if family else ""


def legible(value: Any) -> Any:
    """The same data with every lone surrogate as an escape: JSON has no such character."""
    if isinstance(value, str):
        return _SURROGATE.sub(_escape, value)
    if isinstance(value, dict):
        return {key: legible(item) for key, item in value.items()}
    return [legible(item) for item in value] if isinstance(value, list | tuple) else value


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else f"\\u{code:04x}"
