"""Small things that the tests of this room build again and again; all of them real types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from gateway.config import Settings
from gateway.contents import NOTHING, Inspection
from gateway.model import (
    Action,
    Address,
    Attachment,
    Direction,
    Envelope,
    Facts,
    Finding,
    Mode,
    Recipient,
    Reply,
    Session,
    Stage,
    Verdict,
)
from gateway.rules.listed import EVERYWHERE, NO_MODES
from gateway.rules.policy import Policy

AG, Q4 = "angiang-50-2009", "tphcm-q4-03-2013"
MIB = 2**20
LIMIT = 15 * MIB


@dataclass
class FakeMessage:
    """A message's facts, without the bytes that they come from."""

    attachments: Sequence[Attachment] = ()
    size: int = 100
    sha256: str = "ab" * 32
    defects: Sequence[Any] = ()
    disputes: Sequence[Any] = ()
    fields: dict[str, bytes] = field(default_factory=dict)

    @property
    def attachment_bytes(self) -> int:
        return sum(attachment.weight for attachment in self.attachments)

    def headers(self, name: str) -> Iterator[bytes]:
        if name.lower() in self.fields:
            yield self.fields[name.lower()]


def message(*sizes: int) -> FakeMessage:
    """A message with files of these decoded sizes, named f0, f1, …"""
    return FakeMessage([Attachment(f"f{i}", "", "", size, "") for i, size in enumerate(sizes)])


def settings(*directions: str, **tables: Any) -> Settings:
    """A configuration with a listener for each direction, named after it; `gateway` adds to that table."""
    gateway = {"hostname": "gw.tinh.example", "domains": ["tinh.example"], **tables.pop("gateway", {})}
    listeners = [
        {"name": d, "bind": f"127.0.0.1:{2525 + i}", "direction": d, "upstream": "m"}
        for i, d in enumerate(directions or ("inbound",))
    ]
    made = {"gateway": gateway, "listener": listeners, "upstream": {"m": {"maildir": "m"}}, **tables}
    return Settings.model_validate(made)


def envelope(
    sender: str = "ai@khac.example", *recipients: str, direction: Direction = Direction.INBOUND, **session: Any
) -> Envelope:
    """A transaction from 192.0.2.1."""
    peer = session.pop("peer", "192.0.2.1")
    smtputf8 = session.pop("smtputf8", False)
    made = Session("s1", direction.value, direction, peer, 40000, **session)
    return Envelope(made, Address(sender), [Recipient(Address(r)) for r in recipients], smtputf8=smtputf8)


REFUSED = Reply(550, "5.7.1", "Khong duoc / No")


class Always:
    """A rule that finds something in every message, or raises."""

    clauses: tuple[str, ...] = ("Q4 4.2",)
    default = Mode.ENFORCE
    modes: Mapping[Direction, Mode] = NO_MODES
    directions: tuple[Direction, ...] = EVERYWHERE
    parameters: Any = MappingProxyType({})
    defaults: Any = MappingProxyType({})
    needs: frozenset[Any] = frozenset()

    def __init__(
        self,
        name: str = "attachment-cap",
        stages: tuple[Stage, ...] = (Stage.MESSAGE,),
        *,
        action: Action = Action.REJECT,
        reply: Reply = REFUSED,
        raises: BaseException | None = None,
    ) -> None:
        self.name, self.stages, self.action, self.reply, self.raises = name, stages, action, reply, raises
        self.asked: list[Facts] = []

    def check(self, facts: Facts) -> Finding | None:
        self.asked.append(facts)
        if self.raises:
            raise self.raises
        return Finding(self.name, facts.clauses, self.action, self.reply, {"seen": True})


class Never(Always):
    """A rule that finds nothing."""

    def check(self, facts: Facts) -> Finding | None:
        self.asked.append(facts)
        return None


def inbound_check(
    made: FakeMessage, rules: dict[str, Any], *, inspection: Inspection = NOTHING, **tables: Any
) -> Verdict:
    """The verdict of an inbound listener with these rules."""
    listener = Policy(settings(rules=rules, **tables)).for_listener("inbound")
    mail = envelope("ai@khac.example", "b@tinh.example")
    return listener.check(Stage.MESSAGE, mail, message=made, inspection=inspection)
