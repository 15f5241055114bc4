"""Texts for the quality tests, read at run time out of Debian packages that deploy/dev/services.sh installs.

They belong to the `test` split of deploy/dev/vietnamese_corpus.txt: nothing in gateway/vietnamese was made from them.
"""

from __future__ import annotations

import sysconfig
from functools import cache
from pathlib import Path

from deploy.dev.vietnamese_corpus import is_vietnamese, of_installed


@cache
def catalogue(package: str) -> tuple[str, ...]:
    """The lines of a package's catalogues, each once, of at least 12 characters."""
    lines = (line for text in of_installed(package) for line in text.paragraphs)
    return tuple(dict.fromkeys(line for line in lines if len(line) >= 12))


@cache
def vietnamese() -> tuple[str, ...]:
    """Vietnamese paragraphs."""
    return tuple(filter(is_vietnamese, catalogue("libreoffice-l10n-vi")))


@cache
def code() -> tuple[str, ...]:
    """Lines of Python's own library."""
    files = sorted(Path(sysconfig.get_path("stdlib")).glob("[a-d]*.py"))
    lines = (line.strip() for path in files for line in path.read_text("utf-8", "replace").splitlines())
    return tuple(dict.fromkeys(line for line in lines if len(line) >= 12))
