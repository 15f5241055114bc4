"""Ordinary Vietnamese documents, and the same with a marking of secrecy put in as officials do it.

The forms were written down from decree 30/2020/NĐ-CP, circular 24/2020/TT-BCA and how office files and mails look,
apart from gateway/vietnamese/marking*.py. Levels are the law's three. Ordinary: pages and chapters of manuals, groups
of 30 paragraphs of catalogues and laws, and single paragraphs as short mails, subjects and file names.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.charset_encoders import Encoder
from benchmarks.charset_samples import lines_of
from gateway.vietnamese.convert import convert
from gateway.vietnamese.marking import Kind, find_markings

GROUP = 30  # paragraphs
LEVELS = ("MẬT", "TỐI MẬT", "TUYỆT MẬT")
OBSERVED = ("unmarked",)  # forms that are only observed

Stamped = tuple[Kind, str]
Stamp = Callable[[str, list[str], random.Random], Stamped]


@dataclass(slots=True)
class Markings:
    """What was found in one kind of text. `goal`: at most this share (0-1) of false alarms, or of misses."""

    what: str
    goal: float | None
    texts: int = 0
    wrong: int = 0
    examples: list[str] = field(default_factory=list)

    def count(self, is_wrong: bool, text: str) -> None:
        """Count one text."""
        self.texts += 1
        self.wrong += is_wrong
        if is_wrong and len(self.examples) < 12:
            self.examples.append(text)

    @property
    def share(self) -> float:
        """0-1."""
        return self.wrong / max(1, self.texts)


def documents(folder: Path) -> list[list[str]]:
    """A split's ordinary documents as their paragraphs."""
    pages = [page.split("\n") for page in (folder / "vi_docs.txt").read_text("utf-8").rstrip("\n").split("\n\n")]
    return pages + grouped(lines_of(folder / "vi.txt"))


def grouped(lines: Sequence[str]) -> list[list[str]]:
    """Lines as documents of 30 paragraphs, in their order."""
    return [list(lines[at : at + GROUP]) for at in range(0, len(lines) - GROUP + 1, GROUP)]


