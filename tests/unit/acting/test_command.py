"""The office's command: real processes, nothing left of them, little read."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from gateway.acting.command import run
from tests.support.processes import lives

PYTHON = sys.executable


async def test_done_where_it_exits_with_nought() -> None:
    assert await run([PYTHON, "-c", "print('  đã khóa\\nxong ')"], 20) == (True, "đã khóa xong")


async def test_what_it_says_goes_with_a_failure() -> None:
    code = "import sys; print('không được', file=sys.stderr); sys.exit(3)"
    assert await run([PYTHON, "-c", code], 20) == (False, "exit 3: không được")
    assert await run(["/bin/false"], 20) == (False, "exit 1")


async def test_arguments_come_as_they_are(tmp_path: Path) -> None:
    hostile = "a b$(touch x);'\"@x"
    done, said = await run([PYTHON, "-c", "import sys; print(sys.argv[1])", hostile], 20)
    assert (done, said) == (True, hostile)


async def test_its_environment_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "x")
    done, said = await run(["/usr/bin/env"], 20)
    assert done
    assert sorted(word.partition("=")[0] for word in said.split()) == ["LANG", "PATH", "TZ"]


async def test_it_reads_nothing_of_ours() -> None:
    assert await run([PYTHON, "-c", "import sys, os; print(len(sys.stdin.read()), os.getcwd())"], 20) == (True, "0 /")


@pytest.mark.parametrize("name", ["/no/such/command", "/etc/passwd"])
async def test_what_cannot_be_run(name: str) -> None:
    done, said = await run([name], 20)
    assert not done
    assert said.startswith("cannot be run")


async def test_an_argument_that_cannot_be() -> None:
    assert (await run(["/bin/true", "a\0b"], 20)).detail == "cannot be run: an argument that cannot be"


async def test_it_and_its_children_end_with_the_time(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    code = (
        "import subprocess, sys, time, pathlib\n"
        "child = subprocess.Popen(['/bin/sleep', '300'])\n"
        f"pathlib.Path({str(mark)!r}).write_text(str(child.pid))\n"
        "time.sleep(300)"
    )
    done, said = await run([PYTHON, "-c", code], 5)
    assert (done, said) == (False, "not done within 5 seconds")
    child = int(mark.read_text())
    for _ in range(600):
        if not lives(child):
            break
        await asyncio.sleep(0.05)
    else:
        pytest.fail("its child lives on")


async def test_endless_words_are_bounded() -> None:
    code = "import sys\nfor _ in range(500): sys.stdout.write('x' * 65536)"
    done, said = await run([PYTHON, "-c", code], 60)
    assert (done, len(said)) == (True, 200)


async def test_bytes_that_are_no_text() -> None:
    code = r"import sys; sys.stdout.buffer.write(b'\xff\x00\x1b[31m ok')"
    done, said = await run([PYTHON, "-c", code], 20)
    assert (done, said) == (True, "\ufffd??[31m ok")
