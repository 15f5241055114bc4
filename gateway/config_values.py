"""The types of settings: sizes, durations, addresses, networks, and the table that a section is.

Sizes are bytes (`"15MiB"`), durations seconds (`"30s"`, `"5m"`), addresses `"host:port"`. It must not know any setting.
"""

from __future__ import annotations

import datetime
import ipaddress
import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict

_SIZE_UNITS = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}
_TIME_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


_SIZE_HINT = 'write a size as bytes or with a unit: 15728640, "15MiB", "512KiB"'
_TIME_HINT = 'write a duration in seconds or with a unit: 30, "30s", "5m", "1h"'
_LARGEST = 2**53  # beyond it floats skip integers; no size or time of a mail system comes near


def parse_size(value: object) -> int:
    """Bytes from an integer or text such as "15MiB". ValueError says what is accepted."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST:
        return value
    match = re.fullmatch(r"\s*([0-9]{1,16}(?:\.[0-9]{1,9})?)\s*([A-Za-z]*)\s*", value if isinstance(value, str) else "")
    if match is None or match[2].lower() not in _SIZE_UNITS:
        raise ValueError(_SIZE_HINT)
    return int(float(match[1]) * _SIZE_UNITS[match[2].lower()])


def parse_duration(value: object) -> float:
    """Seconds from a number or text such as "30s", "5m", "1h". ValueError says what is accepted."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _LARGEST:
        return float(value)
    match = re.fullmatch(
        r"\s*([0-9]{1,15}(?:\.[0-9]{1,9})?)\s*(ms|s|m|h|d)\s*", value if isinstance(value, str) else ""
    )
    if match is None:
        raise ValueError(_TIME_HINT)
    return float(match[1]) * _TIME_UNITS[match[2]]


_HOST_PORT = re.compile(r"(?:\[([0-9A-Fa-f:.%]+)\]|([^\s:\[\]/@]+)):([0-9]{1,5})")


class HostPort(str):
    """`host:port`, with `[v6]:port` for IPv6. Attributes `host` and `port`."""

    host: str
    port: int

    def __new__(cls, value: object) -> HostPort:
        match = _HOST_PORT.fullmatch(value.strip()) if isinstance(value, str) else None
        if match is None or int(match[3]) > 65535:
            raise ValueError('write host:port, for example "127.0.0.1:25" or "[::1]:25"')
        made = super().__new__(cls, match[0])
        made.host, made.port = match[1] or match[2], int(match[3])
        return made


def network(value: object) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """A network from text such as "10.0.0.0/8", a single address too. ValueError says what is accepted."""
    if isinstance(value, ipaddress.IPv4Network | ipaddress.IPv6Network):
        return value
    try:
        if not isinstance(value, str):
            raise ValueError
        return ipaddress.ip_network(value.strip(), strict=False)
    except ValueError:
        raise ValueError('write a network as address/bits: "10.0.0.0/8", "2001:db8::/32", "192.0.2.7"') from None


def day_time(value: object) -> datetime.time:
    """A time of the day from text such as "08:00". ValueError says what is accepted."""
    try:
        found = value if isinstance(value, datetime.time) else datetime.time.fromisoformat(str(value))
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None:
        raise ValueError('write a time of the day in Vietnam: "08:00"')
    return found


Size = Annotated[int, BeforeValidator(parse_size)]
Duration = Annotated[float, BeforeValidator(parse_duration)]
Timeout = Annotated[float, BeforeValidator(parse_duration), Field(gt=0)]  # a time-out of 0 would refuse everybody
Count = Annotated[int, Strict()]  # "5" and 5.0 are mistakes, not numbers
Flag = Annotated[bool, Strict()]  # "no" is a mistake, not false
Endpoint = Annotated[HostPort, BeforeValidator(HostPort)]
Network = Annotated[ipaddress.IPv4Network | ipaddress.IPv6Network, BeforeValidator(network)]
DayTime = Annotated[datetime.time, BeforeValidator(day_time)]
KIB, MIB = 2**10, 2**20


class Section(BaseModel):
    """A table of the configuration: unknown keys are errors, values cannot change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)
