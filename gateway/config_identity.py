"""Settings about who writes: the directory, the proof of senders, signatures, request channels, notices.

Each is documented on the field that holds it. It must not know the rooms that use them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from gateway.config_values import Count, Duration, Endpoint, Flag, Network, Section, Timeout


class Authentication(Section):
    """Proof of the sender: SPF, DKIM and DMARC of mail from outside, and what proves a mailbox."""

    verify: Flag = Field(
        default=True,
        description="Check SPF, DKIM and DMARC of mail from clients that are neither trusted nor logged in. Needs DNS.",
    )
    authserv_id: str = Field(
        default="",
        description="Our name in Authentication-Results; fields that forge it are taken out. Default: the hostname.",
    )
    servers: tuple[Endpoint, ...] = Field(
        default=(), description="DNS servers to ask. Default: those of /etc/resolv.conf."
    )
    timeout: Timeout = Field(default=10.0, description="For all DNS answers that one message needs together.")
    binding_domains: tuple[str, ...] = Field(
        default=(),
        description="Domains whose mail servers let nobody sign with another mailbox's From: their DKIM signature "
        "proves a mailbox, any other one a domain only.",
    )
    login_domain: str = Field(
        default="",
        description="The domain of logins that are written without one. Default: our domain, where it is one.",
    )
    login_checked: tuple[Network, ...] = Field(
        default=(),
        description="Trusted networks whose mail server checks each sender against its login, so that its word on the "
        "reverse-path proves a mailbox.",
    )
    fresh: Duration = Field(
        default=86400.0, description="How old a signed message may be for its signature to prove a mailbox."
    )
    arc_seal: Flag = Field(default=False, description="Add an ARC set to mail that passes, with the key of [[dkim]].")


class Dkim(Section):
    """A key that signs mail of one domain (RFC 6376); `congthu dkim keygen` makes it."""

    domain: str = Field(
        description="d=: From's domain must be this one or below it; the longest match signs, with all its keys."
    )
    selector: str = Field(description="s=: the DNS record is SELECTOR._domainkey.DOMAIN.")
    key: Path = Field(description="PEM file with the private key, RSA or Ed25519; read again on SIGHUP.")


class Ldap(Section):
    """Where `congthu mailboxes sync` takes the directory from."""

    url: str = Field(
        default="",
        pattern=r"^(|ldaps?://[^/\s@]+)$",
        description="ldap://host:389 (STARTTLS is asked for) or ldaps://host:636; empty for none.",
    )
    base: str = Field(default="", description="The subtree to read: dc=tinh,dc=example.")
    bind_dn: str = Field(default="", description="Who we log in as; empty for anonymous.")
    password_file: Path | None = Field(default=None, description="File with its password, one line.")
    filter: str = Field(default="", description="LDAP filter of mailboxes. Default: the map's own.")
    group_filter: str = Field(
        default="", description="LDAP filter of groups and lists. Default: the map's own; '-' reads none."
    )
    unit_filter: str = Field(
        default="", description="LDAP filter of the mailboxes that are units'. Default: none by filter."
    )
    unit_addresses: tuple[str, ...] = Field(
        default=(), description="Patterns of units' addresses. LDAP servers seldom know the kind."
    )
    page: Count = Field(
        default=500, ge=1, le=10_000, description="Entries a page; Active Directory gives 1,000 at most."
    )
    map: Literal["openldap", "zimbra", "active-directory"] = Field(
        default="openldap", description="Whose attributes they are; docs/ldap.md lists them."
    )
    attributes: dict[str, str] = Field(
        default_factory=dict, description="Attributes that differ from the map's: { holder = 'displayName' }."
    )
    starttls: Flag = Field(
        default=True, description="Ask for STARTTLS with ldap://. Without it the password is readable."
    )
    ca: Path | None = Field(default=None, description="PEM file of trusted authorities; default: the system's.")
    timeout: Timeout = Field(default=10.0, description="For connecting, and for each answer.")
    max_removed: Count = Field(
        default=5, ge=0, le=100, description="A sync that would remove more than these percent of mailboxes stops."
    )


class DirectoryConfig(Section):
    """Units and mailboxes (danh bạ), kept in the store; `congthu mailboxes` edits it."""

    providers: tuple[str, ...] = Field(
        default=(),
        description="Mail providers that are no office's, besides those that are known; '-fpt.vn' takes one out.",
    )
    refresh: Timeout = Field(default=5.0, description="How often each worker asks whether the directory has changed.")
    separator: str = Field(
        default="+", max_length=1, description="What begins the detail of a sub-address, name+detail; empty for none."
    )


class RequestChannel(Section):
    """An address that takes requests about mailboxes: only a registered unit mailbox, proved, may ask there."""

    address: str = Field(description="The office's address: q4@tphcm.gov.vn.")
    also: tuple[str, ...] = Field(default=(), description="Other addresses that the mail server delivers to it.")
    exclusive: Flag = Field(
        default=False, description="For requests only: everything else is refused, at RCPT where the envelope shows it."
    )


class Notices(Section):
    """Mail that the gateway writes itself: completion notices to units (Q4 6.2), notices of changes (AG 6)."""

    upstream: str = Field(default="", description="The [upstream.NAME] that takes them; empty: they wait in the store.")
    sender: str = Field(default="", description="From and reverse-path: the office's address.")
    office: str = Field(default="", description="How notices are signed: Văn phòng Ủy ban nhân dân Quận 4.")
