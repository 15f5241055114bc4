"""Typed settings. Each setting is documented on the field that holds it; `config.example.toml` is generated from here.

This module knows the shape and the sense of a configuration, and nothing of the rooms that use it.
"""

from __future__ import annotations

import datetime
import socket
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from gateway.config_console import Console
from gateway.config_copies import Copies
from gateway.config_identity import Authentication, DirectoryConfig, Dkim, Ldap, Notices, RequestChannel
from gateway.config_limits import LimitOverride, Limits, Passwords, Senders
from gateway.config_notify import RefusalNotices
from gateway.config_reports import Reports
from gateway.config_retention import Retention
from gateway.config_use import Access, Answers, Imap, Lifecycle
from gateway.config_values import (
    KIB,
    MIB,
    Count,
    Duration,
    Endpoint,
    Flag,
    HostPort,
    Network,
    Section,
    Size,
    Timeout,
    network,
)
from gateway.model import Direction, Mode


class Gateway(Section):
    """The gateway itself."""

    hostname: str = Field(
        default_factory=socket.getfqdn, description="Name in the banner, EHLO, Received and our authserv-id."
    )
    data_dir: Path = Field(
        default=Path("/var/lib/congthu"), description="Folder for the journal, spool, keys. Must be writable."
    )
    domains: tuple[str, ...] = Field(
        default=(),
        description="Our domains. Inbound listeners accept recipients of these only; a leading '*.' takes subdomains.",
    )
    regulation: str = Field(
        default="angiang-50-2009",
        description="The regulation that a domain follows unless a [[profile]] says otherwise.",
    )
    node: str = Field(default="", description="This machine's name in the journal; default: the hostname.")
    workers: Count = Field(
        default=1, ge=1, le=64, description="Worker processes. One is enough for thousands of messages a minute."
    )
    trusted_networks: tuple[Network, ...] = Field(
        default=(network("127.0.0.0/8"), network("::1/128")),
        description="The mail server and relays whose word on identity is taken.",
    )
    spool_threshold: Size = Field(
        default=256 * KIB, description="A message larger than this leaves memory for an unlinked file in data_dir."
    )
    spool_memory: Size = Field(
        default=256 * MIB,
        description="Memory for all spooled messages of a worker together; beyond it messages go to files at once.",
    )
    spool_disk: Size = Field(
        default=20 * 1024 * MIB, description="Disk for all spooled messages of a worker together; beyond it 452 4.3.1."
    )
    shutdown_timeout: Timeout = Field(default=30.0, description="Time to finish what is in flight after SIGTERM.")
    pass_key: Path | None = Field(
        default=None,
        description="Key file of the mark by which a message that passes twice is known; give all nodes the same one. "
        "Default: data_dir/pass.key, made at the first start.",
    )
    contact: str = Field(
        default="",
        description="Whom a clerk can call about a refusal (ASCII), put into refusals: 'Phong CNTT, 0296-3xxxxxx'.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info",
        description="Least level that is logged.",
    )
    log_format: Literal["json", "console"] = Field(
        default="json",
        description="JSON lines for machines, console for people.",
    )


class Profile(Section):
    """Which regulation an address follows; the most specific pattern wins."""

    pattern: str = Field(description="An address pattern: '*.q4@tphcm.gov.vn', 'q4@tphcm.gov.vn', '*@tinh.example'.")
    regulation: str = Field(description="The regulation's id, a file of gateway/regulations.")


class Store(Section):
    """Where journal, directory and observations are kept, and the state that many nodes share."""

    url: str = Field(
        default="sqlite:///congthu.db",
        description="sqlite:///FILE (relative to data_dir) or postgresql://…",
    )
    shared: str = Field(
        default="",
        description="redis://, rediss:// or unix:// for the counters of limits and the leases of many nodes (Redis or "
        "Valkey); empty for one node, which keeps them in data_dir/limits.db.",
    )
    queue: Count = Field(
        default=10_000,
        ge=1,
        description="Decisions that may wait to be written; when full, 451 before the upstream's dot.",
    )
    commit_interval: Duration = Field(
        default=0.1,
        description="Longest time that an accepted message's row waits for its group commit. Refusals do not wait.",
    )


