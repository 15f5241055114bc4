"""Where a request comes from: the peer, or what a trusted proxy says of it. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from starlette.types import Scope

from gateway.config_values import Network

_MOST = 20  # addresses in X-Forwarded-For that are looked at


def peer_of(scope: Scope) -> str:
    """The other end of the connection; "unix" for a socket without addresses."""
    client = scope.get("client")
    return str(client[0]) if client and client[0] else "unix"


def trusted(address: str, proxies: Sequence[Network]) -> bool:
    """Whether an address is a trusted proxy's."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in proxies)


def address_of(scope: Scope, proxies: Sequence[Network]) -> str:
    """The client's address: the last one in X-Forwarded-For that no trusted proxy has, where the peer is one."""
    address = peer_of(scope)
    if not trusted(address, proxies):
        return address
    told = ",".join(_values(scope, b"x-forwarded-for")).split(",")
    for one in reversed(told[-_MOST:]):
        try:
            address = str(ipaddress.ip_address(one.strip()))
        except ValueError:
            return address
        if not trusted(address, proxies):
            return address
    return address


def secure(scope: Scope, proxies: Sequence[Network]) -> bool:
    """Whether the client came over TLS."""
    if scope.get("scheme") == "https":
        return True
    return trusted(peer_of(scope), proxies) and _values(scope, b"x-forwarded-proto")[-1:] == ["https"]


def _values(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1").strip() for key, value in scope["headers"] if key == name]
