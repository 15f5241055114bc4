"""What the quality figures rest on: corpora whose splits share no line, and encoders that are not ours."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import pytest

from benchmarks.charset_encoders import LETTERS, available, twice_read
from benchmarks.charset_samples import encoded, prose, unmarked
from deploy.dev.corpus_text import Text, read
from deploy.dev.vietnamese_corpus import Corpus, is_vietnamese, sources

MANUAL = gzip.compress(".SH TÊN\nliệt \\fBkê\\fP\n.PP\ntệp".encode())
HOA = "Cộng hòa xã hội chủ nghĩa Việt Nam"


def catalogue(messages: dict[str, str]) -> bytes:
    """A compiled message catalogue."""
    pairs = sorted({"": "Content-Type: text/plain; charset=UTF-8\n", **messages}.items())
    keys, values = [key.encode() for key, _ in pairs], [value.encode() for _, value in pairs]
    place, tables = 28 + 16 * len(pairs), b""
    for text in (*keys, *values):
        tables += struct.pack("<II", len(text), place)
        place += len(text) + 1
    head = struct.pack("<IIIIIII", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    return head + tables + b"\0".join([*keys, *values]) + b"\0"


def test_a_catalogue_is_read_as_people_see_it() -> None:
    data = catalogue({"Open": "_Mở tệp <b>%s</b>\n\nvà &đọc", "Kept": "Kept", "K": "T_ệp"})
    text = read("/usr/share/locale/vi/LC_MESSAGES/x.mo", data, "x")
    assert text == Text("vi", ["Tệp", "Mở tệp 3", "và đọc"], False)


@pytest.mark.parametrize(
    ("path", "data", "language", "paragraphs"),
    [
        ("/usr/share/man/vi/man1/ls.1.gz", MANUAL, "vi", ["TÊN liệt kê", "tệp"]),
        ("/usr/share/help/fr/x/a.page", b"<page><p>Un <b>mot</b>.</p><info>x</info></page>", "fr", ["Un mot."]),
        ("/usr/lib/python3/a.py", b"import os\n  pass\n", "code", ["import os", "pass"]),
        ("/usr/games/fortunes/fr/tout", b"Un.\n%\nDeux\nlignes.\n", None, None),
        ("/usr/share/doc/x/copyright", b"text", None, None),
        ("/usr/share/locale/vi/LC_MESSAGES/broken.mo", b"\xde\x12\x04\x95\0\0", "vi", []),
        ("/usr/share/man/vi/man1/broken.1.gz", b"no gzip", None, None),
    ],
)  # fmt: skip
def test_files_of_other_kinds(path: str, data: bytes, language: str | None, paragraphs: list[str] | None) -> None:
    text = read(path, data, "x")
    assert (text and (text.language, text.paragraphs)) == (language and (language, paragraphs))


def test_no_line_stands_in_two_splits_nor_twice(tmp_path: Path) -> None:
    corpus = Corpus()
    corpus.take(
        "a", Text("vi", [HOA, HOA.upper() + "!", "Chào các bạn, hôm nay thế nào?", "git status --short"], False)
    )
    corpus.write("test", tmp_path / "test")
    corpus.take("b", Text("fr", [f"1. {HOA}", "Bonjour à tous les amis"], False))
    corpus.write("train", tmp_path / "train")
    assert (tmp_path / "test/vi.txt").read_text("utf-8").splitlines() == [HOA, "Chào các bạn, hôm nay thế nào?"]
    assert (tmp_path / "test/neg_vi-mixed.txt").read_text("utf-8") == "git status --short\n"
    assert (tmp_path / "train/neg_fr.txt").read_text("utf-8") == "Bonjour à tous les amis\n"


def test_a_package_belongs_to_one_split() -> None:
    listed = sources()
    assert set(listed) == {"train", "dev", "test", "tools"}
    every = [package for packages in listed.values() for package in packages]
    assert len(every) == len(set(every)) > 200


def test_prose_is_told_from_lists_of_commands() -> None:
    assert is_vietnamese(HOA) and not is_vietnamese("Xem git-status và git-log, git-diff hoặc git-reflog --all")
    assert not is_vietnamese(unmarked(HOA)) and prose([HOA, unmarked(HOA)]) == [HOA]


def test_the_encoders_import_nothing_of_ours() -> None:
    root = Path(__file__).parents[3]
    for name in ("charset_encoders", "charset_samples"):
        assert "gateway" not in {line.split()[1].split(".")[0] for line in _imports(root / f"benchmarks/{name}.py")}


def _imports(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines() if line.startswith(("import ", "from "))]


@pytest.mark.service("recode")
def test_programs_that_are_not_ours_write_what_offices_know() -> None:
    by_name = {(one.name, one.family): one for one in available()}
    shown = {
        key: encoded(one, [HOA])[0].hack for key, one in by_name.items() if key[0] in ("iconv", "recode", "python")
    }
    assert shown["iconv", "tcvn3"] == "Céng hßa x· héi chñ nghÜa ViÖt Nam"
    assert shown["recode", "vni"] == "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam"
    assert shown["recode", "viqr"] == "Co^.ng ho`a xa~ ho^.i chu? nghi~a Vie^.t Nam"
    assert shown["python", "mojibake"].startswith("Cá»™ng hÃ²a") and twice_read("ệ") == "Ã¡Â»â€¡"
    assert len(by_name["iconv", "tcvn3"].writes) == len(LETTERS) == 134
    assert by_name["recode", "viscii"].writes == by_name["iconv", "viscii"].writes
    assert encoded(by_name["iconv", "tcvn3"], [HOA])[0].damaged == sum(not letter.isascii() for letter in HOA)
