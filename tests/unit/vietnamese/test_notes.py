"""What is remarkable beside legacy letters: NFD, Ð, lost letters, Telex; and what is not."""

from __future__ import annotations

import unicodedata

import pytest

from gateway.vietnamese.notes import notes_of
from gateway.vietnamese.verdict import Note

PREAMBLE = "Cộng hoà xã hội chủ nghĩa Việt Nam, độc lập, tự do, hạnh phúc"


@pytest.mark.parametrize(
    ("text", "note", "first"),
    [
        (unicodedata.normalize("NFD", "Kính gửi, " + PREAMBLE), Note.NFD, unicodedata.normalize("NFD", "Kính")),
        ("Số 5/QÐ-UBND. Ðảng và nhà nước, ðịa chỉ", Note.ETH, "Ðảng"),
        (PREAMBLE.encode("ascii", "replace").decode(), Note.LOSSY, "C?ng"),
        (PREAMBLE.encode("latin-1", "replace").decode("latin-1"), Note.LOSSY, "C?ng"),
        (PREAMBLE.encode("ascii", "replace").decode().replace("?", "\ufffd"), Note.LOSSY, "C\ufffdng"),
        ("Vawn banr tieengs Vieejt, khoong phair tieengs Anh, nuwowcs ta", Note.TELEX, "Vawn"),
    ],
)
def test_a_note_and_its_first_place(text: str, note: Note, first: str) -> None:
    found = list(notes_of(text))
    assert [kind for kind, _, _ in found] == [note]
    assert text[found[0][1] : found[0][2]] == first


@pytest.mark.parametrize(
    "text",
    [
        PREAMBLE,
        "",
        unicodedata.normalize("NFD", "Le garçon a été élevé à l'étranger"),
        unicodedata.normalize("NFD", "ẹ̀kọ́ ọmọ ilé ìwé gíga"),
        "Það er góð bók, ÞAÐ ER GÓÐ BÓK",
        "What? Why? Who? http://a.example/?q=1&b=c?d ok?yes is?it",
        "De waarde is 0, tenzij er een naam gegeven is waarvoor geen alias gedefinieerd is; zie iees.",
        "gạo Basmati và Ðorđe Ðurić",
    ],
)
def test_nothing_is_noted_about_ordinary_text(text: str) -> None:
    assert list(notes_of(text)) == []


@pytest.mark.parametrize("piece", ["a\u0301", "Ð", "a?b ", "?", "uwow ", "\ufffda", "ð" * 50 + " ", "a" * 500 + "?b"])
def test_hostile_repetition_is_read(piece: str) -> None:
    assert len(list(notes_of(piece * 20_000))) <= 1
