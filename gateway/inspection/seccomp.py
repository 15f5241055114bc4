"""A system call filter for a process that only computes: whatever is not named here fails with EPERM (seccomp(2)).

Built by hand, so that neither libseccomp nor a compiler is needed, for the two architectures below. No call that opens
a file, makes a socket or a process, or reaches another process is among the allowed ones.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from collections.abc import Mapping

_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06  # BPF: ld [k], jeq, jset, ret
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data; the low half of an argument comes first
_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_PROT_WRITE, _PROT_EXEC, _MAP_SHARED = 2, 4, 1  # MAP_SHARED_VALIDATE has this bit, too

Instruction = tuple[int, int, int, int]
"""Code, jump if true, jump if false, operand."""

# Name: number on x86_64, on aarch64; None where it does not exist.
_PLAIN: Mapping[str, tuple[int | None, int | None]] = {
    "read": (0, 63),
    "write": (1, 64),
    "pread64": (17, 67),
    "readv": (19, 65),
    "writev": (20, 66),
    "lseek": (8, 62),
    "close": (3, 57),
    "fstat": (5, 80),
    "newfstatat": (262, 79),  # fstat(3) since glibc 2.33
    "fcntl": (72, 25),
    "poll": (7, None),
    "ppoll": (271, 73),
    "sendto": (44, 206),
    "recvfrom": (45, 207),
    "recvmsg": (47, 212),
    "brk": (12, 214),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "futex": (202, 98),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "restart_syscall": (219, 128),
    "setitimer": (38, 103),
    "getitimer": (36, 102),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "nanosleep": (35, 101),
    "gettimeofday": (96, 169),
    "time": (201, None),
    "times": (100, 153),
    "getrusage": (98, 165),
    "getrandom": (318, 278),
    "getpid": (39, 172),
    "gettid": (186, 178),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "uname": (63, 160),
    "sysinfo": (99, 179),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "exit": (60, 93),
    "exit_group": (231, 94),
}
# Allowed with some arguments only.
_MMAP, _MPROTECT, _TGKILL, _CLONE3 = (9, 222), (10, 226), (234, 131), (435, 435)
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}


def program(pid: int, machine: str) -> bytes:
    """The filter for the process `pid` on this machine (`platform.machine()`). OSError where there is none for it."""
    if machine not in _ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"no system call filter for {machine}")
    column, architecture = _ARCHITECTURES[machine]
    made: list[Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
    ]
    for numbers in _PLAIN.values():
        if numbers[column] is not None:
            made += [(_EQUAL, 0, 1, numbers[column] or 0), (_RETURN, 0, 0, _ALLOW)]
    made += _only(_TGKILL[column], [(_LOAD, 0, 0, _argument(0)), (_EQUAL, 1, 0, pid), _refuse()])  # raise(3), abort(3)
    made += _only(_MPROTECT[column], [(_LOAD, 0, 0, _argument(2)), (_ANY_BIT, 0, 1, _PROT_EXEC), _refuse()])
    made += _only(_MMAP[column], _mapping())
    made += _only(_CLONE3[column], [(_RETURN, 0, 0, _ERRNO | errno.ENOSYS)])  # libc then tries clone, and gets EPERM
    made.append(_refuse())
    return b"".join(struct.pack("=HBBI", *one) for one in made)


def _mapping() -> list[Instruction]:
    """mmap: nothing that is writable is executable, or shared with whoever else holds the file."""
    return [
        (_LOAD, 0, 0, _argument(2)),
        (_ANY_BIT, 0, 5, _PROT_WRITE),
        (_ANY_BIT, 0, 1, _PROT_EXEC),
        _refuse(),
        (_LOAD, 0, 0, _argument(3)),
        (_ANY_BIT, 0, 1, _MAP_SHARED),
        _refuse(),
    ]


def _only(number: int, checks: list[Instruction]) -> list[Instruction]:
    """For this call run `checks`, which refuse or fall through to its being allowed."""
    return [(_EQUAL, 0, len(checks) + 1, number), *checks, (_RETURN, 0, 0, _ALLOW)]


def _argument(index: int) -> int:
    return _ARGUMENTS + 8 * index


def _refuse() -> Instruction:
    return (_RETURN, 0, 0, _ERRNO | errno.EPERM)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def install(pid: int) -> None:
    """Put the filter over this process, for good. PR_SET_NO_NEW_PRIVS must be set. OSError where it cannot be had.

    By prctl(2): the hardened systemd unit allows that, and not seccomp(2).
    """
    code = program(pid, platform.machine())
    libc = ctypes.CDLL(None, use_errno=True)
    holder = _Program(len(code) // 8, code)
    if libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(holder), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_SECCOMP)")