class Device(Section):
    """A network of scanners or scripts that submits without TLS and AUTH, bound to one sender address."""

    network: Network = Field(description="Where the devices are.")
    sender: str = Field(description="The only reverse-path they may use.")


class Listener(Section):
    """One listening address and what it is for."""

    name: str = Field(description="Its name in logs, metrics and rules.", pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")
    bind: Endpoint = Field(description="Address and port to listen on.")
    direction: Direction = Field(description="inbound | outbound | submission | proxy-filter.")
    upstream: str = Field(description="The [upstream.NAME] that its mail goes to.")
    tls: Literal["none", "starttls", "implicit"] = Field(default="none", description="TLS offered to clients.")
    tls_required: Flag = Field(default=False, description="Refuse MAIL before STARTTLS (530 5.7.0).")
    certificate: Path | None = Field(
        default=None,
        description="PEM file with the certificate chain; read again on SIGHUP.",
    )
    key: Path | None = Field(default=None, description="PEM file with the private key.")
    auth: Flag | None = Field(
        default=None,
        description="Offer AUTH PLAIN and LOGIN under TLS, passed to the upstream. Default: on submission only.",
    )
    auth_required: Flag | None = Field(
        default=None, description="Refuse MAIL before AUTH (530 5.7.0). Default: on submission only."
    )
    devices: tuple[Device, ...] = Field(
        default=(), description="Networks that submit without TLS and AUTH, each bound to one sender."
    )
    proxy_protocol: tuple[Network, ...] = Field(
        default=(), description="Networks whose connections must begin with a PROXY protocol v1 or v2 header."
    )
    xclient: tuple[Network, ...] = Field(default=(), description="Networks that may use XCLIENT.")
    xforward: tuple[Network, ...] = Field(default=(), description="Networks that may use XFORWARD.")
    bare_newline: Literal["reject", "normalize"] = Field(
        default="reject",
        description="Bare CR or LF in DATA: refuse (550 5.6.0) or, for known devices, make CRLF before inspection.",
    )
    sign: Flag | None = Field(
        default=None, description="Sign mail of the [[dkim]] domains. Default: on outbound only, where mail leaves us."
    )
    max_size: Size = Field(default=32 * MIB, description="Largest message; beyond it 552 5.3.4, already at SIZE=.")
    max_line: Size = Field(default=1 * MIB, description="Longest line of a message; beyond it 550 5.6.0.")
    max_recipients: Count = Field(default=1000, ge=1, description="Recipients a transaction; beyond it 452 4.5.3.")
    max_connections: Count = Field(
        default=2000, ge=1, description="Connections of this listener in a worker; beyond it 421 4.3.2."
    )
    max_connections_per_address: Count = Field(
        default=50,
        ge=1,
        description="Connections of one client address in a worker (trusted networks exempt); beyond it 421 4.7.0.",
    )
    max_transactions: Count = Field(default=1000, ge=1, description="Messages a connection; beyond it 421 4.7.0.")
    max_errors: Count = Field(default=20, ge=1, description="Refused commands a connection; beyond it 421 4.7.0.")
    max_commands: Count = Field(
        default=200, ge=1, description="Commands without a message accepted in between; beyond it 421 4.7.0."
    )
    greet_delay: Duration = Field(
        default=0.0,
        description="Wait so long before the banner; a client that talks first is cut with 554 5.5.0 (trusted networks "
        "are greeted at once). Without a delay only what came with the connection is seen.",
    )
    command_timeout: Timeout = Field(default=300.0, description="Longest silence of a client; beyond it 421 4.4.2.")
    session_timeout: Timeout = Field(default=3600.0, description="Longest connection; 421 4.4.2 at the next command.")
    transfer_timeout: Timeout = Field(
        default=1800.0, description="Longest time for one message's data; beyond it the connection is cut."
    )
    min_rate: Size = Field(
        default=256,
        description="Slowest accepted rate of message data, bytes a second averaged over 60 s; slower is cut.",
    )
    post_dot_timeout: Timeout | None = Field(
        default=None,
        description="Longest time from the final dot to our reply; then 451 4.4.2. Default: 30s on submission, or 5m.",
    )


class UpstreamConfig(Section):
    """A next hop: `hosts` over SMTP, or the embedded `maildir`."""

    hosts: tuple[Endpoint, ...] = Field(
        default=(), description="Next hops in order of preference; a failing one is backed off."
    )
    maildir: Path | None = Field(
        default=None, description="Deliver to Maildirs below this folder instead (relative to data_dir)."
    )
    tls: Literal["none", "opportunistic", "required", "implicit"] = Field(
        default="opportunistic", description="TLS towards the next hop."
    )
    tls_verify: Flag | None = Field(
        default=None,
        description="Check the certificate. Default: with required and implicit.",
    )
    tls_ca: Path | None = Field(default=None, description="PEM file of trusted authorities; default: the system's.")
    tls_name: str = Field(default="", description="Name expected in the certificate; default: the host.")
    xclient: Flag = Field(default=False, description="Tell the client's address with XCLIENT where offered.")
    xforward: Flag = Field(default=False, description="Tell the client's address with XFORWARD where offered.")
    chunking: Flag = Field(default=True, description="Use BDAT where offered.")
    pool_size: Count = Field(
        default=50,
        ge=1,
        description="Connections kept open and in use at most, a worker (authenticated sessions have their own).",
    )
    pool_idle: Timeout = Field(default=30.0, description="An idle connection is closed after this time.")
    max_uses: Count = Field(default=500, ge=1, description="Messages a connection before it is closed.")
    connect_timeout: Timeout = Field(default=10.0, description="For connecting and the greeting, a host.")
    command_timeout: Timeout = Field(default=30.0, description="For a reply to MAIL, RCPT and the like.")
    data_timeout: Timeout = Field(default=180.0, description="For each block of data to be taken.")
    dot_timeout: Timeout = Field(
        default=300.0, description="For the reply to the final dot (the listener's post_dot_timeout may be shorter)."
    )
    backoff: Duration = Field(
        default=5.0, description="A host that failed is avoided for this time, doubled up to a minute while it fails."
    )


class DocumentWorkers(Section):
    """The confined processes that look into archives and documents. Limits are for one message."""

    count: Count = Field(
        default=2, ge=0, le=64, description="Processes, for each worker. 0: archives and documents are not opened."
    )
    memory: Size = Field(
        default=512 * MIB, ge=64 * MIB, description="What a process may take beyond the program itself."
    )
    timeout: Timeout = Field(
        default=15.0, description="Longest time for a message, waiting included; then what is left is not checked."
    )
    cpu_time: Timeout = Field(default=10.0, description="Longest time of a processor's work for a message.")
    queue: Count = Field(default=64, ge=1, description="Messages that may wait for a process; more are not checked.")
    max_uses: Count = Field(default=500, ge=1, description="Messages that a process looks into before a new one.")


class Archives(Section):
    """How far archives are opened. Beyond a limit the rest is not checked, which `unscannable` judges ("bombs")."""

    depth: Count = Field(default=5, ge=1, le=20, description="Archives in archives.")
    entries: Count = Field(default=3000, ge=1, le=10_000, description="Files in all archives of a message together.")
    size: Size = Field(default=256 * MIB, ge=1 * MIB, description="Expanded bytes of all of them together.")
    ratio: Count = Field(default=200, ge=10, description="Expanded bytes to packed ones, once over 16 MiB.")


class Clamd(Section):
    """The virus scanner: ClamAV's daemon."""

    address: str = Field(
        default="",
        pattern=r"^(|unix:/.+|.+:[0-9]{1,5})$",
        description="unix:/run/clamav/clamd.ctl or host:port; empty for no scanner: rule `malware` is then off.",
    )
    connections: Count = Field(default=8, ge=1, description="Messages that are scanned at once, for each worker.")
    timeout: Timeout = Field(default=25.0, description="Longest time for a message, waiting included.")


class Rspamd(Section):
    """The spam filter: rspamd, over its HTTP protocol."""

    url: str = Field(
        default="",
        pattern=r"^(|unix:/\S+|https?://[^\s/@?#]+/?)$",
        description="unix:/run/rspamd/worker.sock or http://127.0.0.1:11333; empty for none: rule `spam` is then off.",
    )
    password_file: Path | None = Field(
        default=None, description="File with its password, one line; only where rspamd asks for one."
    )
    connections: Count = Field(default=16, ge=1, description="Messages it is asked about at once, for each worker.")
    timeout: Timeout = Field(default=10.0, description="Longest time for a message, waiting included.")
    max_size: Size = Field(default=32 * MIB, description="Larger messages are not asked about.")


class Http(Section):
    """Metrics and health."""

    bind: Endpoint = Field(
        default=HostPort("127.0.0.1:9125"),
        description="Where /metrics, /healthz and /readyz are served.",
    )


class RuleConfig(Section):
    """A rule's mode, overridden by listener name or direction, and its parameters."""

    model_config = ConfigDict(extra="allow", frozen=True, arbitrary_types_allowed=True)

    mode: Mode | None = Field(default=None, description="enforce | observe | off; default: the rule's own.")


def _rule(value: object) -> object:
    return {"mode": value} if isinstance(value, str) else value


class Exemption(Section):
    """A written exception from a rule: who, why, until when. It is recorded as such, never silent."""

    rule: str = Field(description="The rule's name.")
    reason: str = Field(min_length=3, description="Why; shown in the journal.")
    expires: datetime.date = Field(description="Last day it holds.")
    sender: str = Field(default="", description="Reverse-path pattern ('*@so.tinh.example'), empty for any.")
    recipient: str = Field(default="", description="Recipient pattern; every recipient must match. Empty for any.")
    network: Network | None = Field(default=None, description="Client network, none for any.")


class Settings(Section):
    """A whole configuration."""

    gateway: Gateway = Field(default_factory=lambda: Gateway())
    profile: tuple[Profile, ...] = ()
    store: Store = Field(default_factory=lambda: Store())
    retention: Retention = Field(default_factory=lambda: Retention())
    listener: tuple[Listener, ...] = ()
    upstream: dict[str, UpstreamConfig] = Field(default_factory=dict)
    http: Http = Field(default_factory=lambda: Http())
    rules: dict[str, Annotated[RuleConfig, BeforeValidator(_rule)]] = Field(default_factory=dict)
    exemption: tuple[Exemption, ...] = ()
    authentication: Authentication = Field(default_factory=lambda: Authentication())
    dkim: tuple[Dkim, ...] = ()
    directory: DirectoryConfig = Field(default_factory=lambda: DirectoryConfig())
    ldap: Ldap = Field(default_factory=lambda: Ldap())
    request_channel: tuple[RequestChannel, ...] = ()
    notices: Notices = Field(default_factory=lambda: Notices())
    refusal_notices: RefusalNotices = Field(default_factory=lambda: RefusalNotices())
    copies: Copies = Field(default_factory=lambda: Copies())
    limits: Limits = Field(default_factory=lambda: Limits())
    limit_override: tuple[LimitOverride, ...] = ()
    senders: Senders = Field(default_factory=lambda: Senders())
    passwords: Passwords = Field(default_factory=lambda: Passwords())
    imap: Imap = Field(default_factory=lambda: Imap())
    access: Access = Field(default_factory=lambda: Access())
    lifecycle: Lifecycle = Field(default_factory=lambda: Lifecycle())
    answers: Answers = Field(default_factory=lambda: Answers())
    console: Console = Field(default_factory=lambda: Console())
    reports: Reports = Field(default_factory=lambda: Reports())
    document_workers: DocumentWorkers = Field(default_factory=lambda: DocumentWorkers())
    archives: Archives = Field(default_factory=lambda: Archives())
    clamd: Clamd = Field(default_factory=lambda: Clamd())
    rspamd: Rspamd = Field(default_factory=lambda: Rspamd())
