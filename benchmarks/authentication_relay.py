"""smtp-source → X → smtp-sink with a DKIM-signed message: what checking the sender costs a relay.

X: this gateway with SPF, DKIM and DMARC on and off; Postfix's queue alone and with an OpenDKIM milter (which checks
DKIM only). DNS: ours asks a server on loopback, OpenDKIM has the key in a file. All live at once and are measured in
turn within each round; medians over the rounds, ratios within a round. CPU ms a message: all processes of X.

usage: python -m benchmarks.authentication_relay [--rounds 7] [--seconds 2] [--only congthu,opendkim]
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Protocol

from benchmarks.authentication_cases import Mail, lab_process
from benchmarks.peers import CongThu, Peer, PostfixQueue
from benchmarks.usage import cpu_seconds
from gateway.authentication.keys import SigningKey, generate, pem
from tests.support.ports import HOST, free_port, listening
from tests.support.processes import Daemon
from tests.support.tools import Sink, smtp_source

DOMAIN = "mail.tinh.example"
SENDER = f"vp@{DOMAIN}"
MIB = 2**20


class Verifying(CongThu):
    """This gateway, every rule on; its clients are strangers."""

    def __init__(self, sink: int, server: tuple[str, int], *, verify: bool) -> None:
        super().__init__(sink, without="-verify" if verify else "")
        self.gateway.settings["gateway"]["trusted_networks"] = ["192.0.2.0/24"]
        self.gateway.settings["authentication"] = {"verify": verify, "servers": [f"{server[0]}:{server[1]}"]}

    def cpu(self) -> float:
        """CPU seconds of all its processes."""
        return cpu_seconds(self.gateway.daemon.pid)


class Queue(PostfixQueue):
    """Postfix's queue, alone."""

    def cpu(self) -> float:
        """CPU seconds of Postfix."""
        return cpu_seconds(self.postfix.daemon.pid)


class OpenDkim(Queue):
    """Postfix's queue with OpenDKIM as a milter, as Debian packages both."""

    name = "opendkim"

    def __init__(self, sink: int, key: SigningKey) -> None:
        self.milter = free_port()
        super().__init__(sink)
        self.folder = Path(tempfile.mkdtemp(prefix="congthu-opendkim-"))
        (self.folder / "keys").write_text(f"{key.record_name} {key.record}\n")
        (self.folder / "conf").write_text(
            f"Mode v\nSocket inet:{self.milter}@{HOST}\nTestPublicKeys {self.folder}/keys\nSyslog no\n"
            "AlwaysAddARHeader yes\nInternalHosts 192.0.2.1\n"
        )
        self.daemon = Daemon(["opendkim", "-f", "-x", self.folder / "conf"], self.folder / "log")

    def settings(self, sink: int) -> dict[str, str]:
        """The queue's, and the milter; a milter that does not answer is an error."""
        milter = {"smtpd_milters": f"inet:{HOST}:{self.milter}", "milter_default_action": "tempfail"}
        return {**super().settings(sink), **milter}

    def start(self) -> None:
        """Both."""
        self.daemon.start()
        self.daemon.wait_until(lambda: listening(self.milter), "opendkim")
        super().start()

    def stop(self) -> None:
        """Both."""
        super().stop()
        self.daemon.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def cpu(self) -> float:
        """CPU seconds of both."""
        return super().cpu() + cpu_seconds(self.daemon.pid)


class Measured(Peer, Protocol):
    """A peer that knows what it used."""

    def cpu(self) -> float:
        """CPU seconds."""


def send(peer: Measured, file: Path, messages: int) -> tuple[float, float]:
    """Messages a second, CPU ms a message."""
    cpu, began = peer.cpu(), time.perf_counter()
    sessions = min(8, messages)
    smtp_source(peer.port, messages=messages, sessions=sessions, reuse=True, sender=SENDER, file=file, seconds=600)
    peer.settle()
    return messages / (time.perf_counter() - began), (peer.cpu() - cpu) / messages * 1000


def measure(peers: list[Measured], file: Path, rounds: int, seconds: float) -> dict[str, list[tuple[float, float]]]:
    """Every peer once a round, in an order that turns with the round."""
    counts = {peer.name: _calibrate(peer, file, seconds) for peer in peers}
    found: dict[str, list[tuple[float, float]]] = {peer.name: [] for peer in peers}
    for number in range(rounds):
        turn = number % len(peers)
        for peer in peers[turn:] + peers[:turn]:
            found[peer.name].append(send(peer, file, counts[peer.name]))
    return found


def _calibrate(peer: Measured, file: Path, seconds: float) -> int:
    """How many messages take about `seconds`, once the peer is warm."""
    count = 8
    for part in (0.2, 1.0):
        count = max(8, int(send(peer, file, count)[0] * seconds * part))
    return count


def table(title: str, found: dict[str, list[tuple[float, float]]]) -> str:
    """For people; ratios to the gateway without checks, and to Postfix's queue with OpenDKIM."""
    lines = [f"\n{title}", f"{'X':<16}{'msg/s':>10}{'CPU ms':>10}{'/congthu':>10}{'/opendkim':>11}"]
    for name, runs in found.items():
        ratios = [_ratio(runs, found.get(other)) for other in ("congthu", "opendkim")]
        rate, cpu = median(run[0] for run in runs), median(run[1] for run in runs)
        lines.append(f"{name:<16}{rate:>10.1f}{cpu:>10.3f}{ratios[0]:>10}{ratios[1]:>11}")
    return "\n".join(lines)


def _ratio(mine: list[tuple[float, float]], other: list[tuple[float, float]] | None) -> str:
    return f"{median(a[0] / b[0] for a, b in zip(mine, other, strict=True)):.2f}" if other else "-"


def main(argv: list[str] | None = None) -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.authentication_relay", description="what checking costs a relay")
    parser.add_argument("--rounds", type=int, default=int(os.environ.get("ROUNDS", "7")))
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--only", default="congthu,congthu-verify,postfix-queue,opendkim")
    options = parser.parse_args(argv)
    private = generate("rsa")
    key = SigningKey(DOMAIN, "s1", private)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(lab_process(_zone(key)))
        sink = stack.enter_context(Sink("-C", "-F"))
        make: dict[str, Callable[[], Measured]] = {
            "congthu": lambda: Verifying(sink.port, server, verify=False),
            "congthu-verify": lambda: Verifying(sink.port, server, verify=True),
            "postfix-queue": lambda: Queue(sink.port),
            "opendkim": lambda: OpenDkim(sink.port, key),
        }
        peers = [make[name]() for name in options.only.split(",")]
        for peer in peers:
            stack.callback(peer.stop)
            peer.start()
        for size in (4096, 20 * MIB):
            file = folder / f"{size}.eml"
            file.write_bytes(Mail(key, pem(private), size).message.replace(b"\r\n", b"\n"))
            print(table(f"{size:,} bytes, signed", measure(peers, file, options.rounds, options.seconds)), flush=True)


def _zone(key: SigningKey) -> dict[str, list[str]]:
    return {
        DOMAIN: ["TXT v=spf1 include:_spf.tinh.example -all"],
        "_spf.tinh.example": ["TXT v=spf1 ip4:203.0.113.0/24 ip4:127.0.0.0/8 ~all"],
        "_dmarc.tinh.example": ["TXT v=DMARC1; p=reject"],
        key.record_name: [f"TXT {key.record}"],
    }


if __name__ == "__main__":
    main()
