"""Searches that staff keep: one's own, and those that others share."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import bindparam, func, or_, select

from commerce_api.domain.order.finding import OrderSort
from commerce_api.domain.order.searches import OrderSearch
from commerce_api.persistence.rows import among
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables.finding import order_searches as t

_SEEN = or_(t.c.shared, t.c.owner_id == bindparam("actor_id", type_=t.c.owner_id.type))
_BY_ID = Statement(select(t).where(among(t.c.id), _SEEN))
_COUNT = Statement(select(func.count()).select_from(t).where(_SEEN))


async def order_searches_by_id(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, OrderSearch]:
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_BY_ID, ids=list(ids), actor_id=scope.actor.id)
    return {row["id"]: search_of(row) for row in rows}


async def all_order_searches(
    scope: Scope, *, position: tuple[UUID, ...] | None, limit: int, backward: bool
) -> list[OrderSearch]:
    """The newest first; from `position` on."""
    query = select(t).where(_SEEN)
    if position:
        query = query.where(t.c.id > position[0] if backward else t.c.id < position[0])
    query = query.order_by(t.c.id if backward else t.c.id.desc()).limit(limit)
    async with scope.database.connection() as connection:
        return [search_of(row) for row in await connection.fetch(Statement(query), actor_id=scope.actor.id)]


async def count_order_searches(scope: Scope) -> int:
    async with scope.database.connection() as connection:
        counted: int = await connection.fetch_value(_COUNT, actor_id=scope.actor.id)
    return counted


def search_of(row: Row) -> OrderSearch:
    return OrderSearch(**{**row, "sort": OrderSort(row["sort"])})
