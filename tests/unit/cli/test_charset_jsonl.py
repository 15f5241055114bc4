"""`congthu charset --jsonl`: every line gets its answer, in order, whatever it is."""

from __future__ import annotations

import base64
import io
import json
import os
import subprocess
import sys
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.cli import charset_jsonl, main
from gateway.cli.charset_jsonl import serve
from gateway.vietnamese import Family

HACK = "Céng hoµ x· héi chñ nghÜa ViÖt Nam, §éc lËp - Tù do - H¹nh phóc"
UNDERSTOOD = "Cộng hoà xã hội chủ nghĩa Việt Nam, Độc lập - Tự do - Hạnh phúc"
GOOD = "Cộng hoà xã hội chủ nghĩa Việt Nam"
KEYS = ["id", "verdict", "charset", "damaged", "confidence", "sample"]


def question(id_: object, data: str | bytes, declared: str | None = None, **other: object) -> bytes:
    kind = "text" if isinstance(data, str) else "bytes"
    raw = data.encode() if isinstance(data, str) else data
    fields = {"id": id_, "kind": kind, "declared": declared, "data": base64.b64encode(raw).decode()}
    return json.dumps(fields | other).encode() + b"\n"


def ask(*lines: bytes, longest: int = 1 << 20) -> tuple[list[dict[str, Any]], int]:
    sink = io.BytesIO()
    code = serve(io.BytesIO(b"".join(lines)), sink, longest=longest)
    return [orjson.loads(line) for line in sink.getvalue().splitlines()], code


def test_an_answer_has_the_documented_keys_in_their_order() -> None:
    (found,), code = ask(question("a", HACK))
    assert list(found) == KEYS
    assert (found["id"], found["verdict"], found["charset"]) == ("a", "violation", "tcvn3")
    assert found["damaged"] >= 10
    assert 0.9 <= found["confidence"] <= 1
    assert found["sample"].startswith("Cộng hoà xã hội")
    assert code == 0  # each answer says its own verdict


def test_each_line_is_answered_in_order() -> None:
    texts = [HACK, GOOD, "Hello world", "", HACK]
    found, code = ask(*(question(number, text) for number, text in enumerate(texts)))
    assert [one["id"] for one in found] == [0, 1, 2, 3, 4]
    assert [one["verdict"] for one in found] == ["violation", "ok", "ok", "ok", "violation"]
    assert [one["charset"] for one in found] == ["tcvn3", None, None, None, "tcvn3"]
    assert code == 0


def test_bytes_and_what_is_declared() -> None:
    raw = HACK.encode("latin-1")
    (plain, declared), _ = ask(question(1, raw), question(2, "Cộng hoà".encode(), "utf-8"))
    assert (plain["charset"], plain["verdict"]) == ("tcvn3", "violation")
    assert (declared["charset"], declared["verdict"]) == (None, "ok")


@pytest.mark.parametrize("missing", ["declared"])
def test_what_may_be_left_out(missing: str) -> None:
    fields = json.loads(question("x", GOOD))
    del fields[missing]
    (found,), code = ask(json.dumps(fields).encode())  # no line end either
    assert (found["verdict"], code) == ("ok", 0)


def test_blank_lines_and_a_byte_order_mark_are_no_questions() -> None:
    found, code = ask(b"\xef\xbb\xbf" + question(1, GOOD), b"\n", b"  \r\n", question(2, GOOD).replace(b"\n", b"\r\n"))
    assert [one["id"] for one in found] == [1, 2]
    assert code == 0


@pytest.mark.parametrize(
    ("line", "id_", "what"),
    [
        (b"not json\n", None, "not JSON"),
        (b'{"id": 1, "kind"\n', None, "not JSON"),
        (b'{"id": "\xff"}\n', None, "not JSON"),
        (b'{"id": "\\ud800", "kind": "text", "data": ""}\n', None, "not JSON"),
        (b"[1, 2]\n", None, "not an object"),
        (b"[" * 3000 + b"\n", None, "not JSON"),
        (b'{"kind": "text", "data": ""}\n', None, "id"),
        (b'{"id": {"a": 1}, "kind": "text", "data": ""}\n', None, "id"),
        (b'{"id": 7, "data": ""}\n', 7, "kind"),
        (b'{"id": 7, "kind": ["text"], "data": ""}\n', 7, "kind"),
        (b'{"id": 7, "kind": "text", "declared": 5, "data": ""}\n', 7, "declared"),
        (b'{"id": 7, "kind": "text"}\n', 7, "data"),
        (b'{"id": 7, "kind": "text", "data": 5}\n', 7, "data"),
        (b'{"id": 7, "kind": "text", "data": "a"}\n', 7, "data: not base64"),
        ('{"id": 7, "kind": "text", "data": "ộ"}\n'.encode(), 7, "data: not base64"),
        (b'{"id": 7, "kind": "text", "data": "/w=="}\n', 7, "not UTF-8 at byte 0"),
        (b'{"id": 7, "kind": "text", "data": "' + b"A" * 5000 + b'"}\n', None, "longer"),
    ],
)
def test_a_bad_line_is_named_and_the_others_are_answered(line: bytes, id_: object, what: str) -> None:
    found, code = ask(question(1, GOOD), line, question(3, HACK), longest=4096)
    assert [one["id"] for one in found] == [1, id_, 3]
    assert list(found[1]) == ["id", "error"]
    assert found[1]["error"].startswith("line 2: ")
    assert what in found[1]["error"]
    assert found[2]["charset"] == "tcvn3"
    assert code == 2


