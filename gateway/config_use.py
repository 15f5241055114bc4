"""Settings of mailboxes' use: the poller, the exact sources, the life of a mailbox, times to answer.

Each is documented on the field that holds it. It must not know the rooms that use them.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Literal

from pydantic import Field

from gateway.access import Source
from gateway.config_values import Count, DayTime, Duration, Endpoint, Flag, Network, Section, Timeout

Way = Literal["list", "mail", "deny-file", "command", "webhook"]  # as gateway.lifecycle.effects.Way


class Imap(Section):
    """The poller: it visits each mailbox with a master user and records what shows its use (docs/poller.md)."""

    host: Endpoint | None = Field(default=None, description="The mail server, host:993; none: nothing is polled.")
    tls: Literal["implicit", "starttls", "loopback"] = Field(
        default="implicit", description="implicit (993), starttls (required), or none at all on this machine."
    )
    tls_name: str = Field(default="", description="Name expected in its certificate; default: the host.")
    tls_ca: Path | None = Field(default=None, description="PEM file of trusted authorities; default: the system's.")
    user: str = Field(default="", description="The master user, which may log in as every mailbox.")
    password_file: Path | None = Field(default=None, description="File with its password, one line.")
    login: Literal["plain-authzid", "separator"] = Field(
        default="plain-authzid",
        description="SASL PLAIN with the mailbox as authorization identity, or the login name mailbox*user (Dovecot).",
    )
    separator: str = Field(default="*", min_length=1, max_length=1, description="What stands between the two names.")
    interval: Timeout = Field(default=21600.0, description="Each mailbox is polled once in it.")
    rate: Count = Field(default=20, ge=1, le=10_000, description="Polls begun a second, at most.")
    concurrency: Count = Field(default=8, ge=1, le=500, description="Polls at once.")
    timeout: Timeout = Field(default=30.0, description="Longest time for one mailbox.")
    quota: Flag = Field(default=True, description="Ask for the quota, too (RFC 9208).")
    old_mail: Flag = Field(
        default=True, description="Count messages older than the regulation allows (Q4 11.8), once a week, untouched."
    )
    folders: Count = Field(default=4, ge=0, le=50, description="Folders looked at beside the inbox, at most: Sent.")
    edges: Flag = Field(
        default=True, description="Poll mailboxes with reading windows also where a window begins and ends."
    )


class LastLogin(Section):
    """Dovecot's last_login records in a SQL table."""

    url_file: Path | None = Field(
        default=None, description="File with the URL, postgresql://… or sqlite:///…, of an account that may only read."
    )
    table: str = Field(default="last_logins", description="TABLE or SCHEMA.TABLE.")
    user_column: str = Field(default="username", description="Column of the mailbox (%u).")
    login_column: str = Field(default="auth_user", description="Column of who logged in (%{auth_user}).")
    time_column: str = Field(default="last_login", description="Column of the time.")
    precision: Literal["s", "ms", "us", "ns"] = Field(default="s", description="As Dovecot's last_login_precision.")
    complete_since: datetime.date | None = Field(
        default=None, description="The office's word that every login since this day was written."
    )


class Access(Section):
    """Sources that know exactly when a mailbox was used (docs/access-sources.md)."""

    bind: Endpoint | None = Field(
        default=None, description="Where Dovecot posts events and asks for its policy; none: nowhere."
    )
    tokens_file: Path | None = Field(default=None, description="File with the tokens of those who may, one a line.")
    certificate: Path | None = Field(default=None, description="PEM file with the certificate chain; none: no TLS.")
    key: Path | None = Field(default=None, description="PEM file with the private key.")
    events: Flag = Field(default=True, description="Take Dovecot's events.")
    policy: Flag = Field(default=True, description="Answer Dovecot's auth policy: locked mailboxes hear why.")
    masters: tuple[str, ...] = Field(
        default=(), description="Master users beside imap.user, whose logins are no use: monitoring, backup."
    )
    jobs: tuple[Network, ...] = Field(default=(), description="Networks whose logins are known jobs': no use.")
    programs: tuple[str, ...] = Field(default=(), description="Clients (IMAP ID) that are jobs.")
    devices: tuple[str, ...] = Field(
        default=("iphone", "ipad", "android", "samsung", "z-push", "activesync", "mobile"),
        description="Clients (IMAP ID) that synchronise by themselves: use that is automatic.",
    )
    device_networks: tuple[Network, ...] = Field(
        default=(), description="Networks that such clients log in from: webmail's or ActiveSync's own servers."
    )
    last_login: LastLogin = Field(default=LastLogin(), description="Dovecot's last_login records in a SQL table.")
    ldap: Literal["", "zimbra", "active-directory", "openldap"] = Field(
        default="", description="Read logon times, and dates of passwords, from the server of [ldap]; whose they are."
    )
    lastpop: Flag = Field(default=False, description="Ask Cyrus for the last POP3 login, with the account of [imap].")
    every: Timeout = Field(default=3600.0, description="How often the sources are read that do not tell by themselves.")


