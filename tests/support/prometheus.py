"""A Prometheus in a folder of its own that scrapes given ports every second, and what can be asked of it."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.ports import HOST, free_port
from tests.support.processes import Daemon

_CONFIG = """\
global: {{ scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }}
rule_files: [{rules}]
scrape_configs:
  - job_name: congthu
    static_configs: [{{ targets: [{targets}] }}]
"""


class Prometheus:
    """Scrapes `ports` as the job congthu and evaluates the rules of the file `rules`, both every second."""

    def __init__(self, *ports: int, rules: Path) -> None:
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="congthu-prometheus-"))
        targets = ", ".join(f'"{HOST}:{port}"' for port in ports)
        config = self.folder / "prometheus.yml"
        config.write_text(_CONFIG.format(rules=json.dumps(str(rules)), targets=targets))
        command = ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={self.folder / 'data'}"]
        self.daemon = Daemon([*command, f"--web.listen-address={HOST}:{self.port}"], self.folder / "log")

    def __enter__(self) -> Prometheus:
        self.daemon.start()
        self.daemon.wait_until(self._ready, "prometheus")
        return self

    def __exit__(self, *_: object) -> None:
        self.daemon.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://{HOST}:{self.port}/-/ready", timeout=20) as answer:
                return int(answer.status) == 200
        except OSError:
            return False

    def get(self, path: str, **query: str) -> Any:
        """The data of an API call; AssertionError with its words where it is not a success."""
        # Brackets in a parameter's name ("match[]") cannot be written as a keyword: `match` stands for it.
        pairs = [("match[]" if name == "match" else name, value) for name, value in query.items()]
        url = f"http://{HOST}:{self.port}/api/v1/{path}?{urllib.parse.urlencode(pairs)}"
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{query}: {error.read().decode()}") from None

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The samples of an expression now; AssertionError where it cannot be evaluated."""
        return list(self.get("query", query=expression)["result"])

    def has(self, selector: str) -> bool:
        """Whether a series of this selector was ever scraped."""
        return bool(self.get("series", match=selector))

    def names(self) -> set[str]:
        """The names of all series."""
        return set(self.get("label/__name__/values"))

    def rules(self) -> list[dict[str, Any]]:
        """Every rule: name, query, health, lastError."""
        return [rule for group in self.get("rules")["groups"] for rule in group["rules"]]

    def wait(self, ready: Callable[[], object], what: str, seconds: float = 60.0) -> None:
        """Return once `ready()`; AssertionError after `seconds`."""
        deadline = time.monotonic() + seconds
        while not ready():
            assert time.monotonic() < deadline, what
            time.sleep(0.2)
