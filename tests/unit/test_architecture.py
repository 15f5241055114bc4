"""Imports run one way: a room knows those below it and never its callers. A wrong arrow fails, and is named.

The table below is the design. A module that is not in it fails too: whoever adds a room says where it stands. An import
inside a function or under TYPE_CHECKING is an arrow like any other.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "gateway"

# Who may import whom: names below `gateway`. A room's name takes the whole room, a dotted name that module only.
VALUES = "model errors contents who senders rates payers"
COMMON = f"{VALUES} config config_values replies trace logs metrics"
ARROWS: Mapping[str, str] = {
    # values, at the bottom
    "contents": "",
    "who": "",
    "senders": "who",
    "rates": "",
    "changing": "",
    "access": "",
    "payers": "model rates senders who",
    "model": "contents rates who",
    "errors": "",
    "interpreter": "errors",
    "config_values": "",
    "config_identity": "config_values",
    "config_limits": "config_values",
    "config_use": "access config_values",
    "config_reports": "config_values",
    "config_retention": "config_values",
    "config_console": "config_values",
    "config": "model config_values config_console config_copies config_identity config_limits config_notify"
    " config_reports config_retention config_use",
    "replies": VALUES,
    "trace": VALUES,
    "log_sink": "",
    "logs": f"{VALUES} config log_sink without",
    "without": "",
    "metrics": f"{VALUES} config",
    # rooms that know nothing of ours but values
    "message": VALUES,
    "vietnamese": "errors",
    "archives": VALUES,
    "documents": f"{VALUES} vietnamese",
    # what a message's texts say
    "wording": f"{VALUES} vietnamese message documents",
    # inspection: files opened in processes of their own
    "inspection": f"{COMMON} message archives documents vietnamese wording",
    # documents written anew, in processes of their own
    "rewriting": "contents documents errors inspection vietnamese",
    "malware": COMMON,
    "regulations": VALUES,
    # rooms
    "rules": f"{VALUES} config config_values replies regulations vietnamese",
    "journal": f"{COMMON} without",
    "upstream": COMMON,
    "authentication": COMMON,
    "directory": f"{COMMON} regulations vietnamese journal.store journal.files journal.migrate",
    "throttle": f"{COMMON} journal.store journal.files journal.migrate",
    "spam": COMMON,
    "conduct": COMMON,
    "blocks": f"{COMMON} conduct directory journal.store journal.files journal.migrate",
    "imap": f"{COMMON} access",
    "lifecycle": f"{VALUES} access regulations",
    "passwords": f"{COMMON} lifecycle.days",
    "pulling": f"{COMMON} access config_identity directory imap lifecycle.days sources using",
    "sourcing": f"{COMMON} changing access config_use directory imap.settings processes.sockets pulling rules.compiled"
    " sources throttle.lease upkeep using",
    "sources": f"{COMMON} changing access imap directory.ldap directory.ldap_entries directory.addresses"
    " directory.attributes",
    "upkeep": f"{COMMON} access imap lifecycle directory journal.store journal.files journal.migrate",
    "keyfile": "config errors",
    "lookup": "config keyfile",
    "explaining": "regulations",
    "notifying": f"{VALUES} explaining automatic directory journal.decision journal.migrate rules.patterns",
    "notifier": f"{COMMON} changing lookup notifying batching directory journal.decision rules.compiled",
    "config_notify": "config_values",
    "config_copies": "config_values",
    "copies": f"{VALUES} explaining.values upstream.base",
    "copying": f"{COMMON} copies message.result upstream.base",
    "answers": "directory lifecycle.answers lifecycle.calendar journal.migrate who",
    "automatic": "model",
    "batching": "logs",
    "answering": f"{COMMON} changing answers automatic batching directory lifecycle.answers rules.compiled",
    "acting": f"{COMMON} imap.settings lifecycle directory upkeep throttle.lease journal.files journal.decision",
    "tending_means": f"{COMMON} acting directory lifecycle using",
    "tending": f"{COMMON} changing acting directory imap lifecycle tending_means throttle.lease upkeep using",
    "using": f"{COMMON} access imap.settings lifecycle regulations rules.profiles",
    "reports": f"{COMMON} access answers directory journal lifecycle regulations rules.profiles upkeep using",
    "reporting": f"{COMMON} changing directory lifecycle reports upstream.base using",
    "retaining": f"{COMMON} changing journal.prune journal.retention",
    "recording": f"{COMMON} message journal",
    "proving": f"{COMMON} message authentication rules.compiled",
    "noticing": f"{COMMON} directory upstream.base",
    "knowing": f"{COMMON} authentication directory proving journal.decision regulations"
    " rules.compiled rules.patterns rules.request_channel",
    "watching": f"{COMMON} changing blocks conduct directory lifecycle.calendar regulations rules.blocked_sender"
    " rules.compiled rules.policy rules.profiles tariff",
    "orders": f"{COMMON} directory journal.actions journal.decision journal.migrate journal.query journal.reader"
    " journal.schema lifecycle.days regulations rules",
    "ordering": f"{COMMON} directory lifecycle.days orders rules.compiled rules.policy rules.problems",
    "tariff": f"{VALUES} config_limits rules.patterns",
    "charging": f"{COMMON} accounts tariff rules.compiled rules.spam",
    "repeats": "model",
    "accounts": f"{VALUES} metrics rules.spam",
    "passing": f"{VALUES} trace message proving upstream.base",
    "looks": f"{COMMON} message archives.limits inspection malware spam wording rules.listed",
    "pipeline": f"{COMMON} accounts copying lookup passing message rules journal recording looks proving charging"
    " repeats passwords.watch upstream.base",
    "smtp": f"{COMMON} accounts message pipeline charging passwords.watch journal.decision upstream.base",
    "http": f"{COMMON}",
    "processes": f"{COMMON} http",
    # a configuration's file and sense: asks the rooms what they know
    "config_schema": "config config_limits config_values",
    "config_topologies": "",
    "config_example": "config config_values config_schema config_topologies",
    "config_problems": f"{VALUES} config config_schema",
    "checks": f"{COMMON} access config_console config_identity config_limits config_problems config_use"
    " authentication.resolver directory imap pulling regulations rules senders sources spam throttle upstream using",
    "config_places": "",
    "config_mend": f"{VALUES} config config_values config_schema config_places",
    "config_judge": f"{VALUES} config config_problems config_places config_mend checks",
    "config_file": f"{VALUES} config config_problems config_places config_judge checks",
    # the top: nobody but the top imports these
    "parts": f"{COMMON} changing answering imap.ports journal.decision journal.journal knowing"
    " notifier reporting retaining sourcing tending",
    "app": f"{COMMON} copying keyfile lookup parts message rules journal upstream looks authentication.signing knowing"
    " noticing ordering pipeline smtp charging tariff throttle watching passwords.watch config_file checks processes",
    "worker": f"{COMMON} app processes",
    "usage": f"{COMMON} conduct tariff throttle",
    "console": f"{COMMON} interpreter config_console blocks conduct config_file directory imap.dial imap.settings"
    " journal lifecycle orders processes.sockets pulling regulations rules sources.server upkeep usage using explaining"
    " keyfile lookup reports rewriting.refusal rewriting.left_words",
    "supervisor": f"{COMMON} http processes worker config_file checks",
    "cli": "*",
    "__main__": "cli",
}

# What a room must not know of the world outside: no sockets, stores, loops or clocks where things are decided.
_WORLD = "asyncio socket ssl select selectors multiprocessing subprocess http urllib"
_STORES = "sqlalchemy alembic sqlite3 redis"
OUTSIDE: Mapping[str, str] = {
    "model": f"{_WORLD} {_STORES} threading time os pydantic",
    "rules": f"{_WORLD} {_STORES} threading time aiosmtpd uvicorn starlette",
    "wording": f"{_WORLD} {_STORES} threading time pydantic",
    "regulations": f"{_WORLD} {_STORES} aiosmtpd",
    "lifecycle": f"{_WORLD} {_STORES} threading time",
    "passwords": f"{_WORLD} {_STORES} threading time os pydantic",
    "conduct.judge": f"{_WORLD} {_STORES} threading time",
    "throttle.decide": f"{_WORLD} {_STORES} threading time",
    "rates": f"{_WORLD} {_STORES} threading time os pydantic",
    "payers": f"{_WORLD} {_STORES} threading time os pydantic",
    "tariff": f"{_WORLD} {_STORES} threading time os",
    "vietnamese": f"{_WORLD} {_STORES} threading pydantic",
    "message": f"{_STORES} socket ssl pydantic aiosmtpd",
    "message.scan": _WORLD,  # sans-IO: bytes in, facts out
    "smtp.dotstream": f"{_WORLD} aiosmtpd",
    "smtp": _STORES,
    "upstream": f"{_STORES} aiosmtpd",
    "pipeline": f"{_STORES} socket ssl aiosmtpd",
    "journal": "aiosmtpd socket ssl",
}


@dataclass(frozen=True, order=True)
class Arrow:
    """One import: where it stands, and whom it names (with `gateway.` for ours)."""

    file: str
    line: int
    source: str
    target: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.source} -> {self.target}"


def arrows(package: Path) -> Iterator[Arrow]:
    """Every import of a package, wherever in a file it stands."""
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        inside = module if parts[-1] == "__init__" else module.rpartition(".")[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for target in _targets(node, inside, package):
                yield Arrow(str(path.relative_to(package.parent)), node.lineno, module, target)


def _targets(node: ast.AST, inside: str, package: Path) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            base = ".".join(
                [*inside.split(".")[: len(inside.split(".")) - node.level + 1], *filter(None, [node.module])]
            )
        yield from (_module(f"{base}.{alias.name}", base, package) for alias in node.names)


def _module(name: str, base: str, package: Path) -> str:
    """`from gateway import errors` names a module, `from gateway.errors import Problem` something in one."""
    place = package.parent.joinpath(*name.split("."))
    return name if place.with_suffix(".py").exists() or place.is_dir() else base


def wrong(package: Path) -> list[str]:
    """Every arrow that the tables above do not allow, as text."""
    name = package.name
    return [text for arrow in sorted(set(arrows(package))) if (text := _judge(arrow, name))]


def _judge(arrow: Arrow, package: str) -> str:
    source = arrow.source.removeprefix(package).lstrip(".")
    top, _, rest = arrow.target.partition(".")
    if not source or (top == package and not rest):
        return ""
    if top != package:
        forbidden = {word for place, words in OUTSIDE.items() if _within(source, place) for word in words.split()}
        return f"{arrow} (this room must not know the outside world)" if top in forbidden else ""
    room, target_room = source.partition(".")[0], rest.partition(".")[0]
    if room == target_room:
        return ""
    if room not in ARROWS or target_room not in ARROWS:
        return f"{arrow} (a room without a place in ARROWS)"
    allowed = ARROWS[room].split()
    fine = "*" in allowed or any(_within(rest, place) for place in allowed)
    return "" if fine else f"{arrow} (allowed: {ARROWS[room] or 'nothing of ours'})"


def _within(module: str, place: str) -> bool:
    return module == place or module.startswith(f"{place}.")


def test_imports_run_one_way() -> None:
    found = wrong(PACKAGE)
    assert not found, "\n".join(["these imports run the wrong way:", *found])


def test_every_module_has_a_place() -> None:
    names = {path.stem for path in PACKAGE.glob("*.py") if path.stem != "__init__"}
    names |= {path.name for path in PACKAGE.iterdir() if path.is_dir() and any(path.glob("*.py"))}
    assert names <= ARROWS.keys(), f"say in ARROWS where these stand: {sorted(names - ARROWS.keys())}"


def test_the_table_has_no_circle() -> None:
    below: dict[str, set[str]] = {room: {word.partition(".")[0] for word in ARROWS[room].split()} for room in ARROWS}
    below["cli"] = set(ARROWS) - {"cli", "__main__"}
    while free := {room for room, lower in below.items() if not lower}:
        below = {room: lower - free for room, lower in below.items() if room not in free}
    assert not below, f"these know each other: {sorted(below)}"


def test_no_relative_imports() -> None:
    pattern = re.compile(r"^\s*from \.", re.MULTILINE)
    assert [str(path) for path in PACKAGE.rglob("*.py") if pattern.search(path.read_text(encoding="utf-8"))] == []


class TestOnAnotherTree:
    """The test itself: a wrong import in a small tree is found, wherever and however it is written."""

    @pytest.fixture
    def tree(self, tmp_path: Path) -> Path:
        package = tmp_path / "gateway"
        for name in (
            "__init__",
            "model",
            "errors",
            "config",
            "cli/__init__",
            "rules/__init__",
            "rules/cap",
            "smtp/__init__",
        ):
            path = package / f"{name}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("from __future__ import annotations\n")
        (package / "rules/cap.py").write_text("from gateway.model import Facts\nimport gateway.errors\nimport re\n")
        return package

    def test_a_good_tree(self, tree: Path) -> None:
        assert wrong(tree) == []

    @pytest.mark.parametrize(
        ("file", "line", "arrow"),
        [
            ("model", "from gateway.errors import CongThuError", "gateway.model -> gateway.errors"),
            ("model", "from gateway import errors", "gateway.model -> gateway.errors"),
            ("model", "import gateway.errors as e", "gateway.model -> gateway.errors"),
            ("errors", "from .model import Reply", "gateway.errors -> gateway.model"),
            ("rules/cap", "from gateway.smtp import Session", "gateway.rules.cap -> gateway.smtp"),
            ("rules/cap", "from ..smtp import Session", "gateway.rules.cap -> gateway.smtp"),
            ("rules/cap", "def f():\n    from gateway.cli import main", "gateway.rules.cap -> gateway.cli"),
            ("rules/cap", "if TYPE_CHECKING:\n    import gateway.cli", "gateway.rules.cap -> gateway.cli"),
            ("rules/cap", "import asyncio", "gateway.rules.cap -> asyncio"),
            ("rules/cap", "from sqlalchemy.orm import Session", "gateway.rules.cap -> sqlalchemy.orm"),
            ("rules/__init__", "from . import cap\nfrom socket import socket", "gateway.rules -> socket"),
            ("smtp/__init__", "from gateway import rules", "gateway.smtp -> gateway.rules"),
            ("smtp/__init__", "import sqlite3", "gateway.smtp -> sqlite3"),
            ("newroom", "from gateway.model import Reply", "gateway.newroom -> gateway.model"),
        ],
    )
    def test_a_wrong_one_is_named(self, tree: Path, file: str, line: str, arrow: str) -> None:
        path = tree / f"{file}.py"
        path.write_text((path.read_text() if path.exists() else "") + line + "\n")
        (found,) = wrong(tree)
        assert found.startswith(f"gateway/{file}.py:")
        assert f": {arrow} (" in found
