"""What the commands of `congthu senders` share: the store, whom an address means, how a standing looks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from gateway.blocks.circle import Circle
from gateway.blocks.deeds import Deed
from gateway.blocks.notices import Writer
from gateway.blocks.rows import Change
from gateway.blocks.store import BlockStore
from gateway.cli.mailboxes_common import directory, iso, regulation_of
from gateway.config import Settings
from gateway.directory.entry import Snapshot, clean_address
from gateway.directory.letters import Letterhead
from gateway.directory.outbox import Notice
from gateway.errors import StartError
from gateway.rates import Block, Standing, told_by
from gateway.regulations import load
from gateway.rules.blocked_sender import cite
from gateway.senders import address_of_login
from gateway.who import Mailbox

COLOURS = {
    Standing.LOCKED: "bad",
    Standing.BLOCKED: "bad",
    Standing.SUSPECT: "doubt",
    Standing.RELEASED: "good",
}


def senders(config: Path | None, *, make: bool = False) -> tuple[Settings, Snapshot, BlockStore]:
    """The settings, the directory and the record; `make`: its tables are made where they are not there yet."""
    settings, store = directory(config, make=make)
    record = BlockStore(store.database)
    if make:
        record.prepare()
    return settings, store.snapshot(), record


def sender_named(
    settings: Settings, snapshot: Snapshot, record: BlockStore, name: str, *, unknown: bool = False
) -> tuple[str, Mailbox | None]:
    """The name by which a sender is kept, and its mailbox: of an address, an alias or a login.

    A login that is nobody's address is kept as it is, so it is found as it is. UsageError for what is no address,
    unless it stands in the record, or is `unknown` on purpose.
    """
    name = name.strip()
    realm = settings.authentication.login_domain
    address = address_of_login(name, [domain.lower() for domain in settings.gateway.domains], realm) or name
    found = snapshot.mailbox(address)
    if found is not None:
        return found.address, found
    try:
        return clean_address(address), None
    except ValueError as error:
        if name and (unknown or record.find(name) is not None):
            return name, None
        raise click.UsageError(f"{name}: {error}") from error


def ways(record: BlockStore, who: str) -> list[Block]:
    """What stands against this mailbox's name as servers of ours tell it, and not against the mailbox."""
    named = [block for block in record.blocks() if block.standing is not Standing.RELEASED]
    return [block for block in named if block.who != who and told_by(block.who)[0] == who]


def must_know(snapshot: Snapshot, mailbox: Mailbox | None, who: str, *, unknown: bool) -> None:
    """UsageError where a directory is kept and has no such mailbox: a typing error would lock nobody."""
    if mailbox is None and snapshot.mailboxes and not unknown:
        raise click.UsageError(f"the directory has no mailbox {who}; --unknown if you mean it all the same")


class Told:
    """Writes notices as `gateway.blocks.notices.Writer`, and remembers to whom."""

    def __init__(self, settings: Settings) -> None:
        self._writer = Writer(_letterhead(settings), settings.senders.administrators, self._cited)
        self._regulation = regulation_of(settings)
        self.readers: list[str] = []

    def _cited(self, who: str, standing: Standing) -> str:
        return cite(load(self._regulation(who)), standing)

    def __call__(self, deed: Deed, circle: Circle) -> Sequence[Notice]:
        """See `gateway.blocks.store.Letters`."""
        notices = self._writer(deed, circle)
        self.readers = [notice.recipient for notice in notices]
        return notices


def _letterhead(settings: Settings) -> Letterhead:
    """As `gateway.cli.mailboxes_common.writer`: the office, the request channel, else our postmaster."""
    channels = settings.request_channel
    sender = settings.notices.sender or (channels[0].address if channels else f"postmaster@{settings.gateway.hostname}")
    try:
        return Letterhead(clean_address(sender), settings.notices.office)
    except ValueError as error:
        raise StartError(f"notices.sender = {sender}: {error}") from error


def block_json(block: Block) -> dict[str, Any]:
    """A standing as JSON has it."""
    return {
        "who": block.who,
        "standing": block.standing.value,
        "since": iso(block.since),
        "by": block.by,
        "note": block.note,
        "reasons": list(block.reasons),
        "evidence": dict(block.evidence),
    }


def change_json(change: Change) -> dict[str, Any]:
    """A row of the history as JSON has it."""
    return {
        **block_json(change.after),
        "number": change.number,
        "time": iso(change.time),
        "before": change.before.value if change.before else None,
        "reason": change.reason,
        "confirmation": change.confirmation,
        "told": change.told,
    }
