"""Reads a configuration file: finds it, parses TOML, validates, and says everything that is wrong at once.

`load` gives settings whose every value makes sense by itself; `check` (gateway.checks) asks whether they make sense
together and on this machine; `judge` says all that is wrong in either way. Nothing here starts or keeps anything.
"""

from __future__ import annotations

import contextlib
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gateway import config_judge
from gateway.checks import check
from gateway.config import Settings
from gateway.config_judge import Judgement
from gateway.config_places import place
from gateway.config_problems import show, show_line, translate
from gateway.errors import ConfigError, Problem

__all__ = ["CANDIDATES", "ENVIRONMENT", "Judgement", "check", "find", "judge", "load", "parse", "settings_from"]

ENVIRONMENT = "CONGTHU_CONFIG"
CANDIDATES = (Path("config.toml"), Path("/etc/congthu/config.toml"))
_DEMO = Path("demo-data/config.toml")  # what `congthu demo` writes
_LARGEST_FILE = 4 * 2**20  # bytes; a configuration of thousands of devices and exemptions is far below


def find() -> Path:
    """The configuration file where none was named: $CONGTHU_CONFIG, ./config.toml, /etc/congthu/config.toml.

    ConfigError where none of them exists.
    """
    if named := os.environ.get(ENVIRONMENT):
        return Path(named)
    for path in CANDIDATES:
        if path.exists():
            return path
    places = " or ".join(str(path) for path in CANDIDATES)
    hint = f"name it with --config FILE or in ${ENVIRONMENT}, or put it at {places}"
    hint += "; config.example.toml shows every key" + _there_is(_DEMO)
    raise ConfigError((Problem("configuration file", "(none found)", hint),))


def load(path: Path | None) -> Settings:
    """The settings of a file (None: of the one that `find` finds). ConfigError carries every problem, in file order."""
    path = find() if path is None else path
    return parse(_read(path), str(path))


def judge(path: Path | None) -> Judgement:
    """Everything that is wrong with a file, its sense included. ConfigError where it is not even TOML."""
    path = find() if path is None else path
    data = _toml(_read(path), str(path))
    try:
        return config_judge.judge(data)
    except RecursionError:
        raise ConfigError((_nested(str(path)),)) from None


def parse(text: str, name: str = "config.toml") -> Settings:
    """The settings of a configuration's text; `name` is the file's name for messages. ConfigError as in `load`."""
    return settings_from(_toml(text, name))


def settings_from(data: Mapping[str, Any]) -> Settings:
    """The settings of a parsed configuration. ConfigError as in `load`."""
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False)
    details.sort(key=lambda detail: place(detail["loc"], data))
    raise ConfigError(tuple(translate(detail, data) for detail in details))


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise ConfigError((Problem("configuration file", str(path), _why_unreadable(error, path)),)) from None
    if len(raw) > _LARGEST_FILE:
        raise ConfigError((Problem("configuration file", str(path), "larger than 4 MiB: is this the right file?"),))
    return _decode(raw, path)


def _decode(raw: bytes, path: Path) -> str:
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        hint = f"line {line} is not UTF-8: save the file as UTF-8"
        raise ConfigError((Problem(f"{path}:{line}", show(raw[error.start : error.start + 1].hex()), hint),)) from None


def _why_unreadable(error: OSError, path: Path) -> str:
    if isinstance(error, FileNotFoundError):
        named = f" (${ENVIRONMENT} names it)" if os.environ.get(ENVIRONMENT) == str(path) else ""
        nearby = _there_is(path.with_suffix(".toml"), path.parent / CANDIDATES[0], _DEMO, *CANDIDATES)
        return f"there is no such file{named}" + (nearby or ": check the path; config.example.toml is a start")
    if isinstance(error, IsADirectoryError):
        return "this is a folder: name the file in it" + _there_is(path / CANDIDATES[0])
    if isinstance(error, PermissionError):
        return "this user may not read the file: change its owner or mode"
    return f"cannot be read: {os.strerror(error.errno) if error.errno else 'unknown error'}"


def _there_is(*paths: Path) -> str:
    """`; there is FILE`, the first of these that exists."""
    for path in paths:
        with contextlib.suppress(OSError):
            if path.is_file():
                return f"; there is {path}"
    return ""


_CUT = "the file ends in the middle of a value: a bracket or a quote is never closed"
_VALUE = 'write text in quotes ("…"), numbers and true or false without'
_SYNTAX = (
    ("Cannot overwrite a value", "this key is set twice: keep one"),
    ("Cannot declare", "this table is written twice: keep one, or use [[…]] where there may be several"),
    ("Cannot mutate immutable", "this table was closed above: put its keys there"),
    ("Unclosed array", "a [ is never closed with ]"),
    ("Unclosed inline table", "a { is never closed with }"),
    ("Expected '=' after a key", "write name = value"),
    ("Expected ']", "a table's name ends with ], and a list's with ]]"),
    ("Invalid initial character for a key", "write name = value; a name has letters, digits, - and _"),
    ("Invalid value", _VALUE),
    ("Unterminated string", "a quote is never closed"),
    ("Expected newline or end of document", "one key a line; text stands in quotes"),
    ("Illegal character", "a control character or a line break inside quotes: is a quote missing?"),
    ("Unescaped '\\'", "write a backslash twice, or use single quotes"),
    ("Duplicate inline table key", "this key is set twice: keep one"),
)


def _toml(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError((_syntax_problem(str(error), text, name),)) from None
    except RecursionError:
        raise ConfigError((_nested(name),)) from None


def _nested(name: str) -> Problem:
    return Problem(name, "(deeply nested)", "lists or tables are nested too deeply")


def _syntax_problem(message: str, text: str, name: str) -> Problem:
    match = re.search(r"at line (\d+), column (\d+)", message)
    line = int(match[1]) if match else text.count("\n") + 1
    column = int(match[2]) if match else 0
    hint = next((hint for start, hint in _SYNTAX if message.startswith(start)), "a slip of the pen near here")
    hint = _CUT if hint == _VALUE and not match else hint
    where = f"line {line}, column {column}" if column else f"line {line}, the end of the file"
    lines = text.split("\n")
    source = lines[line - 1].strip() if line <= len(lines) else ""
    return Problem(f"{name}:{line}", show_line(source), f"not TOML at {where}: {hint}")
