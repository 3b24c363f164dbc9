"""`/metrics` for Prometheus: requests by operation, database connections, and how far the outbox is behind.

With several server processes all of them count into one folder (PROMETHEUS_MULTIPROC_DIR, which the parent names), so that it
does not matter which of them answers.
"""

import os
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from commerce_api.persistence import outbox
from commerce_api.persistence.connections import PoolUsage
from commerce_api.persistence.outbox import Depth

_NAME: Final = re.compile(r"[A-Za-z_]\w{0,63}")
_MOST_NAMES: Final = 200
_SECONDS: Final = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

_DURATIONS: Final = Histogram(
    "commerce_request_duration_seconds",
    "Requests by address, GraphQL operation and status.",
    ("path", "operation", "status"),
    buckets=_SECONDS,
)


class Names:
    """Names that clients choose, bounded: whoever comes after the first 200 is `other`."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def bounded(self, name: str | None) -> str:
        if name is None:
            return ""
        if name in self._known:
            return name
        if len(self._known) >= _MOST_NAMES or not _NAME.fullmatch(name):
            return "other"
        self._known.add(name)
        return name


def note_duration(path: str, operation: str, status: int, seconds: float) -> None:
    _counted_in(path, operation, status).observe(seconds)


@cache
def _counted_in(path: str, operation: str, status: int) -> Histogram:
    """There are as many as addresses, 200 names and statuses make."""
    return _DURATIONS.labels(path, operation, str(status))


async def show(request: Request) -> Response:
    app = request.app.state.app
    async with app.database.connection() as connection:
        depth = await outbox.depth(connection, at=app.now())
    age = (app.now() - depth.oldest).total_seconds() if depth.oldest else 0.0
    now = _Now(list(_gauges(app, depth, age)))
    return Response(generate_latest(_counted()) + generate_latest(now), media_type=CONTENT_TYPE_LATEST)


def _counted() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


class _Now(CollectorRegistry):
    """What is read at the moment of asking instead of being counted."""

    def __init__(self, metrics: list[Metric]) -> None:
        super().__init__()
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        yield from self._metrics


def _gauges(app: Any, depth: Depth, age: float) -> Iterator[Metric]:
    usage: PoolUsage = app.database.usage
    values: dict[str, tuple[str, Any]] = {
        "commerce_database_connections": ("Database connections that this process has open.", usage.open),
        "commerce_database_connections_idle": ("Of these, not in use.", usage.idle),
        "commerce_database_connections_most": ("How many it may have.", usage.most),
        "commerce_cache_bytes": (
            "Memory of this process that public answers, and what new carts are made of, are kept in.",
            app.cache.size,
        ),
        "commerce_cache_open": (
            "Whether any are kept: 0 while changes cannot be heard of.",
            app.cache.is_open,
        ),
        "commerce_outbox_waiting": ("Tasks not done yet.", depth.waiting),
        "commerce_outbox_failed": ("Tasks given up, for people to look at.", depth.failed),
        "commerce_outbox_age_seconds": ("How long the oldest due task has been waiting.", age),
    }
    for name, (what, value) in values.items():
        yield GaugeMetricFamily(name, what, value=value)


ROUTE = Route("/metrics", show, methods=["GET"])
