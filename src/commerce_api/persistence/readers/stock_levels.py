"""Counts for staff: what lies where, and how it came there."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.stock import StockLevel
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables.channels import stock_locations
from commerce_api.persistence.tables.stock import reservations, stock_levels, stock_movements

COUNTED = ("on_hand", "unavailable", "safety_stock", "allocated", "backordered", "revision")
_IDS = ARRAY(Uuid())
_RESERVED = (
    select(func.coalesce(func.sum(reservations.c.quantity), 0))
    .where(
        reservations.c.variant_id == stock_levels.c.variant_id,
        reservations.c.location_id == stock_levels.c.location_id,
        reservations.c.expires_at > bindparam("at"),
    )
    .scalar_subquery()
)
_LEVELS = Statement(
    select(stock_levels, _RESERVED.label("reserved"))
    .join(stock_locations, stock_locations.c.id == stock_levels.c.location_id)
    .where(stock_levels.c.variant_id == any_(bindparam("variants", type_=_IDS)))
    .order_by(stock_levels.c.variant_id, stock_locations.c.code)
)
_LOCATIONS = Statement(select(stock_locations).where(stock_locations.c.id == any_(bindparam("ids", type_=_IDS))))


async def levels_of(scope: Scope, variant_ids: Sequence[UUID]) -> Mapping[UUID, list[StockLevel]]:
    """By location code."""
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_LEVELS, variants=list(variant_ids), at=scope.at)
    levels: dict[UUID, list[StockLevel]] = defaultdict(list)
    for row in rows:
        levels[row["variant_id"]].append(level_of(row, row["reserved"]))
    return levels


async def locations_by_id(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Row]:
    async with scope.database.connection() as connection:
        return {row["id"]: row for row in await connection.fetch(_LOCATIONS, ids=list(ids))}


async def movements(
    scope: Scope, variant_id: UUID, *, position: tuple[UUID, ...] | None, limit: int, backward: bool
) -> list[Row]:
    """The newest first; from `position` on."""
    key = stock_movements.c.id
    query = select(stock_movements).where(stock_movements.c.variant_id == variant_id)
    if position:
        query = query.where(key > position[0] if backward else key < position[0])
    query = query.order_by(key if backward else key.desc()).limit(limit)
    async with scope.database.connection() as connection:
        return await connection.fetch(Statement(query))


async def count_movements(scope: Scope, variant_id: UUID) -> int:
    query = select(func.count()).where(stock_movements.c.variant_id == variant_id)
    async with scope.database.connection() as connection:
        counted: int = await connection.fetch_value(Statement(query))
    return counted


def level_of(row: Row, reserved: int) -> StockLevel:
    return StockLevel(
        variant_id=row["variant_id"],
        location_id=row["location_id"],
        reserved=reserved,
        **{name: row[name] for name in COUNTED},
    )
