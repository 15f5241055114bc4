"""HAProxy in front of a port, telling the client's address with the PROXY protocol."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tests.support.ports import HOST, free_port, listening
from tests.support.processes import Daemon


class HAProxy:
    """TCP mode; `send` is "send-proxy", "send-proxy-v2" or empty."""

    def __init__(self, target: int, send: str = "send-proxy-v2") -> None:
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="congthu-haproxy-"))
        (self.folder / "haproxy.cfg").write_text(
            "global\n  maxconn 512\ndefaults\n  mode tcp\n"
            "  timeout connect 5s\n  timeout client 60s\n  timeout server 60s\n"
            f"listen smtp\n  bind {HOST}:{self.port}\n  bind [::1]:{self.port}\n  server gate {HOST}:{target} {send}\n"
        )
        self.daemon = Daemon(["haproxy", "-db", "-f", self.folder / "haproxy.cfg"], self.folder / "log")

    def __enter__(self) -> HAProxy:
        self.daemon.start()
        self.daemon.wait_until(lambda: listening(self.port), "haproxy")
        return self

    def __exit__(self, *_: object) -> None:
        self.daemon.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
