"""How many children there are, how much each may take, how far one message is looked into. Only numbers live here."""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.archives.limits import ArchiveLimits
from gateway.documents.limits import DocumentLimits
from gateway.message.limits import ScanLimits
from gateway.message.readings.limits import UnionLimits

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """The child processes of one gateway worker. Bytes and seconds.

    `count`: children, 0 for none (nothing is looked into then). `memory`: what a child may take beyond the program
    itself. `timeout`: for one message, waiting for a free child included. `cpu_time`: computing for one message.
    `queue`: messages that may wait for a child. `max_uses`: messages before a child is replaced by a fresh one.
    `prewarm`: have all children ready at all times, instead of starting each when it is first needed.
    """

    count: int = 2
    memory: int = 512 * _MIB
    timeout: float = 20.0
    cpu_time: float = 15.0
    queue: int = 100
    max_uses: int = 500
    prewarm: bool = True


@dataclass(frozen=True, slots=True)
class WalkLimits:
    """One message. `files`: files listed, and files named as not checked. `name`: characters kept of a file's name.

    `text`: characters of text taken out of all its documents together. `scan` and `union`: of messages, also of those
    inside. `archives`: the budget of the whole message, and the depth of any container in another. `documents`: each.
    """

    files: int = 1000
    name: int = 255
    text: int = 4 * _MIB
    scan: ScanLimits = field(default_factory=ScanLimits)
    union: UnionLimits = field(default_factory=UnionLimits)
    archives: ArchiveLimits = field(default_factory=ArchiveLimits)
    documents: DocumentLimits = field(default_factory=DocumentLimits)
