"""What the gateway may do about a step, as values: a line in a list, letters, a deny file, a command, a webhook's body.

The default is only to list. Addresses may hold anything: no text of theirs can break out of a file, a command or JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from gateway.lifecycle.plan import Act, Step

HEADING: Final = "# Written by congthu"
"""How a deny file of ours begins: what does not is somebody else's."""
_MAX_NAME: Final = 255  # octets of a login name that Dovecot's passwd-file takes without trouble


class Way(StrEnum):
    """How a step is done. Stable names, as in the configuration."""

    LIST = "list"
    MAIL = "mail"
    DENY = "deny-file"
    COMMAND = "command"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Ways:
    """What is configured for each act; LIST where nothing is. LIST is always done: every step is in the plan."""

    by_act: Mapping[Act, frozenset[Way]] = field(default_factory=dict)

    def of(self, act: Act) -> frozenset[Way]:
        """The ways of doing it."""
        return self.by_act.get(act, frozenset()) | {Way.LIST}

    @property
    def holds(self) -> bool:
        """Whether a lock is one that keeps people out: Dovecot's deny file (`Record.held`)."""
        return Way.DENY in self.of(Act.LOCK)


@dataclass(frozen=True, slots=True)
class DenyFile:
    """Dovecot's passwd-file with `deny=yes`: one login name a line. `refused`: addresses that it cannot hold."""

    text: str
    refused: tuple[str, ...]


def deny_file(addresses: Iterable[str]) -> DenyFile:
    """The whole file for everybody who is locked: always written anew, so that a lock that was lifted is gone."""
    wanted = sorted(set(addresses))
    good = [address for address in wanted if _fits(address)]
    lines = [f"{HEADING}: mailboxes that are locked. Changes made here are lost.", *good]
    return DenyFile("\n".join(lines) + "\n", tuple(address for address in wanted if not _fits(address)))


def _fits(address: str) -> bool:
    """Printable holds no break, control or surrogate."""
    if not address or address[0] == "#" or not address.isprintable() or any(c in " :\\" for c in address):
        return False
    return len(address.encode("utf-8")) <= _MAX_NAME


def command(step: Step, template: Sequence[str]) -> list[str] | None:
    """The arguments of a command, without a shell: {mailbox}, {act}, {day}, {deadline}, {clause} are filled in.

    None where the address could be taken for an option, or no argument can hold it.
    """
    address = step.address
    if not _is_argument(address):
        return None
    deadline = step.told.deadline
    places = {
        "{mailbox}": address,
        "{act}": step.act.value,
        "{day}": step.day.isoformat(),
        "{deadline}": deadline.isoformat() if deadline else "",
        "{clause}": step.told.clause,
    }
    return [_fill(argument, places) for argument in template]


def _is_argument(text: str) -> bool:
    return bool(text) and not text.startswith("-") and text.isprintable()


def _fill(argument: str, places: Mapping[str, str]) -> str:
    """Fill the places in one pass, so that what was filled in is not read again."""
    filled, rest = "", argument
    while rest:
        at, name = min(((rest.find(name), name) for name in places if name in rest), default=(-1, ""))
        if at < 0:
            return filled + rest
        filled += rest[:at] + places[name]
        rest = rest[at + len(name) :]
    return filled


def webhook(steps: Sequence[Step]) -> bytes:
    """The body of one call for several steps: JSON in ASCII, {"steps": [...]} with the rows of `Step.row`."""
    return json.dumps({"steps": [step.row() for step in steps]}, ensure_ascii=True).encode("ascii")
