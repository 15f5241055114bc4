"""Every code of every table, against sources that it was not made from; and the generator writes what stands."""

from __future__ import annotations

import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest

from deploy.dev import vietnamese_tables
from gateway.vietnamese import hack, tables
from gateway.vietnamese.family import Family
from tests.unit.vietnamese.published import ALPHABET, CODES, published

ICONV = {Family.TCVN3: "TCVN5712-1", Family.VISCII: "VISCII", Family.CP1258: "CP1258"}
LETTERS = " ".join(ALPHABET).split()
# RFC 1456, section 3: the capitals that stand among the control codes, and one code from each corner of its chart.
RFC_1456 = "Ẳ=02 Ẵ=05 Ẫ=06 Ỷ=14 Ỹ=19 Ỵ=1e Ạ=80 Ố=8f Ồ=90 Ỳ=9f Õ=a0 ố=af ồ=b0 Ư=bf Đ=d0 ư=df đ=f0 Ữ=ff"
# What the sources leave out or give to another letter; the doubts that docs/vietnamese.md tells.
IN_DOUBT = {Family.BKHCM1: {"Ặ": "9e"}, Family.BKHCM2: {"Ệ": "cfc5"}}
WITHOUT_TONED_CAPITALS = (Family.TCVN3, Family.VIETWARE_F)


def shown(code: bytes) -> str:
    return "".join(hack.WINDOWS[byte] for byte in code)


@pytest.mark.parametrize("family", CODES)
def test_codes_are_what_others_published(family: Family) -> None:
    ours = {letter: shown(code) for letter, code in tables.letters(family).items()}
    doubted = {letter: shown(bytes.fromhex(code)) for letter, code in IN_DOUBT.get(family, {}).items()}
    assert ours == published(family) | doubted


@pytest.mark.parametrize(("family", "charset"), ICONV.items())
def test_codes_are_what_iconv_reads(family: Family, charset: str) -> None:
    codes = tables.letters(family)
    done = subprocess.run(
        ["iconv", "-f", charset, "-t", "UTF-8"], input=b"\n".join(codes.values()), capture_output=True, check=True
    )
    assert unicodedata.normalize("NFC", done.stdout.decode()).split("\n") == list(codes)


def test_viscii_is_the_rfc_s() -> None:
    codes = tables.letters(Family.VISCII)
    assert " ".join(f"{pair[0]}={codes[pair[0]].hex()}" for pair in RFC_1456.split()) == RFC_1456


def test_cp1258_is_python_s() -> None:
    for letter, code in tables.letters(Family.CP1258).items():
        assert unicodedata.normalize("NFC", code.decode("cp1258")) == letter


@pytest.mark.parametrize("family", tables.CODED)
class TestEveryTable:
    def test_has_its_alphabet(self, family: Family) -> None:
        lacking = set(LETTERS) - set(tables.letters(family))
        if family in WITHOUT_TONED_CAPITALS:
            assert lacking == {letter for letter in LETTERS if letter.isupper()} - set("ĂÂÊÔƠƯĐ")
        else:
            assert lacking == ({"Ỵ"} if family is Family.BKHCM1 else set())

    def test_has_a_code_for_one_letter_only(self, family: Family) -> None:
        codes = [*tables.letters(family).values(), *(code for _, code in tables.also(family))]
        assert len(codes) == len(set(codes))

    def test_holds_nfc_letters(self, family: Family) -> None:
        for letter in tables.letters(family):
            assert len(letter) == 1
            assert unicodedata.is_normalized("NFC", letter)

    def test_has_the_shape_its_readers_rely_on(self, family: Family) -> None:
        codes = tables.letters(family).values()
        if family in hack.TWO_BYTES:
            assert all(byte >= 0xA0 or chr(byte) in "aeiouyAEIOUY" for code in codes for byte in code)
            seconds = {code[1] for code in codes if len(code) == 2}
            assert not seconds & {code[0] for code in codes}
        elif family is not Family.CP1258:
            assert {len(code) for code in codes} == {1}


@pytest.mark.skipif(shutil.which("iconv") is None, reason="the generator asks iconv")
def test_the_generator_writes_what_stands(tmp_path: Path) -> None:
    for charset in vietnamese_tables.CHARSETS:
        written = vietnamese_tables.written(charset)
        assert written == (vietnamese_tables.FOLDER / f"{charset.name}.py").read_text(encoding="utf-8"), charset.name
    names = {charset.name for charset in vietnamese_tables.CHARSETS}
    assert names == {path.stem for path in vietnamese_tables.FOLDER.glob("*.py")} - {"__init__"}


def test_every_family_has_a_name_of_its_own() -> None:
    labels = [family.label for family in Family]
    assert len(set(labels)) == len(labels) == 11
    assert Family("tcvn3").label == "TCVN3/ABC"
    assert {*tables.CODED, Family.VIQR, Family.MOJIBAKE} == set(Family)


def test_a_table_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="133 codes for 134 letters"):
        vietnamese_tables.listed(vietnamese_tables.VPS.rpartition("f1")[0])
