"""Counting searches: gathered in memory, and taken along to the database by a search every few seconds."""

from commerce_api.domain.channel import Channel
from commerce_api.domain.search_tally import Searched, SearchTally, countable
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Database
from commerce_api.persistence.stores.search_counts import add_counts


async def count_search(tally: SearchTally, scope: Scope, search: str, *, hit: bool) -> None:
    term, channel = countable(search), scope.channel
    if term and channel.code:
        tally.note(_searched(channel, scope, term), hit=hit, at=scope.at)
    if tally.due(scope.at):
        await write_counts(tally, scope.database)


async def write_counts(tally: SearchTally, database: Database) -> None:
    if taken := tally.take():
        async with database.connection() as connection:
            await add_counts(connection, taken)


def _searched(channel: Channel, scope: Scope, term: str) -> Searched:
    return Searched(channel_id=channel.id, day=scope.at.date(), language=scope.language, term=term)
