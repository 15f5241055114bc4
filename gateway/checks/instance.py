"""Which program listens on a port of this machine, and where its configuration is if it is a Postfix.

There may be several Postfix instances (postmulti, a container with the host's network), and `postconf` alone speaks of
one. Linux says who holds a socket, to root only. This room reads /proc and starts nothing.
"""

from __future__ import annotations

import contextlib
import ipaddress
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gateway.config_values import HostPort

_PROC = Path("/proc")
_LISTEN = "0A"  # the state in /proc/net/tcp
_PARTS = frozenset({"master", "smtpd", "postscreen"})  # Postfix's programs that hold a listening socket


@dataclass(frozen=True, slots=True)
class Owner:
    """Who listens. `is_postfix`; then `folder` is its configuration, None for Postfix's own default."""

    is_postfix: bool
    folder: Path | None = None


def owner(host: HostPort) -> Owner | None:
    """Who listens on this address of the machine; None where nobody does or we may not know (not root)."""
    sockets = {f"socket:[{inode}]" for inode in _inodes(host)}
    holders = [process for process in _processes() if sockets & set(_descriptors(process))] if sockets else []
    for process in holders:
        # Only root's own master is believed: what it names is read with root's rights.
        if _program(process) == "master" and process.stat().st_uid == 0:
            return Owner(True, _folder(process))
    if not holders or any(_program(process) in _PARTS for process in holders):
        return None
    return Owner(False)


def _inodes(host: HostPort) -> Iterator[str]:
    wanted = ipaddress.ip_address("127.0.0.1" if host.host == "localhost" else host.host)
    for name in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            for line in (_PROC / "net" / name).read_text().splitlines()[1:]:
                words = line.split()
                address, _, port = words[1].partition(":")
                if words[3] == _LISTEN and int(port, 16) == host.port and _serves(_address(address), wanted):
                    yield words[9]


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """An address as the kernel writes it: words of 32 bits in this machine's byte order."""
    words = [int(text[start : start + 8], 16) for start in range(0, len(text), 8)]
    return ipaddress.ip_address(struct.pack(f"={len(words)}I", *words))


def _serves(
    bound: ipaddress.IPv4Address | ipaddress.IPv6Address, wanted: ipaddress.IPv4Address | ipaddress.IPv6Address
) -> bool:
    if bound.is_unspecified:
        return bound.version >= wanted.version  # [::] takes IPv4 too, where the system lets it
    return bound == wanted or getattr(bound, "ipv4_mapped", None) == wanted


def _processes() -> Iterator[Path]:
    yield from (path for path in _PROC.iterdir() if path.name.isdigit())


def _descriptors(process: Path) -> Iterator[str]:
    with contextlib.suppress(OSError):
        for path in (process / "fd").iterdir():
            with contextlib.suppress(OSError):
                yield str(path.readlink())


def _program(process: Path) -> str:
    with contextlib.suppress(OSError):
        return (process / "exe").readlink().name.removesuffix(" (deleted)")
    return ""


def _folder(process: Path) -> Path | None:
    """`-c FOLDER` of the master's command line, or the MAIL_CONFIG that postfix(1) and postmulti(1) hand to it."""
    arguments = _words(process / "cmdline")
    named = arguments[arguments.index("-c") + 1 :] if "-c" in arguments else []
    named += [word.partition("=")[2] for word in _words(process / "environ") if word.startswith("MAIL_CONFIG=")]
    folder = next((name for name in named if name.startswith("/")), "")
    if not folder:
        return None
    return Path(folder) if _same_files(process) else process / "root" / folder.lstrip("/")


def _words(path: Path) -> list[str]:
    with contextlib.suppress(OSError):
        return path.read_bytes().decode("utf-8", "surrogateescape").rstrip("\0").split("\0")
    return []


def _same_files(process: Path) -> bool:
    """Whether a path means the same to the process as to us: not so in a container."""
    with contextlib.suppress(OSError):
        return (process / "ns/mnt").readlink() == (_PROC / "self/ns/mnt").readlink()
    return True
