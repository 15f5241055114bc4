"""The systemd unit's restrictions: the exposure level, and the daemon running under them without systemd as PID 1."""

import os
import pickle
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gateway.config import Settings
from tests.processes.support import Client, Stub
from tests.support.processes import ROOT, run, words_of

UNIT = ROOT / "deploy" / "systemd" / "congthu.service"
PROVE = ROOT / "deploy" / "systemd" / "prove-hardening.sh"
pytestmark = pytest.mark.service("systemd-analyze")


def test_exposure_level() -> None:
    done = run(["systemd-analyze", "security", "--offline=yes", UNIT])
    level = re.search(r"Overall exposure level for congthu.service: ([\d.]+)", done.stdout)
    assert level is not None, done.stderr
    assert float(level[1]) <= 1.5


confined = pytest.mark.service("bwrap")


@confined
def test_the_daemon_runs_confined(tmp_path: Path) -> None:
    gateway = Stub(workers=2, env={"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(ROOT)})
    gateway.daemon.command[:0] = [str(PROVE), str(gateway.folder)]
    try:
        gateway.start()
        with Client(gateway.port) as client:
            client.line()
            assert client.ask("x") == "x"
        gateway.wait(lambda: gateway.metric("congthu_messages_total", verdict="accept") == 1, "counted")
        states = [
            Path(f"/proc/{one.pid}/status").read_text() for one in gateway.daemon.family() if "-m" in words_of(one)
        ]
        assert len(states) >= 3
        for state in states[-3:]:
            assert re.search(r"CapBnd:\s+0+400$", state, re.M)
            assert re.search(r"CapEff:\s+0+400$", state, re.M)
            assert re.search(r"Uid:\s+65534", state, re.M)
            assert re.search(r"NoNewPrivs:\s+1$", state, re.M)
            assert re.search(r"Seccomp:\s+2$", state, re.M)
    finally:
        gateway.stop(clean=False)


PROBE = """
import ctypes, mmap, socket, sys
from pathlib import Path
import cffi, cryptography.hazmat.primitives.asymmetric.rsa as rsa, magic, orjson, pybase64, sqlite3, uvloop

assert magic.from_buffer(b"%PDF-1.4 ", mime=True) == "application/pdf"
assert orjson.loads(orjson.dumps([1])) == [1] and pybase64.b64decode(b"YQ==") == b"a"
rsa.generate_private_key(65537, 2048)
assert ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(lambda x: x + 1)(2) == 3
database = sqlite3.connect(sys.argv[1] + "/probe.db")
assert database.execute("pragma journal_mode = wal").fetchone() == ("wal",)
database.execute("create table t (a)")

async def loop():
    import asyncio
    assert await asyncio.get_running_loop().getaddrinfo("127.0.0.1", 25)

uvloop.run(loop())
for what, forbidden in {
    "writable code": lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_WRITE | mmap.PROT_EXEC),
    "another address family": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
    "write to the system": lambda: Path("/etc/congthu-probe").write_text("x"),
    "write beside the program": lambda: Path(sys.argv[2], "probe").write_text("x"),
}.items():
    try:
        forbidden()
    except OSError:
        continue
    raise SystemExit(f"{what} was possible")
print("held")
"""


@confined
def test_libraries_work_and_the_restrictions_hold(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "probe.py").write_text(PROBE)
    done = subprocess.run(
        [PROVE, data, sys.executable, data / "probe.py", data, ROOT],
        capture_output=True, text=True, timeout=60, check=False, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert done.stdout.endswith("held\n"), done.stdout + done.stderr


@confined
def test_reports_are_made_confined(tmp_path: Path) -> None:
    """The process that makes them asks for a low priority, which the unit's filter forbids."""
    data = tmp_path / "data"
    data.mkdir()
    tables = {
        "gateway": {"hostname": "gw.example", "data_dir": str(data)},
        "listener": [{"name": "in", "bind": "127.0.0.1:2525", "direction": "inbound", "upstream": "m"}],
        "upstream": {"m": {"maildir": "maildir"}},
    }
    done = subprocess.run(
        [PROVE, data, sys.executable, "-m", "gateway.reports.mailer"],
        input=pickle.dumps((Settings.model_validate(tables), time.time())),
        capture_output=True, timeout=60, check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
