"""`congthu dkim`: keys that sign, their DNS records, and what the signatures of a message file are worth."""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import click

from gateway.authentication.answer import Budget
from gateway.authentication.arc import check_arc
from gateway.authentication.dkim_keys import TextLookup
from gateway.authentication.dkim_verify import check_dkim
from gateway.authentication.domains import domain_of, selector_of
from gateway.authentication.keys import SigningKey, generate, load_key, strings_of, write_key, zone_line
from gateway.authentication.resolver import Resolver, system_servers
from gateway.cli.options import json_option
from gateway.cli.output import print_json, print_table, safe, say
from gateway.errors import StartError
from gateway.who import Check, Method, Result

Server = tuple[str, int]


def _domain(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    name = domain_of(value)
    if not name:
        raise click.BadParameter(f"{value} is not a domain")
    return name


def _selector(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    name = selector_of(value)
    if not name:
        raise click.BadParameter(f"{value} is not a selector: letters, digits, hyphens and dots")
    return name


def _servers(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[Server, ...]:
    return tuple(map(_server, values)) or system_servers()


def _server(text: str) -> Server:
    if _is_address(text):
        return text, 53
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not _is_address(host) or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise click.BadParameter(f"{text} is not an address of a server: 10.0.0.53, 10.0.0.53:5353, [::1]:53")
    return host, int(port)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


domain_option = click.option("--domain", required=True, callback=_domain, help="The domain that signs (d=).")
selector_option = click.option(
    "--selector", required=True, callback=_selector, help="Names the key (s=), for example s2026."
)
server_option = click.option(
    "--server",
    "servers",
    multiple=True,
    callback=_servers,
    metavar="HOST[:PORT]",
    help="DNS server to ask; may be repeated. Default: those of /etc/resolv.conf.",
)
key_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group()
def command() -> None:
    """Make DKIM keys; check a message's signatures."""


@command.command("keygen")
@domain_option
@selector_option
@click.option("--type", "kind", type=click.Choice(["rsa", "ed25519"]), default="rsa", show_default=True)
@click.option("--bits", type=click.IntRange(2048, 4096), default=2048, show_default=True, help="Of an RSA key.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="New file for the private key.")
@json_option
def keygen(domain: str, selector: str, kind: Literal["rsa", "ed25519"], bits: int, out: Path, as_json: bool) -> None:
    """Make a key, and print the DNS record that publishes it.

    The file is readable by its owner alone; one that is there already is never overwritten.
    """
    key = SigningKey(domain, selector, generate(kind, bits))
    write_key(out, key.private)
    if as_json:
        print_json(_described(key, out))
        return
    say(f"{out}: the private key, for its owner alone. The gateway's user must be able to read it.", err=True)
    say("Put this record into DNS:", err=True)
    _print_record(key)
    say("and this into the configuration, once the record can be seen (`congthu dkim record --check`):", err=True)
    for line in ("[[dkim]]", f'domain = "{domain}"', f'selector = "{selector}"', f'key = "{out.absolute()}"'):
        say(line, err=True)


@command.command("record")
@key_argument
@domain_option
@selector_option
@click.option("--check", "asks", is_flag=True, help="Ask DNS whether it is there. Exit code 1: it is not.")
@server_option
@json_option
def record(file: Path, domain: str, selector: str, asks: bool, servers: Sequence[Server], as_json: bool) -> None:
    """Print the DNS record of the private key in FILE."""
    key = load_key(file, domain, selector)
    why = asyncio.run(_unpublished(key, servers)) if asks else ""
    if as_json:
        print_json(_described(key, file) | ({"published": not why, "reason": why} if asks else {}))
    else:
        _print_record(key)
        if asks:
            say(why or "DNS has it", style="bad" if why else "good", err=True)
    raise SystemExit(1 if why else 0)


def _described(key: SigningKey, file: Path) -> dict[str, Any]:
    return {
        "file": str(file),
        "domain": key.domain,
        "selector": key.selector,
        "algorithm": key.algorithm.value,
        "name": key.record_name,
        "record": key.record,
        "strings": strings_of(key.record),
    }


def _print_record(key: SigningKey) -> None:
    for line in zone_line(key.record_name, key.record).splitlines():
        click.echo(safe(line))


async def _unpublished(key: SigningKey, servers: Sequence[Server]) -> str:
    """Why DNS does not have this key's record; "" where it has."""
    resolver = _resolver(servers)
    try:
        answer = await resolver.txt(key.record_name, Budget())
    finally:
        await resolver.close()
    if answer.failed:
        return f"no answer from DNS: {answer.failed}"
    ours = "".join(key.record.split()).encode()
    if not answer.records:
        return f"DNS has no TXT record {key.record_name}"
    if not any(b"".join(found.split()).removesuffix(b";") == ours for found in answer.records):
        return "DNS has another record there: " + safe(answer.records[0][:500].decode("utf-8", "replace"))
    return ""


def _resolver(servers: Sequence[Server]) -> Resolver:
    if not servers:
        raise StartError("there is no DNS server to ask: give one with --server")
    return Resolver(servers)


@command.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@server_option
@json_option
def check(file: Path, servers: Sequence[Server], as_json: bool) -> None:
    """Verify the DKIM signatures and the ARC chain of the message in FILE.

    Exit code 0: some signature passes, 1: none does.
    """
    checks = asyncio.run(_checked(file, servers))
    if as_json:
        print_json([_told(one) for one in checks])
    else:
        print_table(("method", "result", "domain", "selector", "reason"), map(_row, checks))
    passed = any(one.method is Method.DKIM and one.result is Result.PASS for one in checks)
    raise SystemExit(0 if passed else 1)


async def _checked(file: Path, servers: Sequence[Server]) -> list[Check]:
    from gateway.cli.inspect import read

    resolver, content = _resolver(servers), await read(file)
    try:
        return await _verified(resolver, content)
    finally:
        content.spool.close()
        await resolver.close()


async def _verified(resolver: TextLookup, content: Any) -> list[Check]:
    scan, budget, now = content.scan, Budget(), time.time()
    found = await check_dkim(resolver, budget, scan.header_block, content, scan.header_bytes, now)
    chain = await check_arc(resolver, budget, scan.header_block, content, scan.header_bytes, now)
    return [*(found or (Check(Method.DKIM, Result.NONE, reason="no signature"),)), chain]


def _row(one: Check) -> tuple[str, ...]:
    partial = "a body length leaves some of it unsigned" if one.partial else ""
    return one.method.value, one.result.value, one.domain, one.selector, one.reason or partial


def _told(one: Check) -> dict[str, Any]:
    return {
        "method": one.method.value,
        "result": one.result.value,
        "domain": one.domain,
        "selector": one.selector,
        "reason": one.reason,
        "agent": one.agent,
        "signed": list(one.signed),
        "signed_at": one.signed_at,
        "expires": one.expires,
        "partial": one.partial,
    }
