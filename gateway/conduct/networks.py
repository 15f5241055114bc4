"""Networks that a sender writes from, as coarse as a provider's: an IPv4 /16, an IPv6 /32. Pure."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import Final

WIDTH: Final = 5
"""Bytes of a network's key: its version, and the first four bytes of its address."""
NOWHERE: Final = bytes(WIDTH)
"""Where no address was told, or one that is none."""
_LONGEST: Final = 80  # characters of an IPv6 address with its zone


def network_of(client: str) -> bytes:
    """The key of the network that this address belongs to. Any text is safe."""
    return _network(client) if len(client) <= _LONGEST else NOWHERE


@lru_cache(4096)
def _network(client: str) -> bytes:
    try:
        address = ipaddress.ip_address(client.partition("%")[0])
    except ValueError:
        return NOWHERE
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is None:
            return b"\x06" + address.packed[:4]
        address = address.ipv4_mapped
    return b"\x04" + address.packed[:2] + b"\0\0"


def shown(key: bytes) -> str:
    """The network for people: "203.0.0.0/16"."""
    if key[:1] == b"\x04":
        return f"{ipaddress.IPv4Address(key[1:5])}/16"
    if key[:1] == b"\x06":
        return f"{ipaddress.IPv6Address(key[1:5] + bytes(12))}/32"
    return "?"
