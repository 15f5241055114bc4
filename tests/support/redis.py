"""A private Redis in a temporary folder: a loopback port, a socket, TLS where certificates are given.

Any user can run it. With `keep`, what it holds survives `stop` and `kill` (an append-only file, written with each
command).
"""

from __future__ import annotations

import secrets
import shutil
import signal
import tempfile
from collections.abc import Sequence
from pathlib import Path

import redis

from tests.support.ports import HOST, free_port
from tests.support.processes import Daemon
from tests.support.tls import Certificates


class RedisServer:
    """One server. `url`: TCP, with the password; `unix_url`: the socket; `tls_url`: TLS, trusting the tests' authority.

    `password`: "" for one made up. `more`: further lines of its configuration. `start` may follow `stop` and `kill`.
    """

    def __init__(
        self,
        *,
        keep: bool = False,
        password: str = "",
        certificates: Certificates | None = None,
        more: Sequence[str] = (),
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="congthu-redis-"))
        self.password = password or secrets.token_hex(8)
        self.port, self.tls_port = free_port(), free_port()
        self.socket = self.folder / "redis.sock"
        self.url = f"redis://:{self.password}@{HOST}:{self.port}/0"
        self.unix_url = f"unix://:{self.password}@{self.socket}?db=0"
        authority = certificates.authority if certificates else ""
        self.tls_url = f"rediss://:{self.password}@localhost:{self.tls_port}/0?ssl_ca_certs={authority}"
        self._config = self.folder / "redis.conf"
        self._config.write_text("\n".join([*self._lines(keep, certificates), *more, ""]))
        self.daemon = Daemon(["redis-server", self._config], self.folder / "output")

    def _lines(self, keep: bool, certificates: Certificates | None) -> list[str]:
        lines = [f"bind {HOST}", f"port {self.port}", f"unixsocket {self.socket}", f"dir {self.folder}", 'save ""']
        lines += [f"requirepass {self.password}", "daemonize no", "loglevel warning"]
        lines += ["appendonly yes", "appendfsync always"] if keep else ["appendonly no"]
        if certificates is not None:
            lines += [f"tls-port {self.tls_port}", f"tls-cert-file {certificates.chain}", "tls-auth-clients no"]
            lines += [f"tls-key-file {certificates.key}", f"tls-ca-cert-file {certificates.authority}"]
        return lines

    def start(self) -> RedisServer:
        """Start and wait until it answers."""
        self.daemon = Daemon(["redis-server", self._config], self.folder / "output")
        self.daemon.start()
        self.daemon.wait_until(self._answers, "redis-server")
        return self

    def _answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def client(self) -> redis.Redis:
        """A plain client, to look into it and to break it."""
        return redis.Redis(port=self.port, host=HOST, password=self.password, socket_timeout=30)

    def stop(self) -> None:
        """End it in good order; may be called twice."""
        self.daemon.stop()

    def kill(self) -> None:
        """End it at once."""
        self.daemon.signal(signal.SIGKILL)
        self.daemon.wait(10)

    def pause(self) -> None:
        """It listens, and does nothing at all any more."""
        self.daemon.signal(signal.SIGSTOP)

    def resume(self) -> None:
        """It goes on."""
        self.daemon.signal(signal.SIGCONT)

    def __enter__(self) -> RedisServer:
        return self.start()

    def __exit__(self, *_: object) -> None:
        if self.daemon.running:
            self.resume()
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
