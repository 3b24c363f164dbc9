"""Timed: deletes what has served its purpose, so that the tables that every request touches stay small."""

from datetime import timedelta

from commerce_api.domain.order import KEPT
from commerce_api.operations.services import Services
from commerce_api.persistence import expired

KEEP_ANSWERS = timedelta(hours=48)
"""Of idempotent requests; at least 24 hours are promised (K5)."""
KEEP_TOKENS = timedelta(days=7)
KEEP_SESSIONS = timedelta(days=30)
KEEP_FILES = timedelta(days=7)
"""Uploads and exports."""
KEEP_TASKS = timedelta(days=30)
"""Done ones. A dedupe key can be used again after that."""

KEEP_SEARCHES = timedelta(days=400)
"""A year and a bit, so that a season can be compared with the one before."""


async def purge(services: Services) -> None:
    at = services.now()
    async with services.database.connection() as connection:
        await expired.delete_answers(connection, before=at - KEEP_ANSWERS)
        await expired.delete_throttles(connection, before=at)
        await expired.delete_tokens(connection, before=at - KEEP_TOKENS)
        await expired.delete_sessions(connection, before=at - KEEP_SESSIONS)
        await expired.delete_files(connection, before=at - KEEP_FILES)
        await expired.delete_searches(connection, before=at - KEEP_SEARCHES)
        await expired.delete_customer_fields(connection, at=at)
        await expired.delete_edits(connection, before=at - KEPT)
        await expired.delete_tasks(connection, before=at - KEEP_TASKS)
