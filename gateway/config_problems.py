"""What is wrong with a configuration, said in plain words.

Turns the validation library's findings into our Problems: the key as a person would write it, the value with secrets
masked, and what to write instead. Nothing of the library's own wording passes. It knows no files and no rooms.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gateway.config import Settings
from gateway.config_schema import Location, annotation_at, choices_of, kind, section_at, section_in, settings_of
from gateway.errors import Problem

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_SECRET_KEY = re.compile(r"pass|secret|token|credential|api_?key", re.IGNORECASE)
_URL_PASSWORD = re.compile(r"://([^:/@\s]*):(\S*)@")
_QUERY_PASSWORD = re.compile(r"([?&]password=)[^&\s]+", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_LONGEST_VALUE = 80
_MASK = "********"
_NAME_FORM = "use small letters, digits, - and _, at most 32, beginning with a letter or a digit"
_FORMS = {
    "ldap.url": 'write "ldap://host:389" or "ldaps://host:636": no user, no path and no blank; "" for none',
    "rspamd.url": 'write "unix:/run/rspamd/worker.sock" or "http://127.0.0.1:11333": no user, no path; "" for none',
    "clamd.address": 'write "unix:/run/clamav/clamd.ctl" or "host:port"; "" for none',
}
"""What is accepted where a pattern decides and the key is no name."""


def translate(error: ErrorDetails, data: Mapping[str, Any]) -> Problem:
    """One finding of the validation as a Problem; `data` is the whole parsed file."""
    location = error["loc"]
    value = "(not set)" if error["type"] == "missing" else show(error["input"], key=str(location[-1]))
    return Problem(key_path(location), value, _hint(error, data))


def key_path(location: Location) -> str:
    """`listener[0].max_size` for ("listener", 0, "max_size"); a key with odd characters is quoted as in TOML."""
    path = ""
    for step in location:
        if isinstance(step, int):
            path += f"[{step}]"
            continue
        bare = step if re.fullmatch(r"[A-Za-z0-9_-]+", step) else f'"{_printable(step)}"'
        path += f".{bare}" if path else bare
    return path


def show(value: object, *, key: str = "") -> str:
    """A value for people: secrets masked, control characters escaped, at most about 80 characters."""
    if _SECRET_KEY.search(key):
        return _MASK
    if isinstance(value, Mapping):
        return "{" + ", ".join(_printable(str(name)) for name in list(value)[:8]) + "}"
    if isinstance(value, list | tuple):
        text = "[" + ", ".join(show(item) for item in value[:8]) + "]"
    elif isinstance(value, bool):
        text = str(value).lower()
    else:
        text = f'"{mask(value)}"' if isinstance(value, str) else str(value)
    return _short(text)


def show_line(line: str) -> str:
    """A line of the file that cannot be parsed, as `show` shows a value."""
    return _MASK if _SECRET_KEY.search(line.partition("=")[0]) else _short(mask(line))


def _short(text: str) -> str:
    text = _printable(text[: 4 * _LONGEST_VALUE])
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def mask(text: str) -> str:
    """Text without what must not be shown: a URL's password, a pasted private key."""
    if "PRIVATE KEY" in text:
        return _MASK
    return _QUERY_PASSWORD.sub(rf"\1{_MASK}", _URL_PASSWORD.sub(rf"://\1:{_MASK}@", text))


def nearest(word: str, known: Sequence[str]) -> str:
    """`; did you mean "max_size"?`, or nothing where no known word is near."""
    found = difflib.get_close_matches(word[:64].lower(), known, n=1, cutoff=0.6)
    return f'; did you mean "{found[0]}"?' if found else ""


def _printable(text: str) -> str:
    return _CONTROLS.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _hint(error: ErrorDetails, data: Mapping[str, Any]) -> str:
    location, found = error["loc"], error["type"]
    if found == "extra_forbidden":
        return _unknown_key(location)
    annotation = annotation_at(location)
    if found == "missing":
        return f"this key is required: write {kind(annotation)}"
    if found == "string_pattern_mismatch":
        return _FORMS.get(key_path(location), "") or _NAME_FORM
    if found == "string_too_long":
        most = error.get("ctx", {}).get("max_length", 1)
        return "write one character in quotes, or none" if most == 1 else f"write at most {most} characters"
    if found == "string_too_short":
        return "write a reason that a colleague will understand in a year"
    if hint := _wrong_table(location, error["input"]):
        return hint
    if choices := choices_of(annotation):
        return "write " + kind(annotation) + nearest(str(error["input"]), choices)
    return _wrong_value(error, annotation, data)


def _wrong_value(error: ErrorDetails, annotation: Any, data: Mapping[str, Any]) -> str:
    context = error.get("ctx", {})
    if error["type"] == "value_error":
        return str(context["error"])  # our own validators' words
    for setting in settings_of(section_at(error["loc"])):
        if setting.name == error["loc"][-1]:
            return f"write {setting.kind}" + _number_in_quotes(error["input"])
    return f"write {kind(annotation)}" if annotation is not None else "this value cannot be used"


def _number_in_quotes(value: object) -> str:
    return "; leave the quotes away" if isinstance(value, str) and re.fullmatch(r"\d+|true|false", value) else ""


def _unknown_key(location: Location) -> str:
    section, name = section_at(location), str(location[-1])
    known = [setting.name for setting in settings_of(section)]
    if section is not Settings and name in Settings.model_fields:
        return f"there is no such key here; {header(name)} is a table of its own"
    where = [path for path, other in _elsewhere().items() if name in other]
    if where:
        return f"there is no such key here; it belongs to {' or '.join(where)}"
    if hint := nearest(name, known):
        return "there is no such key" + hint
    return "there is no such key; known here: " + ", ".join(known)


def _elsewhere() -> dict[str, set[str]]:
    """The keys of each table, by the table's header as it is written."""
    tables = {}
    for setting in settings_of(Settings):
        if setting.section:
            tables[header(setting.name)] = {inner.name for inner in settings_of(setting.section)}
    return tables


def header(name: str) -> str:
    """How a table is written: `[gateway]`, `[[listener]]`, `[upstream.NAME]`."""
    words = kind(annotation_at((name,)))
    if words.startswith("a list"):
        return f"[[{name}]]"
    return f"[{name}.NAME]" if name == "upstream" else f"[{name}]"


def _wrong_table(location: Location, value: object) -> str:
    """The commonest slip: one pair of brackets for two, or the other way round."""
    annotation = annotation_at(location)
    if annotation is None or not (section_in(annotation) or kind(annotation) in ("a table", "a list of tables")):
        return ""
    top = str(location[0])
    if top == "upstream" and len(location) == 2:
        return "give the next hop a name: [upstream.NAME], and its keys below that line"
    if top == "rules" and len(location) == 2:
        return 'write "enforce", "observe" or "off", or a table: { mode = "enforce", limit = "15MiB" }'
    if len(location) == 1 and isinstance(value, dict):
        return f"there may be several: write {header(top)} with two pairs of brackets"
    if len(location) == 1:
        return f"this is a table: write {header(top)} and its keys below that line"
    return f"write {kind(annotation)}"
