"""`congthu charset --jsonl`: one question a line, one answer a line, in order and at once. Knows no files.

A question: `{"id", "kind": "bytes"|"text", "declared": charset or null, "data": base64}`; text is UTF-8. Its answer:
`{"id", "verdict", "charset", "damaged", "confidence", "sample"}`, or `{"id", "error"}` where the line is no question:
the error says which line and what of it is wrong, `id` is null where it cannot be told. Blank lines are passed over.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import orjson
import pybase64

from gateway.vietnamese import detect

LONGEST: Final = 64 * 1024 * 1024  # bytes of one line
_PIECE = 1024 * 1024
_BOM = b"\xef\xbb\xbf"


class BadLineError(Exception):
    """A line that is no question; `id`: its own, where that much could be read."""

    def __init__(self, problem: str, id_: object = None) -> None:
        super().__init__(problem)
        self.id = id_


def serve(source: BinaryIO, sink: BinaryIO, *, longest: int = LONGEST) -> int:
    """Answer until the source ends. The exit code: 2 where a line was bad, else 0: each answer says its verdict."""
    failed = False
    for number, line in enumerate(_lines(source, longest), 1):
        if line is not None and not line.strip():
            continue
        reply = answer(line, number)
        failed = failed or "error" in reply
        sink.write(_dumped(reply))
        sink.flush()
    return 2 if failed else 0


def answer(line: bytes | None, number: int) -> dict[str, Any]:
    """The answer to one line; None stands for one that was too long. Raises nothing."""
    try:
        return _judged(_question(line, number))
    except BadLineError as bad:
        return {"id": bad.id, "error": f"line {number}: {bad}"}


def _judged(question: dict[str, Any]) -> dict[str, Any]:
    data = _data(question)
    try:
        found = detect(data, question.get("declared"))
        verdict = found.verdict
    except Exception as error:  # a fault of ours costs this line only; its text may hold a stranger's words
        raise BadLineError(f"not judged: a fault in congthu ({type(error).__name__})", question["id"]) from None
    return {
        "id": question["id"],
        "verdict": verdict,
        "charset": found.family,
        "damaged": found.damaged,
        "confidence": round(found.confidence, 4),
        "sample": found.sample,
    }


def _question(line: bytes | None, number: int) -> dict[str, Any]:
    if line is None:
        raise BadLineError("longer than a line may be")
    try:
        question = orjson.loads(line.removeprefix(_BOM) if number == 1 else line)
    except orjson.JSONDecodeError:
        raise BadLineError("not JSON in UTF-8") from None
    if not isinstance(question, dict):
        raise BadLineError("not an object")
    id_ = question.get("id")
    if id_ is None or isinstance(id_, dict | list):
        raise BadLineError("id: must be a text or a number")
    if question.get("kind") not in ("bytes", "text"):
        raise BadLineError('kind: must be "bytes" or "text"', id_)
    if not isinstance(question.get("declared"), str | None):
        raise BadLineError("declared: must be a charset's name or null", id_)
    return question


def _data(question: dict[str, Any]) -> bytes | str:
    given, id_ = question.get("data"), question["id"]
    if not isinstance(given, str):
        raise BadLineError("data: must be a text in base64", id_)
    try:
        data = pybase64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):
        raise BadLineError("data: not base64", id_) from None
    if question["kind"] == "bytes":
        return data
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise BadLineError(f"data: not UTF-8 at byte {error.start}, though kind is text", id_) from None


def _lines(source: BinaryIO, longest: int) -> Iterator[bytes | None]:
    """Each line as soon as it is there; None for one that is too long, of which no more than that is kept."""
    while line := source.readline(longest + 1):
        if len(line) <= longest or line.endswith(b"\n"):
            yield line
            continue
        del line
        while (piece := source.readline(_PIECE)) and not piece.endswith(b"\n"):
            pass
        yield None


def _dumped(reply: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(reply, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # half of a surrogate pair
        legible = {k: v.encode("utf-8", "replace").decode() if isinstance(v, str) else v for k, v in reply.items()}
        return orjson.dumps(legible, option=orjson.OPT_APPEND_NEWLINE)
