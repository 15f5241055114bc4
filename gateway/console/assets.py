"""Our own style sheet, script and sign, read once and served from memory. Nothing is fetched from elsewhere."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file. `tag`: changes with its content."""

    content: bytes
    type: str
    tag: str


@cache
def assets() -> dict[str, Asset]:
    """Every file of the folder, by name."""
    found: dict[str, Asset] = {}
    for entry in files("gateway.console").joinpath("static").iterdir():
        kind = _TYPES.get(entry.name.rpartition(".")[2])
        if kind is not None:
            content = entry.read_bytes()
            found[entry.name] = Asset(content, kind, hashlib.sha256(content).hexdigest()[:12])
    return found


def address(name: str) -> str:
    """Where a page finds a file; it may be kept for ever, for a new content has a new address."""
    return f"/tinh/{assets()[name].tag}/{name}"
