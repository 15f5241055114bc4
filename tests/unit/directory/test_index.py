"""The directory in memory answers as the contract of `gateway.who.Lookup` says, for every spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.directory.entry import Snapshot
from gateway.directory.index import Directory
from gateway.who import Channel, Group, Kind, Lookup, Mailbox, Unit

OFFICE = Channel("q4@tphcm.gov.vn", also=("yeucau@q4.tphcm.gov.vn",))
INTERNAL = Channel("capphat.q4@tphcm.gov.vn", exclusive=True)
HOME = Mailbox("noivu.q4@tphcm.gov.vn", Kind.UNIT, "NV", aliases=("phongnoivu.q4@tphcm.gov.vn",))
ANH = Mailbox("nvanh.q4@tphcm.gov.vn", Kind.PERSONAL, "NV", "Nguyễn Văn Anh")
OTHER_ANH = Mailbox("nvanh2.q4@tphcm.gov.vn", Kind.PERSONAL, "NV", "Nguyen Van Anh")


def directory(*mailboxes: Mailbox, groups: tuple[Group, ...] = (), separators: str = "+") -> Directory:
    snapshot = Snapshot(7, (Unit("NV", "Phòng Nội vụ"),), mailboxes or (HOME, ANH, OTHER_ANH), groups)
    return Directory.build(snapshot, (OFFICE, INTERNAL), separators=separators)


class TestFind:
    @pytest.mark.parametrize(
        "address",
        [
            "noivu.q4@tphcm.gov.vn",
            "NoiVu.Q4@TPHCM.GOV.VN",
            '"noivu.q4"@tphcm.gov.vn',
            "noivu.q4@tphcm.gov.vn.",
            "noivu.q4+tuyen-dung@tphcm.gov.vn",
            "phongnoivu.q4@tphcm.gov.vn",
            "PhongNoiVu.q4+x@tphcm.gov.vn",
        ],
    )
    def test_its_spellings(self, address: str) -> None:
        assert directory().find(address) is HOME

    @pytest.mark.parametrize(
        "address",
        [
            "",
            "noivu.q4",
            "noivu.q4@evil.example",
            "noivu.q4%tphcm.gov.vn@tphcm.gov.vn",
            "noivu.q4@[192.0.2.1]",
            "nοivu.q4@tphcm.gov.vn",  # a Greek ο
            "ｎoivu.q4@tphcm.gov.vn",
            "+noivu.q4@tphcm.gov.vn",
        ],
    )
    def test_what_only_looks_like_it_proves_nothing(self, address: str) -> None:
        assert directory().find(address) is None

    def test_the_separator_is_as_configured(self) -> None:
        assert directory(separators="").find("noivu.q4+x@tphcm.gov.vn") is None
        assert directory(separators="-").find("noivu.q4-x@tphcm.gov.vn") is HOME

    def test_an_address_is_stronger_than_an_alias(self) -> None:
        thief = Mailbox("a.q4@tphcm.gov.vn", Kind.PERSONAL, aliases=(HOME.address,))
        assert directory(thief, HOME).find(HOME.address) is HOME

    def test_an_address_of_its_own_is_stronger_than_a_sub_address(self) -> None:
        detail = Mailbox("noivu.q4+tin@tphcm.gov.vn", Kind.SERVICE)
        assert directory(HOME, detail).find("noivu.q4+tin@tphcm.gov.vn") is detail

    def test_a_domain_that_stands_for_another(self) -> None:
        found = directory(HOME, groups=(Group("@q4.hochiminhcity.gov.vn", ("@tphcm.gov.vn",)),))
        assert found.find("noivu.q4@Q4.hochiminhcity.gov.vn") is HOME


class TestChannels:
    @pytest.mark.parametrize(
        "address",
        [
            "q4@tphcm.gov.vn",
            "Q4@tphcm.gov.vn.",
            '"q4"@tphcm.gov.vn',
            "q4+yeu-cau@tphcm.gov.vn",
            "yeucau@q4.tphcm.gov.vn",
            "q4%tphcm.gov.vn@tphcm.gov.vn",
            '"q4@tphcm.gov.vn"@tphcm.gov.vn',
            "q4@[192.0.2.1]",
            "Q4",
        ],
    )
    def test_spellings(self, address: str) -> None:
        assert directory().channels(address) == (OFFICE,)

    @pytest.mark.parametrize(
        "address", ["", "q5@tphcm.gov.vn", "q4@evil.example", "q4.tphcm.gov.vn", "x+q4@tphcm.gov.vn"]
    )
    def test_others(self, address: str) -> None:
        assert directory().channels(address) == ()

    def test_no_mailbox_needs_to_be_known(self) -> None:
        made = Directory.build(Snapshot(), (OFFICE,))
        assert (made.channels("q4@tphcm.gov.vn"), made.version, made.size) == ((OFFICE,), 0, 0)

    def test_none_are_configured(self) -> None:
        assert Directory.build(Snapshot(1, (), (HOME,))).channels(HOME.address) == ()

    def test_through_aliases_groups_and_forwards(self) -> None:
        office = Mailbox("q4@tphcm.gov.vn", Kind.UNIT, aliases=("vanphong@tphcm.gov.vn",))
        clerk = Mailbox(
            "thu.q4@tphcm.gov.vn", Kind.PERSONAL, forwards=("all@tphcm.gov.vn",), aliases=("t@tphcm.gov.vn",)
        )
        groups = (
            Group("all@tphcm.gov.vn", ("lanh-dao@tphcm.gov.vn", "nobody@tphcm.gov.vn")),
            Group("lanh-dao@tphcm.gov.vn", ('"VanPhong"+list@tphcm.gov.vn', "all@tphcm.gov.vn")),  # and a circle
        )
        made = directory(office, clerk, HOME, groups=groups)
        for address in (
            "vanphong@tphcm.gov.vn",
            "lanh-dao@tphcm.gov.vn",
            "ALL@tphcm.gov.vn",
            "all+x@tphcm.gov.vn",
            "thu.q4@tphcm.gov.vn",
            "t+x@tphcm.gov.vn",
        ):
            assert made.channels(address) == (OFFICE,), address
        assert made.channels("nobody@tphcm.gov.vn") == made.channels(HOME.address) == ()

    def test_both_channels_in_their_order(self) -> None:
        made = directory(HOME, groups=(Group("hai@tphcm.gov.vn", (INTERNAL.address, OFFICE.address)),))
        assert made.channels("hai@tphcm.gov.vn") == (OFFICE, INTERNAL)

    def test_an_alias_leads_to_the_inbox_that_it_stands_for(self) -> None:
        inbox = Mailbox("vp.q4@tphcm.gov.vn", Kind.UNIT, aliases=("q4@tphcm.gov.vn",))
        assert directory(inbox).channels("vp.q4@tphcm.gov.vn") == (OFFICE,)

    def test_where_the_office_forwards_to_is_no_channel(self) -> None:
        office = Mailbox("q4@tphcm.gov.vn", Kind.UNIT, forwards=(ANH.address,))
        assert directory(office, ANH).channels(ANH.address) == ()

    def test_a_catch_all_takes_the_unknown_only(self) -> None:
        made = directory(HOME, groups=(Group("@tphcm.gov.vn", (OFFICE.address,)),))
        assert made.channels("khong-co@tphcm.gov.vn") == (OFFICE,)
        assert made.channels(HOME.address) == made.channels("noivu.q4+x@tphcm.gov.vn") == ()

    @pytest.mark.parametrize(
        "address", ["ai%gom.example@tphcm.gov.vn", "noivu.q4%tphcm.gov.vn@gom.example", "x@GOM.example."]
    )
    def test_a_catch_all_in_any_reading(self, address: str) -> None:
        made = directory(HOME, groups=(Group("@gom.example", (OFFICE.address,)),))
        assert made.channels(address) == (OFFICE,)

    def test_a_forward_into_a_catch_all(self) -> None:
        groups = (Group("@gom.example", (OFFICE.address,)), Group("g@tphcm.gov.vn", ("ai-do@gom.example",)))
        assert directory(HOME, groups=groups).channels("g@tphcm.gov.vn") == (OFFICE,)

    def test_a_domain_that_stands_for_the_channels(self) -> None:
        made = directory(HOME, groups=(Group("@cu.example", ("@tphcm.gov.vn",)),))
        assert made.channels("q4+x@cu.example") == (OFFICE,)

    @given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=40), st.integers(0, 12))
    def test_reach_is_what_walking_finds(self, edges: list[tuple[int, int]], start: int) -> None:
        def name(number: int) -> str:
            return f"g{number}@x.example"

        groups = tuple(Group(name(one), tuple(name(b) for a, b in edges if a == one)) for one in range(13))
        goal = Channel(name(0))
        made = Directory.build(Snapshot(1, (), (), groups), (goal,))
        seen, waiting = {start}, [start]
        while waiting:
            node = waiting.pop()
            new = {b for a, b in edges if a == node} - seen
            seen |= new
            waiting += new
        assert bool(made.channels(name(start))) == (0 in seen)


class TestHeldBy:
    @pytest.mark.parametrize("name", ["Nguyễn Văn Anh", "ANH NGUYEN VAN", "Nguyễn Vаn Anh (UBND)"])
    def test_namesakes(self, name: str) -> None:
        assert directory().held_by(name) == (ANH, OTHER_ANH)

    def test_a_unit_has_no_name_to_forge(self) -> None:
        unit = Mailbox("x.q4@tphcm.gov.vn", Kind.UNIT, holder="Nguyễn Văn Anh")
        assert directory(unit).held_by("Nguyễn Văn Anh") == ()

    def test_many_namesakes_are_bounded(self) -> None:
        many = [Mailbox(f"nvanh{n}.q4@tphcm.gov.vn", Kind.PERSONAL, holder="Nguyễn Văn Anh") for n in range(500)]
        assert len(directory(*many).held_by("nguyen van anh")) == 32


def test_units_size_version_and_protocol() -> None:
    made: Lookup = directory()
    assert (made.version, made.size) == (7, 3)
    assert made.unit(" nv") == Unit("NV", "Phòng Nội vụ")
    assert made.unit("??") is None


def test_a_build_pauses_for_others() -> None:
    many = tuple(Mailbox(f"u{n}@x.example", Kind.PERSONAL, holder=f"A B{n}") for n in range(1000))
    paused: list[int] = []
    Directory.build(Snapshot(1, (), many), pause=lambda: paused.append(1))
    assert len(paused) >= 2 * 1000 // 64


@given(st.text(max_size=80) | st.text('q4@.+%!"\\[]: x', max_size=40))
def test_any_text_is_answered(text: str) -> None:
    made = directory()
    made.find(text)
    made.channels(text)
    made.held_by(text)
    made.unit(text)


SPELLINGS = st.sampled_from(
    (
        *("noivu.q4@tphcm.gov.vn", "NoiVu.Q4@tphcm.gov.vn", "noivu.q4+x@tphcm.gov.vn", "nvanh.q4@tphcm.gov.vn"),
        *("q4@tphcm.gov.vn", "q4@[192.0.2.1]", "q4%tphcm.gov.vn@tphcm.gov.vn", "q4", "", '"q4@tphcm.gov.vn"', "x@y"),
    )
)


class TestWhatIsRemembered:
    @given(st.lists(SPELLINGS | st.text(alphabet='noivuq4.+%@!" \u0130', max_size=30), max_size=20))
    def test_the_second_answer_is_the_first(self, addresses: list[str]) -> None:
        one = directory()
        for address in addresses * 2:
            fresh = directory()
            assert one.find(address) is fresh.find(address)
            assert tuple(one.channels(address)) == tuple(fresh.channels(address))

    def test_no_more_than_so_many(self) -> None:
        one = directory()
        for number in range(10_000):
            one.find(f"a{number}@khac.example")
            one.channels(f"a{number}@khac.example")
        assert len(one._found) <= 4096 >= len(one._channels)
        assert one.find("noivu.q4@tphcm.gov.vn") is HOME
        assert one.channels(OFFICE.address) == (OFFICE,)

    def test_nothing_long(self) -> None:
        one = directory()
        assert one.find("a" * 10_000 + "@khac.example") is None
        assert not one.channels("a" * 10_000 + "@khac.example")
        assert not one._found
        assert not one._channels
