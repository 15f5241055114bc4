"""The public address of a refusal: read back however it was pasted, and never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.config import Settings
from gateway.journal.decision import new_reference
from gateway.lookup import Lookup

LOOKUP = Lookup("https://tracuu.tinh.example/", b"k" * 32)
REFERENCE = "01KB-3F9X-72QM-5D0R"
URL = LOOKUP.url(REFERENCE)
END = URL.rpartition("/")[2]


def test_an_address() -> None:
    assert URL.startswith(f"https://tracuu.tinh.example/{REFERENCE}-")
    assert len(END) == len(REFERENCE) + 1 + 26
    assert LOOKUP.reference(URL) == REFERENCE


@pytest.mark.parametrize(
    "text",
    [END, END.lower(), END.replace("-", ""), f"  {END}\r\n", END.replace("-", " "), f"{URL}/", END.replace("0", "o"),
     END.replace("1", "l"), END.replace("-", "\u2013")],
)  # fmt: skip
def test_however_it_was_pasted(text: str) -> None:
    assert LOOKUP.reference(text) == REFERENCE


@pytest.mark.parametrize(
    "text", ["", REFERENCE, END[:-1], f"{END}0", END[:-1] + ("0" if END[-1] != "0" else "1"), f"x{END}", "é" * 42]
)
def test_anything_else_is_none(text: str) -> None:
    assert LOOKUP.reference(text) == ""


def test_a_code_is_its_references_alone() -> None:
    other = LOOKUP.url("01KB-3F9X-72QM-5D0S")
    assert LOOKUP.reference(f"{REFERENCE}-{other[-26:]}") == ""
    assert Lookup("https://x", b"other" * 8).reference(END) == ""


def test_every_reference_that_is_made_comes_back() -> None:
    for _ in range(200):
        reference = new_reference()
        assert LOOKUP.reference(LOOKUP.url(reference)) == reference


@given(st.text())
def test_any_text_is_safe(text: str) -> None:
    assert LOOKUP.reference(text) in ("", REFERENCE)


def test_nodes_with_the_same_key_file_make_the_same_address(tmp_path: Path) -> None:
    def of(name: str, url: str = "https://tracuu.tinh.example") -> Lookup | None:
        (tmp_path / name).mkdir(exist_ok=True)
        given = {"data_dir": tmp_path / name, "pass_key": tmp_path / "shared.key"}
        return Lookup.of(Settings.model_validate({"gateway": given, "console": {"public_url": url}}))

    one, two = of("a"), of("b")
    assert one and two
    assert one.url(REFERENCE) == two.url(REFERENCE)
    assert of("a", "") is None
