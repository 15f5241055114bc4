"""What each sign counts for. Only numbers live here; `python -m benchmarks.requests --fit` makes them."""

from __future__ import annotations

BIAS = -3.36
WEIGHTS = {
    "account": -0.11,
    "acts-announce": -0.20,
    "acts-report": -0.02,
    "acts-rules": 0.08,
    "asks": 5.90,
    "directs": -0.32,
    "done": -1.95,
    "lacks": 1.58,
    "list": -0.17,
    "list-addresses": 1.42,
    "list-people": 0.48,
    "name": 2.30,
    "newsletter": -0.49,
    "quoted-asks": 2.50,
    "quoted-says": 0.50,
    "reason": 0.43,
    "rules": -0.39,
    "says": 0.48,
    "settled": -0.37,
    "tells": -1.19,
    "title": 4.37,
    "title-account": 0.70,
    "title-announce": -0.52,
    "title-report": -0.62,
    "wants": 1.28,
}
