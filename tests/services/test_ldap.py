"""The directory out of a real OpenLDAP server: in pages, over TLS, in three maps; whatever fails is a clear error."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli import main
from gateway.directory.attributes import MAPS
from gateway.directory.entry import Snapshot
from gateway.directory.ldap import LdapFailed, LdapServer, read_all
from gateway.directory.plan import after
from gateway.directory.store import DirectoryStore
from gateway.directory.sync import plan_sync
from gateway.who import Group, Kind, Mailbox, State, Unit
from tests.support.ports import HOST, free_port
from tests.support.slapd import BASE, READER, Slapd
from tests.support.tls import Certificates, certificates

pytestmark = pytest.mark.service("slapd")

PEOPLE = f"""\
dn: ou=people,{BASE}
objectClass: organizationalUnit
ou: people

dn: cn=Nguyen Van Anh,ou=people,{BASE}
objectClass: inetOrgPerson
objectClass: inetLocalMailRecipient
cn: Nguyen Van Anh
displayName: Nguyễn Văn Anh
sn: Nguyen
mail: nvanh@tinh.example
mailLocalAddress: anh.nguyen@tinh.example
departmentNumber: NV

dn: cn=Phong Noi vu,ou=people,{BASE}
objectClass: inetOrgPerson
cn: Phòng Nội vụ
sn: Phong
mail: noivu@tinh.example
ou: Phòng Nội vụ
employeeType: unit

dn: cn=tat-ca,{BASE}
objectClass: groupOfNames
objectClass: extensibleObject
cn: tat-ca
mail: tat-ca@tinh.example
member: cn=Nguyen Van Anh,ou=people,{BASE}
member: cn=phong noi vu, ou=people, {BASE}
member: cn=gone,{BASE}
"""

ZIMBRA = f"""\
dn: uid=anh,{BASE}
objectClass: inetOrgPerson
objectClass: zimbraAccount
uid: anh
cn: Anh
sn: Anh
displayName: Nguyễn Văn Anh
mail: nvanh@tinh.example
mail: anh@tinh.example
zimbraMailDeliveryAddress: nvanh@tinh.example
zimbraMailAlias: anh@tinh.example
zimbraPrefMailForwardingAddress: a@gmail.com, b@tinh.example
zimbraAccountStatus: locked
zimbraCreateTimestamp: 20200131235959.123Z

dn: uid=spam,{BASE}
objectClass: inetOrgPerson
objectClass: zimbraAccount
uid: spam
cn: spam
sn: spam
zimbraMailDeliveryAddress: spam.x@tinh.example
zimbraIsSystemAccount: TRUE

dn: uid=list,{BASE}
objectClass: account
objectClass: zimbraDistributionList
uid: list
mail: list@tinh.example
zimbraMailForwardingAddress: nvanh@tinh.example
zimbraMailForwardingAddress: ngoai@gmail.com

dn: uid=domain,{BASE}
objectClass: account
objectClass: zimbraDomain
uid: domain
zimbraDomainName: cu.example
zimbraDomainType: alias
zimbraMailCatchAllForwardingAddress: @tinh.example
"""

ACTIVE_DIRECTORY = f"""\
dn: cn=Anh,{BASE}
objectClass: inetOrgPerson
objectClass: user
objectCategory: person
cn: Anh
sn: Anh
displayName: Nguyễn Văn Anh
mail: nvanh@tinh.example
proxyAddresses: SMTP:nvanh@tinh.example
proxyAddresses: smtp:anh@tinh.example
proxyAddresses: X400:C=VN;A= ;P=Tinh
department: Phòng Nội vụ
userAccountControl: 514
whenCreated: 20190506070809.0Z
publicDelegates: cn=Noi vu,{BASE}
altRecipient: cn=Noi vu,{BASE}

