"""Which orders were parts of which: split off after placing, or placed with a cart that was a part of another's."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import bindparam, func, select, union_all

from commerce_api.persistence.rows import among
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables.buying import carts, orders

_first = orders.alias("first")
_placed_alone = (_first.c.cart_id == carts.c.split_from_id) & _first.c.split_from_id.is_(None)
_FROM = Statement(
    select(orders.c.id, func.coalesce(orders.c.split_from_id, _first.c.id).label("from_id"))
    .outerjoin(carts, (carts.c.id == orders.c.cart_id) & orders.c.split_from_id.is_(None))
    .outerjoin(_first, _placed_alone)
    .where(among(orders.c.id))
)
_split_off = select(orders.c.split_from_id.label("from_id"), orders.c.id, orders.c.placed_at).where(
    among(orders.c.split_from_id)
)
_placed = (
    select(_first.c.id.label("from_id"), orders.c.id, orders.c.placed_at)
    .join(carts, carts.c.id == orders.c.cart_id)
    .join(_first, _placed_alone)
    .where(among(_first.c.id), orders.c.split_from_id.is_(None))
)
_parts = union_all(_split_off, _placed).subquery()
_INTO = Statement(select(_parts.c.from_id, _parts.c.id).order_by(_parts.c.placed_at, _parts.c.id))

_up = select(orders.c.id, orders.c.split_from_id).where(orders.c.id == bindparam("id")).cte("up", recursive=True)
_up = _up.union_all(select(orders.c.id, orders.c.split_from_id).join(_up, orders.c.id == _up.c.split_from_id))
_all = select(_up.c.id).where(_up.c.split_from_id.is_(None)).cte("family", recursive=True)
_all = _all.union_all(select(orders.c.id).join(_all, orders.c.split_from_id == _all.c.id))
_OTHERS = Statement(
    select(func.coalesce(func.sum(orders.c.total), 0))
    .join(_all, _all.c.id == orders.c.id)
    .where(orders.c.id != bindparam("id"), orders.c.state != "CANCELED")
)


async def split_from(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, UUID]:
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_FROM, ids=list(ids))
    return {row["id"]: row["from_id"] for row in rows if row["from_id"]}


async def split_into(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, list[UUID]]:
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_INTO, ids=list(ids))
    found: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for row in rows:
        found[row["from_id"]].append(row["id"])
    return found


async def total_of_others(connection: Connection, order_id: UUID) -> int:
    """What all other orders cost that were one with this one, but for those that were canceled."""
    total = await connection.fetch_value(_OTHERS, id=order_id)
    return int(total)
