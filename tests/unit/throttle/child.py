"""A process that reserves: `python -m tests.unit.throttle.child JSON`. Prints how many it was granted.

`how`: "all": as many as it gets; "crash": the same, then it dies without settling or closing anything.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

from gateway.rates import Ask, Charge, Limit, LimitStore, Measure, Scope

_TIMEOUT = 30.0


def store_at(place: str, now: float) -> LimitStore:
    """The store of a test: a URL of Redis, or a SQLite file."""
    if "://" in place:
        from gateway.throttle.redis import RedisLimits

        return RedisLimits(place, timeout=_TIMEOUT, clock=lambda: now)
    from gateway.throttle.sqlite import SqliteLimits

    return SqliteLimits(Path(place), timeout=_TIMEOUT, clock=lambda: now)


async def main(order: dict[str, object]) -> None:
    """Ask at once for everything that may be asked."""
    store = store_at(str(order["place"]), float(str(order["now"])))
    account = Charge(Scope.MAILBOX, str(order["who"]), (Limit(Measure.RECIPIENTS, 86400, int(str(order["limit"]))),))
    await store.start()
    asks = [Ask((account,), (f"p{os.getpid()}.{number}@xa.example",)) for number in range(int(str(order["each"])))]
    grants = await asyncio.gather(*(store.reserve(ask) for ask in asks))
    print(sum(grant.granted[0] for grant in grants), flush=True)
    if order["how"] == "crash":
        os._exit(9)
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
