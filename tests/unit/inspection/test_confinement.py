"""What a child can do: compute. Everything else is tried from inside one that is confined like the real ones."""

from __future__ import annotations

import asyncio
import platform
import struct
import subprocess
import sys
from collections.abc import Iterator

import pytest
import structlog

from gateway.inspection import seccomp
from tests.unit.inspection.support import inspector, reports, surroundings, told

ALLOWED_TO_FAIL_OTHERWISE = {"2 GiB": "memory"}


async def test_nothing_but_computing_is_allowed() -> None:
    async with inspector(memory=256 << 20) as made:
        found = reports(await told(made, "attempts"))
        assert len(found) > 30
        assert found == {name: ALLOWED_TO_FAIL_OTHERWISE.get(name, "EPERM") for name in found}
        assert made.lacking == ()
        assert reports(await told(made, "environment")) == {"environment": "{}"}


async def test_without_a_filter_it_goes_on_and_says_so() -> None:
    with structlog.testing.capture_logs() as lines:
        async with inspector(mode="unfiltered", count=2, prewarm=True, memory=256 << 20) as made:
            found = reports(await told(made, "limited"))
            assert found.pop("message: write") in ("EPERM", "EBADF", "EFBIG")  # sealed, or opened for reading
            assert found == {"socket": "", "write a file": "EFBIG", "many files": "EMFILE", "2 GiB": "memory"}
            assert made.lacking == ("seccomp",)
            while made.running < 2:
                await asyncio.sleep(0.05)
    said = [line for line in lines if line["event"] == "inspection.lacking"]
    assert [line["lacking"] for line in said] == [["seccomp"]]  # once, however many children


PREPARED = """
import ctypes, os, sys
from gateway.inspection.confine import confine
from gateway.inspection.limits import WalkLimits
from gateway.inspection.warm import prepared
prepared(WalkLimits())
assert confine(512 << 20) == ()
kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)
made = [kind(lambda number: number + 1) for _ in range(3500)]
assert [one(n) for n, one in enumerate(made)] == list(range(1, 3501))
import msoffcrypto.format.ooxml, encodings.cp1258
for name in sys.argv[1:]:
    converter = ctypes.CDLL(None).iconv_open(b"UTF-8", name.encode())
    assert converter != -1, name
os.write(1, b"fine")
"""


def test_what_is_needed_later_is_there_before() -> None:
    """Callbacks for libraries in C, codecs, what a library imports late: nothing of it can be had afterwards."""
    command = [sys.executable, "-c", PREPARED, "CP932", "CP437", "UTF-16LE"]
    done = subprocess.run(command, capture_output=True, text=True, env=surroundings(), timeout=60)
    assert (done.stdout, done.stderr) == ("fine", "")


def run(program: bytes, number: int, *arguments: int, architecture: int) -> int:
    """What the filter answers, by a small machine of our own (only the instructions that it is built of)."""
    data = struct.pack("=iIQ6Q", number, architecture, 0, *(*arguments, *[0] * (6 - len(arguments))))
    code = list(struct.iter_unpack("=HBBI", program))
    at, accumulator = 0, 0
    for _ in range(len(code)):
        operation, true, false, operand = code[at]
        at += 1
        if operation == 0x06:
            return int(operand)
        if operation == 0x20:
            accumulator = struct.unpack_from("=I", data, operand)[0]
        else:
            holds = accumulator == operand if operation == 0x15 else bool(accumulator & operand)
            at += true if holds else false
    raise AssertionError("the filter does not end")


ALLOW, EPERM, ENOSYS, KILL = 0x7FFF0000, 0x00050001, 0x00050026, 0x80000000


def machines() -> Iterator[tuple[str, int, dict[str, int]]]:
    yield "x86_64", 0xC000003E, {"read": 0, "openat": 257, "socket": 41, "mmap": 9, "mprotect": 10, "tgkill": 234}
    yield "aarch64", 0xC00000B7, {"read": 63, "openat": 56, "socket": 198, "mmap": 222, "mprotect": 226, "tgkill": 131}


@pytest.mark.parametrize(("machine", "architecture", "calls"), list(machines()))
def test_the_filter_on_each_architecture(machine: str, architecture: int, calls: dict[str, int]) -> None:
    program = seccomp.program(1234, machine)

    def answer(name: str, *arguments: int) -> int:
        return run(program, calls[name], *arguments, architecture=architecture)

    assert answer("read", 3, 0, 100) == ALLOW
    assert answer("openat") == answer("socket", 2, 1) == EPERM
    assert answer("tgkill", 1234, 1234, 6) == ALLOW
    assert answer("tgkill", 1, 1, 9) == EPERM
    assert answer("mmap", 0, 4096, 3, 0x22) == ALLOW
    assert answer("mmap", 0, 4096, 1, 0x01) == ALLOW
    assert answer("mmap", 0, 4096, 5, 0x02) == ALLOW
    assert answer("mmap", 0, 4096, 7, 0x22) == EPERM
    assert answer("mmap", 0, 4096, 3, 0x01) == answer("mmap", 0, 4096, 2, 0x03) == EPERM
    assert answer("mprotect", 0, 4096, 3) == ALLOW
    assert answer("mprotect", 0, 4096, 5) == answer("mprotect", 0, 4096, 4) == EPERM
    assert run(program, 435, architecture=architecture) == ENOSYS
    assert run(program, calls["read"], architecture=0x40000003) == KILL
    assert run(program, calls["read"] | 0x40000000, architecture=architecture) == EPERM  # the x32 way


def test_every_call_has_another_number() -> None:
    for column in (0, 1):
        numbers = [pair[column] for pair in seccomp._PLAIN.values() if pair[column] is not None]
        assert len(numbers) == len(set(numbers))


def test_a_machine_without_a_filter_is_named() -> None:
    with pytest.raises(OSError, match="riscv64"):
        seccomp.program(1, "riscv64")
    assert platform.machine() in ("x86_64", "aarch64")
