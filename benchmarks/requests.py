"""How well a message that asks the office about mailboxes is told from its other mail, and how fast.

Run: python -m benchmarks.requests [--fit] [--misses] [--copies N] [--prose FILE]. The letters are those of
benchmarks/requests_corpus: all but `test.txt` made the weights (`--fit` prints them anew), and those of `test.txt`, by
other authors, were held out. A family is one author's letter; its copies differ in names, dates, offices, charset and
form, and count together.
"""

from __future__ import annotations

import argparse
import io
import math
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.requests_letters import FORMS, Letter, letters
from gateway.contents import RequestSigns, Source
from gateway.documents import read as documents
from gateway.documents.document import DocumentError
from gateway.documents.limits import DocumentLimits
from gateway.message.extract import open_extract
from gateway.message.result import ScannedMessage
from gateway.message.scan import Scanner
from gateway.message.sniff import Sniffer
from gateway.message.union import strict_view
from gateway.wording.bodies import body_of, leaves_of, read_body
from gateway.wording.fields import read_header
from gateway.wording.inline import read_names
from gateway.wording.reader import REQUEST, Reader
from gateway.wording.requests import THRESHOLD, features

_WANTS = frozenset((REQUEST,))
_ROUNDS, _RATE, _KEEP = 4000, 0.5, 0.001  # of fitting: steps, their size, how much weights are held back
_LINES = 12  # of a passage of prose
_SNIFFER = Sniffer()


@dataclass(frozen=True, slots=True)
class Read:
    """A letter, what was told of it, and how long that took (CPU seconds)."""

    letter: Letter
    signs: RequestSigns
    seconds: float


def read(raw: bytes) -> RequestSigns:
    """What is told of a message, read in this process."""
    scanner = Scanner(sniff=_SNIFFER)
    scanner.feed(raw)
    scanned = scanner.finish()
    reader = Reader(_WANTS)
    read_header(reader, scanned)
    read_names(reader, scanned)
    bodies = {part.path: body_of(part, quoted) for part, quoted in leaves_of(scanned)}
    for extract in strict_view(scanned).extracts:
        data = b"".join(open_extract(lambda offset, size: raw[offset : offset + size], extract, len(raw)))
        if extract.part in bodies:
            read_body(reader, bodies[extract.part], data)
        elif extract.attachment:
            _read_file(reader, scanned, extract.part, extract.filename, data)
    return reader.words.request


def _read_file(reader: Reader, scanned: ScannedMessage, part: str, name: str, data: bytes) -> None:
    kind = next((one.sniffed_type for one in scanned.attachments if one.part == part), "")
    try:
        document = documents.read(io.BytesIO(data), kind, name, DocumentLimits())
    except DocumentError:
        return
    reader.document(part, (name,), document.units)


def all_read(given: Iterable[Letter]) -> list[Read]:
    """Each letter, read."""
    found = []
    for letter in given:
        began = time.process_time()
        signs = read(letter.raw)
        found.append(Read(letter, signs, time.process_time() - began))
    return found


def share(given: Sequence[Read], threshold: float) -> float:
    """Which share of letters scores so much; each family counts the same."""
    families: defaultdict[str, list[bool]] = defaultdict(list)
    for one in given:
        families[one.letter.family].append(one.signs.score >= threshold)
    return sum(sum(told) / len(told) for told in families.values()) / max(1, len(families))


def fit(given: Sequence[Read]) -> tuple[float, dict[str, float]]:
    """Logistic regression by gradient descent: the bias, and a weight for each feature."""
    rows = [(features(one.signs.signs), float(one.letter.made == "request")) for one in given]
    counted: defaultdict[tuple[frozenset[str], float], int] = defaultdict(int)
    for row in rows:
        counted[row] += 1
    weights: defaultdict[str, float] = defaultdict(float)
    bias = 0.0
    for _ in range(_ROUNDS):
        slopes: defaultdict[str, float] = defaultdict(float)
        slope = 0.0
        for (seen, wanted), count in counted.items():
            total = bias + sum(weights[feature] for feature in seen)
            wrong = count * (1 / (1 + math.exp(-max(-30.0, min(30.0, total)))) - wanted)
            slope += wrong
            for feature in seen:
                slopes[feature] += wrong
        bias -= _RATE * slope / len(rows)
        for feature, value in slopes.items():
            weights[feature] -= _RATE * (value / len(rows) + _KEEP * weights[feature])
    return bias, dict(weights)


