"""Asks the mail server or the LDAP server whether a password is somebody's: for accounts without one here. Blocking.

The servers and their TLS are those of `[imap]` and `[ldap]`, the login is the person's own, never the master user's.
What a server says of a refusal is nobody's to read here; that it cannot be asked goes to the log.
"""

from __future__ import annotations

import contextlib
import imaplib
import ipaddress
import socket
import ssl
from typing import Final

from gateway.config import Settings
from gateway.directory.ldap import LdapFailed
from gateway.directory.ldap_bind import binds
from gateway.errors import CongThuError, StartError
from gateway.imap.dial import context
from gateway.imap.settings import Server
from gateway.logs import get_logger
from gateway.pulling import ldap_of
from gateway.using import server_of

_TIMEOUT: Final = 10.0  # seconds for each answer
_LONGEST: Final = 1000  # characters of a name or a password
_log = get_logger("console")


class OutsideBusy(CongThuError):  # noqa: N818 -- it is
    """Nobody was asked: nothing is known of this password."""


def mail_server(settings: Settings, name: str, password: str) -> bool:
    """Whether the mail server takes this login. False, too, where there is none or it does not answer."""
    if settings.imap.host is None or not password or "\0" in name + password or len(name + password) > _LONGEST:
        return False
    try:
        return _asked(server_of(settings), name, password)
    except (OSError, imaplib.IMAP4.error, ValueError) as error:
        _log.warning("console.mail_server", error=f"{type(error).__name__}: {error}"[:200])
        return False


def directory_server(settings: Settings, name: str, password: str) -> bool:
    """Whether the server of `[ldap]` has one entry of this name that may bind with this password."""
    if not settings.ldap.url or len(name + password) > _LONGEST:
        return False
    try:
        return binds(ldap_of(settings), name, password)
    except (LdapFailed, StartError) as error:
        _log.warning("console.directory_server", error=str(error)[:200])
        return False


def _asked(server: Server, name: str, password: str) -> bool:
    connection = _connected(server)
    try:
        if "AUTH=PLAIN" not in connection.capabilities:
            raise imaplib.IMAP4.error("the server offers no AUTH=PLAIN")
        plain = f"\0{name}\0{password}".encode(errors="replace")
        connection.authenticate("PLAIN", lambda _: plain)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        if "AUTH=PLAIN" in str(error):
            raise
        return False  # it said no
    finally:
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            connection.logout()
    return True


class _Implicit(imaplib.IMAP4_SSL):
    """TLS from the first byte, with the name that the certificate is expected to have."""

    def __init__(self, server: Server, secure: ssl.SSLContext) -> None:
        self._expected = server.name or server.host
        super().__init__(server.host, server.port, ssl_context=secure, timeout=_TIMEOUT)

    def _create_socket(self, timeout: float | None) -> ssl.SSLSocket:
        made = socket.create_connection((self.host, self.port), timeout)
        try:
            wrapped: ssl.SSLSocket = self.ssl_context.wrap_socket(made, server_hostname=self._expected)
        except BaseException:
            made.close()
            raise
        return wrapped


def _connected(server: Server) -> imaplib.IMAP4:
    secure = context(server)
    if server.tls == "implicit" and secure is not None:
        return _Implicit(server, secure)
    if secure is None and not _local(server.host):
        raise OSError("without TLS only on this machine")
    made = imaplib.IMAP4(server.host, server.port, timeout=_TIMEOUT)
    if secure is not None:
        made.host = server.name or server.host  # the name in the handshake; the connection stands already
        try:
            made.starttls(secure)
        except BaseException:
            made.shutdown()
            raise
    return made


def _local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
