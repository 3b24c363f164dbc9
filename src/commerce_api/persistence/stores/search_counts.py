"""Adds what was counted to what was counted before."""

from collections.abc import Mapping

from sqlalchemy.dialects.postgresql import insert

from commerce_api.domain.search_tally import Searched
from commerce_api.persistence.rows import row_set
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables.search import search_counts

_NAMES = ("channel_id", "day", "language", "term", "searches", "without_hit")
_given = row_set(search_counts, *_NAMES)
_new = insert(search_counts).from_select(
    _NAMES, _given.select().order_by(*(_given.c[name] for name in ("channel_id", "day", "language", "term")))
)
_ADD = Statement(
    _new.on_conflict_do_update(
        index_elements=["channel_id", "day", "language", "term"],
        set_={name: search_counts.c[name] + _new.excluded[name] for name in ("searches", "without_hit")},
    )
)
"""In the order of the key, so that processes that write at once wait for each other at most."""


async def add_counts(connection: Connection, counted: Mapping[Searched, tuple[int, int]]) -> None:
    rows = [
        {
            "channel_id": searched.channel_id,
            "day": searched.day.isoformat(),
            "language": searched.language,
            "term": searched.term,
            "searches": searches,
            "without_hit": without_hit,
        }
        for searched, (searches, without_hit) in counted.items()
    ]
    await connection.execute(_ADD, rows=rows)
