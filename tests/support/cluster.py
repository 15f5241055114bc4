"""deploy/cluster/cluster.sh as the tests use it: on ports and in a folder of its own, nothing left of it."""

from __future__ import annotations

import csv
import os
import re
import shutil
import signal
import tempfile
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # no stubs in the lock

from tests.support.commands import congthu
from tests.support.ports import HOST, free_block
from tests.support.processes import ROOT, Daemon, run

SCRIPT = ROOT / "deploy/cluster/cluster.sh"
PORTS = 12  # that the script uses, one after the other
_NUMBER = re.compile(rb"^Subject: so (\d+)\r?$", re.MULTILINE)


class Cluster:
    """PostgreSQL, Redis, gw1 and gw2, HAProxy and Prometheus. `extra`: TOML added to both nodes' configuration."""

    def __init__(self, extra: str = "") -> None:
        # The user postgres must reach the folder, and a Unix socket's name must fit: no folder of pytest's.
        self.folder = Path(tempfile.mkdtemp(prefix="congthu-cluster-", dir="/tmp"))
        self.folder.chmod(0o711)
        self.data = self.folder / "data"
        self.first = free_block(PORTS)
        self.inbound, self.outbound, self.status = self.first, self.first + 1, self.first + 2
        self.prometheus = self.first + 4
        self._http = {"gw1": self.first + 8, "gw2": self.first + 11}
        (self.folder / "extra.toml").write_text(extra)
        self._env = {
            "CLUSTER_DATA": str(self.data),
            "CLUSTER_PORT": str(self.first),
            "CLUSTER_EXTRA": str(self.folder / "extra.toml"),
        }
        self.daemon = Daemon([SCRIPT, "up"], self.folder / "log", env=self._env)

    def __enter__(self) -> Cluster:
        self.daemon.start()
        try:
            self.daemon.wait_until(lambda: "cluster: ready" in self.daemon.output(), "the cluster", 100)
        except AssertionError:
            self._clear()
            raise
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            print(self.daemon.output()[-2000:], *(self.log(node)[-4000:] for node in self._http), sep="\n---\n")
        try:
            self.stop()
        finally:
            self._clear()

    def _clear(self) -> None:
        for left in self.left():
            left.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def stop(self) -> None:
        """Ctrl-C; AssertionError where it does not end well or a process is left."""
        if self.daemon.running:
            self.daemon.signal(signal.SIGINT)
            code = self.daemon.wait(60)
            assert code == 0, self.daemon.output()
        assert self.left() == []

    def left(self) -> list[psutil.Process]:
        """The processes of this cluster that live, found by their arguments or environment."""
        mark = str(self.data)
        return [one for one in psutil.process_iter() if one.pid != os.getpid() and _mentions(one, mark)]

    def do(self, *command: str) -> str:
        """A command of the script, to its end; AssertionError with its words where it fails."""
        done = run([SCRIPT, *command], seconds=90, env=self._env)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout

    def pids(self) -> dict[str, str]:
        """The process of each part, "-" for one that is down."""
        return dict(line.split() for line in self.do("status").splitlines())

    def log(self, part: str) -> str:
        """What a part has printed."""
        return (self.data / "log" / part).read_text(errors="replace")

    def config(self, node: str) -> Path:
        """A node's configuration."""
        return self.data / node / "config.toml"

    def cli(self, node: str, *arguments: str) -> str:
        """The output of a congthu command with a node's configuration."""
        return congthu(*arguments, "--config", str(self.config(node)))

    def ready(self, node: str) -> bool:
        """Whether /readyz says 200."""
        try:
            with urllib.request.urlopen(f"http://{HOST}:{self._http[node]}/readyz", timeout=30) as answer:
                return int(answer.status) == 200
        except OSError:
            return False

    def standing(self, node: str) -> str:
        """What HAProxy says of a node: UP, DOWN and the like."""
        with urllib.request.urlopen(f"http://{HOST}:{self.status}/;csv", timeout=30) as answer:
            lines = list(csv.DictReader(answer.read().decode().removeprefix("# ").splitlines()))
        return next(line["status"] for line in lines if (line["pxname"], line["svname"]) == ("outbound", node))

    def metric(self, node: str, name: str) -> float:
        """The sum of a metric's samples of a node."""
        with urllib.request.urlopen(f"http://{HOST}:{self._http[node]}/metrics", timeout=30) as answer:
            lines = answer.read().decode().splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if re.match(rf"{name}[ {{]", line))

    def delivered(self, recipient: str) -> Counter[int]:
        """How often each number arrived for a recipient: whole messages of the Maildir only."""
        found = Counter[int]()
        for path in (self.data / "mail" / recipient / "new").glob("*"):
            match = _NUMBER.search(content := path.read_bytes())
            assert match, content[-300:]
            assert content.endswith(b"het %b\r\n" % match[1]), f"a message came in pieces: {content[-300:]!r}"
            found[int(match[1])] += 1
        return found


def _mentions(process: psutil.Process, mark: str) -> bool:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        return any(mark in word for word in [*process.cmdline(), *process.environ().values()])
    except psutil.Error:
        return False
