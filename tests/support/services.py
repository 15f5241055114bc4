"""Which programs the marked tests need, and what to install where one is missing."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass

_PLACES = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin", "/usr/lib/postfix/sbin"])

_RESOURCE = "/usr/lib/libreoffice/program/resource"


@dataclass(frozen=True, slots=True)
class Service:
    """A program, the Debian package that has it, whether only root can run it, and a file that must be there too."""

    program: str
    package: str
    root: bool = False
    file: str = ""


SERVICES = {
    "postfix": Service("postfix", "postfix", root=True),
    "smtp-source": Service("smtp-source", "postfix"),
    "smtp-sink": Service("smtp-sink", "postfix"),
    "haproxy": Service("haproxy", "haproxy"),
    "swaks": Service("swaks", "swaks libnet-ssleay-perl libauthen-sasl-perl"),
    "msmtp": Service("msmtp", "msmtp"),
    "sslscan": Service("sslscan", "sslscan"),
    "dovecot": Service("dovecot", "dovecot-core", root=True),
    "dovecot-imap": Service("dovecot", "dovecot-imapd dovecot-pop3d", file="/usr/lib/dovecot/pop3"),
    "dovecot-sqlite": Service(
        "dovecot", "dovecot-sqlite dovecot-imapd", file="/usr/lib/dovecot/modules/dict/libdriver_sqlite.so"
    ),
    "opendkim": Service("opendkim", "opendkim"),
    "slapd": Service("slapd", "slapd ldap-utils", file="/usr/bin/ldapadd"),
    "postgresql": Service("pg_ctlcluster", "postgresql"),
    "systemd-analyze": Service("systemd-analyze", "systemd"),
    "clamd": Service("clamd", "clamav-daemon"),
    "rspamd": Service("rspamd", "rspamd"),
    "bwrap": Service("bwrap", "bubblewrap", root=True),
    "libreoffice": Service("soffice", "libreoffice-nogui"),
    "prometheus": Service("promtool", "prometheus"),
    "redis": Service("redis-server", "redis-server"),
    "chromium": Service("chromium", "chromium"),
    "tmpfs": Service("mount", "mount", root=True),
    "recode": Service("recode", "recode"),
    "vietnamese-text": Service("dpkg-query", "libreoffice-l10n-vi", file=f"{_RESOURCE}/vi/LC_MESSAGES/sc.mo"),
    "foreign-text": Service("dpkg-query", "libreoffice-l10n-fr", file=f"{_RESOURCE}/fr/LC_MESSAGES/sc.mo"),
    "mime-tools": Service("perl", "libmime-tools-perl", file="/usr/share/perl5/MIME/Parser.pm"),
}


def missing(name: str) -> str:
    """Why a service cannot be used here and what to do, one line; empty when it can."""
    service = SERVICES[name]
    if shutil.which(service.program, path=_PLACES) is None or (service.file and not os.path.exists(service.file)):
        return f"{name} is not installed: apt-get install --no-install-recommends {service.package}"
    if service.root and os.geteuid() != 0:
        return f"{name} needs root here"
    return ""
