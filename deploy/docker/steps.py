#!/usr/bin/env python3
"""Carries out a Dockerfile's steps in plain folders, on a machine without a container engine.

usage: steps.py DOCKERFILE BASE WORK     BASE: a debootstrap folder that stands for every FROM; WORK: where stages go

Knows FROM … AS, RUN, COPY [--from], WORKDIR, ENV, USER, HEALTHCHECK, ENTRYPOINT, CMD and the instructions that only
describe. An instruction that it does not know is an error, so that nothing is skipped silently. Each RUN is a bwrap
sandbox whose root is the stage's folder. At the end the image is started: it must become healthy, deliver a message,
and end cleanly on the STOPSIGNAL. Needs root and bwrap.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import smtplib
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

DESCRIBE = {"EXPOSE", "VOLUME", "LABEL", "ARG"}
# The machine's own way to the package registries, in RUN only.
PASSED = ("PIP_INDEX_URL", "PIP_DEFAULT_TIMEOUT", "http_proxy", "https_proxy", "no_proxy")
AUTHORITIES = "/run/authorities.crt"
SHARED = {
    "/etc/resolv.conf": "/etc/resolv.conf",
    "/etc/hosts": "/etc/hosts",
    "/etc/pip.conf": "/etc/pip.conf",
    "/etc/ssl/certs/ca-certificates.crt": AUTHORITIES,
}


@dataclass
class Stage:
    root: Path
    env: dict[str, str] = field(default_factory=lambda: {"PATH": "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin"})
    folder: str = "/"
    user: str = ""
    facts: dict[str, str] = field(default_factory=dict)

    def command(self, argv: list[str], *, build: bool, binds: tuple[str, ...] = ()) -> list[str]:
        """The bwrap command that runs `argv` in this stage, as its user."""
        line = ["bwrap", "--bind", str(self.root), "/", "--dev", "/dev", "--proc", "/proc", "--die-with-parent", *binds]
        line += ["--unshare-pid", "--unshare-ipc", "--chdir", self.folder, "--clearenv", "--cap-add", "ALL"]
        for source, target in SHARED.items() if build else ():
            line += ["--ro-bind-try", source, target]
        passed = {k: v for k, v in os.environ.items() if build and k.startswith(PASSED)}
        if build and Path("/etc/ssl/certs/ca-certificates.crt").exists():
            passed["PIP_CERT"] = AUTHORITIES
        for key, value in (self.env | passed).items():
            line += ["--setenv", key, value]
        if self.user:
            argv = ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--init-groups", "--no-new-privs",
                    "--bounding-set", "-all,+net_bind_service", "--inh-caps", "-all", *argv]  # fmt: skip
        return [*line, "--", *argv]


class Build:
    def __init__(self, context: Path, base: Path, work: Path) -> None:
        self.context, self.base, self.work = context, base, work
        self.stages: dict[str, Stage] = {}
        self.current: Stage

    def carry_out(self, text: str) -> Stage:
        lines = [line for line in text.replace("\\\n", " ").splitlines() if line.strip() and not line.startswith("#")]
        for number, line in enumerate(lines, 1):
            name, _, rest = line.partition(" ")
            print(f"[{number}/{len(lines)}] {line[:150]}", flush=True)
            if name in DESCRIBE:
                continue
            if name in ("HEALTHCHECK", "ENTRYPOINT", "CMD", "STOPSIGNAL"):
                self.current.facts[name] = rest
                continue
            getattr(self, f"do_{name.lower()}")(rest.strip())
        return self.current

    def do_from(self, rest: str) -> None:
        name = rest.partition(" AS ")[2] or "final"
        root = self.work / name
        subprocess.run(["cp", "-a", "--reflink=auto", self.base, root], check=True)
        self.current = self.stages[name] = Stage(root)

    def do_run(self, rest: str) -> None:
        subprocess.run(self.current.command(["/bin/sh", "-c", rest], build=True), check=True)

    def do_workdir(self, rest: str) -> None:
        self.current.folder = rest
        (self.current.root / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)

    def do_env(self, rest: str) -> None:
        self.current.env.update(word.partition("=")[::2] for word in shlex.split(rest))

    def do_user(self, rest: str) -> None:
        self.current.user = rest

    def do_copy(self, rest: str) -> None:
        words = rest.split()
        source = self.context
        if words[0].startswith("--from="):
            source = self.stages[words.pop(0).removeprefix("--from=")].root
        *names, target = words
        place = self.current.root / os.path.join(self.current.folder, target).lstrip("/")
        for name in names:
            origin = source / name.lstrip("/")
            if origin.is_dir():
                shutil.copytree(
                    origin, place, symlinks=True, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
                )
            else:
                shutil.copy2(origin, place)


CONFIG = """
[gateway]
hostname = "gw.tinh.example"
domains = ["tinh.example"]
[[listener]]
name = "inbound"
bind = "127.0.0.1:20025"
direction = "inbound"
upstream = "mailserver"
[upstream.mailserver]
maildir = "mail"
"""


def daemon(sandbox: int) -> list[int]:
    """The process that an engine would signal: bwrap's child is its sandbox's init, and its child is the daemon."""
    children = [sandbox]
    for _ in range(2):
        parents = ",".join(map(str, children))
        found = subprocess.run(["ps", "-o", "pid=", "--ppid", parents], capture_output=True, text=True)
        children = [int(word) for word in found.stdout.split()] or [0]
    return [pid for pid in children if pid]


def prove(image: Stage) -> None:
    """Start the image as an engine would: it must get healthy, deliver one message, and stop with code 0."""
    assert not list(image.root.glob("opt/congthu/lib/python3*/site-packages/pip")), "pip is in the final image"
    assert not list(image.root.glob("usr/lib/python3/dist-packages/pip")), "pip is in the final image"
    (image.root / "etc/congthu/config.toml").write_text(CONFIG)
    argv = json.loads(image.facts["ENTRYPOINT"]) + json.loads(image.facts["CMD"])
    data = image.root / "var/lib/congthu"
    binds = ("--remount-ro", "/", "--bind", str(data), "/var/lib/congthu", "--tmpfs", "/tmp")  # a read-only root
    process = subprocess.Popen(image.command(argv, build=False, binds=binds))
    try:
        check = json.loads(image.facts["HEALTHCHECK"].partition("CMD ")[2])
        deadline = time.monotonic() + 60
        while subprocess.run(image.command(check, build=False), stderr=subprocess.DEVNULL).returncode:
            assert process.poll() is None and time.monotonic() < deadline, "not healthy"
            time.sleep(0.2)
        with smtplib.SMTP("127.0.0.1", 20025) as client:
            client.sendmail("a@other.example", ["b@tinh.example"], b"Subject: proof\r\n\r\nhello\r\n")
        found = [path for path in data.rglob("new/*") if b"Subject: proof" in path.read_bytes()]
        assert len(found) == 1, "the message is not in the Maildir"
        owner = found[0].stat().st_uid
        assert owner == 10001, f"delivered by uid {owner}"
    finally:
        for pid in daemon(process.pid):
            os.kill(pid, getattr(signal, image.facts["STOPSIGNAL"]))
        code = process.wait(60)
    assert code == 0, f"ended with {code}"
    print("proved: built, healthy, delivered, stopped")


def main() -> None:
    dockerfile, base, work = (Path(word).resolve() for word in sys.argv[1:4])
    prove(Build(dockerfile.parent, base, work).carry_out(dockerfile.read_text()))


if __name__ == "__main__":
    main()
