"""Nothing is measured before both answered the same."""

from typing import Any

import httpx

from bench.walk import walked
from bench.workloads import Workload


async def check(workload: Workload, ours: httpx.AsyncClient, theirs: httpx.AsyncClient, *, most: int) -> None:
    """Compare the answers to the first `most` requests; a difference ends the run."""
    for turn in range(min(most, len(workload.ours[0].bodies))):
        pairs = zip(await walked(workload.ours, ours, turn), await walked(workload.theirs, theirs, turn), strict=True)
        if difference := next((found for pair in pairs if (found := different(*pair))), None):
            raise SystemExit(f"{workload.key}, request {turn}: {difference}")


def different(ours: Any, theirs: Any, path: str = "") -> str | None:
    """Where two answers begin to differ."""
    if isinstance(ours, dict) and isinstance(theirs, dict) and ours.keys() == theirs.keys():
        pairs = ((f"{path}.{key}", ours[key], theirs[key]) for key in ours)
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        pairs = ((f"{path}[{place}]", *both) for place, both in enumerate(zip(ours, theirs, strict=True)))
    else:
        return None if ours == theirs else f"{path} is {ours!r} and by hand {theirs!r}"
    return next((found for where, one, other in pairs if (found := different(one, other, where))), None)
