"""Where the next hop is a Postfix on this machine: would it believe a message that hides another one?

A gateway passes bytes on as they are, so what it refuses and what the next hop understands must fit together. These are
hints about Postfix's settings, read with postconf; nothing is changed.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import re
import shutil
import socket
from collections.abc import Mapping

from gateway.checks.findings import Findings
from gateway.config import HostPort, Settings, UpstreamConfig

_NAMES = (
    "smtpd_forbid_bare_newline",
    "smtpd_forbid_bare_newline_exclusions",
    "smtpd_forbid_unauth_pipelining",
    "smtpd_authorized_xclient_hosts",
    "smtpd_authorized_xforward_hosts",
    "mynetworks",
)
_TIMEOUT = 15.0  # seconds; postconf answers at once or not at all


async def check(settings: Settings, findings: Findings) -> None:
    """Compare the settings of a local Postfix with ours, for each next hop that is one."""
    if not (command := shutil.which("postconf")):
        return
    general: Mapping[str, str] | None = None
    for name, upstream in settings.upstream.items():
        for position, host in enumerate(upstream.hosts):
            if not is_local(host):
                continue
            general = await _general(command) if general is None else general
            values = {**general, **await _service(command, host.port)}
            compare(values, upstream, f"upstream.{name}.hosts[{position}]", host, findings)


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


def compare(values: Mapping[str, str], upstream: UpstreamConfig, key: str, host: HostPort, findings: Findings) -> None:
    """Warn of every setting that differs; an empty `values` (no Postfix there) says nothing."""
    if not values:
        return
    for name, hint in _differences(values, upstream, host):
        findings.warn(f"{key} (Postfix {name})", values.get(name, "(this Postfix does not know it)"), hint)


def _differences(values: Mapping[str, str], upstream: UpstreamConfig, host: HostPort) -> list[tuple[str, str]]:
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
    if _covers(values.get("mynetworks", ""), host.host):
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


async def _general(command: str) -> dict[str, str]:
    return _parse(await _output(command, "-x", *_NAMES))


async def _service(command: str, port: int) -> dict[str, str]:
    """What master.cf says of the service on this port (`smtp/inet/name = value`), taking precedence over main.cf."""
    own = {}
    for name, value in _parse(await _output(command, "-P")).items():
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
