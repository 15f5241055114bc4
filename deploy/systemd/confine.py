#!/usr/bin/env python3
"""Runs a command under congthu.service's restrictions on a machine whose PID 1 is not systemd.

usage: confine.py UNIT COMMAND…   (inside bwrap, which makes the mounts: see prove-hardening.sh)

Reads the unit's SystemCallFilter (sets expanded by systemd-analyze), RestrictAddressFamilies, LimitNOFILE and UMask,
and adds what MemoryDenyWriteExecute, RestrictNamespaces, LimitCORE and NoNewPrivileges mean. Installs all of it with
libseccomp and prctl, then executes the command. Only the standard library and libseccomp.so.2 are used.
"""

import ctypes
import errno
import os
import resource
import subprocess
import sys
from pathlib import Path

ALLOW, EPERM = 0x7FFF0000, 0x00050000 | errno.EPERM
NE, EQ, MASKED_EQ = 1, 4, 7  # enum scmp_compare
PR_SET_NO_NEW_PRIVS, PR_SET_MDWE, MDWE_REFUSE_EXEC_GAIN = 38, 65, 1
FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10}
CLONE_NEW = 0x7E020000 | 0x80
PROT_WRITE, PROT_EXEC = 2, 4
SUID_SGID = 0o6000


class Compare(ctypes.Structure):
    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


def settings(unit: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in unit.read_text().splitlines():
        key, sep, value = line.partition("=")
        if sep and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


def expand(name: str) -> set[str]:
    """The system calls of a set, through the sets within it."""
    if not name.startswith("@"):
        return {name}
    command = ["systemd-analyze", "syscall-filter", name]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    names = [line.strip() for line in shown.stdout.splitlines()[1:] if line.startswith("    ")]
    return set().union(*(expand(inner) for inner in names if not inner.startswith("#")))


def allowed(filters: list[str]) -> set[str]:
    calls: set[str] = set()
    for words in filters:
        negative = words.startswith("~")
        for name in words.removeprefix("~").split():
            calls = calls - expand(name) if negative else calls | expand(name)
    return calls


class Filter:
    def __init__(self) -> None:
        self.lib = ctypes.CDLL("libseccomp.so.2")
        self.lib.seccomp_init.restype = ctypes.c_void_p
        self.context = ctypes.c_void_p(self.lib.seccomp_init(EPERM))
        self.rules = 0

    def add(self, action: int, name: str, *compares: Compare) -> None:
        number = self.lib.seccomp_syscall_resolve_name(name.encode())
        if number < 0:
            return  # not on this architecture
        array = (Compare * len(compares))(*compares)
        code = self.lib.seccomp_rule_add_array(
            self.context, ctypes.c_uint32(action), number, len(compares), array if compares else None
        )
        if code < 0:
            raise OSError(-code, f"seccomp rule for {name}")
        self.rules += 1

    def load(self) -> None:
        code = self.lib.seccomp_load(self.context)
        if code < 0:
            raise OSError(-code, "seccomp_load")


def restrict(unit: dict[str, list[str]]) -> int:
    """Install the filter; the number of its rules. A call whose argument matters is allowed in its good forms only."""
    made = Filter()
    special = {"socket", "mmap", "mprotect", "pkey_mprotect", "clone", "unshare", "setns"}
    # A filter sees no further than clone3's pointer; systemd, too, answers ENOSYS so that libc falls back to clone.
    special.add("clone3")
    for name in sorted(allowed(unit["SystemCallFilter"]) - special):
        made.add(ALLOW, name)
    made.add(0x00050000 | errno.ENOSYS, "clone3")
    for family in unit["RestrictAddressFamilies"][0].split():
        made.add(ALLOW, "socket", Compare(0, EQ, FAMILIES[family], 0))
    made.add(ALLOW, "mmap", Compare(2, MASKED_EQ, PROT_WRITE | PROT_EXEC, 0))
    made.add(ALLOW, "mmap", Compare(2, MASKED_EQ, PROT_WRITE | PROT_EXEC, PROT_WRITE))
    made.add(ALLOW, "mmap", Compare(2, MASKED_EQ, PROT_WRITE | PROT_EXEC, PROT_EXEC))
    made.add(ALLOW, "mprotect", Compare(2, MASKED_EQ, PROT_EXEC, 0))
    made.add(ALLOW, "clone", Compare(0, MASKED_EQ, CLONE_NEW, 0))
    made.load()
    return made.rules


def main() -> None:
    unit = settings(Path(sys.argv[1]))
    libc = ctypes.CDLL(None, use_errno=True)
    files = min(int(unit["LimitNOFILE"][0]), resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.umask(int(unit["UMask"][0], 8))
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "PR_SET_NO_NEW_PRIVS")
    mdwe = libc.prctl(PR_SET_MDWE, MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) == 0
    rules = restrict(unit)
    by = "kernel and filter" if mdwe else "filter"
    sys.stderr.write(f"confined: {rules} seccomp rules, memory-deny-write-execute by {by}\n")
    os.execvp(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
