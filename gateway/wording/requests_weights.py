"""What each sign counts for. Only numbers live here; `python -m benchmarks.requests --fit` makes them."""

from __future__ import annotations

BIAS = -3.31
WEIGHTS = {
    "account": -0.18,
    "acts-announce": -0.35,
    "acts-report": -0.02,
    "acts-rules": 0.01,
    "asks": 5.97,
    "directs": -0.41,
    "done": -0.94,
    "lacks": 1.72,
    "list": -0.26,
    "list-addresses": 1.84,
    "list-people": 0.48,
    "name": 2.26,
    "newsletter": -0.57,
    "quoted-asks": 2.37,
    "quoted-says": 0.04,
    "reason": 0.73,
    "rules": -0.57,
    "says": 0.84,
    "settled": -0.44,
    "tells": -1.49,
    "title": 4.24,
    "title-account": 0.34,
    "title-announce": -0.47,
    "title-report": -0.98,
    "wants": 1.32,
}
