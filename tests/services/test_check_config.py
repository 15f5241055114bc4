"""`congthu check-config --connect` against a real Postfix on this machine."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.ports import free_port
from tests.support.postfix import Postfix

_CONFIG = """
[gateway]
hostname = "gw.tinh.example"
data_dir = "{folder}"
domains = ["tinh.example"]

[[listener]]
name = "inbound"
bind = "127.0.0.1:{port}"
direction = "inbound"
upstream = "mailserver"

[upstream.mailserver]
hosts = ["127.0.0.1:{upstream}"]
xclient = true

[http]
bind = "127.0.0.1:0"
"""

_SAFE = {
    "smtpd_forbid_bare_newline": "normalize",
    "smtpd_forbid_bare_newline_exclusions": "",
    "smtpd_forbid_unauth_pipelining": "yes",
    "smtpd_authorized_xclient_hosts": "127.0.0.1",
    "mynetworks": "[::1]/128",
}


def connect(folder: Path, postfix: Postfix) -> tuple[int, dict[str, Any]]:
    config = folder / "config.toml"
    config.write_text(_CONFIG.format(folder=folder, port=free_port(), upstream=postfix.port), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "gateway", "check-config", str(config), "--connect", "--json"],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == b""
    return done.returncode, json.loads(done.stdout)


@pytest.mark.service("postfix")
def test_one_that_was_set_up_for_us(tmp_path: Path) -> None:
    with Postfix(settings=_SAFE) as postfix:
        code, found = connect(tmp_path, postfix)
    assert (code, found["errors"], found["found"], found["warnings"]) == (0, [], [], [])
    assert "up to 100.0 MiB" in found["facts"][0]


@pytest.mark.service("postfix")
def test_one_as_it_comes(tmp_path: Path) -> None:
    with Postfix(settings={"message_size_limit": "10240000"}) as postfix:
        code, found = connect(tmp_path, postfix)
    assert code == 1
    assert [problem["key"] for problem in found["found"]] == [
        "upstream.mailserver.hosts[0]",
        "upstream.mailserver.xclient",
    ]
    assert "takes 9.8 MiB" in found["found"][0]["hint"]
    hints = " ".join(problem["hint"] for problem in found["warnings"])
    for name in _SAFE:
        assert name in hints or f"(Postfix {name})" in str(found["warnings"])
