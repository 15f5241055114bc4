"""Reads mailboxes and groups out of an LDAP server: in pages, over TLS, with time-outs. Blocking: for commands only.

Knows the wire, not what the entries mean (ldap_entries.py). An answer that is not whole (a size or time limit, a lost
connection) is an error: half a directory must never look like one from which the other half was removed.
"""

from __future__ import annotations

import contextlib
import re
import ssl
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from gateway.directory.attributes import MAPS, AttributeMap
from gateway.directory.errors import DirectoryError
from gateway.directory.ldap_entries import Raw, RawEntry, dn_key

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # ldap3 2.9.1 takes names from pyasn1 that have new ones
    from ldap3 import NONE, SUBTREE, Connection, Server, Tls
    from ldap3.core.exceptions import LDAPException, LDAPOperationResult
    from ldap3.core.results import RESULT_SUCCESS

PAGE: Final = 500
"""Entries a page (RFC 2696): Active Directory gives 1,000 at most."""
MAX_ENTRIES: Final = 500_000
"""Entries that are read at most; more is an error, not a part."""
_NO_GROUPS: Final = "-"
_TLS_FAULT: Final = re.compile(r"\[(?:SSL|X509)(?:: \w+)?\] (.*?)\.? *(?:\(_ssl\.c:.*)?$")
_PAGED: Final = "1.2.840.113556.1.4.319"  # RFC 2696


class LdapFailed(DirectoryError):  # noqa: N818 -- says what happened, as in gateway.errors
    """The server cannot be reached, refuses us, or gave no whole answer; nothing was read."""


@dataclass(frozen=True, slots=True)
class LdapServer:
    """How to reach a server. `password` is a secret. `timeout` in seconds, for connecting and for each answer.

    `url`: ldap://host:389 (STARTTLS unless `starttls` is False) or ldaps://host:636. `ca`: a PEM file; None: the
    system's authorities. `filter`, `group_filter`: "" for the map's own, "-" for no groups. `unit_filter`: which
    entries are units' mailboxes; "" for none by filter.
    """

    url: str
    base: str
    bind_dn: str = ""
    password: str = field(default="", repr=False)
    starttls: bool = True
    ca: Path | None = None
    timeout: float = 10.0
    map: AttributeMap = MAPS["openldap"]
    filter: str = ""
    group_filter: str = ""
    unit_filter: str = ""
    page: int = PAGE


class _Tls(Tls):  # type: ignore[misc]  # no types in ldap3
    """ldap3's own way compares names with a function that Python has given up; OpenSSL does it here."""

    def __init__(self, ca: Path | None) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self._context = ssl.create_default_context(cafile=str(ca) if ca else None)

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:
        """Put TLS on the connection's socket: chain and host name are verified in the handshake."""
        connection.socket = self._context.wrap_socket(
            connection.socket, server_hostname=connection.server.host, do_handshake_on_connect=do_handshake
        )


def read_all(server: LdapServer) -> Raw:
    """Everything that the map asks for. LdapFailed, with a line that says what and what to do; no secret is in it."""
    try:
        with connected(server) as connection:
            units: set[str] = set()
            if server.unit_filter:
                units = {dn_key(dn) for dn, _ in _search(connection, server, server.unit_filter, ["1.1"])}
            mailboxes = list(_entries(connection, server, server.filter or server.map.filter, units))
            groups: list[RawEntry] = []
            if server.group_filter != _NO_GROUPS and (asked := server.group_filter or server.map.group_filter):
                groups = list(_entries(connection, server, asked))
            domains: list[RawEntry] = []
            if server.map.domain_filter:
                domains = list(_entries(connection, server, server.map.domain_filter))
            return Raw(mailboxes, groups, domains)
    except LDAPException as error:
        raise LdapFailed(f"{server.url}: {_reason(error)}") from error
    except (OSError, ssl.SSLError, ValueError) as error:
        raise LdapFailed(f"{server.url}: {_plain(error)}") from error


