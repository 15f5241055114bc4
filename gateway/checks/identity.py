"""Who writes: the directory's and the channels' addresses, what proves a sender, keys that sign, notices.

What a key or an LDAP server really says is asked where it is used (`congthu mailboxes sync`, `check-config --connect`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gateway.checks.files import unreadable
from gateway.checks.findings import Findings
from gateway.checks.places import is_domain
from gateway.config import Settings
from gateway.config_identity import Dkim, Ldap, RequestChannel
from gateway.config_problems import nearest
from gateway.config_values import Network
from gateway.directory.attributes import NAMES
from gateway.model import Direction
from gateway.rules.patterns import in_domains
from gateway.rules.providers import Providers, parse_providers

_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9.-]+)")
_SELECTOR = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)


def check(settings: Settings, findings: Findings) -> None:
    """[authentication], [[dkim]], [ldap], [[request_channel]], [notices]."""
    _check_authentication(settings, findings)
    _check_providers(settings, findings)
    _check_dns(settings, findings)
    for position, key in enumerate(settings.dkim):
        _check_key(key, f"dkim[{position}]", settings.dkim[:position], findings)
        _check_ours(key, f"dkim[{position}]", settings.gateway.domains, findings)
    _check_ldap(settings.ldap, findings)
    taken: dict[str, int] = {}
    for position, channel in enumerate(settings.request_channel):
        _check_channel(channel, f"request_channel[{position}]", settings, findings)
        _check_twice(channel, position, taken, findings)
    _check_notices(settings, findings)


def _check_authentication(settings: Settings, findings: Findings) -> None:
    given = settings.authentication
    if given.authserv_id and not is_domain(given.authserv_id):
        findings.error("authentication.authserv_id", given.authserv_id, 'write a name such as "gw.tinh.example"')
    for position, domain in enumerate(given.binding_domains):
        if not is_domain(domain) or domain.startswith("*"):
            hint = "write a domain as it stands in d= of its signatures: no pattern"
            findings.error(f"authentication.binding_domains[{position}]", domain, hint)
    trusted = settings.gateway.trusted_networks
    for position, network in enumerate(given.login_checked):
        if not any(_within(network, other) for other in trusted):
            hint = "lies outside gateway.trusted_networks: only a trusted server's word proves a mailbox"
            findings.error(f"authentication.login_checked[{position}]", network, hint)
    first = settings.gateway.domains[0].removeprefix("*.").lower() if settings.gateway.domains else ""
    if given.arc_seal and not any(f".{first}".endswith(f".{key.domain.lower()}") for key in settings.dkim):
        hint = "needs a key of the first of gateway.domains: add [[dkim]]"
        findings.error("authentication.arc_seal", True, hint)


def _check_providers(settings: Settings, findings: Findings) -> None:
    """Neither what binds a mailbox nor where our logins live is where anybody gets an address (Q4 6.2, AG 4.2)."""
    given = settings.authentication
    named = {f"authentication.binding_domains[{place}]": one for place, one in enumerate(given.binding_domains)}
    named["authentication.login_domain"] = given.login_domain
    own = frozenset(domain.lower() for domain in settings.gateway.domains)
    providers = _providers(settings)
    for key, domain in named.items():
        if providers.has(domain) and not in_domains(domain.lower().removesuffix("."), own):
            hint = "a mail provider of the public: anybody gets a mailbox there; name domains of offices only"
            findings.error(key, domain, f'{hint} (if it is one, directory.providers = ["-{domain}"] says so)')


def _providers(settings: Settings) -> Providers:
    try:
        return parse_providers(settings.directory.providers)
    except ValueError:  # is said with its own key
        return Providers()


def _check_dns(settings: Settings, findings: Findings) -> None:
    given = settings.authentication
    asks = given.verify and any(one.direction is Direction.INBOUND for one in settings.listener)
    if not asks or given.servers:
        return
    from gateway.authentication.resolver import system_servers  # and a library that the daemon's parent does not need

    if not system_servers():
        hint = "no DNS server is known: every check of a sender would be without an answer; name one"
        findings.warn("authentication.servers", "(not set)", hint)


def _within(network: Network, other: Network) -> bool:
    if network.version == 4:
        return other.version == 4 and network.subnet_of(other)
    return other.version == 6 and network.subnet_of(other)


def _check_key(key: Dkim, name: str, before: Sequence[Dkim], findings: Findings) -> None:
    if not is_domain(key.domain) or key.domain.startswith("*"):
        findings.error(f"{name}.domain", key.domain, 'write a domain such as "tinh.example", without a pattern')
    if len(key.selector) > 200 or not _SELECTOR.fullmatch(key.selector):
        findings.error(f"{name}.selector", key.selector, "use letters, digits and -: it is a DNS label")
    if any(_record(key) == _record(other) for other in before):
        findings.error(f"{name}.selector", key.selector, f"{key.domain} has a key with this selector already")
    if why := unreadable(key.key):
        findings.error(f"{name}.key", str(key.key), f"{why}; congthu dkim keygen makes one")
    elif key.key.stat().st_mode & 0o007:
        findings.error(f"{name}.key", str(key.key), "others on this machine can use the private key: chmod o=")


def _check_ours(key: Dkim, name: str, domains: Sequence[str], findings: Findings) -> None:
    """A key serves From in its domain or below: one of ours must be there."""
    own = frozenset(domain.lower() for domain in domains)
    signs = key.domain.lower()
    below = any(f".{one.removeprefix('*.')}".endswith(f".{signs}") for one in own)
    if own and is_domain(signs) and "*" not in signs and not below and not in_domains(signs, own):
        findings.warn(f"{name}.domain", key.domain, "none of gateway.domains is this one or below it: nothing of ours")


def _record(key: Dkim) -> tuple[str, str]:
    return key.domain.lower(), key.selector.lower()


def _check_ldap(ldap: Ldap, findings: Findings) -> None:
    for unknown in sorted(ldap.attributes.keys() - set(NAMES)):
        hint = f"there is no such attribute{nearest(unknown, NAMES)}; there are {', '.join(NAMES)}"
        findings.error(f"ldap.attributes.{unknown}", ldap.attributes[unknown], hint)
    if not ldap.url:
        return
    if not ldap.base:
        findings.error("ldap.base", "(not set)", 'say which subtree holds the mailboxes: "dc=tinh,dc=example"')
    for key, path in (("password_file", ldap.password_file), ("ca", ldap.ca)):
        if path is not None and (why := unreadable(path)):
            findings.error(f"ldap.{key}", str(path), why)
        elif path is not None and path == ldap.password_file and path.stat().st_mode & 0o007:
            findings.error(f"ldap.{key}", str(path), "others on this machine can use the password: chmod o=")
    if ldap.url.startswith("ldap://") and not ldap.starttls and ldap.bind_dn:
        findings.warn("ldap.starttls", False, "the password and all addresses cross the network in the clear")


def _check_channel(channel: RequestChannel, name: str, settings: Settings, findings: Findings) -> None:
    own = [domain.lower() for domain in settings.gateway.domains]
    keys = [f"{name}.address", *(f"{name}.also[{position}]" for position in range(len(channel.also)))]
    for key, text in zip(keys, (channel.address, *channel.also), strict=True):
        match = _ADDRESS.fullmatch(text)
        if match is None:
            findings.error(key, text, 'write one plain address, such as "phongcntt@tinh.example"')
        elif not in_domains(match[1].lower(), frozenset(own)):
            findings.warn(key, text, "is in none of gateway.domains: mail to it may never cross the gateway")


def _check_twice(channel: RequestChannel, position: int, taken: dict[str, int], findings: Findings) -> None:
    """An address belongs to one channel. `taken`: those of the channels before, to their positions; grows."""
    name = f"request_channel[{position}]"
    keys = [f"{name}.address", *(f"{name}.also[{place}]" for place in range(len(channel.also)))]
    for key, text in zip(keys, (channel.address, *channel.also), strict=True):
        if (other := taken.setdefault(text.lower(), position)) != position:
            findings.error(key, text, f"stands in request_channel[{other}] already: an address has one channel")


def _check_notices(settings: Settings, findings: Findings) -> None:
    given = settings.notices
    if given.upstream and given.upstream not in settings.upstream:
        findings.error("notices.upstream", given.upstream, f"there is no [upstream.{given.upstream}]")
    if given.upstream and _ADDRESS.fullmatch(given.sender) is None:
        findings.error(
            "notices.sender", given.sender or "(not set)", "write the office's address: notices come from it"
        )
