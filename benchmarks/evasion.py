"""Payloads hidden, found by other readers of mail, and found by ours: the messages of `tests.evasion`, by class.

Run: python -m benchmarks.evasion [--missed FILE] [--json]. A reader that is not installed is said and left out. Found:
the payload is in something that the reader decoded. Ours, disputed: not found, but named as impossible to judge.
"""

from __future__ import annotations

import argparse
import email
import email.policy
import json
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from email.message import Message
from pathlib import Path

from tests.evasion.generate import messages
from tests.evasion.ours import read, strict_contents
from tests.evasion.payload import EICAR, Hidden
from tests.support import mime_tools

Found = list[bool | str]
"""For each message: found, or a word that says what else."""

_RELAYED = b"Received: from a.example by b.example; Mon, 2 Mar 2026 08:00:00 +0700\r\n"


def _python(policy: email.policy.Policy[Message]) -> Callable[[Sequence[Hidden]], Found]:
    def one(raw: bytes) -> bool:
        try:
            parsed = email.message_from_bytes(raw, policy=policy)
            leaves = (part.get_payload(decode=True) for part in parsed.walk() if not part.is_multipart())
            return any(isinstance(leaf, bytes) and EICAR in leaf for leaf in leaves)
        except (RecursionError, ValueError, LookupError, AttributeError, TypeError, IndexError):
            return False

    return lambda hidden: [one(message.raw) for message in hidden]


def _fast_mail_parser(hidden: Sequence[Hidden]) -> Found:
    from fast_mail_parser import ParseError, parse_email

    def one(raw: bytes) -> bool:
        try:
            parsed = parse_email(raw)
        except (ParseError, ValueError):
            return False
        texts = [text.encode("utf-8", "replace") for text in (*parsed.text_plain, *parsed.text_html)]
        return any(EICAR in content for content in (*texts, *(bytes(one.content) for one in parsed.attachments)))

    return [one(message.raw) for message in hidden]


def _perl(hidden: Sequence[Hidden]) -> Found:
    with tempfile.TemporaryDirectory() as folder:
        leaves = mime_tools.read(_files(hidden, Path(folder)), EICAR)
        return [any(leaf.found for leaf in found) for found in leaves]


def _extractor(*command: str) -> Callable[[Sequence[Hidden]], Found]:
    """A program that writes what it decodes into a folder; {file} and {folder} stand for the two."""

    def one(raw: bytes) -> bool:
        with tempfile.TemporaryDirectory() as name:
            file, folder = Path(name) / "message.eml", Path(name) / "out"
            file.write_bytes(raw)
            folder.mkdir()
            words = [word.format(file=file, folder=folder) for word in command]
            try:
                subprocess.run(words, capture_output=True, cwd=folder, timeout=20, check=False)
            except subprocess.TimeoutExpired:
                return False
            return any(EICAR in path.read_bytes() for path in folder.rglob("*") if path.is_file())

    return lambda hidden: [one(message.raw) for message in hidden]


