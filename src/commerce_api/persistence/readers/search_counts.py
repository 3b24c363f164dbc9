"""What was searched for most."""

from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Date, Select, Text, Uuid, bindparam, func, select, tuple_

from commerce_api.domain.value import value
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables.search import search_counts as t


@value
class TermPage:
    """Days from `since` to before `until`. `position` is the rank, the term and the language of the last one seen."""

    since: date | None
    until: date | None
    in_vain: bool
    limit: int
    backward: bool
    position: tuple[Any, ...] | None


def _counted(*, since: bool, until: bool, in_vain: bool) -> Select[Any]:
    counts = func.sum(t.c.without_hit if in_vain else t.c.searches)
    statement = (
        select(
            (-counts).cast(BigInteger).label("rank"),
            t.c.term,
            t.c.language,
            func.sum(t.c.searches).cast(BigInteger).label("searches"),
            func.sum(t.c.without_hit).cast(BigInteger).label("without_hit"),
        )
        .where(t.c.channel_id == bindparam("channel_id", type_=Uuid()))
        .group_by(t.c.term, t.c.language)
        .having(counts > 0)
    )
    if since:
        statement = statement.where(t.c.day >= bindparam("since", type_=Date()))
    return statement.where(t.c.day < bindparam("until", type_=Date())) if until else statement


@lru_cache(maxsize=32)
def _statements(
    *, since: bool, until: bool, in_vain: bool, backward: bool, positioned: bool
) -> tuple[Statement, Statement]:
    """The page, and the count of all."""
    counted = _counted(since=since, until=until, in_vain=in_vain).subquery("counted")
    order = (counted.c.rank, counted.c.term, counted.c.language)
    page = select(counted).order_by(*(each.desc() if backward else each for each in order)).limit(bindparam("limit"))
    if positioned:
        here = tuple_(
            bindparam("rank", type_=BigInteger()),
            bindparam("term", type_=Text(collation="C")),
            bindparam("language", type_=Text()),
        )
        page = page.where(tuple_(*order) < here if backward else tuple_(*order) > here)
    return Statement(page), Statement(select(func.count()).select_from(counted))


def _asked(scope: Scope, page: TermPage) -> tuple[tuple[Statement, Statement], dict[str, Any]]:
    statements = _statements(
        since=page.since is not None,
        until=page.until is not None,
        in_vain=page.in_vain,
        backward=page.backward,
        positioned=page.position is not None,
    )
    rank, term, language = page.position or (None, None, None)
    place = {"rank": rank, "term": term, "language": language, "limit": page.limit}
    return statements, {**place, "channel_id": scope.channel.id, "since": page.since, "until": page.until}


async def term_page(scope: Scope, page: TermPage) -> list[Row]:
    (statement, _), values = _asked(scope, page)
    async with scope.database.connection() as connection:
        return await connection.fetch(statement, **values)


async def count_terms(scope: Scope, page: TermPage) -> int:
    (_, statement), values = _asked(scope, page)
    async with scope.database.connection() as connection:
        return int(await connection.fetch_value(statement, **values))