dn: cn=Noi vu,{BASE}
objectClass: inetOrgPerson
objectClass: user
objectCategory: person
cn: Noi vu
sn: Noi vu
mail: noivu@tinh.example
userAccountControl: 514
msExchRecipientTypeDetails: 4
"""


@pytest.fixture(scope="module")
def slapd(tmp_path_factory: pytest.TempPathFactory, tls: Certificates) -> Iterator[Slapd]:
    made = Slapd(tmp_path_factory.mktemp("slapd"), tls)
    made.start()
    made.add(PEOPLE)
    yield made
    made.stop()


@pytest.fixture
def fresh(tmp_path: Path, tls: Certificates) -> Iterator[Slapd]:
    made = Slapd(tmp_path / "slapd", tls)
    made.start()
    yield made
    made.stop()


def people(count: int) -> str:
    """LDIF of so many mailboxes."""
    lines = (f"dn: cn=u{n},{BASE}\nobjectClass: inetOrgPerson\ncn: u{n}\nsn: u\n" for n in range(count))
    return "".join(f"{entry}mail: u{n}@tinh.example\n\n" for n, entry in enumerate(lines))


def server(slapd: Slapd, tls: Certificates, **more: object) -> LdapServer:
    made = LdapServer(slapd.url, BASE, READER, slapd.password, ca=tls.authority, timeout=60.0)
    return replace(made, **more)  # type: ignore[arg-type]


def synced(made: LdapServer, current: Snapshot | None = None) -> Snapshot:
    current = current or Snapshot()
    sync = plan_sync(current, read_all(made), made.map)
    assert sync.stop == ""
    return after(current, sync.plan.steps)


class TestMaps:
    def test_openldap(self, slapd: Slapd, tls: Certificates) -> None:
        asked = server(slapd, tls, unit_filter="(employeeType=unit)")
        found = synced(asked, Snapshot(1, (Unit("NV", "Phòng Nội vụ"),)))
        assert found.mailboxes == (
            Mailbox("noivu@tinh.example", Kind.UNIT, "NV", "Phòng Nội vụ"),
            Mailbox("nvanh@tinh.example", Kind.PERSONAL, "NV", "Nguyễn Văn Anh", ("anh.nguyen@tinh.example",)),
        )
        assert found.groups == (Group("tat-ca@tinh.example", ("nvanh@tinh.example", "noivu@tinh.example")),)
        (problem,) = plan_sync(Snapshot(), read_all(asked), asked.map).problems
        assert "gone" in problem.reason

    def test_zimbra(self, fresh: Slapd, tls: Certificates) -> None:
        fresh.add(ZIMBRA)
        asked = server(fresh, tls, map=MAPS["zimbra"])
        (found,) = synced(asked).mailboxes
        assert (found.address, found.aliases) == ("nvanh@tinh.example", ("anh@tinh.example",))
        assert found.forwards == ("a@gmail.com", "b@tinh.example")
        assert (found.state, str(found.created)) == (State.LOCKED, "2020-01-31")
        assert synced(asked).groups == (
            Group("@cu.example", ("@tinh.example",)),
            Group("list@tinh.example", ("nvanh@tinh.example", "ngoai@gmail.com")),
        )
        plan = plan_sync(Snapshot(), read_all(asked), asked.map).plan
        assert plan.flaws == ()

    def test_active_directory(self, fresh: Slapd, tls: Certificates) -> None:
        fresh.add(ACTIVE_DIRECTORY)
        found = synced(server(fresh, tls, map=MAPS["active-directory"], group_filter="-"))
        unit, person = found.mailboxes
        assert (unit.kind, unit.state) == (Kind.UNIT, State.ACTIVE)  # a shared mailbox's account is disabled by design
        assert (person.state, person.aliases) == (State.LOCKED, ("anh@tinh.example",))
        assert person.delegates == person.forwards == ("noivu@tinh.example",)
        assert found.units == (Unit("Phòng Nội vụ", "Phòng Nội vụ"),)


class TestReading:
    @pytest.mark.parametrize("page", [1, 2, 500])
    def test_pages(self, slapd: Slapd, tls: Certificates, page: int) -> None:
        raw = read_all(server(slapd, tls, page=page))
        assert (len(raw.mailboxes), len(raw.groups)) == (2, 1)

    def test_tls_from_the_first_byte(self, slapd: Slapd, tls: Certificates) -> None:
        assert len(read_all(server(slapd, tls, url=slapd.tls_url)).mailboxes) == 2

    def test_plain_where_it_is_asked_for(self, slapd: Slapd, tls: Certificates) -> None:
        assert len(read_all(server(slapd, tls, starttls=False, ca=None)).mailboxes) == 2

    def test_a_filter_of_ours(self, slapd: Slapd, tls: Certificates) -> None:
        raw = read_all(server(slapd, tls, filter="(mail=nvanh@*)", group_filter="-"))
        assert (len(raw.mailboxes), len(raw.groups)) == (1, 0)

    def test_many(self, fresh: Slapd, tls: Certificates) -> None:
        fresh.add(people(2000))
        assert len(read_all(server(fresh, tls)).mailboxes) == 2000

    def test_what_left_is_removed_and_a_great_loss_stops(self, fresh: Slapd, tls: Certificates) -> None:
        fresh.add(people(40))
        asked = server(fresh, tls)
        current = synced(asked)
        assert synced(asked, current).mailboxes == current.mailboxes
        fresh.modify(f"dn: cn=u7,{BASE}\nchangetype: delete\n")
        assert len(synced(asked, current).mailboxes) == 39
        for number in range(10, 20):
            fresh.modify(f"dn: cn=u{number},{BASE}\nchangetype: delete\n")
        sync = plan_sync(current, read_all(asked), asked.map, max_removed=0.05)
        assert sync.stop == "it would remove 11 mailboxes (27.5% of all, more than 5.0%)"


class TestFailures:
    def fails(self, made: LdapServer) -> str:
        with pytest.raises(LdapFailed) as caught:
            read_all(made)
        text = str(caught.value)
        assert text.startswith(made.url)
        assert not made.password or made.password not in text
        return text

    def test_nobody_listens(self, tls: Certificates) -> None:
        assert "refused" in self.fails(LdapServer(f"ldap://{HOST}:{free_port()}", BASE, ca=tls.authority, timeout=60.0))

    def test_no_such_host(self, tls: Certificates) -> None:
        self.fails(LdapServer("ldap://khong-co.invalid", BASE, ca=tls.authority, timeout=2.0))

    def test_a_wrong_password(self, slapd: Slapd, tls: Certificates) -> None:
        assert "bind_dn" in self.fails(server(slapd, tls, password="sai"))

    def test_no_such_base(self, slapd: Slapd, tls: Certificates) -> None:
        assert "base" in self.fails(server(slapd, tls, base=f"ou=sai,{BASE}"))

    def test_a_bad_filter(self, slapd: Slapd, tls: Certificates) -> None:
        assert "filter" in self.fails(server(slapd, tls, filter="((("))

    @pytest.mark.parametrize("scheme", ["starttls", "ldaps"])
    def test_an_authority_that_we_do_not_trust(
        self, slapd: Slapd, tls: Certificates, tmp_path: Path, scheme: str
    ) -> None:
        other = certificates(tmp_path)
        url = slapd.url if scheme == "starttls" else slapd.tls_url
        assert "certificate" in self.fails(server(slapd, tls, url=url, ca=other.authority)).lower()

    @pytest.mark.parametrize("scheme", ["starttls", "ldaps"])
    def test_another_hosts_certificate(self, tmp_path: Path, scheme: str) -> None:
        other = certificates(tmp_path, "khac.example")
        made = Slapd(tmp_path / "slapd", other)
        made.start()
        try:
            url = made.url if scheme == "starttls" else made.tls_url
            assert "certificate" in self.fails(server(made, other, url=url)).lower()
        finally:
            made.stop()

    def test_a_missing_authority_file(self, slapd: Slapd, tls: Certificates, tmp_path: Path) -> None:
        assert "No such file" in self.fails(server(slapd, tls, ca=tmp_path / "none.pem"))

    def test_a_size_limit_is_no_small_directory(self, tmp_path: Path, tls: Certificates) -> None:
        made = Slapd(tmp_path / "slapd", tls, limit="3")
        made.start()
        try:
            made.add(PEOPLE)
            made.add(people(20))
            assert "size limit" in self.fails(server(made, tls, page=2))
        finally:
            made.stop()

    def test_a_server_that_dies(self, fresh: Slapd, tls: Certificates) -> None:
        asked = server(fresh, tls)
        read_all(asked)
        fresh.stop()
        self.fails(asked)

    @pytest.mark.parametrize("answer", [b"", b"\x30", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x30\x84\xff\xff\xff\xff"])
    @pytest.mark.parametrize("starttls", [True, False])
    def test_a_server_that_is_silent_or_talks_nonsense(self, answer: bytes, starttls: bool) -> None:
        with socket.create_server((HOST, 0)) as listener:
            held: list[socket.socket] = []

            def serve() -> None:
                try:
                    held.append(listener.accept()[0])
                    held[0].recv(4096)
                    if answer:
                        held[0].sendall(answer)
                except OSError:
                    pass

            thread = threading.Thread(target=serve, daemon=True)
            thread.start()
            url = f"ldap://{HOST}:{listener.getsockname()[1]}"
            self.fails(LdapServer(url, BASE, starttls=starttls, timeout=1.0))
            for one in held:
                one.close()
            thread.join(60)


CONFIG = """
[gateway]
hostname = "gw.tinh.example"
data_dir = "{folder}"
domains = ["tinh.example"]
regulation = "angiang-50-2009"

