"""Listeners: who may connect, what is asked of them, and whether two of them are in each other's way."""

from __future__ import annotations

import ipaddress
from itertools import combinations

from gateway.checks.findings import Findings, offers_auth, requires_auth
from gateway.config import Listener, Settings
from gateway.config_problems import nearest
from gateway.config_values import MIB, HostPort
from gateway.model import Direction

CAP = 15 * MIB  # bytes, decoded: what every regulation lets a message's attachments have (Q4 4.2)
BASE64_GROWTH = 1.37  # base64 with its line ends
SMALLEST_MAX_SIZE = int(CAP * BASE64_GROWTH)
_DIRECTIONS = frozenset(Direction)
_LONGEST_SUBMISSION_WAIT = 60.0  # seconds: mail clients give up near it and send again


def check(settings: Settings, findings: Findings) -> None:
    """All listeners, each by itself and together."""
    if not settings.listener:
        findings.error("listener", None, "write at least one [[listener]]: without one, no mail passes")
    for position, listener in enumerate(settings.listener):
        key = f"listener[{position}]"
        _check_upstream(settings, listener, key, findings)
        _check_tls(listener, key, findings)
        _check_auth(listener, key, findings)
        _check_devices(listener, key, findings)
        _check_networks(listener, key, findings)
        _check_sizes(settings, listener, key, findings)
    _check_domains(settings, findings)
    _check_clients(settings, findings)
    _check_names(settings, findings)
    _check_binds(settings, findings)


def _check_names(settings: Settings, findings: Findings) -> None:
    seen: dict[str, int] = {}
    for position, listener in enumerate(settings.listener):
        key, name = f"listener[{position}].name", listener.name
        if name in seen:
            findings.error(key, name, f"listener[{seen[name]}] has this name too: give each its own")
        seen.setdefault(name, position)
        if name in _DIRECTIONS and name != listener.direction:
            findings.error(key, name, f"this is another direction's name, and rules could not tell them apart: {name}")
        if name in ("mode", "internal"):
            findings.error(key, name, "rules use this word for something else: choose another name")


def _check_upstream(settings: Settings, listener: Listener, key: str, findings: Findings) -> None:
    name, known = listener.upstream, list(settings.upstream)
    if name in known:
        return
    hint = f"there is no [upstream.{name}]" + (nearest(name, known) or f"; there is: {', '.join(known) or 'none'}")
    findings.error(f"{key}.upstream", name, hint)


def _check_domains(settings: Settings, findings: Findings) -> None:
    inbound = [i for i, listener in enumerate(settings.listener) if listener.direction is Direction.INBOUND]
    if inbound and not settings.gateway.domains:
        who = f"listener[{inbound[0]}] is inbound and accepts recipients of these only"
        findings.error("gateway.domains", None, f"name our domains: {who}, so it would refuse everybody")


def _check_tls(listener: Listener, key: str, findings: Findings) -> None:
    if listener.tls == "none":
        if listener.tls_required:
            findings.error(
                f"{key}.tls_required", True, f"TLS cannot be required where it is not offered: set {key}.tls"
            )
        if listener.certificate or listener.key:
            findings.warn(f"{key}.tls", "none", 'a certificate is given and never used: set "starttls" or "implicit"')
        return
    for name in ("certificate", "key"):
        if getattr(listener, name) is None:
            findings.error(f"{key}.{name}", None, f'tls = "{listener.tls}" needs a PEM file here')


def _check_auth(listener: Listener, key: str, findings: Findings) -> None:
    auth, required = offers_auth(listener), requires_auth(listener)
    if auth and listener.direction is not Direction.SUBMISSION:
        findings.error(f"{key}.auth", auth, "AUTH is for submission listeners only")
    elif auth and listener.tls == "none":
        hint = 'AUTH is offered under TLS only: set tls = "starttls" or "implicit"'
        hint += "" if listener.auth else ", or auth = false and auth_required = false where there are only devices"
        findings.error(f"{key}.auth", listener.auth, hint)
    if required and not auth:
        hint = f"AUTH cannot be required where it is not offered: set {key}.auth"
        findings.error(f"{key}.auth_required", listener.auth_required, hint)
    if listener.direction is Direction.SUBMISSION and not required and not listener.devices:
        hint = "clients may send without a password: only trusted_networks are believed"
        findings.warn(f"{key}.auth_required", False, hint)


