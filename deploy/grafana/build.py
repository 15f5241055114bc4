"""Writes dashboard.json, for Grafana 9 and later: `python -m deploy.grafana.build > deploy/grafana/dashboard.json`.

The panels stand in panels.py, a line each; here is only what Grafana wants around them. A test holds the two together.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from deploy.grafana.panels import ROWS, Panel, Row

WIDTH = 24  # Grafana's columns
_SOURCE = {"type": "prometheus", "uid": "${datasource}"}
_COLOURS = {"mode": "palette-classic"}


def _variables() -> list[dict[str, Any]]:
    """What can be chosen on top: the data source and the nodes."""
    source = {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus"}
    query = "label_values(congthu_build_info, instance)"
    nodes = {
        "name": "instance",
        "label": "Nút / Node",
        "type": "query",
        "datasource": _SOURCE,
        "definition": query,
        "query": {"query": query, "refId": "instance"},
        "refresh": 2,
        "sort": 1,
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
    }
    return [source, nodes]


def _steps(panel: Panel) -> dict[str, Any]:
    """Green, and red from (or below) the panel's threshold."""
    if panel.bad_from is not None:
        steps = [{"color": "green", "value": None}, {"color": "red", "value": panel.bad_from}]
    elif panel.good_from is not None:
        steps = [{"color": "red", "value": None}, {"color": "green", "value": panel.good_from}]
    else:
        steps = [{"color": "green", "value": None}]
    return {"mode": "absolute", "steps": steps}


def _panel(panel: Panel, number: int, x: int, y: int) -> dict[str, Any]:
    defaults: dict[str, Any] = {"unit": panel.unit, "min": 0, "thresholds": _steps(panel)}
    options: dict[str, Any]
    if panel.kind == "stat":
        defaults["color"] = {"mode": "thresholds"}
        options = {"reduceOptions": {"calcs": ["lastNotNull"]}, "colorMode": "background", "textMode": "auto"}
    else:
        stacking = {"mode": "normal" if panel.stacked else "none", "group": "A"}
        defaults["color"] = _COLOURS
        defaults["custom"] = {"fillOpacity": 20 if panel.stacked else 5, "lineWidth": 1, "stacking": stacking}
        options = {
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
            "tooltip": {"mode": "multi", "sort": "desc"},
        }
    return {
        "id": number,
        "type": panel.kind,
        "title": f"{panel.vi} / {panel.en}",
        "description": panel.note,
        "datasource": _SOURCE,
        "gridPos": {"x": x, "y": y, "w": panel.width, "h": panel.height},
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": options,
        "targets": [
            {"refId": chr(ord("A") + at), "datasource": _SOURCE, "expr": expr, "legendFormat": legend, "range": True}
            for at, (expr, legend) in enumerate(panel.queries)
        ],
    }


def _placed(rows: tuple[Row, ...]) -> Iterator[dict[str, Any]]:
    """Every row and its panels, from left to right and from top to bottom."""
    number = y = 0
    for row in rows:
        number += 1
        title = f"{row.vi} / {row.en}"
        grid = {"x": 0, "y": y, "w": WIDTH, "h": 1}
        yield {"id": number, "type": "row", "title": title, "collapsed": False, "gridPos": grid, "panels": []}
        x, y, tallest = 0, y + 1, 0
        for panel in row.panels:
            if x + panel.width > WIDTH:
                x, y, tallest = 0, y + tallest, 0
            number += 1
            yield _panel(panel, number, x, y)
            x, tallest = x + panel.width, max(tallest, panel.height)
        y += tallest


def dashboard() -> dict[str, Any]:
    """The whole dashboard, as Grafana imports it."""
    return {
        "uid": "congthu",
        "title": "Cổng Thư",
        "description": "Thư, người gửi, giới hạn, nút / Mail, senders, limits, nodes",
        "tags": ["congthu", "mail"],
        "schemaVersion": 38,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "browser",
        "templating": {"list": _variables()},
        "annotations": {"list": []},
        "links": [],
        "panels": list(_placed(ROWS)),
    }


if __name__ == "__main__":
    print(json.dumps(dashboard(), ensure_ascii=False, indent=1))