def test_a_line_may_be_as_long_as_that() -> None:
    line = question(1, GOOD)
    for longest, answered in ((len(line) - 1, True), (len(line) - 2, False)):
        (found,), _ = ask(line.rstrip(b"\n"), longest=longest)
        assert ("verdict" in found) is answered


def test_an_endless_line_is_not_kept() -> None:
    class Endless(io.RawIOBase):
        left = 200

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            self.left -= 1
            size = len(buffer) if self.left > 0 else 0
            buffer[:size] = b"x" * size
            return size

    sink = io.BytesIO()
    assert serve(io.BufferedReader(Endless(), 64 * 1024), sink, longest=1000) == 2
    assert sink.getvalue() == b'{"id":null,"error":"line 1: longer than a line may be"}\n'


def test_a_fault_of_ours_costs_one_line_and_tells_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    real = charset_jsonl.detect

    def broken(data: str | bytes, declared: str | None = None) -> Any:
        if data == "bad":
            raise ValueError("words of a stranger")
        return real(data, declared)

    monkeypatch.setattr(charset_jsonl, "detect", broken)
    found, code = ask(question(1, "bad"), question(2, HACK))
    assert found[0] == {"id": 1, "error": "line 1: not judged: a fault in congthu (ValueError)"}
    assert found[1]["charset"] == "tcvn3"
    assert code == 2


@given(st.lists(st.binary(max_size=200), max_size=5))
def test_any_bytes_are_answered(lines: list[bytes]) -> None:
    found, code = ask(*(line + b"\n" for line in lines))
    assert all("error" in one or list(one) == KEYS for one in found)
    assert code == (2 if found else 0)


@settings(deadline=None)  # tables are made at the first call
@given(st.binary(max_size=300), st.none() | st.text(max_size=12))
def test_any_content_is_judged(data: bytes, declared: str | None) -> None:
    (found,), code = ask(question("x", data, declared))
    assert list(found) == KEYS
    assert found["charset"] is None or found["charset"] in set(Family)
    assert found["verdict"] in ("ok", "note", "warning", "violation")
    assert found["damaged"] >= 0
    assert 0 <= found["confidence"] <= 1
    assert code == 0


def test_answers_come_while_questions_go_on() -> None:
    """Line by line through pipes: who asks may wait for each answer; and a reader that goes away is no error."""
    arguments = [sys.executable, "-m", "gateway", "charset", "--jsonl"]
    environment = {**os.environ, "PYTHONPATH": os.getcwd(), "PYTHONUNBUFFERED": ""}
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(3):
            process.stdin.write(question(number, HACK))
            process.stdin.flush()
            assert orjson.loads(process.stdout.readline())["id"] == number
        process.stdin.close()
        assert process.stdout.read() == b""
        assert process.wait(10) == 0


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    arguments = [sys.executable, "-m", "gateway", "charset", "--jsonl"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    with subprocess.Popen(arguments, env=environment, **pipes) as process:  # type: ignore[call-overload]
        process.stdin.write(question(0, HACK))
        process.stdin.flush()
        process.stdout.readline()
        process.stdout.close()
        try:
            process.stdin.write(question(1, HACK) * 1000)
            process.stdin.close()
        except BrokenPipeError:
            pass
        assert process.stderr.read() == b""
        process.wait(10)


def test_it_goes_with_nothing_else() -> None:
    for arguments in (["--jsonl", "a.txt"], ["--jsonl", "--json"], ["--jsonl", "--convert"]):
        result = CliRunner().invoke(main, ["charset", *arguments])
        assert result.exit_code == 2
        assert "--jsonl" in result.stderr


def test_through_the_command() -> None:
    result = CliRunner().invoke(main, ["charset", "--jsonl"], input=question("a", HACK) + b"nonsense\n")
    assert result.exit_code == 2
    first, second = result.stdout.splitlines()
    assert orjson.loads(first)["charset"] == "tcvn3"
    assert orjson.loads(second)["error"].startswith("line 2: ")