def _clamscan(hidden: Sequence[Hidden]) -> Found:
    """With a database of one signature. A relay's Received line stands first, else ClamAV may see no message at all."""
    with tempfile.TemporaryDirectory() as name:
        folder, signatures = Path(name) / "mail", Path(name) / "test.ndb"
        folder.mkdir()
        signatures.write_text(f"Eicar-For-The-Test:0:*:{EICAR.hex()}\n")
        files = _files(hidden, folder, _RELAYED)
        command = ["clamscan", "--database", str(signatures), "--infected", "--no-summary", "--recursive", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
        bad = {line.rsplit(":", 1)[0] for line in done.stdout.splitlines() if line.endswith("FOUND")}
        return [str(file) in bad for file in files]


def _files(hidden: Sequence[Hidden], folder: Path, start: bytes = b"") -> list[Path]:
    paths = [folder / f"{number}.eml" for number in range(len(hidden))]
    for path, message in zip(paths, hidden, strict=True):
        path.write_bytes(start + message.raw)
    return paths


def _strict(hidden: Sequence[Hidden]) -> Found:
    return [any(EICAR in content for content in strict_contents(message.raw)) for message in hidden]


def _union(hidden: Sequence[Hidden]) -> Found:
    def one(message: Hidden) -> bool | str:
        seen = read(message.raw)
        return any(EICAR in content for content in seen.contents()) or ("disputed" if seen.view.disputes else False)

    return [one(message) for message in hidden]


def _has_fast_mail_parser() -> bool:
    from importlib.util import find_spec

    return find_spec("fast_mail_parser") is not None


def _program(name: str) -> Callable[[], bool]:
    return lambda: shutil.which(name) is not None


_READERS: dict[str, tuple[Callable[[], bool], Callable[[Sequence[Hidden]], Found], str]] = {
    "email compat32": (lambda: True, _python(email.policy.compat32), ""),
    "email default": (lambda: True, _python(email.policy.default), ""),
    "fast-mail-parser": (_has_fast_mail_parser, _fast_mail_parser, "pip install fast-mail-parser"),
    "MIME::Parser": (mime_tools.installed, _perl, "apt-get install libmime-tools-perl"),
    "ripmime": (
        _program("ripmime"),
        _extractor("ripmime", "-i", "{file}", "-d", "{folder}"),
        "apt-get install ripmime",
    ),
    "munpack": (
        _program("munpack"),
        _extractor("munpack", "-q", "-f", "-t", "-C", "{folder}", "{file}"),
        "apt-get install mpack",
    ),
    "clamscan": (_program("clamscan"), _clamscan, "apt-get install clamav"),
    "ours strict": (lambda: True, _strict, ""),
    "ours union": (lambda: True, _union, ""),
}


def measured(hidden: Sequence[Hidden], only: Sequence[str]) -> dict[str, Found]:
    """What each reader finds; the missing ones are said."""
    out: dict[str, Found] = {}
    for name, (there, run, package) in _READERS.items():
        if only and name not in only:
            continue
        if there():
            out[name] = run(hidden)
        else:
            print(f"{name} is not installed: {package}")
    return out


def table(hidden: Sequence[Hidden], found: dict[str, Found]) -> list[str]:
    """A line a class, and the sums."""
    groups = Counter(message.group for message in hidden)
    names = [*found, *(["(disputed)"] if "ours union" in found else [])]
    out = ["  ".join([f"{'class':<20}{'hidden':>7}", *(f"{name:>16}" for name in names)])]
    for group in [*groups, ""]:
        rows = [at for at, message in enumerate(hidden) if group in ("", message.group)]
        cells = [sum(1 for at in rows if results[at] is True) for results in found.values()]
        if "ours union" in found:
            cells.append(sum(1 for at in rows if found["ours union"][at] == "disputed"))
        out.append("  ".join([f"{group or 'all':<20}{len(rows):7}", *(f"{cell:16}" for cell in cells)]))
    return out


def main() -> None:
    """Print the table; write the names that ours missed."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    arguments.add_argument("--missed", type=Path, help="write the names of what the union neither finds nor disputes")
    arguments.add_argument("--only", nargs="*", default=[], metavar="READER")
    arguments.add_argument("--json", action="store_true")
    given = arguments.parse_args()
    hidden = list(messages())
    found = measured(hidden, given.only)
    if given.json:
        titles = [message.title for message in hidden]
        print(json.dumps({name: dict(zip(titles, results, strict=True)) for name, results in found.items()}))
    else:
        print("\n".join(table(hidden, found)))
    if given.missed and "ours union" in found:
        missed = [m.title for m, one in zip(hidden, found["ours union"], strict=True) if one is False]
        given.missed.write_text("".join(f"{name}\n" for name in missed))


if __name__ == "__main__":
    main()
