"""Entries are read by a map whatever the server sends; what cannot be read is told, and takes nothing away."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.directory.attributes import MAPS, NAMES, AttributeMap
from gateway.directory.entry import Snapshot, What
from gateway.directory.ldap_entries import Raw, RawEntry, Reader, Reading, dn_key
from gateway.directory.plan import after
from gateway.directory.sync import plan_sync, problem_lines
from gateway.who import Group, Kind, Mailbox, State, Unit

PLAIN = AttributeMap(filter="", aliases="alias", forwards="forward", delegates="delegate", unit="ou", created="created")
AD = MAPS["active-directory"]
ZIMBRA = MAPS["zimbra"]


def entry(dn: str, /, **values: str | list[str] | bytes) -> RawEntry:
    made = {}
    for name, value in values.items():
        many = value if isinstance(value, list) else [value]
        made[name.lower()] = [one.encode() if isinstance(one, str) else one for one in many]
    return RawEntry(dn, made)


def read(*entries: RawEntry, map_: AttributeMap = PLAIN, known: str = "", groups: tuple[RawEntry, ...] = ()) -> Reading:
    return Reader(map_, lambda address: address == known, lambda address: address.startswith("unit")).read(
        entries, groups
    )


class TestMailboxes:
    def test_all_that_a_map_names(self) -> None:
        made = read(
            entry(
                "cn=a",
                mail="A@X.Example",
                displayName="  Nguyễn\x00 Văn\u202e Anh ",
                ou="Phòng Nội vụ",
                alias=["b@x.example", "B@x.example", "a@x.example"],
                forward="c@gmail.com",
                delegate="cn=D, dc=x",
                created="20200131235959Z",
            ),
            entry("CN=d,DC=X", mail="d@x.example"),
        )
        assert made.mailboxes[0] == {
            "address": "A@x.example",
            "holder": "Nguyễn Văn Anh",
            "unit": "Phòng Nội vụ",
            "aliases": ("b@x.example",),
            "forwards": ("c@gmail.com",),
            "delegates": ("d@x.example",),
            "created": datetime.date(2020, 1, 31),
        }
        assert made.problems == ()
        assert made.complete

    def test_the_address_that_the_directory_knows_stays_the_main_one(self) -> None:
        many = entry("cn=a", mail=["new@x.example", "old@x.example"])
        assert read(many, known="old@x.example").mailboxes[0]["address"] == "old@x.example"
        assert read(many).mailboxes[0] == {
            "address": "new@x.example",
            "aliases": ("old@x.example",),
            "forwards": (),
            "delegates": (),
        }

    def test_what_a_map_does_not_name_is_not_said(self) -> None:
        assert set(read(entry("cn=a", mail="a@x.example"), map_=AttributeMap("")).mailboxes[0]) == {"address"}

    def test_units(self) -> None:
        by_filter = RawEntry("cn=a", {"mail": [b"a@x.example"]}, unit=True)
        by_form = entry("cn=b", mail="unit.b@x.example")
        by_value = entry("cn=c", mail="c@x.example", msExchRecipientTypeDetails="4", userAccountControl="514")
        assert [one.get("kind") for one in read(by_filter, by_form).mailboxes] == [Kind.UNIT, Kind.UNIT]
        (shared,) = read(by_value, map_=AD).mailboxes
        assert (shared["kind"], "state" in shared) == (Kind.UNIT, False)

    @pytest.mark.parametrize(
        ("flags", "state"), [("512", State.ACTIVE), ("514", State.LOCKED), ("66050", State.LOCKED)]
    )
    def test_account_flags(self, flags: str, state: State) -> None:
        made = read(entry("cn=a", mail="a@x.example", userAccountControl=flags), map_=AD)
        assert made.mailboxes[0]["state"] is state

    @pytest.mark.parametrize(
        ("status", "state"),
        [("active", State.ACTIVE), ("LOCKED", State.LOCKED), ("closed", State.RECLAIMED), ("lockout", State.ACTIVE)],
    )
    def test_zimbras_states(self, status: str, state: State) -> None:
        made = read(entry("a", zimbraMailDeliveryAddress="a@x.example", zimbraAccountStatus=status), map_=ZIMBRA)
        assert made.mailboxes[0]["state"] is state

    def test_exchanges_addresses(self) -> None:
        proxies = ["SMTP:a@x.example", "smtp:b@x.example", "X400:C=VN;A= ", "sip:a@x.example", "SIP:c@x.example"]
        made = read(
            entry("cn=a", mail="a@x.example", proxyAddresses=proxies, targetAddress="SMTP:o@y.example"), map_=AD
        )
        assert (made.mailboxes[0]["aliases"], made.mailboxes[0]["forwards"]) == (("b@x.example",), ("o@y.example",))
        assert made.problems == ()


class TestGroups:
    def test_members_by_name_and_by_address(self) -> None:
        map_ = AttributeMap(filter="", members="member")
        person = entry("cn=A B,dc=x", mail="a@x.example")
        inner = entry("cn=inner,dc=x", mail="inner@x.example", member="cn=a b, dc=x")
        outer = entry(
            "cn=outer", mail=["outer@x.example", "o2@x.example"], member=["CN=Inner,DC=x", "z@y.example", "cn=?"]
        )
        made = read(person, map_=map_, groups=(outer, inner))
        assert made.groups == (
            Group("outer@x.example", ("inner@x.example", "z@y.example")),
            Group("o2@x.example", ("outer@x.example",)),
            Group("inner@x.example", ("a@x.example",)),
        )
        assert [problem.reason.split()[0] for problem in made.problems] == ["cn=?"]
        assert made.complete

    def test_a_domain_for_another(self) -> None:
        domain = entry("d", zimbraDomainName="Cu.example", zimbraMailCatchAllForwardingAddress="@Moi.example")
        made = Reader(ZIMBRA, lambda _: False, lambda _: False).read((), (), (domain,))
        assert made.groups == (Group("@cu.example", ("@moi.example",)),)

    def test_dns_are_compared_without_blanks_and_case(self) -> None:
        assert dn_key("CN=A B , DC = X") == dn_key("cn=a b,dc=x")


class TestTrouble:
    @pytest.mark.parametrize("values", [{}, {"mail": "not an address"}, {"mail": b"\xff@x"}, {"mail": [""]}])
    def test_without_an_address_the_reading_is_not_complete(self, values: dict[str, str]) -> None:
        made = read(entry("cn=lost", **values))
        assert made.mailboxes == ()
        assert not made.complete
        assert made.problems[-1].dn == "cn=lost"

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("alias", "bad address@x"),
            ("alias", "@x.example"),
            ("forward", "cn=nobody,dc=x"),
            ("delegate", b"\xff\xfe"),
            ("created", "yesterday"),
            ("created", "20201399"),
        ],
    )
    def test_a_value_that_cannot_be_read(self, name: str, value: str) -> None:
        made = read(entry("cn=a", **{"mail": "a@x.example", name: value}))
        assert made.mailboxes[0]["address"] == "a@x.example"
        assert [(problem.dn, problem.attribute) for problem in made.problems] == [("cn=a", name)]
        assert made.complete

    @pytest.mark.parametrize(
        ("map_", "values"),
        [
            (AD, {"userAccountControl": "x"}),
            (AD, {"userAccountControl": "9" * 5000}),
            (ZIMBRA, {"zimbraAccountStatus": "?"}),
        ],
    )
    def test_a_state_that_cannot_be_read(self, map_: AttributeMap, values: dict[str, str]) -> None:
        made = read(entry("cn=a", **{map_.address: "a@x.example", **values}), map_=map_)
        assert "state" not in made.mailboxes[0]
        assert len(made.problems) == 1

    def test_thousands_of_values_are_refused(self) -> None:
        made = read(entry("cn=a", mail="a@x.example", alias=[f"b{n}@x.example" for n in range(5000)]))
        assert (made.mailboxes[0]["aliases"], len(made.problems)) == ((), 1)

    def test_problems_for_people_are_bounded(self) -> None:
        made = read(*[entry(f"cn={n}") for n in range(50)])
        assert len(problem_lines(made.problems)) == 21

    @given(st.dictionaries(st.sampled_from([*PLAIN.wanted(), "x"]), st.lists(st.binary(max_size=40), max_size=4)))
    def test_anything(self, values: dict[str, list[bytes]]) -> None:
        raw = RawEntry("cn=x", {name.lower(): many for name, many in values.items()})
        made = Reader(PLAIN, lambda _: False, lambda _: False).read((raw,), (raw,))
        assert len(made.mailboxes) <= 1


class TestMaps:
    @pytest.mark.parametrize("name", MAPS)
    def test_each_names_what_it_needs(self, name: str) -> None:
        assert MAPS[name].address in MAPS[name].wanted()
        assert MAPS[name].filter.count("(") == MAPS[name].filter.count(")")
        assert MAPS[name].group_filter.count("(") == MAPS[name].group_filter.count(")")

    def test_other_names(self) -> None:
        assert AD.but({"holder": "cn", "note": ""}).holder == "cn"
        assert AD.but({}) == AD
        with pytest.raises(ValueError, match="no such attribute: filter"):
            AD.but({"filter": "(x=y)"})
        assert set(NAMES) <= set(AttributeMap.__dataclass_fields__)


class TestPlan:
    PEOPLE = tuple(Mailbox(f"u{n}@x.example", Kind.PERSONAL, "NV", f"Người {n}") for n in range(40))
    UNITS = (Unit("NV", "Phòng Nội vụ"),)

    def raw(self, *numbers: int, **more: str) -> Raw:
        return Raw([entry(f"cn=u{n}", mail=f"U{n}@x.example", displayName=f"Người {n}", **more) for n in numbers], [])

    def current(self, *mailboxes: Mailbox) -> Snapshot:
        return Snapshot(5, self.UNITS, mailboxes or tuple(sorted(self.PEOPLE, key=lambda one: one.key)))

    def test_nothing_to_do(self) -> None:
        made = plan_sync(self.current(), self.raw(*range(40), ou="phong noi vu"), PLAIN)
        assert (made.plan.steps, made.stop, made.mailboxes) == ((), "", 40)

    def test_what_the_server_does_not_know_stays(self) -> None:
        unit = Mailbox("u1@x.example", Kind.UNIT, "NV", "X", note="phòng 12", regulation="angiang-50-2009")
        (step,) = plan_sync(self.current(unit), self.raw(1), PLAIN).plan.steps
        assert isinstance(step.after, Mailbox)
        assert (step.after.kind, step.after.note, step.after.holder) == (Kind.UNIT, "phòng 12", "Người 1")
        assert step.after.regulation == "angiang-50-2009"

    def test_a_unit_by_code_by_name_or_new(self) -> None:
        for name, code in (("nv", "NV"), ("PHÒNG NỘI VỤ", "NV"), ("Phòng Y tế", "Phòng Y tế")):
            made = after(
                Snapshot(1, self.UNITS), plan_sync(Snapshot(1, self.UNITS), self.raw(1, ou=name), PLAIN).plan.steps
            )
            assert made.mailboxes[0].unit == code
            assert made.unit(code) is not None

    def test_who_left_is_removed(self) -> None:
        (step,) = plan_sync(self.current(), self.raw(*range(39)), PLAIN).plan.steps
        assert (step.action, step.key) == ("remove", "u39@x.example")
        assert plan_sync(self.current(), self.raw(*range(39)), PLAIN, remove_missing=False).plan.steps == ()

    def test_too_many_stop_it(self) -> None:
        assert plan_sync(self.current(), self.raw(*range(38)), PLAIN, max_removed=0.05).stop == ""
        stopped = plan_sync(self.current(), self.raw(*range(37)), PLAIN, max_removed=0.05)
        assert stopped.stop == "it would remove 3 mailboxes (7.5% of all, more than 5.0%)"

    def test_an_empty_server_stops_it(self) -> None:
        assert "no mailbox" in plan_sync(self.current(), Raw([], []), PLAIN, max_removed=1.0).stop

    def test_what_cannot_be_read_takes_nothing_away(self) -> None:
        raw = self.raw(*range(39))
        broken = Raw([*raw.mailboxes, entry("cn=u39", mail="u39 x.example")], [])
        assert "could not be read" in plan_sync(self.current(), broken, PLAIN).stop

    def test_groups_go_only_where_groups_are_read(self) -> None:
        current = Snapshot(5, (), (), (Group("g@x.example", ("a@x.example",)),))
        assert not [one for one in plan_sync(current, self.raw(1), PLAIN).plan.steps if one.what is What.GROUP]

    @pytest.mark.parametrize(
        ("here", "there", "reopen", "then"),
        [
            (State.WARNED, "active", False, State.WARNED),
            (State.LOCKED, "active", False, State.LOCKED),
            (State.LOCKED, "active", True, State.ACTIVE),
            (State.ACTIVE, "locked", False, State.LOCKED),
            (State.LOCKED, "closed", False, State.RECLAIMED),
        ],
    )
    def test_a_lock_of_ours_is_not_opened_by_a_sync(self, here: State, there: str, reopen: bool, then: State) -> None:
        current = Snapshot(1, (), (Mailbox("a@x.example", Kind.PERSONAL, state=here),))
        raw = Raw([entry("a", zimbraMailDeliveryAddress="a@x.example", zimbraAccountStatus=there)], [])
        made = plan_sync(current, raw, ZIMBRA, reopen=reopen)
        assert after(current, made.plan.steps).mailboxes[0].state is then
