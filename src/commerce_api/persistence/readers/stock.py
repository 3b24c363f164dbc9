"""What of variants can be bought in a channel."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, DateTime, FromClause, Uuid, any_, bindparam, cast, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.availability import Availability, StockPolicy
from commerce_api.domain.ids import VariantId
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Row, Statement
from commerce_api.persistence.tables.catalog import variants
from commerce_api.persistence.tables.channels import channel_locations
from commerce_api.persistence.tables.stock import reservations, stock_levels

_AT = bindparam("at", type_=DateTime(timezone=True))


def locations_of_channel() -> ColumnElement[Any]:
    """An array, so that they are looked up once for a statement, and then say which rows of an index to read."""
    mine = select(channel_locations.c.location_id).where(
        channel_locations.c.channel_id == bindparam("channel_id", type_=Uuid())
    )
    return func.array(mine.scalar_subquery())


def stock_of(variant_id: ColumnElement[UUID], *others: ColumnElement[bool]) -> FromClause:
    """To join: `available` and `backordered` units of one variant at all locations of the channel.

    Unexpired reservations are somebody's already; `others` says whose count, if not everybody's (D15).
    """
    level, kept = stock_levels.c, reservations.c
    reserved = (
        select(func.coalesce(func.sum(kept.quantity), 0))
        .where(
            kept.variant_id == level.variant_id, kept.location_id == level.location_id, kept.expires_at > _AT, *others
        )
        .correlate(stock_levels)
        .scalar_subquery()
    )
    free = level.on_hand - level.unavailable - level.safety_stock - level.allocated - reserved
    return (
        select(
            cast(func.coalesce(func.sum(func.greatest(free, 0)), 0), BigInteger).label("available"),
            cast(func.coalesce(func.sum(level.backordered), 0), BigInteger).label("backordered"),
        )
        .where(level.variant_id == variant_id, level.location_id == any_(locations_of_channel()))
        .lateral("stock")
    )


def _availability() -> Statement:
    stock = stock_of(variants.c.id)
    return Statement(
        select(variants.c.id, variants.c.stock_policy, variants.c.backorder_limit, stock)
        .join_from(variants, stock, true())
        .where(variants.c.id == any_(bindparam("variant_ids", type_=ARRAY(Uuid()))))
    )


_AVAILABILITY = _availability()
_POLICIES: Final = {str(policy): policy for policy in StockPolicy}
"""By what a row says: an enumeration takes ten times as long to look one up, and a page has hundreds."""


async def availability_of(scope: Scope, variant_ids: Sequence[UUID]) -> Mapping[VariantId, Availability]:
    async with scope.database.connection() as connection:
        rows = await connection.fetch(
            _AVAILABILITY, variant_ids=list(variant_ids), channel_id=scope.channel.id, at=scope.at
        )
    return {VariantId(row["id"]): availability(row) for row in rows}


def availability(row: Row) -> Availability:
    policy, available, backorder_left = parts_of_availability(row)
    return Availability(policy=policy, available=available, backorder_left=backorder_left)


def parts_of_availability(row: Row) -> tuple[StockPolicy, int, int | None]:
    """From `stock_policy`, `backorder_limit` and the columns of `stock_of`."""
    limit = row["backorder_limit"]
    left = None if limit is None else max(limit - row["backordered"], 0)
    return _POLICIES[row["stock_policy"]], row["available"], left
