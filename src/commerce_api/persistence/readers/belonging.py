"""What something is part of. It says nothing about who may see that: whoever asks looks the whole up next."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Column, FromClause, Uuid, and_, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Statement
from commerce_api.persistence.tables import buying as t
from commerce_api.persistence.tables.catalog import attributes
from commerce_api.persistence.tables.identity import addresses

Belonging: TypeAlias = Callable[[Scope, Sequence[UUID]], Awaitable[Mapping[UUID, UUID]]]


def _question(part: Column[Any], whole: Column[Any], within: FromClause | None = None) -> Belonging:
    ids = bindparam("ids", type_=ARRAY(Uuid()))
    statement = Statement(
        select(part.label("part"), whole.label("whole"))
        .select_from(part.table if within is None else within)
        .where(part == any_(ids))
    )

    async def whole_of(scope: Scope, parts: Sequence[UUID]) -> Mapping[UUID, UUID]:
        async with scope.database.connection() as connection:
            return {row["part"]: row["whole"] for row in await connection.fetch(statement, ids=list(parts))}

    return whole_of


customer_of_address = _question(addresses.c.id, addresses.c.customer_id)
product_type_of_attribute = _question(attributes.c.id, attributes.c.product_type_id)
_in_cart = t.carts.c.purpose == "CART"
"""Drafts have lines and groups with the same ids."""
cart_of_line = _question(
    t.cart_lines.c.id, t.carts.c.id, t.cart_lines.join(t.carts, and_(t.carts.c.id == t.cart_lines.c.cart_id, _in_cart))
)
cart_of_group = _question(
    t.cart_ship_groups.c.id,
    t.carts.c.id,
    t.cart_ship_groups.join(t.carts, and_(t.carts.c.id == t.cart_ship_groups.c.cart_id, _in_cart)),
)
order_of_line = _question(t.order_lines.c.id, t.order_lines.c.order_id)
order_of_group = _question(t.order_ship_groups.c.id, t.order_ship_groups.c.order_id)
order_of_payment = _question(t.payments.c.id, t.payments.c.order_id)
order_of_transaction = _question(
    t.payment_transactions.c.id, t.payments.c.order_id, t.payment_transactions.join(t.payments)
)
