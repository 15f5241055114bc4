"""Are the addresses that the gateway wants to listen on there, and free? Binds each for a moment, listens on none."""

from __future__ import annotations

import contextlib
import errno
import socket

from gateway.checks.findings import Findings
from gateway.config import Settings
from gateway.config_values import HostPort


def check(settings: Settings, findings: Findings) -> None:
    """Try every listener's bind, that of [http], of [access] and of [console]."""
    binds = [(f"listener[{i}].bind", listener.bind) for i, listener in enumerate(settings.listener)]
    access = [("access.bind", settings.access.bind)] if settings.access.bind is not None else []
    console = settings.console
    sites = [("console.bind", console.bind), ("console.public_bind", console.public_bind)]
    wanted = [(key, bind) for key, bind in sites if bind is not None]
    for key, bind in [*binds, ("http.bind", settings.http.bind), *access, *wanted]:
        _try(bind, key, findings)


def _try(bind: HostPort, key: str, findings: Findings) -> None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(bind.host, bind.port, type=socket.SOCK_STREAM)[0]
        with contextlib.closing(socket.socket(family, kind, protocol)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (OSError, UnicodeError) as error:  # UnicodeError: a name that cannot be one (IDNA)
        _explain(error, bind, key, findings)


def _explain(error: OSError | UnicodeError, bind: HostPort, key: str, findings: Findings) -> None:
    if isinstance(error, UnicodeError | socket.gaierror):
        findings.error(key, bind, "this name has no address here: write an address")
    elif error.errno == errno.EADDRINUSE:
        findings.warn(
            key, bind, f"taken already, by a running gateway or another program: ss -ltnp 'sport = {bind.port}'"
        )
    elif error.errno == errno.EACCES:
        findings.warn(key, bind, "this user may not use a port below 1024; the systemd unit may (CAP_NET_BIND_SERVICE)")
    else:
        findings.error(key, bind, "this machine has no such address: see ip address")
