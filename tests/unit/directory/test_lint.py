"""Each remark is made where its clause asks for it, names that clause, and is not made where all is well."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from gateway import regulations
from gateway.directory.entry import Snapshot
from gateway.directory.forms import Forms
from gateway.directory.lint import Remark, Weight, lint
from gateway.who import Kind, Mailbox, State, Unit

AG = Forms.of(regulations.load("angiang-50-2009"))
Q4 = Forms.of(regulations.load("tphcm-q4-03-2013"))
UNITS = (
    Unit("SNV", "Sở Nội vụ"),
    Unit("CP", "UBND huyện Châu Phú"),
    Unit("NVCP", "Phòng Nội vụ", parent="CP"),
)


def person(address: str, holder: str = "Nguyễn Văn Anh", unit: str = "SNV", **more: object) -> Mailbox:
    return Mailbox(address, Kind.PERSONAL, unit, holder, **more)  # type: ignore[arg-type]


def unit(address: str, code: str = "SNV", holder: str = "Chánh Văn phòng", **more: object) -> Mailbox:
    return Mailbox(address, Kind.UNIT, code, holder, **more)  # type: ignore[arg-type]


def remarks(*mailboxes: Mailbox, forms: Forms = AG, domains: Sequence[str] = ()) -> list[Remark]:
    return list(lint(Snapshot(1, UNITS, mailboxes), lambda _: forms, domains))


def names(*mailboxes: Mailbox, forms: Forms = AG, domains: Sequence[str] = ()) -> list[tuple[str, str]]:
    return [(remark.what, remark.clause) for remark in remarks(*mailboxes, forms=forms, domains=domains)]


class TestNothingToSay:
    @pytest.mark.parametrize(
        "mailbox",
        [
            person("nvanh@angiang.gov.vn"),
            person("NVAnh@angiang.gov.vn"),
            person("nvanh02@angiang.gov.vn"),
            person("nvanh12@angiang.gov.vn"),
            person("nvanh100@angiang.gov.vn"),
            unit("sonoivu@angiang.gov.vn"),
            unit("noivu.chauphu@angiang.gov.vn", "NVCP"),
            unit("phongnoivu.chauphu@angiang.gov.vn", "NVCP"),
            unit("chauphu@angiang.gov.vn", "CP"),
            Mailbox("may-quet.tang2@angiang.gov.vn", Kind.SERVICE),
            person("x!@angiang.gov.vn", state=State.RECLAIMED),
            person("kim@angiang.gov.vn", holder="김민수"),
        ],
        ids=lambda one: one.address,
    )
    def test_an_giang(self, mailbox: Mailbox) -> None:
        assert names(mailbox, domains=("angiang.gov.vn",)) == []

    @pytest.mark.parametrize(
        "mailbox",
        [
            person("nvanh.q4@tphcm.gov.vn"),
            person("nvanh2.q4@tphcm.gov.vn"),
            person("nguyenvananh.q4@tphcm.gov.vn"),
            person("nguyen.van.anh.q4@tphcm.gov.vn"),
            person("anhnv.q4@tphcm.gov.vn"),
            person("nvanh.q4@tphcm.gov.vn", aliases=("anh.q4@tphcm.gov.vn",)),
            unit("bat-ky.q4@tphcm.gov.vn"),
            unit("Q4@tphcm.gov.vn"),  # Q4 6.1 itself gives it to the office
        ],
        ids=lambda one: one.address,
    )
    def test_quan_4(self, mailbox: Mailbox) -> None:
        assert names(mailbox, forms=Q4, domains=("*.gov.vn",)) == []

    def test_channels_need_no_form(self) -> None:
        one = unit("vanphong@tphcm.gov.vn", aliases=("vp@tphcm.gov.vn",))
        assert names(one, forms=Q4) == [("suffix", "Q4 4.1")]
        assert list(lint(Snapshot(1, UNITS, (one,)), lambda _: Q4, channels=("vanphong@tphcm.gov.vn",))) == []
        assert names(unit("q4@angiang.gov.vn"), forms=Q4) == [("suffix", "Q4 4.1")]

    def test_quan_4_asks_nothing_of_one_address_a_person(self) -> None:
        assert names(person("nvanh.q4@tphcm.gov.vn"), person("anhnv.q4@tphcm.gov.vn"), forms=Q4) == []


class TestAddresses:
    @pytest.mark.parametrize("local", ["nv_anh!", "nvanh.", "nguyễn", ".nvanh", "nv..anh", '"nvanh"', "nvаnh"])
    def test_letters(self, local: str) -> None:
        assert names(person(f"{local}@angiang.gov.vn")) == [("letters", "AG 5.3")]

    @pytest.mark.parametrize("local", ["nvanh", ".q4", "nvanhq4", "nvanh.q5"])
    def test_suffix(self, local: str) -> None:
        (found,) = names(person(f"{local}@tphcm.gov.vn"), forms=Q4)
        assert found in {("suffix", "Q4 4.1"), ("letters", "Q4 4.1")}

    def test_domain(self) -> None:
        assert names(person("nvanh@gmail.com"), domains=("angiang.gov.vn",)) == [("domain", "AG 5.3b")]
        assert names(unit("sonoivu@sonoivu.vn"), domains=("*.angiang.gov.vn",)) == [("domain", "AG 5.3a")]

    def test_holder(self) -> None:
        (found,) = remarks(person("ttbinh@angiang.gov.vn"))
        assert (found.what, found.clause, found.weight) == ("holder-name", "AG 5.3b", Weight.ERROR)
        assert found.better == "nvanh@angiang.gov.vn"

    def test_a_form_that_quan_4_takes_and_an_giang_does_not(self) -> None:
        assert names(person("nguyenvananh@angiang.gov.vn")) == [("holder-name", "AG 5.3b")]
        assert names(person("nv.anh@angiang.gov.vn")) == [("holder-name", "AG 5.3b")]

    @pytest.mark.parametrize(
        ("local", "better"), [("nvanh2", "nvanh02"), ("nvanh002", "nvanh02"), ("nvanh00", "nvanh01")]
    )
    def test_the_order_number(self, local: str, better: str) -> None:
        (found,) = remarks(person(f"{local}@angiang.gov.vn"))
        assert (found.what, found.clause, found.better) == ("order-number", "AG 5.3b", f"{better}@angiang.gov.vn")

    def test_a_units_name(self) -> None:
        (found,) = remarks(unit("noivu@angiang.gov.vn"))
        assert (found.what, found.clause, found.weight) == ("unit-name", "AG 5.3a", Weight.NOTICE)
        assert found.better == "sonoivu@angiang.gov.vn"
        assert names(unit("noivu@angiang.gov.vn", "NVCP")) == [("unit-name", "AG 5.3a")]


class TestOwners:
    def test_no_holder_reader_or_unit(self) -> None:
        assert names(person("a@angiang.gov.vn", holder=" ")) == [("no-holder", "AG 5.3b")]
        assert names(unit("sonoivu@angiang.gov.vn", holder="")) == [("no-reader", "AG 9.2c")]
        assert names(unit("x.q4@tphcm.gov.vn", holder=""), forms=Q4) == [("no-reader", "Q4 8.2a")]
        assert names(unit("sonoivu@angiang.gov.vn", holder="", delegates=("a@angiang.gov.vn",))) == []
        assert names(person("nvanh@angiang.gov.vn", unit="")) == [("no-unit", "AG 5.3b")]

    def test_forwards(self) -> None:
        mailbox = person("nvanh@angiang.gov.vn", forwards=("a@gmail.com", "b@angiang.gov.vn"))
        assert names(mailbox, domains=("angiang.gov.vn",)) == [("forwards-outside", "AG 4.2")]

    def test_one_address_a_unit(self) -> None:
        found = remarks(unit("sonoivu@angiang.gov.vn"), unit("sonoivu2@angiang.gov.vn"))
        assert ("second-address", "AG 5.3", Weight.ERROR) in {(one.what, one.clause, one.weight) for one in found}

    @pytest.mark.parametrize(("name", "said"), [("Nguyễn Văn Anh", "of this name"), ("NGUYEN VAN ÁNH", "nearly")])
    def test_one_address_a_person(self, name: str, said: str) -> None:
        (found,) = remarks(person("nvanh@angiang.gov.vn"), person("nvanh02@angiang.gov.vn", holder=name))
        assert (found.what, found.clause, found.weight) == ("second-address", "AG 5.3", Weight.NOTICE)
        assert (found.address, found.better) == ("nvanh02@angiang.gov.vn", "nvanh@angiang.gov.vn")
        assert said in found.text

    def test_namesakes_in_two_units_are_two_people(self) -> None:
        assert names(person("nvanh@angiang.gov.vn"), person("nvanh02@angiang.gov.vn", unit="CP")) == []

    def test_who_left_has_no_address(self) -> None:
        gone = person("nvanh@angiang.gov.vn", state=State.RECLAIMED)
        assert names(gone, person("nvanh02@angiang.gov.vn")) == []

    def test_aliases(self) -> None:
        assert names(person("nvanh@angiang.gov.vn", aliases=("anh@angiang.gov.vn",))) == [("aliases", "AG 5.3")]


@pytest.mark.parametrize(
    ("one", "other"),
    [("nvlinh", "nviinh"), ("nvanh.tt", "nvanhtt"), ("may-in", "mayin"), ("scan10", "scanl0")],
)
def test_look_alikes(one: str, other: str) -> None:
    boxes = [Mailbox(f"{local}@angiang.gov.vn", Kind.SERVICE) for local in (one, other)]
    assert names(*boxes) == [("look-alike", "AG 5.3")]
    assert names(boxes[0], Mailbox(f"{other}@x.vn", Kind.SERVICE)) == []


@pytest.mark.parametrize(
    ("one", "other"), [("nvanh", "nvanh02"), ("nvanh02", "nvanh03"), ("may1", "may2"), ("p.1", "p.2")]
)
def test_numbers_are_no_look_alikes(one: str, other: str) -> None:
    assert names(*[Mailbox(f"{local}@x.vn", Kind.SERVICE) for local in (one, other)]) == []


def test_a_regulation_that_asks_for_nothing_is_not_cited() -> None:
    boxes = [
        person("x!@x.vn", holder=""),
        person("nvanh@x.vn", unit=""),
        person("nvAnh@y.vn", holder="Trần Bình", forwards=("a@gmail.com",), aliases=("b@x.vn",)),
        person("nv.anh@x.vn", holder="Trần Bình"),
        unit("a@x.vn", holder=""),
        unit("b@x.vn"),
    ]
    assert names(*boxes, forms=Forms("none"), domains=("angiang.gov.vn",)) == []
