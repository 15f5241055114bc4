"""Templates: Jinja2, everything escaped, nothing undefined, every text cleaned (text.py) on its way out."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

import jinja2
from markupsafe import Markup

from gateway.console import assets, charts, text, words

_DAY: Final = 86400.0


def _finalize(value: Any) -> Any:
    if isinstance(value, Markup):
        return value
    if value is None:
        return ""
    return text.clean(value) if isinstance(value, str) else value


@cache
def environment() -> jinja2.Environment:
    """The templates of this package."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("gateway.console"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {"size": text.size, "number": text.number, "moment": text.moment, "minute": text.minute}
    made.filters |= {"day": text.day, "clip": text.clip, "address": text.address}
    made.globals |= {"asset": assets.address, "charts": charts}
    return made


def render(template: str, language: str, **values: Any) -> str:
    """A page's text. `t` and `word` speak the language."""

    def t(vi: str, en: str) -> str:
        return en if language == "en" else vi

    def word(table: str, name: str) -> str:
        return words.word(table, name, language)

    speak: dict[str, Callable[..., str] | str] = {"t": t, "word": word, "language": language}
    return environment().get_template(template).render({**values, **speak})