def report(name: str, given: Sequence[Read]) -> None:
    """The figures of one half of the corpus."""
    asked = [one for one in given if one.letter.made == "request"]
    others = [one for one in given if one.letter.made == "other"]
    grey = [one for one in given if one.letter.made == "grey"]
    print(
        f"\n{name}: {len(asked)} requests of {_families(asked)} families, {len(others)} others of {_families(others)}"
    )
    print(f"{'threshold':>12}{'found':>10}{'false':>10}{'phishing':>10}")
    for threshold in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        row = "".join(f"{100 * share(part, threshold):9.2f}%" for part in (asked, others, grey))
        print(f"{threshold:>12}{row}{'  <- default' if threshold == THRESHOLD else ''}")
    for form in FORMS:
        parts = ([one for one in part if one.letter.form == form] for part in (asked, others))
        found, false = (100 * share(part, THRESHOLD) for part in parts)
        print(f"{form:>12}{found:9.2f}%{false:9.2f}%")
    _report_more(given, asked)


def _report_more(given: Sequence[Read], asked: Sequence[Read]) -> None:
    told = [one for one in asked if one.signs.score >= THRESHOLD]
    likely = sum(one.signs.kinds[:1] != () and one.signs.kinds[0] in one.letter.kinds for one in told)
    whole = sum(set(one.letter.kinds) <= set(one.signs.kinds) for one in told)
    print(f"kinds: the likeliest is right in {_percent(likely, told)}, all are named in {_percent(whole, told)}")
    listed = [one for one in asked if b"danh sach." in one.letter.raw]
    found = sum(bool(one.signs.lists) for one in listed)
    print(f"lists attached to requests that are found: {_percent(found, listed)} of {len(listed)}")
    seconds = sorted(one.seconds for one in given)
    middle, late = (1e3 * seconds[len(seconds) * part // 100] for part in (50, 99))
    print(f"CPU a message, its scan and files included: median {middle:.2f} ms, 99 of 100 within {late:.1f} ms")


def _percent(count: int, of: Sequence[Read]) -> str:
    return f"{100 * count / max(1, len(of)):.1f} %"


def _families(given: Sequence[Read]) -> int:
    return len({one.letter.family for one in given})


def misses(given: Sequence[Read]) -> None:
    """Families that are judged wrongly, and by what signs."""
    seen: set[tuple[str, str]] = set()
    for one in given:
        wrong = (one.signs.score >= THRESHOLD) != (one.letter.made == "request")
        key = (one.letter.family, "unmarked" if one.letter.form == "unmarked" else "")
        if wrong and one.letter.made != "grey" and key not in seen:
            seen.add(key)
            what = f"{one.letter.made:8} {one.letter.family:20} {one.letter.form:9} {one.signs.score:.3f}"
            print(what, *one.signs.signs)


def prose(path: Path) -> None:
    """How many passages of ordinary text, `_LINES` lines each, are taken for requests, and how fast text is read."""
    lines = path.read_text("utf-8", "replace").splitlines()
    passages = ["\n".join(lines[at : at + _LINES]) for at in range(0, len(lines), _LINES)]
    began = time.process_time()
    taken = sum(_score(passage) >= THRESHOLD for passage in passages)
    pace = sum(map(len, passages)) / 1e6 / (time.process_time() - began)
    print(
        f"\n{path.name}: {taken} of {len(passages)} passages taken for requests; {pace:.2f} million characters a second"
    )


def _score(text: str) -> float:
    reader = Reader(_WANTS)
    reader.text(Source.BODY, text)
    return reader.words.request.score


def main() -> None:
    """Read the arguments, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fit", action="store_true", help="make the weights anew, and print them")
    parser.add_argument("--misses", action="store_true", help="name what is judged wrongly")
    parser.add_argument("--copies", type=int, default=8, help="of each family in each form")
    parser.add_argument("--half", choices=("train", "test", "both"), default="both", help="of the corpus")
    parser.add_argument("--prose", type=Path, help="a text to be read besides: what is taken for a request in it")
    given = parser.parse_args()
    if given.prose:
        prose(given.prose)
    halves = ("train", "test") if given.half == "both" else (given.half,)
    for half in halves:
        told = all_read(letters(half, given.copies))
        report(half, told)
        if given.misses:
            misses(told)
        if given.fit and half == "train":
            bias, weights = fit([one for one in told if one.letter.made != "grey"])
            print(f"\nBIAS = {bias:.2f}\nWEIGHTS = {{")
            for feature, weight in sorted(weights.items()):
                print(f'    "{feature}": {weight:.2f},')
            print("}")


if __name__ == "__main__":
    main()