class FreeDay(Section):
    """A day on which the office does not work, beside weekends and public holidays."""

    day: datetime.date = Field(description="The day, 2026-01-02.")
    name: str = Field(default="", description="What it is called.")


class Doing(Section):
    """How each step is done. What is due is always listed; nothing else is done by default."""

    warn: tuple[Way, ...] = Field(default=(), description="The warning, to the mailbox and to its unit.")
    clear: tuple[Way, ...] = Field(default=(), description="It was used after the warning.")
    lock: tuple[Way, ...] = Field(default=(), description="The lock, and the letter to its unit.")
    warn_of_reclaiming: tuple[Way, ...] = Field(default=(), description="The warning to the unit of a locked mailbox.")
    reclaim: tuple[Way, ...] = Field(default=(), description="The reclaiming, and the written notice (AG 6).")
    ask: tuple[Way, ...] = Field(
        default=(), description="The letter to a mailbox of which nothing can be told, so that something can."
    )


class Lifecycle(Section):
    """What is made of silence: warnings, locks, reclaiming (docs/lifecycle.md). Each step by what `do` says."""

    do: Doing = Field(
        default=Doing(), description="For each step a list of ways: mail, deny-file, command, webhook. Empty: listed."
    )
    complete: tuple[Source, ...] = Field(
        default=(Source.DOVECOT_EVENTS, Source.DOVECOT_POLICY, Source.LAST_LOGIN, Source.ZIMBRA),
        description="Sources whose silence is silence, where they are set up.",
    )
    polling_suffices: Flag = Field(
        default=False,
        description="Whether polling alone may prove a silence. It does not see clients that only ever look (EXAMINE).",
    )
    automatic_is_use: Flag = Field(default=True, description="Whether phones and synchronisation keep a mailbox alive.")
    automatic_reads: Flag = Field(default=False, description="Whether they satisfy a reading window.")
    fresh: Timeout = Field(default=172800.0, description="How old the last observation may be to say anything.")
    confirm: Timeout = Field(default=3600.0, description="The same for a warning or a lock.")
    gap: Duration = Field(default=259200.0, description="How long polling may have failed within a proved silence.")
    session: Duration = Field(default=604800.0, description="How long a client may stay connected, unseen.")
    least: Count = Field(default=20, ge=0, description="So many may be locked or reclaimed in a day in any case,")
    share: Count = Field(default=2, ge=0, le=100, description="or so many percent; more waits for `allowed`.")
    allowed: Count = Field(default=0, ge=0, description="A person looked at the plan and allows so many in a day.")
    opens: DayTime = Field(default=datetime.time(8), description="Locks are done on working days from then,")
    closes: DayTime = Field(default=datetime.time(16), description="until then; both the same: at any time.")
    free_days: tuple[FreeDay, ...] = Field(default=(), description="More free days: 'nghỉ bù', an office's own.")
    worked_days: tuple[datetime.date, ...] = Field(default=(), description="Free days that are worked after all.")
    deny_file: Path | None = Field(
        default=None, description="Dovecot's passwd-file with deny = yes, written anew whenever somebody is locked."
    )
    command: tuple[str, ...] = Field(
        default=(), description="Arguments, no shell: {mailbox} {act} {day} {deadline} {clause} are filled in."
    )
    command_timeout: Timeout = Field(default=30.0, description="For one run of it.")
    webhook: str = Field(
        default="", pattern=r"^(|https?://[^\s@#]+)$", description="URL that is sent the steps as JSON, signed."
    )
    webhook_key_file: Path | None = Field(
        default=None, description="File with the key of the signature (X-Congthu-Signature: HMAC-SHA256)."
    )
    templates: Path | None = Field(default=None, description="Folder with letters of your own (docs/lifecycle.md).")
    every: Timeout = Field(default=3600.0, description="How often all mailboxes are judged.")
    keep: Count = Field(default=400, ge=60, le=4000, description="Days for which evidence of use is kept.")


class Answers(Section):
    """Time to answer of unit mailboxes (Q4 12.4, AG 10.1), from In-Reply-To and References, never from content."""

    watch: Flag = Field(default=True, description="Note messages that unit mailboxes receive and answer.")
    keep: Count = Field(default=180, ge=1, le=1000, description="Days for which they are kept.")
    open_after: Timeout = Field(default=259200.0, description="Unanswered for so long is listed as open.")
