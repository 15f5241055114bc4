"""Writes config.example.toml and docs/configuration.md from the settings themselves; a test fails when they differ.

    python -m gateway.config_example > config.example.toml
    python -m gateway.config_example --reference > docs/configuration.md

In the example, "# " begins an explanation and "#" without a blank begins a setting that is switched off; every one of
those shows its default, or an example where there is none. Removing all those "#" gives a file that loads.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator, Mapping

from gateway.config import Settings
from gateway.config_schema import Setting, settings_of
from gateway.config_topologies import EXAMPLES, LISTENER, TOPOLOGIES, UPSTREAM, VALUES
from gateway.config_values import Section

_WIDTH = 110
_TITLE = """\
# Cổng Thư: every setting, with its default.
#
# "# " begins an explanation; "#" without a blank begins a setting that is switched off and shows its default (or an
# example, where there is no default). Sizes: bytes, or "512KiB", "15MiB". Durations: seconds, or "30s", "5m", "1h".
# Addresses: "host:port". After a change: congthu check-config FILE --connect, then systemctl reload congthu.
#
# Written by `make config-example` from gateway/config.py: change it there.
"""
_NO_DEFAULT = {
    "hostname": "this machine's full name",
    "auth": "true on submission",
    "auth_required": "true on submission",
}
_NO_DEFAULT |= {
    "post_dot_timeout": '"30s" on submission, "5m" elsewhere',
    "tls_verify": "true with required and implicit",
}
_NO_DEFAULT |= {"mode": "the rule's own"}


def example() -> str:
    """The text of config.example.toml."""
    lines = [_TITLE]
    for setting in settings_of(Settings):
        lines += _block(setting)
    lines += [_heading("Topologies: take the one that fits, or several")]
    lines += [f"{_comment(title)}\n{_switched_off(text)}" for title, text in TOPOLOGIES]
    return "\n".join(lines).rstrip() + "\n"


def _block(setting: Setting) -> Iterator[str]:
    """One table of the file, with all its keys."""
    yield _heading(f"{header(setting)}  {_first_line(setting.description)}")
    if setting.section is None:
        return
    if setting.name == "rules":
        yield EXAMPLES["rules"]
        return
    active: Mapping[str, str] | None = {"gateway": VALUES, "listener": LISTENER, "upstream": UPSTREAM}.get(setting.name)
    off = "" if active is not None or not _is_list(setting) else "#"
    yield off + header(setting).replace("NAME", "mailserver")
    yield from _keys(setting.section, active or {})
    yield ""


def _keys(section: type[Section], active: Mapping[str, str]) -> Iterator[str]:
    for key in settings_of(section):
        yield _comment(_explain(key, active))
        if key.name in active:
            yield f"{key.name} = {active[key.name]}"
        elif key.section:
            yield f"#{key.name} = {EXAMPLES[f'{section.__name__}.{key.name}']}"
        else:
            yield f"#{key.name} = {_shown_value(section, key)}"


def _shown_value(section: type[Section], key: Setting) -> str:
    if key.default not in (None, "[]", '""'):
        return str(key.default)
    return EXAMPLES.get(f"{section.__name__}.{key.name}", str(key.default))  # None: no TOML, and a test says so


def _explain(key: Setting, active: Mapping[str, str]) -> str:
    text = key.description + _accepted(key)
    if key.required:
        return f"{text} Required."
    empty = key.default in (None, "[]", '""')
    if key.name in active or empty:
        default = _default_words(key)
        text += "" if "efault: " in text else f" Default: {default}."
    return text


def _accepted(key: Setting) -> str:
    """What the value alone does not show: the unit, the other words, the bounds."""
    if key.unit:
        return f" ({key.unit})"
    if key.kind.startswith("one of") and key.name != "direction":
        return f" ({key.kind})"
    return f" ({bounds})" if (bounds := key.kind.partition(", ")[2]).startswith(("from ", "at least ")) else ""


def _default_words(key: Setting) -> str:
    if key.name in _NO_DEFAULT and key.default is None:
        return _NO_DEFAULT[key.name]
    return "none" if key.default in (None, "[]", '""') else str(key.default)


def header(setting: Setting) -> str:
    """How the table of a top-level setting is written."""
    if _is_list(setting):
        return f"[[{setting.name}]]"
    return f"[{setting.name}.NAME]" if setting.name == "upstream" else f"[{setting.name}]"


def _is_list(setting: Setting) -> bool:
    return setting.kind == "a list of tables"


def _first_line(text: str) -> str:
    return " ".join(text.split("\n\n", maxsplit=1)[0].split())


def _heading(text: str) -> str:
    return "\n".join(["#" + " -" * 40, *(f"# {line}" for line in textwrap.wrap(text, _WIDTH)), ""])


def _comment(text: str) -> str:
    return "\n".join(f"# {line}" for line in textwrap.wrap(" ".join(text.split()), _WIDTH))


def _switched_off(text: str) -> str:
    return "".join(line if line[0] in "#\n" else f"#{line}" for line in text.splitlines(keepends=True))


def reference() -> str:
    """The text of docs/configuration.md."""
    lines = [_REFERENCE]
    for setting in settings_of(Settings):
        lines += _chapter(setting)
    return "\n".join(lines).rstrip() + "\n"


_REFERENCE = """\
# Configuration

One TOML file, named with `--config`, or in `$CONGTHU_CONFIG`, or `./config.toml`, or `/etc/congthu/config.toml`.
`congthu check-config FILE` says everything that is wrong with it; `--connect` also asks the next hops.
`config.example.toml` has every key with its default. This page is made from the same source by `make config-example`.

Sizes are bytes, or have a unit (`"512KiB"`, `"15MiB"`); durations are seconds, or have one (`"30s"`, `"5m"`, `"1h"`).
"""


def _chapter(setting: Setting) -> Iterator[str]:
    yield f"## `{header(setting)}`\n"
    yield f"{' '.join(setting.description.split())}\n"
    if setting.section is None:
        return
    yield from _table(setting.section)
    for key in settings_of(setting.section):
        if key.section:
            yield f"### `{setting.name}.{key.name}`\n"
            yield f"{' '.join((key.section.__doc__ or '').split())}\n"
            yield from _table(key.section)
    if setting.name == "rules":
        yield f"```toml\n{EXAMPLES['rules'].strip()}\n```\n"


def _table(section: type[Section]) -> Iterator[str]:
    yield "| key | what it does | accepted | default |"
    yield "|---|---|---|---|"
    for key in settings_of(section):
        default = "required" if key.required else f"`{_default_words(key)}`" if key.default else _default_words(key)
        cells = (f"`{key.name}`", key.description, key.kind, default if default != "`none`" else "none")
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""


if __name__ == "__main__":
    sys.stdout.write(reference() if "--reference" in sys.argv[1:] else example())
