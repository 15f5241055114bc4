"""Names become addresses as the regulations say, and the next namesake gets the next number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import regulations
from gateway.directory.entry import Snapshot, clean_address
from gateway.directory.forms import Forms, name_of_order
from gateway.directory.suggest import suggest, taken_in
from gateway.directory.unit_forms import stems
from gateway.errors import RegulationError
from gateway.regulations import Regulation
from gateway.who import Group, Kind, Mailbox, State, Unit

AG = Forms.of(regulations.load("angiang-50-2009"))
Q4 = Forms.of(regulations.load("tphcm-q4-03-2013"))


def nobody(_: str) -> bool:
    return False


class TestParameters:
    @pytest.mark.parametrize("regulation", regulations.all(), ids=lambda one: one.id)
    def test_the_clauses_are_the_regulations_own(self, regulation: Regulation) -> None:
        forms = Forms.of(regulation)
        named = [forms.form, forms.unit, forms.person, forms.one_address, forms.reader, forms.elsewhere]
        assert forms.form and forms.unit and forms.person
        assert all(clause in regulation.clauses for clause in named if clause)

    def test_an_unknown_parameter_is_an_error(self) -> None:
        for wrong in ({"sufix": ".q4"}, {"personal": ["nickname"]}):
            with pytest.raises(RegulationError):
                Forms.of(Regulation("x", "X", "", "", {}, {"directory": wrong}))

    def test_a_regulation_that_says_nothing(self) -> None:
        assert Forms.of(Regulation("x", "X", "", "", {}, {})) == Forms("x")


class TestPeople:
    @pytest.mark.parametrize(
        ("name", "local"),
        [
            ("Nguyễn Văn Anh", "nvanh"),
            ("NGUYỄN  VĂN ANH", "nvanh"),
            ("Nguyễn Thị Minh Khai", "ntmkhai"),
            ("Đỗ Đức Đạt", "dddat"),
            ("Neáng Sa", "nsa"),
            ("Hương", "huong"),
            ("Ung Nguyễn Vаn Anh", "unvanh"),  # a Cyrillic а
        ],
    )
    def test_the_first_address(self, name: str, local: str) -> None:
        assert suggest(name, nobody, AG, "angiang.gov.vn") == f"{local}@angiang.gov.vn"
        assert suggest(name, nobody, Q4, "TPHCM.gov.vn") == f"{local}.q4@tphcm.gov.vn"

    def test_namesakes_get_numbers(self) -> None:
        taken: set[str] = set()
        for _ in range(100):
            taken.add(suggest("Nguyễn Văn Anh", taken.__contains__, AG, "angiang.gov.vn"))
        assert {"nvanh@angiang.gov.vn", "nvanh02@angiang.gov.vn", "nvanh99@angiang.gov.vn"} <= taken
        assert suggest("Nguyễn Văn Anh", lambda a: a == "nvanh.q4@x.vn", Q4, "x.vn") == "nvanh2.q4@x.vn"

    def test_a_gap_is_filled(self) -> None:
        taken = {"nvanh@x.vn", "nvanh02@x.vn", "nvanh04@x.vn"}
        assert suggest("Nguyễn Văn Anh", taken.__contains__, AG, "x.vn") == "nvanh03@x.vn"

    @pytest.mark.parametrize("name", ["", " ", "...", "王小明", "Ким Чен"])
    def test_no_address_can_be_made(self, name: str) -> None:
        with pytest.raises(ValueError, match="no Latin letters"):
            suggest(name, nobody, AG, "x.vn")

    def test_none_is_free(self) -> None:
        with pytest.raises(ValueError, match="taken"):
            suggest("Nguyễn Văn Anh", lambda _: True, AG, "x.vn")

    def test_what_is_taken_in_a_directory(self) -> None:
        gone = Mailbox("NVAnh@x.vn", Kind.PERSONAL, state=State.RECLAIMED, aliases=("nvanh02@x.vn",))
        taken = taken_in(Snapshot(1, (), (gone,), (Group("nvanh03@x.vn", ()),)))
        assert suggest("Nguyễn Văn Anh", taken, AG, "x.vn") == "nvanh04@x.vn"

    @pytest.mark.parametrize(
        ("local", "found"),
        [("nvanh02", ("nvanh", "02")), ("nvanh", ("nvanh", "")), ("nvanh2.q4", ("nvanh", "2")), ("2", ("2", ""))],
    )
    def test_a_number_is_told_from_a_name(self, local: str, found: tuple[str, str]) -> None:
        assert name_of_order(local, Q4) == found

    @given(st.text(max_size=60))
    def test_any_name_gives_an_address_or_a_reason(self, name: str) -> None:
        try:
            made = suggest(name, nobody, AG, "angiang.gov.vn")
        except ValueError:
            return
        assert made.isascii() and made == made.lower()
        if len(made) < 70:
            assert clean_address(made) == made


class TestUnits:
    """The examples of AG 5.3a in its own order."""

    @pytest.mark.parametrize(
        ("name", "parent", "local"),
        [
            ("Sở Nội vụ", "", "sonoivu"),
            ("Sở Thông tin và Truyền thông", "", "sotttt"),
            ("Sở Giao thông vận tải", "", "sogtvt"),
            ("Ban Dân tộc", "", "bandantoc"),
            ("Hội Nông dân", "", "hoinongdan"),
            ("Hội Liên hiệp Phụ nữ", "", "hoilhpn"),
            ("Ủy ban nhân dân huyện Châu Phú", "", "chauphu"),
            ("UBND thị xã Tân Châu", "", "tanchau"),
            ("Thành phố Long Xuyên", "", "longxuyen"),
            ("Phòng Nội vụ huyện Châu Phú", "", "noivu.chauphu"),
            ("Phòng Nội vụ", "UBND huyện Châu Phú", "noivu.chauphu"),
            ("Phòng Tài chính - Kế hoạch", "Huyện Châu Phú", "tckh.chauphu"),
            ("Ủy ban nhân dân xã Mỹ Đức", "UBND huyện Châu Phú", "myduc"),
            ("Phường 1", "", "phuong1"),
            ("Quận 4", "", "quan4"),
        ],
    )
    def test_the_first_address(self, name: str, parent: str, local: str) -> None:
        above = Unit("P", parent) if parent else None
        made = suggest(name, nobody, AG, "angiang.gov.vn", kind=Kind.UNIT, parent=above)
        assert made == f"{local}@angiang.gov.vn"

    def test_a_commune_named_like_another(self) -> None:
        taken = {"myduc@x.vn"}
        parent = Unit("CP", "Huyện Châu Phú")
        for expected in ("myduc.chauphu@x.vn", "myducchauphu@x.vn", "xamyduc@x.vn", "myduc02@x.vn"):
            made = suggest("Xã Mỹ Đức", taken.__contains__, AG, "x.vn", kind=Kind.UNIT, parent=parent)
            assert made == expected
            taken.add(made)

    @pytest.mark.parametrize(("name", "local"), [("Phường Mỹ Bình", "p.mybinh"), ("Thị trấn An Châu", "ttanchau")])
    def test_a_commune_named_like_its_district(self, name: str, local: str) -> None:
        assert local in stems(name)

    @given(st.text(max_size=80), st.text(max_size=40))
    def test_any_name(self, name: str, parent: str) -> None:
        for local in stems(name, parent):
            assert local == local.lower()
