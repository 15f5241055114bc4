"""What a marked test needs is what `make test` installs; what a developer's machine has by chance would hide a gap."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.support.processes import ROOT
from tests.support.services import SERVICES

INSTALLED = re.search(r"^packages=\((.*)\)$", (ROOT / "deploy/dev/services.sh").read_text(), re.MULTILINE)
BASIC = frozenset({"mount"})  # Debian has no system without it


@pytest.mark.parametrize("name", SERVICES)
def test_it_is_installed_by_name(name: str) -> None:
    assert INSTALLED is not None
    assert set(SERVICES[name].package.split()) <= {*INSTALLED[1].split(), *BASIC}


def test_the_way_to_a_mended_python_knows_the_fault() -> None:
    """The shell's own question is the one of gateway/interpreter.py."""
    text = (ROOT / "deploy/dev/venv.sh").read_text()
    assert '"(?:ab?c|-)*+", "abcabd"' in text
    done = subprocess.run(["bash", "-n", ROOT / "deploy/dev/venv.sh"], check=False)
    assert done.returncode == 0
