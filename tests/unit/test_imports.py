"""What each of the daemon's processes loads: a library that only some configurations need is theirs alone.

Each name here cost every process of every gateway time at its start, and memory for good. What a configuration needs is
loaded when it is put in force and never when a message comes: tests/processes/test_loading.py.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
_LIBRARIES = "aiohttp ldap3 redis alembic rich jinja2 openpyxl weasyprint authlib pypdfium2 lxml msoffcrypto"
_WEB = "starlette uvicorn h11 click multiprocessing"
_OTHERS = "gateway.console gateway.cli gateway.spam gateway.throttle.redis gateway.directory.ldap gateway.reports.make"
_RELAY = "aiosmtpd dns gateway.app gateway.smtp gateway.wording gateway.documents gateway.inspection"
_STORES = "sqlalchemy gateway.journal gateway.reports"
ABSENT = {
    "gateway.worker, gateway.app": f"{_LIBRARIES} {_WEB} {_OTHERS} gateway.reports.document gateway.reports.render",
    "gateway.cli.run": f"{_LIBRARIES} {_RELAY} {_STORES} cryptography holidays gateway.console",
    "gateway.worker, gateway.console.app": "aiohttp ldap3 redis alembic rich openpyxl weasyprint aiosmtpd gateway.app",
    "gateway.inspection.child": f"{_LIBRARIES} {_WEB} {_STORES} pydantic structlog gateway.app gateway.config",
}
"""What is imported, as the process does it, and what must not be there afterwards."""
PUT_IN_FORCE = """
import asyncio, json, sys
from gateway.access import Source
from gateway.config import Settings
from gateway.directory.store import DirectoryStore
from gateway.pulling import readers_of
from gateway.tending_means import means_of
before = set(sys.modules)
given = Settings.model_validate(json.loads(sys.argv[1]))
means_of(given, DirectoryStore(given.store.url, given.gateway.data_dir))
readers_of(given, str, list)
print(json.dumps([name for name in ("aiohttp", "ldap3") if name in sys.modules and name not in before]))
"""


def printed(program: str, *arguments: str) -> list[str]:
    """The list that a fresh interpreter prints as JSON."""
    command = [sys.executable, "-c", program, *arguments]
    return list(json.loads(subprocess.run(command, cwd=ROOT, stdout=-1, check=True, timeout=120).stdout))


@pytest.mark.parametrize("modules", ABSENT)
def test_a_process_loads_nothing_for_others(modules: str) -> None:
    asked = "print(json.dumps([name for name in sys.modules if sys.modules[name]]))"
    loaded = printed(f"import {modules}, json, sys; {asked}")
    assert sorted(set(loaded) & set(ABSENT[modules].split())) == []


def _settings(folder: Path, **sections: Any) -> str:
    for name in ("key", "password"):
        (folder / name).write_text("x" * 40)
    base: dict[str, Any] = {
        "gateway": {"hostname": "gw.tinh.example", "data_dir": str(folder)},
        "listener": [{"name": "in", "bind": "127.0.0.1:2525", "direction": "inbound", "upstream": "m"}],
        "upstream": {"m": {"maildir": "mail"}},
    }
    return json.dumps({**base, **sections})


def test_what_is_configured_is_loaded_when_it_is_put_in_force(tmp_path: Path) -> None:
    hook = {"do": {"lock": ["webhook"]}, "webhook": "https://x.example/", "webhook_key_file": str(tmp_path / "key")}
    ldap = {"url": "ldaps://ldap.example", "base": "dc=example", "map": "openldap"}
    assert printed(PUT_IN_FORCE, _settings(tmp_path)) == []
    assert printed(PUT_IN_FORCE, _settings(tmp_path, lifecycle=hook)) == ["aiohttp"]
    assert printed(PUT_IN_FORCE, _settings(tmp_path, ldap=ldap, access={"ldap": "openldap"})) == ["ldap3"]
