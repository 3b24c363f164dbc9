"""Which orders were made of which."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, cast, select, union

from commerce_api.domain.ids import OrderId
from commerce_api.persistence.rows import among
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Connection, Statement
from commerce_api.persistence.tables.buying import orders
from commerce_api.persistence.tables.quotes import quote_parts
from commerce_api.persistence.tables.records import events

_cart_id = cast(events.c.data["cart_id"].astext, Uuid())
_cloned = (events.c.entity == "ORDER") & (events.c.type == "OrderCloned")
_EVENT = Statement(
    select(events.c.entity_id, events.c.data).where(
        _cloned, events.c.entity_id == bindparam("order_id"), _cart_id == bindparam("cart_id", type_=Uuid())
    )
)
_quote_id = cast(events.c.data["quote_id"].astext, Uuid())
_cart_became = (
    select(events.c.entity_id, orders.c.id, orders.c.placed_at)
    .join(orders, (orders.c.cart_id == _cart_id) & orders.c.split_from_id.is_(None))
    .where(_cloned, among(events.c.entity_id))
)
_parts_became = (
    select(events.c.entity_id, orders.c.id, orders.c.placed_at)
    .join(quote_parts, quote_parts.c.quote_id == _quote_id)
    .join(orders, orders.c.id == quote_parts.c.order_id)
    .where(_cloned, among(events.c.entity_id))
)
_CLONES = Statement(union(_cart_became, _parts_became).order_by("placed_at", "id"))


async def clone_event(connection: Connection, order_id: UUID, cart_id: UUID) -> tuple[OrderId, Mapping[str, Any]]:
    """What was told when this cart was made of this order."""
    row = await connection.fetch_one(_EVENT, order_id=order_id, cart_id=cart_id)
    return (OrderId(order_id), row["data"] if row else {"left_out": []})


async def clones_of(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, list[UUID]]:
    """Orders that were placed with carts or quotes made of these, the first one first."""
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_CLONES, ids=list(ids))
    found: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for row in rows:
        found[row["entity_id"]].append(row["id"])
    return found
