"""What each sign counts for. Only numbers live here; `python -m benchmarks.requests --fit` makes them."""

from __future__ import annotations

BIAS = -3.35
WEIGHTS = {
    "account": -0.12,
    "acts-announce": -0.19,
    "acts-report": -0.02,
    "acts-rules": 0.05,
    "asks": 5.88,
    "directs": -0.32,
    "done": -1.95,
    "forwards": 2.00,
    "lacks": 1.58,
    "list": -0.19,
    "list-addresses": 1.43,
    "list-people": 0.47,
    "name": 2.30,
    "newsletter": -0.49,
    "quoted-asks": 2.50,
    "quoted-says": 0.50,
    "reason": 0.42,
    "rules": -0.29,
    "says": 0.46,
    "settled": -0.38,
    "tells": -1.19,
    "title": 4.40,
    "title-account": 0.70,
    "title-announce": -0.52,
    "title-report": -0.62,
    "wants": 1.28,
}
