"""`congthu mailboxes suggest`: a free address for a person or a unit, as the regulation writes it."""

from __future__ import annotations

from pathlib import Path

import click

from gateway import regulations
from gateway.cli.mailboxes_common import directory, regulation_of
from gateway.cli.options import config_option, json_option
from gateway.cli.output import print_json, say
from gateway.config import Settings
from gateway.directory.entry import Snapshot
from gateway.directory.forms import Forms
from gateway.directory.suggest import suggest, taken_in
from gateway.who import Kind


@click.command("suggest")
@click.argument("name")
@config_option
@click.option("--kind", type=click.Choice(["personal", "unit"]), default="personal", show_default=True)
@click.option("--unit", default="", help="The person's unit, or the one above the new unit: its code.")
@click.option("--domain", default="", help="Default: the unit's mailbox's, else the first of gateway.domains.")
@click.option(
    "--regulation", type=click.Choice(regulations.IDS), help="Default: the one that the unit's mailbox follows."
)
@json_option
def command(
    name: str, config: Path | None, kind: str, unit: str, domain: str, regulation: str | None, as_json: bool
) -> None:
    """Suggest a free address: "Nguyễn Văn Anh" is nvanh, or the next number where that is taken.

    Exit code 2: no address can be made of the name, or there is no such unit.
    """
    settings, store = directory(config)
    snapshot = store.snapshot()
    if unit and snapshot.unit(unit) is None:
        raise click.UsageError(f"the directory has no unit {unit}")
    forms = Forms.of(regulations.load(regulation or _regulation(settings, snapshot, unit)))
    where = domain or _domain(settings, snapshot, unit)
    try:
        made = suggest(name, taken_in(snapshot), forms, where, kind=Kind(kind), parent=snapshot.unit(unit))
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    clause = forms.unit if kind == "unit" else forms.person
    if as_json:
        print_json({"address": made, "regulation": forms.regulation, "clause": clause})
    else:
        click.echo(made)
        say(f"as {clause} has it", style="dim", err=True)


def _regulation(settings: Settings, snapshot: Snapshot, unit: str) -> str:
    mailbox = snapshot.unit_mailbox(unit)
    if mailbox is None:
        return settings.gateway.regulation
    return mailbox.regulation or regulation_of(settings)(mailbox.key)


def _domain(settings: Settings, snapshot: Snapshot, unit: str) -> str:
    if mailbox := snapshot.unit_mailbox(unit):
        return mailbox.address.rpartition("@")[2]
    if not settings.gateway.domains:
        raise click.UsageError("gateway.domains is empty: say --domain")
    return settings.gateway.domains[0].removeprefix("*.")
