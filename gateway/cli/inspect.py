"""`congthu inspect FILE.eml`: the live pipeline's judgement of a file, without SMTP."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import click
import orjson

from gateway import config_file
from gateway.cli.inspect_view import describe, report
from gateway.config import Listener, Settings
from gateway.config_values import HostPort
from gateway.contents import NOTHING, Inspection
from gateway.directory.errors import DirectoryError
from gateway.errors import StartError
from gateway.knowing import Knowledge
from gateway.logs import configure
from gateway.looks import Looks, Tools
from gateway.message.result import ScannedMessage, SpooledMessage
from gateway.message.scan import Scanner
from gateway.message.sniff import Sniffer
from gateway.message.spool import Spool, SpoolPool
from gateway.model import Action, Address, Direction, Envelope, Finding, Recipient, Session, Stage, Verdict
from gateway.rules.policy import ListenerPolicy, Policy
from gateway.smtp.context import parse_address
from gateway.smtp.dotstream import Normalizer
from gateway.who import NOBODY, Sender

_CHUNK = 256 * 1024
_LONGEST_FROM = 4096  # characters
_EVERYTHING = 2**62  # bytes: nothing goes to disk


@click.command("inspect")
@click.option(
    "--config",
    "config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Configuration, and its directory. Without it: every rule's defaults, no directory, whatever stands in /etc.",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "sender", default=None, help="Reverse-path; <> is the null one. Default: the address in From.")
@click.option("--rcpt", "recipients", multiple=True, help="A recipient; may be repeated.")
@click.option("--listener", "name", default="", help="Judge as this listener would. Default: the first.")
@click.option("--user", default="", help="As if this login had been taken.")
@click.option("--client", default="", help="The client's address: SPF, DKIM and DMARC are then asked of DNS.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    config: Path | None,
    file: Path,
    sender: str | None,
    recipients: tuple[str, ...],
    name: str,
    user: str,
    client: str,
    as_json: bool,
) -> None:
    """Judge a message FILE as the gateway would. Exit code 0: it would pass, 1: it would not."""
    configure("error", "console")  # to standard error; unconfigured, a warning would stand amid the answer
    settings = config_file.load(config) if config is not None else Settings()
    if config is None:
        click.echo(f"congthu: without --config: judged by {settings.gateway.regulation}, with no directory", err=True)
    if client and parse_address(client) is None:
        raise StartError(f"--client {client[:64]} is no address: write 192.0.2.1 or 2001:db8::1")
    knowledge = Knowledge(settings)
    listener, rules = _rules(settings, name, knowledge)
    session = Session("inspect", listener.name, listener.direction, client, 0, user=user, trusted=not client)
    reverse_path = Address((sender or "").removeprefix("<").removesuffix(">"))
    envelope = Envelope(session, reverse_path, [Recipient(Address(text)) for text in recipients])
    asked = _Asked(file, settings, listener, rules, envelope, by_header=sender is None, stored=config is not None)
    found = asyncio.run(_inspect(asked, knowledge))
    click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode() if as_json else describe(found))
    raise SystemExit(0 if found["action"] == Action.ACCEPT.label else 1)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be judged, and as whose."""

    file: Path
    settings: Settings
    listener: Listener
    rules: ListenerPolicy
    envelope: Envelope
    by_header: bool  # the reverse-path is From's
    stored: bool  # by a configuration's directory; without one, this machine's is none of the question


async def _inspect(asked: _Asked, knowledge: Knowledge) -> dict[str, Any]:
    tools = Tools()
    await tools.apply(asked.settings)
    if asked.stored:
        await _peek(knowledge)
    content = await read(asked.file)
    rules, envelope, message = asked.rules, asked.envelope, content.scan
    try:
        envelope.size = message.size
        if asked.by_header:
            envelope.reverse_path = _author(message)
        origins = knowledge.origins(asked.settings, asked.listener, None)
        proved = await origins.prove(envelope, message, content)
        request = origins.reaches_channel(envelope)
        looks = Looks(rules.needs, tools)
        inspection = await looks.look(content, message, request=request, envelope=envelope, reference="inspect")
        verdict = judge(rules, envelope, message, inspection, proved.sender)
        return report(verdict, message, inspection, proved.sender)
    finally:
        content.spool.close()
        await tools.close()
        await knowledge.close()


async def _peek(knowledge: Knowledge) -> None:
    try:
        await knowledge.peek()
    except DirectoryError as error:  # no judgement: neither 0 nor 1
        raise StartError(str(error)) from error


def _author(message: ScannedMessage) -> Address:
    """The address in From, as a mail program would put it into the envelope; the null reverse-path without one."""
    value = next(message.headers("from"), b"").decode("utf-8", "replace")
    address = parseaddr(value[:_LONGEST_FROM])[1]
    return Address(address if "@" in address and address.isprintable() else "")


def _rules(settings: Settings, name: str, knowledge: Knowledge) -> tuple[Listener, ListenerPolicy]:
    """The listener of this name, the first one, or an inbound one that nobody configured."""
    policy = Policy(settings, known=knowledge.known)
    for listener in settings.listener:
        if name in ("", listener.name):
            return listener, policy.for_listener(listener.name)
    if name and (settings.listener or name not in set(Direction)):
        known = ", ".join([listener.name for listener in settings.listener] or list(Direction))
        raise StartError(f"there is no listener {name}; there is: {known}")
    direction = Direction(name) if name else Direction.INBOUND
    made = Listener(name="inspect", bind=HostPort("127.0.0.1:25"), direction=direction, upstream="none")
    return made, policy.compile(made)


async def read(file: Path) -> SpooledMessage:
    """A file as if it had come in: its line ends become CRLF, as a client would have sent them. It stays in memory."""
    spool = SpoolPool(file.parent, _EVERYTHING, _EVERYTHING, _EVERYTHING).new()
    scanner, lines = Scanner(sniff=Sniffer()), Normalizer()
    with file.open("rb") as source:
        while chunk := source.read(_CHUNK):
            _take(lines.feed(chunk), spool, scanner)
    _take(lines.finish(), spool, scanner)
    await spool.finish()
    return SpooledMessage(spool, scanner.finish())


def _take(data: bytes, spool: Spool, scanner: Scanner) -> None:
    if data:
        spool.feed(data)
        scanner.feed(data)


def judge(
    rules: ListenerPolicy,
    envelope: Envelope,
    message: ScannedMessage,
    inspection: Inspection = NOTHING,
    who: Sender = NOBODY,
) -> Verdict:
    """The stages in their order; the first that does not accept ends it, as it would in a session."""
    findings: list[Finding] = []
    checked: list[str] = []
    for stage, recipient in [
        (Stage.MAIL, None),
        *((Stage.RCPT, r) for r in envelope.recipients),
        (Stage.MESSAGE, None),
    ]:
        shown = message if stage is Stage.MESSAGE else None
        verdict = rules.check(stage, envelope, recipient=recipient, message=shown, inspection=inspection, who=who)
        findings += verdict.findings
        checked += [name for name in verdict.checked if name not in checked]
        if verdict.action is not Action.ACCEPT:
            return Verdict(verdict.action, verdict.reply, tuple(findings), tuple(checked))
    return Verdict(Action.ACCEPT, None, tuple(findings), tuple(checked))
