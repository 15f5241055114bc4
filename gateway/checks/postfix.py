"""Where the next hop is a Postfix on this machine: would it believe a message that hides another one?

A gateway passes bytes on as they are, so what it refuses and what the next hop understands must fit together. These are
hints about Postfix's settings, read with postconf; nothing is changed.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import os
import re
import shutil
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gateway.checks.findings import Findings
from gateway.checks.instance import owner
from gateway.config import Settings, UpstreamConfig
from gateway.config_values import HostPort
from gateway.model import Direction

_NAMES = (
    "smtpd_forbid_bare_newline",
    "smtpd_forbid_bare_newline_exclusions",
    "smtpd_forbid_unauth_pipelining",
    "smtpd_authorized_xclient_hosts",
    "smtpd_authorized_xforward_hosts",
    "mynetworks",
)
_WHY_ROOT = "only root sees which instance has this port"
_WHY_NOBODY = "nobody on this machine is seen to listen on this port"
_TIMEOUT = 15.0  # seconds; postconf answers at once or not at all


@dataclass(frozen=True, slots=True)
class Place:
    """Where a Postfix stands for us: the next hop's settings, and whether it has to `relay` for the gateway.

    `note` is said with every hint.
    """

    upstream: UpstreamConfig
    key: str
    host: HostPort
    relays: bool = False
    note: str = ""


async def check(settings: Settings, findings: Findings) -> None:
    """Compare the settings of a local Postfix with ours, for each next hop that is one."""
    if not (command := shutil.which("postconf")):
        return
    for name, upstream in settings.upstream.items():
        for position, host in enumerate(upstream.hosts):
            if is_local(host):
                place = Place(upstream, f"upstream.{name}.hosts[{position}]", host, _relays(settings, name))
                await _check_host(command, place, findings)


async def _check_host(command: str, place: Place, findings: Findings) -> None:
    found = await asyncio.to_thread(owner, place.host)
    if found is None:
        note = f"; this was read from the system's Postfix: {_WHY_ROOT if os.geteuid() else _WHY_NOBODY}"
        place = replace(place, note=note)
    elif not found.is_postfix:
        return
    folder = ("-c", str(found.folder)) if found and found.folder else ()
    values = _parse(await _output(command, *folder, "-x", *_NAMES))
    compare({**values, **await _service(command, folder, place.host.port)}, place, findings)


def _relays(settings: Settings, name: str) -> bool:
    """Whether all that comes here was taken from our own mail servers, so that the next hop must believe us."""
    directions = {listener.direction for listener in settings.listener if listener.upstream == name}
    return bool(directions) and directions <= {Direction.PROXY_FILTER, Direction.OUTBOUND}


def is_local(host: HostPort) -> bool:
    """Whether the host is this machine: an address that a socket here can be bound to."""
    try:
        address = ipaddress.ip_address("127.0.0.1" if host.host == "localhost" else host.host)
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6
        with contextlib.closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
            probe.bind((str(address), 0))
    except (OSError, ValueError):
        return False
    return True


def compare(values: Mapping[str, str], place: Place, findings: Findings) -> None:
    """Warn of every setting that differs; an empty `values` (no Postfix there) says nothing."""
    if not values:
        return
    for name, hint in _differences(values, place):
        value = values.get(name, "(this Postfix does not know it)")
        findings.warn(f"{place.key} (Postfix {name})", value, hint + place.note)


def _differences(values: Mapping[str, str], place: Place) -> list[tuple[str, str]]:
    upstream, host = place.upstream, place.host
    found = []
    if values.get("smtpd_forbid_bare_newline") not in ("normalize", "reject", "yes"):
        hint = "set smtpd_forbid_bare_newline = normalize: Postfix would end a message at a bare newline"
        found.append(("smtpd_forbid_bare_newline", hint))
    if values.get("smtpd_forbid_bare_newline_exclusions"):
        hint = "set smtpd_forbid_bare_newline_exclusions = (empty): the gateway's own address is excluded by it"
        found.append(("smtpd_forbid_bare_newline_exclusions", hint))
    if values.get("smtpd_forbid_unauth_pipelining") != "yes":
        hint = "set smtpd_forbid_unauth_pipelining = yes: commands hidden after a message are then cut"
        found.append(("smtpd_forbid_unauth_pipelining", hint))
    if not place.relays and _covers(values.get("mynetworks", ""), host.host):
        hint = "leave the gateway's address out of mynetworks: Postfix would relay whatever passes it"
        found.append(("mynetworks", hint))
    for asked, name in ((upstream.xclient, "xclient"), (upstream.xforward, "xforward")):
        parameter = f"smtpd_authorized_{name}_hosts"
        if asked and not _covers(values.get(parameter, ""), host.host):
            found.append((parameter, f"add the gateway's address: {name} = true has no effect without it"))
    return found


def _covers(networks: str, host: str) -> bool:
    """Whether a Postfix list of networks has the address by which Postfix sees us, which is its own (same machine)."""
    address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    for word in re.split(r"[\s,]+", networks.replace("[", "").replace("]", "")):
        with contextlib.suppress(ValueError):
            if address in ipaddress.ip_network(word, strict=False):
                return True
    return False


async def _service(command: str, folder: Sequence[str], port: int) -> dict[str, str]:
    """What master.cf says of the service on this port (`smtp/inet/name = value`), taking precedence over main.cf."""
    own = {}
    for name, value in _parse(await _output(command, *folder, "-P")).items():
        service, _, parameter = name.rpartition("/")
        if _port(service.partition("/")[0]) == port and parameter in _NAMES:
            own[parameter] = value
    return own


def _port(service: str) -> int:
    name = service.rpartition(":")[2]
    try:
        return int(name) if name.isdigit() else socket.getservbyname(name, "tcp")
    except OSError:
        return 0


def _parse(text: str) -> dict[str, str]:
    lines = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {name.strip(): value.strip() for name, _, value in lines}


async def _output(command: str, *arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        command, *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), _TIMEOUT)
    except TimeoutError:
        process.kill()
        await process.wait()
        return ""
    return output.decode("utf-8", "replace") if process.returncode == 0 else ""
