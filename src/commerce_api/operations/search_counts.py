"""Counting searches: gathered in memory, and taken along to the database by a search every few seconds."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from commerce_api.domain.channel import Channel
from commerce_api.domain.search_tally import Searched, SearchTally, countable
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Database
from commerce_api.persistence.stores.search_counts import add_counts


async def count_search(tally: SearchTally, scope: Scope, search: str, *, hit: bool) -> Searched | None:
    """What was counted, for `count_again` when the same answer is given once more."""
    term, channel = countable(search), scope.channel
    searched = _searched(channel, scope, term) if term and channel.code else None
    await count_again(tally, scope.database, [(searched, hit)] if searched else (), scope.at)
    return searched


async def count_again(
    tally: SearchTally, database: Database, searches: Iterable[tuple[Searched, bool]], at: datetime
) -> None:
    for searched, hit in searches:
        tally.note(replace(searched, day=at.date()), hit=hit, at=at)
    if tally.due(at):
        await write_counts(tally, database)


async def write_counts(tally: SearchTally, database: Database) -> None:
    if taken := tally.take():
        async with database.connection() as connection:
            await add_counts(connection, taken)


def _searched(channel: Channel, scope: Scope, term: str) -> Searched:
    return Searched(channel_id=channel.id, day=scope.at.date(), language=scope.language, term=term)