def _check_devices(listener: Listener, key: str, findings: Findings) -> None:
    allowed = listener.direction in (Direction.SUBMISSION, Direction.INBOUND)
    if listener.devices and not allowed:
        findings.error(
            f"{key}.devices", list(map(str, listener.devices)), "devices are for submission and inbound listeners only"
        )
    seen = set()
    for position, device in enumerate(listener.devices):
        here = f"{key}.devices[{position}]"
        local, _, domain = device.sender.rpartition("@")
        if not local or not domain or any(character.isspace() for character in device.sender):
            findings.error(f"{here}.sender", device.sender, 'write one address, such as "scanner@tinh.example"')
        if device.network.prefixlen == 0:
            findings.error(
                f"{here}.network",
                device.network,
                "this lets everybody send without a password: name the devices' network",
            )
        if device.network in seen:
            findings.error(f"{here}.network", device.network, "this network stands twice: it has one sender")
        seen.add(device.network)


def _check_networks(listener: Listener, key: str, findings: Findings) -> None:
    for name in ("proxy_protocol", "xclient", "xforward"):
        for position, network in enumerate(getattr(listener, name)):
            if network.prefixlen == 0:
                hint = "everybody could claim any client address: name the proxy's or the mail server's network"
                findings.error(f"{key}.{name}[{position}]", network, hint)


def _check_clients(settings: Settings, findings: Findings) -> None:
    """Outbound and proxy-filter listeners take mail from trusted networks (or behind a proxy) only."""
    trusted = settings.gateway.trusted_networks
    far = [i for i, listener in enumerate(settings.listener) if _serves_machines(listener) and not _is_here(listener)]
    if far and all(network.is_loopback for network in trusted):
        hint = (
            f"listener[{far[0]}] takes mail from these only, and they are this machine: add the mail server's address"
        )
        findings.warn("gateway.trusted_networks", list(map(str, trusted)), hint)


def _serves_machines(listener: Listener) -> bool:
    return listener.direction in (Direction.OUTBOUND, Direction.PROXY_FILTER) and not listener.proxy_protocol


def _is_here(listener: Listener) -> bool:
    here = address_of(listener.bind)
    return here is None or here.is_loopback


def _check_sizes(settings: Settings, listener: Listener, key: str, findings: Findings) -> None:
    if listener.max_size < SMALLEST_MAX_SIZE:
        hint = '15 MiB of attachments, which the regulations allow, are 20.6 MiB in base64: set at least "21MiB"'
        findings.warn(f"{key}.max_size", listener.max_size, hint)
    if listener.max_size > settings.gateway.spool_disk:
        findings.error(
            f"{key}.max_size", listener.max_size, "larger than gateway.spool_disk: no such message could be spooled"
        )
    if listener.max_line > listener.max_size:
        findings.warn(f"{key}.max_line", listener.max_line, "larger than max_size: it never applies")
    wait = listener.post_dot_timeout
    if listener.direction is Direction.SUBMISSION and wait and wait > _LONGEST_SUBMISSION_WAIT:
        hint = 'mail clients give up after about 60 s and send again: use at most "60s"'
        findings.warn(f"{key}.post_dot_timeout", wait, hint)
    if listener.bare_newline == "normalize" and not listener.devices and listener.direction.client_is_mta:
        hint = "made for known devices: from strangers, bare newlines are a way to smuggle mail"
        findings.warn(f"{key}.bare_newline", "normalize", hint)


def _check_binds(settings: Settings, findings: Findings) -> None:
    binds = [(f"listener[{i}].bind", listener.bind) for i, listener in enumerate(settings.listener)]
    binds.append(("http.bind", settings.http.bind))
    if settings.access.bind is not None:
        binds.append(("access.bind", settings.access.bind))
    for key, bind in binds:
        if not is_host(bind):
            findings.error(key, bind, "this is neither an address nor a name of a machine")
        elif address_of(bind) is None:
            findings.warn(key, bind, "a name may stand for several addresses: write the address")
    for (first_key, first), (key, bind) in combinations(binds, 2):
        if collide(first, bind):
            findings.error(key, bind, f"{first_key} listens there too: give each its own port")


def address_of(bind: HostPort) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address of a bind or host; None where it is a name."""
    try:
        return ipaddress.ip_address("127.0.0.1" if bind.host == "localhost" else bind.host)
    except ValueError:
        return None


def is_host(bind: HostPort) -> bool:
    """Whether this can be an address or a name at all: no label over 63 octets, none empty."""
    try:
        return len(bind.host.encode("idna")) <= 255
    except UnicodeError:
        return False


def collide(first: HostPort, second: HostPort) -> bool:
    """Whether two sockets cannot both listen: the same port, and the same or a covering address (0.0.0.0, ::)."""
    if first.port != second.port or first.port == 0:
        return False
    one, two = address_of(first), address_of(second)
    if one is None or two is None:
        return first.host == second.host
    return one == two or (one.version == two.version and (one.is_unspecified or two.is_unspecified))
