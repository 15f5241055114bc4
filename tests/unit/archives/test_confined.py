"""In a process of its own: nothing crashes it, it needs no new files, and too little memory has an answer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CASES = 25


def run(program: str, argument: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", f"tests.unit.archives.{program}", argument],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, (done.returncode, done.stdout[-200:], done.stderr[-3000:])
    return done.stdout


def test_no_new_files_and_no_programs() -> None:
    assert run("confined", "files").endswith("done")


def test_names_where_nobody_set_a_locale() -> None:
    assert run("confined", "files", LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0").endswith("done")


def test_dictionaries_beyond_the_memory_that_there_is() -> None:
    assert run("confined", "memory").endswith("done")


@pytest.mark.limit(300)
def test_archives_with_changed_octets() -> None:
    assert "done 37" in run("fuzzing", str(CASES))
