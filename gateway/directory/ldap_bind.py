"""Asks an LDAP server whether a password is somebody's: finds the one entry of that name, and binds as it. Blocking."""

from __future__ import annotations

import ssl
import warnings
from dataclasses import replace
from typing import Final

from gateway.directory.ldap import LdapFailed, LdapServer, connected

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # as in ldap.py
    from ldap3 import SUBTREE
    from ldap3.core.exceptions import LDAPException, LDAPInvalidCredentialsResult
    from ldap3.utils.conv import escape_filter_chars

_NAMED: Final = "(|(mail={name})(uid={name})(userPrincipalName={name}))"


def binds(server: LdapServer, name: str, password: str) -> bool:
    """Whether exactly one entry has this name (mail, uid, userPrincipalName) and this password. LdapFailed.

    An empty password is nobody's: servers take a bind without one for an anonymous one (RFC 4513 5.1.2).
    """
    if not name or not password or "\0" in name + password:
        return False
    try:
        dn = _found(server, name)
        return dn != "" and _bound(replace(server, bind_dn=dn, password=password))
    except (LDAPException, OSError, ssl.SSLError, ValueError) as error:
        raise LdapFailed(f"{server.url}: {type(error).__name__}") from error


def _found(server: LdapServer, name: str) -> str:
    """The entry's name; "" where there is none, or more than one."""
    asked = _NAMED.format(name=escape_filter_chars(name))
    filter_ = f"(&{server.filter or server.map.filter}{asked})"
    with connected(server) as connection:
        connection.search(server.base, filter_, SUBTREE, attributes=["1.1"], size_limit=2)
        found = [one["dn"] for one in connection.response or () if one.get("type") == "searchResEntry"]
    return str(found[0]) if len(found) == 1 else ""


def _bound(server: LdapServer) -> bool:
    try:
        with connected(server):
            return True
    except LDAPInvalidCredentialsResult:
        return False
