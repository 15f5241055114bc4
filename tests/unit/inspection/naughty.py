"""A child that does what the message tells it to: `python -m tests.unit.inspection.naughty FD`, for the tests only.

It is confined exactly like a real one; the subject line of the message says what it does then.
"""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from gateway.inspection import child, seccomp, wire
from gateway.inspection.limits import WalkLimits

Send = Callable[[dict[str, Any]], None]
PARENT = os.getppid()
LIBC = ctypes.CDLL(None, use_errno=True)


def refused(act: Callable[[], object]) -> str:
    """The name of the error that an act ends with, "" where it succeeds."""
    try:
        act()
    except MemoryError:
        return "memory"
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return ""


def call(name: str, *arguments: int) -> None:
    """A C function, as a library would call it."""
    if getattr(LIBC, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)


def attempts(fd: int) -> dict[str, Callable[[], object]]:
    """What none of our children may do. `fd`: of the message."""
    write_exec = mmap.PROT_WRITE | mmap.PROT_EXEC
    return {
        "socket": lambda: socket.socket(socket.AF_INET),
        "unix socket": lambda: socket.socket(socket.AF_UNIX),
        "socketpair": socket.socketpair,
        "read a file": lambda: open("/etc/passwd"),
        "read its program": lambda: open(__file__),
        "write a file": lambda: open("/tmp/naughty", "w"),
        "append": lambda: os.open("/tmp", os.O_TMPFILE | os.O_RDWR),
        "list a folder": lambda: os.listdir("/"),
        "memory file": lambda: os.memfd_create("x"),
        "pipe": os.pipe,
        "unlink": lambda: os.unlink("/tmp/naughty"),
        "rename": lambda: os.rename("/tmp/naughty", "/tmp/naughtier"),
        "mkdir": lambda: os.mkdir("/tmp/naughty"),
        "readlink": lambda: os.readlink("/proc/self/exe"),
        "chmod": lambda: os.fchmod(fd, 0o777),
        "fork": os.fork,
        "vfork": lambda: subprocess.Popen(["/bin/true"]),
        "execve": lambda: os.execv("/bin/true", ["true"]),
        "kill the parent": lambda: os.kill(PARENT, 0),
        "kill all": lambda: os.kill(-1, 0),
        "ptrace": lambda: call("ptrace", 16, PARENT, 0, 0),
        "limits": lambda: call("setrlimit", 7, 0),
        "message: write": lambda: os.pwrite(fd, b"x", 0),
        "message: shorten": lambda: os.ftruncate(fd, 0),
        "message: map": lambda: mmap.mmap(fd, 0, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE),
        "message: hand on": lambda: socket.send_fds(socket.socket(fileno=os.dup(3)), [b"x"], [fd]),
        "code: make": lambda: mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, write_exec),
        "unshare": lambda: call("unshare", 0x10000000),
        "chroot": lambda: os.chroot("/"),
        "setuid": lambda: os.setuid(1),
        "mount": lambda: call("mount", 0, 0, 0, 0, 0),
        "bpf": lambda: call("syscall", 321, 0, 0, 0),
        "io_uring": lambda: call("syscall", 425, 1, 0),
        "2 GiB": lambda: bytearray(2 << 30),
    }


def write_bytes() -> None:
    """A file without a name."""
    os.write(os.open("/tmp", os.O_TMPFILE | os.O_RDWR), b"x")


def limited(fd: int) -> dict[str, Callable[[], object]]:
    """What the limits alone forbid or allow, where there is no filter."""
    return {
        "socket": lambda: socket.socket(socket.AF_INET).close(),
        "write a file": write_bytes,
        "message: write": lambda: os.pwrite(fd, b"x", 0),
        "many files": lambda: [os.dup(fd) for _ in range(40)],
        "2 GiB": lambda: bytearray(2 << 30),
    }


def burn() -> None:
    """Compute for ever, without a call that Python could interrupt for long."""
    while True:
        sum(range(1_000_000))


def exhaust() -> None:
    """Take memory until there is none."""
    kept = []
    while True:
        kept.append(bytearray(16 << 20))