def _connection(server: LdapServer) -> Any:
    """A connection as it shall be, not open yet."""
    where = urlsplit(server.url)
    secure = where.scheme == "ldaps"
    target = Server(
        where.hostname or "",
        port=where.port or (636 if secure else 389),
        use_ssl=secure,
        tls=_Tls(server.ca) if secure or server.starttls else None,
        connect_timeout=server.timeout,
        get_info=NONE,
    )
    return Connection(
        target,
        user=server.bind_dn or None,
        password=server.password or None,
        authentication="SIMPLE" if server.bind_dn else "ANONYMOUS",
        receive_timeout=max(1, round(server.timeout)),
        read_only=True,
        raise_exceptions=True,
        auto_referrals=False,  # our password is for this server
        auto_range=True,  # Active Directory gives long lists of members in parts
        check_names=False,
    )


@contextlib.contextmanager
def connected(server: LdapServer) -> Iterator[Any]:
    """A connection that is open and bound, and closed whatever happens (ldap3's own context leaves it open)."""
    connection = _connection(server)
    try:
        connection.open()
        if connection.server.tls is not None and not connection.server.ssl:
            connection.start_tls()
        connection.bind()
        yield connection
    finally:
        held = connection.socket
        with contextlib.suppress(LDAPException, OSError):
            connection.unbind()
        if held is not None:
            held.close()


def _entries(
    connection: Any, server: LdapServer, filter_: str, units: frozenset[str] | set[str] = frozenset()
) -> Iterator[RawEntry]:
    for dn, attributes in _search(connection, server, filter_, server.map.wanted()):
        values = {name.lower(): [value for value in many if isinstance(value, bytes)] for name, many in attributes}
        yield RawEntry(dn, values, dn_key(dn) in units)


def _search(
    connection: Any, server: LdapServer, filter_: str, attributes: Sequence[str]
) -> Iterator[tuple[str, Sequence[tuple[str, Any]]]]:
    """(DN, raw attributes) of every entry that matches; LdapFailed where there are too many."""
    cookie, number = b"", 0
    while True:
        connection.search(
            server.base,
            filter_,
            search_scope=SUBTREE,
            attributes=list(attributes),
            paged_size=server.page,
            paged_criticality=True,
            paged_cookie=cookie or None,
        )
        cookie = _cookie(connection.result)
        number += 1  # a page counts too: a server that gives empty ones for ever comes to an end
        for answer in connection.response or ():
            if answer.get("type") == "searchResEntry":  # and not a referral to another server
                number += 1
                yield str(answer["dn"]), list(answer["raw_attributes"].items())
        if not cookie:
            return
        if number > MAX_ENTRIES:
            raise LdapFailed(f"{server.url}: more than {MAX_ENTRIES} entries match {filter_}")


def _cookie(result: Any) -> bytes:
    """Where the next page begins, b"" after the last one.

    LDAPException where the answer is not whole: ldap3 raises for most results, but not where a size limit was reached.
    """
    if result["result"] != RESULT_SUCCESS:
        raise LDAPOperationResult(result["result"], result["description"], result["dn"], result["message"])
    control = (result.get("controls") or {}).get(_PAGED) or {}
    cookie = (control.get("value") or {}).get("cookie") or b""
    return bytes(cookie)


def _reason(error: LDAPException) -> str:
    """One line for people out of ldap3's many kinds of error."""
    name = type(error).__name__
    hints = {
        "LDAPInvalidCredentialsResult": "the server does not know this bind_dn with this password",
        "LDAPSizeLimitExceededResult": "the server's size limit is smaller than the directory: raise it for this login",
        "LDAPTimeLimitExceededResult": "the server's time limit is too short: raise it for this login",
        "LDAPNoSuchObjectResult": "there is no such base",
        "LDAPInsufficientAccessRightsResult": "this login may not read there",
        "LDAPConfidentialityRequiredResult": "the server wants TLS: starttls = true, or ldaps://",
        "LDAPInvalidFilterError": "the filter cannot be read",
    }
    return hints.get(name) or _plain(error) or name


def _plain(error: Exception) -> str:
    """An error's text as one line. ldap3 puts others' into its own as Python writes a tuple, once or twice over."""
    text = " ".join(str(error).split())[:1000]
    if text.startswith(("('", '("')):
        text = text.strip("()\"', ").replace("\\'", "'")
    if found := _TLS_FAULT.search(text):
        hint = "is ldap.ca the file of its authority, and the host in ldap.url a name in its certificate?"
        return f"TLS failed: {found[1][:200]}; {hint}"
    return text[:300]
