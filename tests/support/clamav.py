"""ClamAV's daemon with a database of one signature, made for the tests: the EICAR test file's. Any user can run it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tests.support.ports import HOST, free_port, listening
from tests.support.processes import Daemon

SIGNATURE = "Congthu.Test.Eicar"
# The EICAR test string, in pieces, so that no scanner takes this file for it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-" + b"STANDARD-ANTIVIRUS-" + rb"TEST-FILE!$H+H*"


class Clamd:
    """Listens on a socket in its folder (`address`) and on a port (`tcp`). `maximum`: bytes of a stream it takes."""

    def __init__(self, *, maximum: int = 64 * 2**20, idle: int = 30) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="congthu-clamd-"))
        self.port = free_port()
        self.address = f"unix:{self.folder / 'clamd.sock'}"
        self.tcp = f"{HOST}:{self.port}"
        database = self.folder / "db"
        database.mkdir()
        (database / "test.ndb").write_text(f"{SIGNATURE}:0:*:{EICAR.hex()}\n")
        self._config = self.folder / "clamd.conf"
        self._config.write_text(
            f"DatabaseDirectory {database}\nLocalSocket {self.folder / 'clamd.sock'}\nFixStaleSocket yes\n"
            f"TCPSocket {self.port}\nTCPAddr {HOST}\nForeground yes\nStreamMaxLength {maximum}\nMaxThreads 4\n"
            f"IdleTimeout {idle}\nLogFile {self.folder / 'clamd.log'}\n"
        )
        self.daemon = Daemon(["clamd", "-c", self._config], self.folder / "output")

    def start(self) -> Clamd:
        """Start and wait until it answers."""
        self.daemon = Daemon(["clamd", "-c", self._config], self.folder / "output")
        self.daemon.start()
        self.daemon.wait_until(lambda: listening(self.port), "clamd", 60)
        return self

    def stop(self) -> None:
        """End it; `start` may follow."""
        self.daemon.stop()

    def __enter__(self) -> Clamd:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
