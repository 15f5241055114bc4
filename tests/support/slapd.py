"""A private OpenLDAP server in a temporary folder: chosen loopback ports, plain with STARTTLS and TLS.

Any user can run it. Touches nothing of the system's instance.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from tests.support.ports import HOST, free_port, listening
from tests.support.processes import Daemon, run
from tests.support.tls import Certificates

BASE = "dc=tinh,dc=example"
ADMIN = f"cn=admin,{BASE}"
READER = f"cn=reader,{BASE}"

_CONFIG = """\
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include /etc/ldap/schema/misc.schema
include {folder}/extra.schema
pidfile {folder}/slapd.pid
modulepath /usr/lib/ldap
moduleload back_mdb
TLSCertificateFile {chain}
TLSCertificateKeyFile {key}
TLSCACertificateFile {authority}
database mdb
maxsize 268435456
dbnosync
suffix {base}
rootdn {admin}
rootpw {password}
directory {folder}/data
index objectClass eq
limits dn.exact="{reader}" size.soft={limit} size.hard={limit} size.prtotal={limit}
{more}
"""

# What Zimbra's schema has, as far as its attribute map needs it; the OIDs are of the example arc (RFC 5612).
_TEXT = "EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15"
_EXTRA = ["zimbraMailDeliveryAddress", "zimbraMailAlias", "zimbraMailForwardingAddress"]
_EXTRA += ["zimbraPrefMailForwardingAddress", "zimbraAccountStatus", "zimbraCreateTimestamp", "zimbraNotes"]
_EXTRA += ["zimbraIsSystemAccount", "zimbraDomainName", "zimbraDomainType", "zimbraMailCatchAllForwardingAddress"]
# … and Active Directory's and Exchange's
_EXTRA += ["proxyAddresses", "department", "altRecipient", "msExchGenericForwardingAddress", "targetAddress"]
_EXTRA += ["publicDelegates", "userAccountControl", "whenCreated", "msExchRecipientTypeDetails", "objectCategory"]
# … and when somebody was there, and changed the password
_EXTRA += ["zimbraLastLogonTimestamp", "zimbraPasswordModifiedTime", "zimbraPasswordMustChange"]
_EXTRA += ["lastLogonTimestamp", "pwdLastSet"]
_CLASSES = ["zimbraAccount", "zimbraDistributionList", "zimbraDomain", "zimbraCalendarResource", "user"]


def _schema() -> str:
    arc = "1.3.6.1.4.1.32473.1"
    attributes = [
        f"attributetype ( {arc}.1.{number} NAME '{name}' {_TEXT} )" for number, name in enumerate(_EXTRA, start=1)
    ]
    may = " $ ".join(["mail", "displayName", "cn", "ou", "uid", "info", *_EXTRA])
    classes = [
        f"objectclass ( {arc}.2.{number} NAME '{name}' SUP top AUXILIARY MAY ( {may} ) )"
        for number, name in enumerate(_CLASSES, start=1)
    ]
    return "\n".join([*attributes, *classes, ""])


class Slapd:
    """One server. `start` makes the base and a reading login; `limit`: entries that the reading login may see."""

    def __init__(self, folder: Path, certificates: Certificates, *, limit: str = "unlimited", more: str = "") -> None:
        self.folder = folder
        self.port, self.tls_port = free_port(), free_port()
        self.password = secrets.token_hex(8)
        (folder / "data").mkdir(parents=True)
        (folder / "extra.schema").write_text(_schema())
        self._config = folder / "slapd.conf"
        self._config.write_text(
            _CONFIG.format(
                folder=folder,
                chain=certificates.chain,
                key=certificates.key,
                authority=certificates.authority,
                base=BASE,
                admin=ADMIN,
                reader=READER,
                password=self.password,
                limit=limit,
                more=more,
            )
        )
        urls = f"ldap://{HOST}:{self.port}/ ldaps://{HOST}:{self.tls_port}/"
        self.daemon = Daemon(["/usr/sbin/slapd", "-f", self._config, "-h", urls, "-d", "0"], folder / "log")

    @property
    def url(self) -> str:
        """Without TLS, or with STARTTLS."""
        return f"ldap://localhost:{self.port}"

    @property
    def tls_url(self) -> str:
        """TLS from the first byte."""
        return f"ldaps://localhost:{self.tls_port}"

    def start(self) -> None:
        """Run it and put the base in."""
        self.daemon.start()
        self.daemon.wait_until(lambda: listening(self.port) and listening(self.tls_port), "slapd")
        self.add(
            f"dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\ndc: tinh\no: Tinh\n\n"
            f"dn: {READER}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: reader\n"
            f"userPassword: {self.password}\n"
        )

    def stop(self) -> None:
        """End it; may be called twice."""
        self.daemon.stop()

    def add(self, ldif: str) -> None:
        """Put entries in; AssertionError with what the tool says."""
        self._tool("ldapadd", ldif)

    def modify(self, ldif: str) -> None:
        """Change or remove entries."""
        self._tool("ldapmodify", ldif)

    def _tool(self, tool: str, ldif: str) -> None:
        url = f"ldap://{HOST}:{self.port}"
        done = run([tool, "-x", "-H", url, "-D", ADMIN, "-w", self.password], data=ldif.encode(), seconds=120)
        assert done.returncode == 0, done.stderr[-2000:]
