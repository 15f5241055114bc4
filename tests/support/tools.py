"""Postfix's load tools: smtp-sink, an upstream that can fail on command, and smtp-source, a client that sends fast."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from tests.support.ports import HOST, free_port, wait_port
from tests.support.processes import Daemon, run


class Sink:
    """smtp-sink on a loopback port. `options` are its own: ("-q", "."), ("-r", "RCPT"), ("-A", "0"), ("-H", "5") …"""

    def __init__(self, *options: str, dump: bool = False) -> None:
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="congthu-sink-"))
        self.folder.chmod(0o777)
        user = ("-u", "nobody") if os.geteuid() == 0 else ()
        dumping = ("-d", f"{self.folder}/dump/m.") if dump else ()
        command = ["smtp-sink", *user, "-m", "4096", *dumping, *options, f"{HOST}:{self.port}", "4096"]
        self.daemon = Daemon(command, self.folder / "sink.log", cwd=self.folder)

    def start(self) -> None:
        """Start it and wait until it listens."""
        (self.folder / "dump").mkdir()
        (self.folder / "dump").chmod(0o777)
        self.daemon.start()
        wait_port(self.port)

    def stop(self) -> None:
        """Stop it and remove its folder."""
        self.daemon.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Sink:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def messages(self) -> list[bytes]:
        """The dumped transactions (format: man smtp-sink). One is dumped from DATA on, complete or not."""
        return [path.read_bytes() for path in sorted((self.folder / "dump").iterdir())]


def smtp_source(
    port: int,
    *,
    messages: int = 1,
    sessions: int = 1,
    length: int = 1000,
    reuse: bool = False,
    sender: str = "nguon@nguon.example",
    recipient: str = "an@tinh.example",
    file: Path | None = None,
    options: tuple[str, ...] = (),
    seconds: float = 120.0,
) -> None:
    """Send; AssertionError with its words when it fails. Its body is text; `file` (LF line ends) replaces it."""
    command = [
        "smtp-source",
        "-s",
        str(sessions),
        "-m",
        str(messages),
        "-f",
        sender,
        "-t",
        recipient,
        "-M",
        "nguon.example",
    ]
    command += ["-F", str(file)] if file else ["-l", str(length)]
    command += [*(["-d"] if reuse else []), *options, f"{HOST}:{port}"]
    done = run(command, seconds=seconds)
    if done.returncode or done.stderr:
        raise AssertionError(f"smtp-source: {done.returncode} {done.stdout}{done.stderr}")


def unlink_quietly(path: Path) -> None:
    """Remove a file that may be gone."""
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