[[listener]]
name = "inbound"
bind = "127.0.0.1:2525"
direction = "inbound"
upstream = "mailserver"

[upstream.mailserver]
hosts = ["127.0.0.1:2526"]

[ldap]
url = "{url}"
base = "{base}"
bind_dn = "{reader}"
password_file = "{folder}/password"
ca = "{ca}"
timeout = 60
unit_addresses = ["NoiVu@*"]
"""


class TestCommand:
    """`congthu mailboxes sync` from the configuration to the store."""

    @pytest.fixture
    def config(self, tmp_path: Path, fresh: Slapd, tls: Certificates) -> Path:
        fresh.add(PEOPLE + "\n" + people(40))
        (tmp_path / "password").write_text(f"{fresh.password}\n")
        path = tmp_path / "config.toml"
        text = CONFIG.format(folder=tmp_path, url=fresh.url, base=BASE, reader=READER, ca=tls.authority)
        path.write_text(text)
        return path

    def ask(self, config: Path, *words: str) -> Result:
        return CliRunner().invoke(main, ["mailboxes", "sync", *words, "--config", str(config)])

    def held(self, config: Path) -> Snapshot:
        return DirectoryStore("sqlite:///congthu.db", config.parent).snapshot()

    def test_from_dry_run_to_done(self, config: Path, fresh: Slapd) -> None:
        shown = self.ask(config, "--dry-run")
        assert "+ mailbox nvanh@tinh.example" in shown.stdout
        assert "cn=gone" in shown.stderr
        assert self.held(config).mailboxes == ()
        done = self.ask(config, "--yes")
        assert done.exit_code == 0
        held = self.held(config)
        assert len(held.mailboxes) == 42
        assert {one.address for one in held.mailboxes if one.kind is Kind.UNIT} == {"noivu@tinh.example"}
        again = json.loads(self.ask(config, "--yes", "--json").stdout)
        assert (again["applied"], again["plan"]["steps"], again["version"]) == (False, [], held.version)

    def test_a_great_loss_stops_and_can_be_allowed(self, config: Path, fresh: Slapd) -> None:
        self.ask(config, "--yes")
        version = self.held(config).version
        for number in range(10):
            fresh.modify(f"dn: cn=u{number},{BASE}\nchangetype: delete\n")
        stopped = self.ask(config, "--yes")
        assert stopped.exit_code == 1
        assert "stopped: it would remove 10 mailboxes (23.8% of all, more than 5.0%)" in stopped.stderr
        assert self.held(config).version == version
        self.ask(config, "--yes", "--keep-missing")
        assert len(self.held(config).mailboxes) == 42
        self.ask(config, "--yes", "--max-removed", "30")
        assert len(self.held(config).mailboxes) == 32

    def test_a_dead_server_changes_nothing(self, config: Path, fresh: Slapd) -> None:
        self.ask(config, "--yes")
        fresh.stop()
        done = self.ask(config, "--yes")
        assert (done.exit_code, len(done.stderr.splitlines())) == (1, 1)
        assert fresh.password not in done.output
        assert len(self.held(config).mailboxes) == 42
