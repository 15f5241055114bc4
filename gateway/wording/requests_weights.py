"""What each sign counts for. Only numbers live here; `python -m benchmarks.requests --fit` makes them."""

from __future__ import annotations

BIAS = -3.28
WEIGHTS = {
    "account": -0.12,
    "acts-announce": -0.23,
    "acts-report": -0.02,
    "acts-rules": 0.08,
    "asks": 6.03,
    "directs": -0.33,
    "done": -0.92,
    "lacks": 1.72,
    "list": -0.27,
    "list-addresses": 1.45,
    "list-people": 0.54,
    "name": 2.47,
    "newsletter": -0.50,
    "quoted-asks": 2.38,
    "quoted-says": 0.06,
    "reason": 0.41,
    "rules": -0.44,
    "says": 0.45,
    "settled": -0.42,
    "tells": -1.39,
    "title": 4.39,
    "title-account": 0.39,
    "title-announce": -0.41,
    "title-report": -0.92,
    "wants": 1.30,
}