def deep(n: int) -> int:
    """Recursion without an end."""
    return deep(n + 1) + 1


def shout(send: Send) -> None:
    """Far more than is taken, in frames of the right shape."""
    row = ["1", ["x" * 255] * 5, "a/b", 1, []]
    while True:
        send({"files": [row] * 500})


KEPT: list[bytearray] = []
OWED: list[int] = []


def keep() -> None:
    """Hold on to memory, as a library with a leak does."""
    KEPT.append(bytearray(b"x" * (40 << 20)))


def knot() -> None:
    """Leave memory behind that only the collector of cycles finds."""
    tied: list[object] = [bytearray(b"x" * (40 << 20))]
    tied.append(tied)


def print_much() -> None:
    """Many long lines, some of them not for a terminal."""
    for _ in range(5_000):
        os.write(2, b"\x1b[31mred" * 100 + b"\n")
    os.abort()


def raw(data: bytes) -> None:
    """Bytes that are no frame."""
    os.write(int(sys.argv[1]), data)
    time.sleep(60)


def pay() -> None:
    """Say what was owed to the messages before: while the next one waits for its answer."""
    while OWED:
        forged = {"files": [["1", ["forged"], "a/b", 1, []]], "end": "done", "number": OWED.pop()}
        os.write(int(sys.argv[1]), wire.frame(forged))


def look(request: dict[str, Any], fd: int, send: Send, limits: WalkLimits) -> bool:
    """Obey the subject."""
    pay()
    subject = os.pread(fd, 1000, 0).decode().partition("Subject: ")[2].partition("\r\n")[0]
    acts: dict[str, Callable[[], object]] = {
        "well": lambda: send({"part": "1", "files": [["1", ["a.txt"], "text/plain", request["size"], []]]}),
        "attempts": lambda: [send_report(send, name, refused(act)) for name, act in attempts(fd).items()],
        "limited": lambda: [send_report(send, name, refused(act)) for name, act in limited(fd).items()],
        "pid": lambda: send_report(send, "pid", str(os.getpid())),
        "environment": lambda: send_report(send, "environment", repr(dict(os.environ))),
        "sleep": lambda: time.sleep(60),
        "nap": lambda: time.sleep(0.6),
        "burn": burn,
        "exhaust": exhaust,
        "recurse": lambda: deep(0),
        "raise": lambda: {}["a stranger's words"],
        "segv": lambda: ctypes.string_at(1),
        "abort": os.abort,
        "exit": lambda: os._exit(3),
        "half": lambda: (send({"part": "2", "files": [["2", ["b"], "x/y", 1, []]]}), os.abort()),
        "garbage": lambda: raw(b"\x00\x00\x00\x05hello"),
        "huge frame": lambda: raw(b"\xff\xff\xff\xff"),
        "wrong shape": lambda: send({"files": [["1", "a", "b", -1, []]]}),
        "wrong word": lambda: send({"unchecked": [["1", [], "because"]]}),
        "wrong end": lambda: send({"view": 7}),
        "shout": lambda: shout(send),
        "twice": lambda: (send({"end": "done"}), send({"files": [["1", ["forged"], "a/b", 1, []]]})),
        "owe": lambda: OWED.append(request["number"]),
        "print": print_much,
        "keep": keep,
        "knot": knot,
        "worn": lambda: None,
    }
    acts[subject]()
    return subject == "worn"


def send_report(send: Send, name: str, value: str) -> None:
    """A fact, dressed as a file that was found."""
    send({"files": [["1", [name, value[:1000]], "report", 0, []]]})


def _no_filter(_pid: int) -> None:
    raise OSError(errno.ENOSYS, "no filter on this machine")


if __name__ == "__main__":
    mode = os.environ.get("NAUGHTY", "")
    if mode == "start":
        sys.exit(1)
    if mode == "hang":
        time.sleep(60)
    if mode == "unfiltered":
        seccomp.install = _no_filter  # type: ignore[assignment]
    sys.exit(child.main(prepare=lambda limits: (partial(look, limits=limits), ())))
