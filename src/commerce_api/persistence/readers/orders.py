"""Orders, as far as the actor may see them. What belongs to an order is asked for by ids of orders that were shown."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.ids import AdjustmentId
from commerce_api.domain.order import Order, OrderState
from commerce_api.domain.payment import Payment
from commerce_api.domain.shipping_policy import ShippingPolicy
from commerce_api.domain.tax import TaxLine
from commerce_api.domain.totals import Discount
from commerce_api.persistence.readers.channels import retries_of
from commerce_api.persistence.readers.order_visibility import visibility, visible_orders
from commerce_api.persistence.readers.payments import LEDGERS, payments_of
from commerce_api.persistence.rows import Parts
from commerce_api.persistence.scope import Scope
from commerce_api.persistence.sql import Connection, Row, Statement
from commerce_api.persistence.tables import buying as t
from commerce_api.persistence.tables.adjustments import order_adjustments

_IDS = any_(bindparam("ids", type_=ARRAY(Uuid())))
_BY_ID = Statement(select(t.orders).where(t.orders.c.id == _IDS, visible_orders()))
_BY_NUMBER = Statement(select(t.orders).where(t.orders.c.number == bindparam("number"), visible_orders()))
_ANY_BY_NUMBER = Statement(select(t.orders).where(t.orders.c.number == bindparam("number")))
_LINES = Statement(
    select(t.order_lines)
    .where(t.order_lines.c.order_id == _IDS)
    .order_by(t.order_lines.c.order_id, t.order_lines.c.position)
)
_GROUPS = Statement(
    select(t.order_ship_groups)
    .where(t.order_ship_groups.c.order_id == _IDS)
    .order_by(t.order_ship_groups.c.order_id, t.order_ship_groups.c.position)
)
_SHARES = Statement(
    select(t.order_ship_group_lines, t.order_ship_groups.c.order_id)
    .join(t.order_ship_groups, t.order_ship_groups.c.id == t.order_ship_group_lines.c.ship_group_id)
    .join(t.order_lines, t.order_lines.c.id == t.order_ship_group_lines.c.order_line_id)
    .where(t.order_ship_groups.c.order_id == _IDS)
    .order_by(t.order_lines.c.position)
)
_CHARGES = Statement(
    select(t.order_charges)
    .where(t.order_charges.c.order_id == _IDS)
    .order_by(t.order_charges.c.order_id, t.order_charges.c.position)
)
_ADJUSTMENTS = Statement(
    select(order_adjustments)
    .where(order_adjustments.c.order_id == _IDS)
    .order_by(order_adjustments.c.order_id, order_adjustments.c.position)
)
_PARTS = Parts("order_id", lines=(t.order_lines, "position"), charges=(t.order_charges, "position"))
_WHOLE = Statement(select(t.orders, *_PARTS.below(t.orders)).where(t.orders.c.id == bindparam("id")))
Shares: TypeAlias = list[tuple[UUID, int]]


def tax_line(document: Mapping[str, Any]) -> TaxLine:
    return TaxLine(
        name=document["name"], rate=Decimal(document["rate"]), base=document["base"], amount=document["amount"]
    )


def discounts_of(row: Mapping[str, Any]) -> list[Discount]:
    return [
        Discount(name=document["name"], amount=document["amount"], adjustment_id=_adjustment_id(document))
        for document in row["discounts"]
    ]


def _adjustment_id(document: Mapping[str, Any]) -> AdjustmentId | None:
    return AdjustmentId(UUID(document["adjustment_id"])) if document["adjustment_id"] else None


async def orders_by_id(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, Row]:
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_BY_ID, ids=list(ids), **visibility(scope.actor))
    return {row["id"]: row for row in rows}


async def order_by_number(scope: Scope, number: str) -> Row | None:
    async with scope.database.connection() as connection:
        return await connection.fetch_one(_BY_NUMBER, number=number, **visibility(scope.actor))


async def whole_order(connection: Connection, id: UUID) -> tuple[Row, Mapping[str, Sequence[Mapping[str, Any]]]]:
    """The row of an order that there is, and those of its lines and charges; for whoever has just placed it."""
    row = await connection.fetch_one(_WHOLE, id=id)
    assert row is not None  # noqa: S101 - orders are never deleted
    return row, _PARTS.read_back(row)


async def any_order_by_number(connection: Connection, number: str) -> Row | None:
    """For whoever proves in another way that the order is theirs."""
    return await connection.fetch_one(_ANY_BY_NUMBER, number=number)


async def lines_of(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, list[Row]]:
    return await _children(scope, _LINES, ids)


async def charges_of(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, list[Row]]:
    return await _children(scope, _CHARGES, ids)


async def adjustments_of(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, list[Row]]:
    return await _children(scope, _ADJUSTMENTS, ids)


async def groups_of(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, list[tuple[Row, Shares]]]:
    """Ship groups with how many of which line they hold."""
    async with scope.database.connection() as connection:
        rows = await connection.fetch(_GROUPS, ids=list(ids))
        found = await connection.fetch(_SHARES, ids=list(ids))
    shares: defaultdict[UUID, Shares] = defaultdict(list)
    for share in found:
        shares[share["ship_group_id"]].append((share["order_line_id"], share["quantity"]))
    groups: defaultdict[UUID, list[tuple[Row, Shares]]] = defaultdict(list)
    for row in rows:
        groups[row["order_id"]].append((row, shares[row["id"]]))
    return groups


async def ledgers_of(scope: Scope, ids: Sequence[UUID]) -> Mapping[UUID, tuple[Payment, ...]]:
    """All payments of orders with their transactions."""
    async with scope.database.connection() as connection:
        rows = await connection.fetch(LEDGERS, orders=list(ids))
    by_order: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        by_order[row["order_id"]].append(row)
    return {order_id: payments_of(of_order) for order_id, of_order in by_order.items()}


async def _children(scope: Scope, statement: Statement, ids: Sequence[UUID]) -> Mapping[UUID, list[Row]]:
    async with scope.database.connection() as connection:
        rows = await connection.fetch(statement, ids=list(ids))
    children: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        children[row["order_id"]].append(row)
    return children


def order_of(row: Row, payments: tuple[Payment, ...]) -> Order:
    return Order(
        id=row["id"],
        number=row["number"],
        channel_id=row["channel_id"],
        customer_id=row["customer_id"],
        state=OrderState(row["state"]),
        email=row["email"],
        language=row["language"],
        currency=row["currency"],
        total=row["total"],
        attempts=row["payment_attempts"],
        placed_at=row["placed_at"],
        payment_due_at=row["payment_due_at"],
        retries=retries_of(row),
        cancel_reason=row["cancel_reason"],
        cancelable_until=row["cancelable_until"],
        editable_until=row["editable_until"],
        shipping_policy=ShippingPolicy(row["shipping_policy"]),
        version=row["version"],
        revision=row["revision"],
        payments=payments,
    )
