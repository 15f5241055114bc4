"""`congthu senders`: who is stopped from sending and why; locking one by hand, and releasing it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from gateway.blocks.errors import BlockRefused
from gateway.blocks.store import BlockStore
from gateway.cli.mailboxes_common import local, who
from gateway.cli.options import config_option, json_option
from gateway.cli.output import print_json, print_table, say
from gateway.cli.senders_common import Told, block_json, must_know, sender_named, senders, ways
from gateway.config import Settings
from gateway.rates import Block, Standing

_HEADING = ("sender", "standing", "since", "by", "reasons", "note")
_WHOLE = ("sender", "standing", "since")
_UNKNOWN = click.option("--unknown", is_flag=True, help="A sender that the directory does not have.")


class _Group(click.Group):
    """`show` reads more than the others, and is imported when it is asked for."""

    def list_commands(self, context: click.Context) -> list[str]:
        """In the order in which they are needed."""
        return ["list", "show", "block", "release"]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command with this name, or None."""
        if name == "show":
            from gateway.cli.senders_show import show_command

            return show_command
        return super().get_command(context, name)


@click.group(cls=_Group)
def command() -> None:
    """List, show, lock and release senders that are stopped."""


@command.command("list")
@config_option
@click.option("--standing", type=click.Choice([str(one) for one in Standing]), help="Only those that stand so.")
@click.option("--all", "everybody", is_flag=True, help="Those that were released, too.")
@click.option("--limit", type=click.IntRange(min=0), default=0, help="At most so many; 0: all.")
@json_option
def _list(config: Path | None, standing: str | None, everybody: bool, limit: int, as_json: bool) -> None:
    """Senders that are stopped or suspect, the newest first."""
    _, _, record = senders(config)
    found = list(_chosen(record.blocks(), standing, everybody))[: limit or None]
    if as_json:
        print_json(list(map(block_json, found)))
    elif found:
        print_table(_HEADING, map(_cells, found), whole=_WHOLE)
    else:
        say("nobody is stopped", style="good", err=True)


def _chosen(blocks: Iterable[Block], standing: str | None, everybody: bool) -> Iterable[Block]:
    for block in blocks:
        if block.standing == standing or (standing is None and (everybody or block.standing is not Standing.RELEASED)):
            yield block


def _cells(block: Block) -> tuple[object, ...]:
    return block.who, block.standing, local(block.since), block.by, " ".join(block.reasons), block.note


@command.command("block")
@click.argument("address")
@config_option
@click.option("--reason", required=True, help="Why; kept, and told to the unit and the administrators.")
@_UNKNOWN
@json_option
def _block(address: str, config: Path | None, reason: str, unknown: bool, as_json: bool) -> None:
    """Lock a sender at once (AG 10.2a). ADDRESS: a mailbox's, an alias or a login. Exit code 1: it is locked already.

    It still receives. It is released only with the number of the written confirmation of its office.
    """
    settings, snapshot, record = senders(config, make=True)
    name, mailbox = sender_named(settings, snapshot, record, address, unknown=unknown)
    must_know(snapshot, mailbox, name, unknown=unknown)
    told = Told(settings)
    if not record.lock(name, who(), reason, told):
        known = record.find(name)
        since = f" since {local(known.since)} by {known.by}: {known.note}" if known is not None else ""
        raise BlockRefused(f"{name} is locked already{since}")
    _done(settings, name, "locked", told, as_json)


@command.command("release")
@click.argument("address")
@config_option
@click.option("--confirmation", default="", help="Number of the written confirmation of the sender's office.")
@click.option("--reason", default="", help="Why; enough where the gateway had blocked it, not where a person had.")
@json_option
def _release(address: str, config: Path | None, confirmation: str, reason: str, as_json: bool) -> None:
    """Let a sender send again. Exit code 1: nothing stops it, or the confirmation's number is missing (AG 10.2a).

    What it did until now counts against it no more. ADDRESS alone releases it however its mail came; ADDRESS%NETWORK,
    as `list` shows it, only what servers of that network tell.
    """
    if not confirmation.strip() and not reason.strip():
        raise click.UsageError("say --confirmation NUMBER, or --reason WHY where the gateway had blocked it")
    settings, snapshot, record = senders(config, make=True)
    name, _ = sender_named(settings, snapshot, record, address)
    told = Told(settings)
    for one in _stopped(record, name):
        record.release(one, who(), confirmation=confirmation, reason=reason, letters=told)
    _done(settings, name, "released", told, as_json)


def _stopped(record: BlockStore, name: str) -> list[str]:
    """What is to be released: the mailbox, and its name wherever servers of ours tell it."""
    found = record.find(name)
    others = [block.who for block in ways(record, name)]
    stands_well = found is None or found.standing is Standing.RELEASED
    return others if others and stands_well else [name, *others]


def _done(settings: Settings, name: str, what: str, told: Told, as_json: bool) -> None:
    if as_json:
        print_json({"who": name, "done": what, "notices": told.readers})
        return
    say(f"{name} is {what}; every gateway of this store knows within {settings.senders.refresh:g} s", style="good")
    readers = ", ".join(told.readers)
    say(f"notices go to {readers}" if readers else "nobody is told: no unit mailbox, no senders.administrators")
