"""`congthu run` as a process: configured from plain values, ready when /readyz says so, its log read."""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from gateway.journal.export import as_json
from gateway.journal.query import Filter, search
from gateway.journal.reader import open_reader
from tests.support.commands import congthu
from tests.support.ports import HOST, free_port
from tests.support.processes import Daemon

Table = dict[str, Any]
Said = TypeVar("Said")


def toml(settings: Mapping[str, Any]) -> str:
    """TOML text of nested plain values: tables, lists of tables, lists, strings, numbers, booleans."""
    return "\n".join(_table(settings, "")) + "\n"


def _table(table: Mapping[str, Any], prefix: str) -> Iterator[str]:
    for key, value in table.items():
        if not _nested(value):
            yield f"{key} = {_scalar(value)}"
    for key, value in table.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            yield f"[{name}]"
            yield from _table(value, f"{name}.")
        elif _nested(value):
            for item in value:
                yield f"[[{name}]]"
                yield from _table(item, f"{name}.")


def _nested(value: object) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list) and bool(value) and isinstance(value[0], Mapping))


def _scalar(value: object) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_scalar, value))}]"
    return json.dumps(value if isinstance(value, str | int | float | bool) else str(value), ensure_ascii=False)


OBSERVED: Table = {
    **dict.fromkeys(("attachment-cap", "dangerous-type", "unscannable", "secret-marking"), "observe"),
    "vietnamese-charset": {"mode": "observe", "tag": False},
}
"""Rules for gateways that pass hard messages on: everything is looked into, and nothing refused for its content."""


def listener(upstream: str = "mailserver", direction: str = "inbound", **options: Any) -> Table:
    """A listener's table on a free port; `options` override and add."""
    bind = f"{HOST}:{free_port()}"
    return {"name": direction, "bind": bind, "direction": direction, "upstream": upstream, **options}


def upstream(*ports: int, **options: Any) -> Table:
    """An upstream's table: loopback ports in order of preference, without TLS unless `options` say so."""
    return {"hosts": [f"{HOST}:{port}" for port in ports], "tls": "none", **options}


class Gateway:
    """One `congthu run` in a folder of its own. `upstreams` by name; ports come from the listeners' tables."""

    def __init__(
        self, listeners: list[Table], upstreams: Mapping[str, Table], *, gateway: Table | None = None, **sections: Any
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="congthu-run-"))
        self.listeners = listeners
        self.http_port = free_port()
        own: Table = {"hostname": "gw.tinh.example", "data_dir": str(self.folder / "data"), "domains": ["tinh.example"]}
        self.settings: Table = {
            "gateway": {**own, **(gateway or {})},
            "listener": listeners,
            "upstream": dict(upstreams),
            "http": {"bind": f"{HOST}:{self.http_port}"},
            **sections,
        }
        self.config = self.folder / "config.toml"
        command: list[str | Path] = [sys.executable, "-m", "gateway", "run", "--config", self.config]
        self.daemon = Daemon(command, self.folder / "congthu.log")

    @property
    def port(self) -> int:
        """The first listener's port."""
        return self.port_of(self.listeners[0]["name"])

    def port_of(self, name: str) -> int:
        """The port of the listener with this name."""
        return next(int(one["bind"].rpartition(":")[2]) for one in self.listeners if one["name"] == name)

    def write_config(self) -> None:
        """Write the configuration file from `settings` (again, for a reload)."""
        (self.folder / "data").mkdir(exist_ok=True)
        self.config.write_text(toml(self.settings))

    def start(self, *, ready: bool = True, seconds: float = 60.0) -> None:
        """Start it; wait for /readyz (`ready`), or only for /healthz where the upstream is down on purpose."""
        self.write_config()
        self.daemon.start()
        path = "/readyz" if ready else "/healthz"
        self.daemon.wait_until(lambda: self._answers(path), path, seconds)

    def _answers(self, path: str) -> bool:
        if "Traceback (most recent call last)" in self.daemon.output():
            self.daemon.stop()  # no use in waiting
        return self.status(path) == 200

    def stop(self, *, clean: bool = True) -> None:
        """Stop it, remove its folder; with `clean`, AssertionError if its log shows a traceback or it ended badly."""
        code = self.daemon.stop(40)
        text = self.daemon.output()
        shutil.rmtree(self.folder, ignore_errors=True)
        if clean:
            assert "Traceback (most recent call last)" not in text, text[-6000:]
            assert code == 0, f"ended with {code}:\n{text[-4000:]}"

    def __enter__(self) -> Gateway:
        self.start()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            sys.stderr.write(f"--- congthu's log\n{self.daemon.output()[-6000:]}\n")
        self.stop(clean=kind is None)

    def get(self, path: str) -> str:
        """The body of an HTTP GET on the metrics port."""
        with urllib.request.urlopen(f"http://{HOST}:{self.http_port}{path}", timeout=30) as answer:
            return str(answer.read().decode())

    def status(self, path: str) -> int:
        """The status of an HTTP GET on the metrics port; 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://{HOST}:{self.http_port}{path}", timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def metric(self, name: str, **labels: str) -> float:
        """The sum of a metric's samples that carry these labels."""
        total = 0.0
        for line in self.get("/metrics").splitlines():
            head, _, value = line.rpartition(" ")
            if head.partition("{")[0] == name and all(f'{key}="{text}"' in head for key, text in labels.items()):
                total += float(value)
        return total

    def logged(self) -> list[dict[str, Any]]:
        """The JSON lines of its log."""
        whole, _, _being_written = self.daemon.output().rpartition("\n")
        lines = (line for line in whole.splitlines() if line.startswith("{"))
        return [json.loads(line) for line in lines]

    def cli(self, *arguments: str) -> str:
        """The output of another congthu command with this configuration; AssertionError with its words on exit 2."""
        return congthu(*arguments, "--config", str(self.config))

    def decisions(self, limit: int = 0) -> list[dict[str, Any]]:
        """The journal's decisions, newest first (all, or `limit`), as `congthu decisions list --json` prints them."""
        store = self.settings.get("store", {}).get("url", "sqlite:///congthu.db")
        with contextlib.closing(open_reader(store, Path(self.settings["gateway"]["data_dir"]))) as journal:
            return [as_json(row) for row in search(journal, Filter(), limit=limit)]

    def judged(self, send: Callable[[], Said], seconds: float = 60.0) -> tuple[Said, dict[str, Any]]:
        """What `send` returns, and the decision that the journal has of it, a little later where it is accepted.

        AssertionError where none has come within `seconds`.
        """
        before = self._newest()
        said = send()
        deadline = time.monotonic() + seconds
        while (newest := self._newest()) == before:
            assert time.monotonic() < deadline, f"no decision is in the journal: {said}"
            time.sleep(0.02)
        return said, newest

    def _newest(self) -> dict[str, Any]:
        return next(iter(self.decisions(limit=1)), {})
