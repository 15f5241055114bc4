"""What each sign counts for. Only numbers live here; `python -m benchmarks.requests --fit` makes them."""

from __future__ import annotations

BIAS = -3.57
WEIGHTS = {
    "account": 0.11,
    "acts-announce": -0.44,
    "acts-report": 0.00,
    "acts-rules": -0.09,
    "asks": 5.93,
    "directs": -0.39,
    "done": -1.05,
    "lacks": 0.12,
    "list": -0.26,
    "list-addresses": 1.98,
    "list-people": 0.53,
    "name": 1.85,
    "newsletter": -0.62,
    "quoted-asks": 2.73,
    "quoted-says": 0.03,
    "reason": 0.87,
    "rules": -0.47,
    "says": 1.08,
    "settled": -0.44,
    "tells": -1.58,
    "title": 4.51,
    "title-account": 0.46,
    "title-announce": -0.50,
    "title-report": -1.08,
    "wants": -0.10,
}