def official(papers: list[list[str]]) -> list[list[str]]:
    """The documents that read like letters and laws: half of their paragraphs are sentences. Lists of short labels,
    which catalogues make, are left out: nobody stamps them."""
    return [paper for paper in papers if sorted(map(len, paper))[len(paper) // 2] >= 60]


def ordinary(lines: Sequence[str], papers: Sequence[list[str]]) -> Iterator[Markings]:
    """False alarms, by what the text is."""
    texts = ["\n".join(paper) for paper in papers]
    kinds: list[tuple[str, Kind, list[str]]] = [
        ("documents", "document", texts),
        ("documents as mail bodies, NFD", "body", list(map(_nfd, texts))),
        ("paragraphs as mails", "body", list(lines)),
        ("short lines as subjects", "header", [line for line in lines if len(line) < 120]),
        ("short lines as file names", "name", [f"{line}.docx" for line in lines if len(line) < 80]),
    ]
    for what, kind, given in kinds:
        result = Markings(what, 0.001)
        for text in given:
            found = [one for one in find_markings(text, kind=kind) if one.form not in OBSERVED]
            place = max(0, found[0].start - 40) if found else 0
            result.count(bool(found), repr(text[place : place + 100]))
        yield result


def _nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def _spaced(text: str) -> str:
    return "   ".join(" ".join(word) for word in text.split(" "))


def _put(paragraphs: list[str], line: str, place: int) -> str:
    return "\n".join([*paragraphs[:place], line, *paragraphs[place:]])


def _letterhead(rng: random.Random) -> list[str]:
    """The lines above an official document, as decree 30/2020/NĐ-CP, annex I, has them."""
    office = rng.choice(["UBND TỈNH AN GIANG", "BỘ NỘI VỤ", "SỞ THÔNG TIN VÀ TRUYỀN THÔNG", "CÔNG AN TỈNH LONG AN"])
    motto = ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"]
    kind = rng.choice(["BÁO CÁO", "KẾ HOẠCH", "TỜ TRÌNH", "QUYẾT ĐỊNH", "CÔNG VĂN"])
    return [office, *motto, f"Số: {rng.randrange(1, 900)}/BC-UBND", "An Giang, ngày 05 tháng 9 năm 2025", kind]


def _alone(level: str, paragraphs: list[str], rng: random.Random) -> Stamped:
    lines = _letterhead(rng) + paragraphs if rng.random() < 0.5 else paragraphs
    return "document", _put(lines, level, rng.randrange(min(5, len(lines)) + 1))


def _framed(level: str, paragraphs: list[str], rng: random.Random) -> Stamped:
    line = rng.choice(["*** {} ***", "[{}]", "({})", "- {} -", "| {} |", "  {}  ", "{}.", "=== {} ==="])
    return "document", _put(paragraphs, line.format(level), rng.randrange(min(4, len(paragraphs)) + 1))


def _titled(level: str, paragraphs: list[str], rng: random.Random) -> Stamped:
    return "document", _put(paragraphs, rng.choice([level.title(), level.capitalize()]), 0)


def _last(level: str, paragraphs: list[str], rng: random.Random) -> Stamped:
    return "document", _put(paragraphs, level, len(paragraphs))


def _letter_spaced(level: str, paragraphs: list[str], rng: random.Random) -> Stamped:
    return "document", _put(paragraphs, _spaced(level), rng.randrange(3))


def _decomposed(level: str, paragraphs: list[str], rng: random.Random) -> Stamped:
    return "document", _nfd(_alone(level, paragraphs, rng)[1])


def _as_field(level: str, paragraphs: list[str], rng: random.Random) -> Stamped:
    name = rng.choice(["Độ mật", "ĐỘ MẬT", "Mức độ mật", "Độ Mật", "Mức độ bảo mật", "Cấp độ mật"])
    shown = rng.choice([level, level.lower(), level.capitalize(), level.title()])
    line = rng.choice(["{}: {}", "{} : {}", "{}:{}", "- {}: {}", "{}: {}.", "{}:\t{}"]).format(name, shown)
    return rng.choice([("document"), ("body")]), _put(paragraphs, line, rng.randrange(min(6, len(paragraphs)) + 1))


def _beside(level: str, paragraphs: list[str], rng: random.Random) -> Stamped:
    lines = ["Số: 45/BC-UBND\t{}", "{}\tCỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", "UBND TỈNH AN GIANG          {}"]
    line = rng.choice(lines)
    return "document", _put(paragraphs, line.format(level), 0)


def _head(level: str, paragraphs: list[str], rng: random.Random) -> Stamped:
    lines = ["{}", "{}", "Trang 3 - {}", "{} | Trang 2/7", "Tài liệu {}", "{} - Không sao chụp", "VĂN BẢN {}"]
    return "header", rng.choice(lines).format(level)


def _subject(level: str, paragraphs: list[str], rng: random.Random) -> Stamped:
    about = rng.choice(paragraphs)[:70]
    line = rng.choice(["[{}] {}", "({}) {}", "{}: {}", "{1} [{0}]", "{1} ({0})", "{} - {}", "Fwd: [{}] {}"])
    return "header", line.format(level, about)


def _file_name(level: str, paragraphs: list[str], rng: random.Random) -> Stamped:
    about = rng.choice(["Báo cáo quý III", "Kế hoạch 2026", "Công văn 123-UBND", "DANH SACH CAN BO", "Phụ lục số 2"])
    shown = rng.choice([level, level.title(), level.replace(" ", "_")])
    form = rng.choice(["[{}] {}.docx", "{1} ({0}).pdf", "{0} - {1}.docx", "{1}_{0}.doc", "({0}) {1}.xlsx"])
    return "name", form.format(shown, about)


def _in_body(level: str, paragraphs: list[str], rng: random.Random) -> Stamped:
    line = rng.choice(["{}", "*{}*", "[{}]", "{}\n", "Văn bản: {}"])
    return "body", _put(paragraphs[:6], line.format(level), 0)


STAMPS: dict[str, Stamp] = {
    "alone on a line": _alone,
    "in a frame": _framed,
    "in small letters as a title": _titled,
    "at the end": _last,
    "letter-spaced": _letter_spaced,
    "decomposed (NFD)": _decomposed,
    "as a field": _as_field,
    "beside number or heading": _beside,
    "header or footer": _head,
    "subject": _subject,
    "file name": _file_name,
    "mail body": _in_body,
}
AMBIGUOUS = frozenset({"in small letters as a title"})
"""Forms that are no stamp as the circular draws it: shown, without a goal."""


def stamped(papers: Sequence[list[str]], count: int) -> Iterator[Markings]:
    """Misses, by the form of the marking."""
    for what, stamp in STAMPS.items():
        rng = random.Random(what)
        result = Markings(what, None if what in AMBIGUOUS else 0.01)
        for _ in range(count):
            kind, text = stamp(rng.choice(LEVELS), rng.choice(papers), rng)
            found = [one for one in find_markings(text, kind=kind) if one.form not in OBSERVED]
            result.count(not found, f"{kind}: {text[:120]!r}")
        yield result


def legacy(papers: Sequence[list[str]], encoders: Sequence[Encoder], count: int) -> Iterator[Markings]:
    """Misses in documents that were typed in a legacy charset, stamp and all, after conversion."""
    for encoder in encoders:
        if encoder.family not in ("tcvn3", "vni", "viscii", "mojibake"):
            continue
        rng = random.Random(encoder.family)
        result = Markings(f"in {encoder.family} ({encoder.name})", 0.01)
        for _ in range(count):
            kind, text = _alone(rng.choice(LEVELS), rng.choice(papers), rng)
            shown = "\n".join(map(encoder.shown, encoder.encode(text.split("\n"))))
            found = find_markings(convert(shown), kind=kind)
            result.count(not [one for one in found if one.form not in OBSERVED], f"{text[:100]!r}")
        yield result
