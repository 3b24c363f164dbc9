"""What variants cost. The order of price lists is the rule of `domain.price_list`, said in SQL; a test compares the two."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    DateTime,
    FromClause,
    Integer,
    Uuid,
    any_,
    bindparam,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.price_list import Price, PriceFound
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Connection, Row, Statement
from commerce_api.persistence.tables.catalog import price_lists, prices
from commerce_api.persistence.tables.identity import customer_group_members as members

_AT = bindparam("at", type_=DateTime(timezone=True))
_GROUPS: ColumnElement[Any] = bindparam("customer_group_ids", type_=ARRAY(Uuid()))
_MY_GROUPS = select(members.c.group_id).where(members.c.customer_id == bindparam("customer_id", type_=Uuid()))


def _lists(member: ColumnElement[bool]) -> CTE:
    """Lists in force for whoever `member` describes, with the order in which they are tried."""
    t = price_lists.c
    order = (t.priority.desc(), t.customer_group_id.is_(None), t.id)
    return (
        select(t.id, func.row_number().over(order_by=order).label("precedence"))
        .where(
            t.channel_id == bindparam("channel_id", type_=Uuid()),
            t.currency == bindparam("currency"),
            or_(t.customer_group_id.is_(None), member),
            or_(t.valid_from.is_(None), t.valid_from <= _AT),
            or_(t.valid_until.is_(None), t.valid_until > _AT),
        )
        .cte("lists")
        .prefix_with("MATERIALIZED")
    )


IN_SCOPE: Final = _lists(price_lists.c.customer_group_id.in_(_MY_GROUPS))
"""The lists for the actor of a scope; takes the values of `scoped`."""


def scoped(scope: Scope) -> dict[str, Any]:
    """The values that statements about prices, assortment and stock take from the scope."""
    return {
        "channel_id": scope.channel.id,
        "currency": scope.currency,
        "language": scope.language,
        "customer_id": scope.buyer_id,
        "at": scope.at,
    }


def price_of(variant_id: ColumnElement[UUID], quantity: ColumnElement[int], lists: CTE = IN_SCOPE) -> FromClause:
    """To join: the price of one variant for a quantity."""
    return (
        select(prices.c.amount, prices.c.compare_at, prices.c.price_list_id, prices.c.lowest)
        .join_from(prices, lists, lists.c.id == prices.c.price_list_id)
        .where(prices.c.variant_id == variant_id, prices.c.min_quantity <= quantity)
        .order_by(lists.c.precedence, prices.c.min_quantity.desc())
        .limit(1)
        .lateral("price")
    )


def _unit_prices() -> Statement:
    asked = (
        func.unnest(
            bindparam("variant_ids", type_=ARRAY(Uuid())),
            bindparam("quantities", type_=ARRAY(Integer())),
        )
        .table_valued("variant_id", "quantity")
        .render_derived()
    )
    lists = _lists(price_lists.c.customer_group_id == any_(_GROUPS))
    price = price_of(asked.c.variant_id, asked.c.quantity, lists)
    return Statement(select(asked.c.variant_id, asked.c.quantity, price).join_from(asked, price, true()))


_UNIT_PRICES = _unit_prices()


async def unit_prices(
    connection: Connection,
    keys: Collection[tuple[UUID, int]],
    *,
    channel_id: UUID,
    currency: str,
    customer_group_ids: Collection[UUID],
    at: datetime,
) -> Mapping[tuple[UUID, int], PriceFound]:
    """The unit price for each variant and quantity; one that has no price is left out."""
    rows = await connection.fetch(
        _UNIT_PRICES,
        variant_ids=[variant_id for variant_id, _ in keys],
        quantities=[quantity for _, quantity in keys],
        channel_id=channel_id,
        currency=currency,
        customer_group_ids=list(customer_group_ids),
        at=at,
    )
    return {(row["variant_id"], row["quantity"]): price_found(row) for row in rows}


def price_found(row: Row) -> PriceFound:
    return PriceFound(**{name: row[name] for name in ("amount", "compare_at", "price_list_id", "lowest")})


def tiers_of(steps: Iterable[tuple[int, int, int, int | None]] | None) -> list[Price]:
    """The quantities from which on another unit price applies. A step is a quantity at which a list in force has a price, the
    place of this list among those that are tried, the amount and what it was before; in the order of the quantities, and at
    one quantity the list that decides comes last.
    """
    tiers: list[Price] = []
    first = None
    for quantity, precedence, amount, compare_at in steps or ():
        if first is not None and precedence > first:
            continue
        if tiers and tiers[-1].min_quantity == quantity:
            tiers.pop()
        if not tiers or (tiers[-1].amount, tiers[-1].compare_at) != (amount, compare_at):
            tiers.append(Price(min_quantity=quantity, amount=amount, compare_at=compare_at))
        first = precedence
    return tiers
