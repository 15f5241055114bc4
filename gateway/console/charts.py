"""Charts as SVG, drawn here: no script, no inline style (the page's policy forbids both), readable when printed.

Colours are classes of the style sheet. Every chart has a text for those who do not see it, and the page shows the same
figures as a table. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

from gateway.console.text import number

_WIDTH, _HEIGHT = 640, 200
_LEFT, _BOTTOM, _TOP = 56, 24, 10
_TICKS: Final = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what stands below it, its parts from the bottom up as (class, value), and its words for a pointer."""

    label: str
    parts: Sequence[tuple[str, float]]
    title: str = ""

    @property
    def total(self) -> float:
        """The bar's height."""
        return sum(value for _, value in self.parts)


def ceiling(value: float) -> float:
    """The scale's end: four whole and round steps, not below the value."""
    least = max(value / _TICKS, 1.0)
    power = 10.0 ** math.floor(math.log10(least))
    rounds = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if power >= 10 else (1, 2, 3, 4, 5, 6, 7, 8, 10)
    return _TICKS * next(step * power for step in rounds if step * power >= least)


def bars(items: Sequence[Bar], name: str, width: int = _WIDTH, height: int = _HEIGHT) -> Markup:
    """Upright bars with a scale; `name` says what they show."""
    top = ceiling(max((item.total for item in items), default=0.0))
    inner, tall = width - _LEFT - 8, height - _BOTTOM - _TOP
    step = inner / max(len(items), 1)
    drawn = [_scale(top, tick, inner, tall) for tick in range(_TICKS + 1)]
    every = max(1, math.ceil(len(items) / 14))
    for index, item in enumerate(items):
        drawn.append(_bar(item, _LEFT + index * step, step, tall, top, label=not index % every))
    return _svg(name, width, height, drawn)


def _scale(top: float, tick: int, inner: float, tall: float) -> Markup:
    y = _TOP + tall * (1 - tick / _TICKS)
    line = Markup('<line class="grid" x1="{}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>')
    text = Markup('<text class="scale" x="{}" y="{:.1f}" text-anchor="end">{}</text>')
    return line.format(_LEFT, y, _LEFT + inner, y) + text.format(_LEFT - 6, y + 4, number(top * tick / _TICKS))


def _bar(item: Bar, x: float, step: float, tall: float, top: float, *, label: bool) -> Markup:
    made, y = Markup("<g><title>{}</title>").format(item.title or item.label), float(_TOP + tall)
    broad = max(step * 0.68, 2.0)
    for kind, value in item.parts:
        high = tall * value / top
        high = max(high, 1.5) if value else 0.0
        y -= high
        shape = Markup('<rect class="fill-{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="1"/>')
        made += shape.format(kind, x + (step - broad) / 2, max(y, _TOP), broad, high)
    if label:
        text = Markup('<text class="scale" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>')
        made += text.format(x + step / 2, _TOP + tall + 16, item.label)
    return made + Markup("</g>")


def share(value: float, most: float, kind: str = "main") -> Markup:
    """A lying bar for a cell of a table: how much of `most` a value is. The figure itself stands beside it."""
    long = 100.0 * min(max(value / most, 0.0), 1.0) if most > 0 else 0.0
    drawn = Markup('<rect class="track" width="100" height="8" rx="2"/>')
    if long:
        drawn += Markup('<rect class="fill-{}" width="{:.1f}" height="8" rx="2"/>').format(kind, max(long, 1.0))
    whole = Markup('<svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">{}</svg>')
    return whole.format(drawn)


def _svg(name: str, width: int, height: int, drawn: Sequence[Markup]) -> Markup:
    start = Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">')
    return start.format(width, height, escape(name)) + Markup("").join(drawn) + Markup("</svg>")
