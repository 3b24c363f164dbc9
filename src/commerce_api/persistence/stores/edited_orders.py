"""What becomes of an order's rows when an edit is committed: shown before, written then."""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Uuid, bindparam, case, delete, func, select, update

from commerce_api.domain.checkout import Checkout
from commerce_api.domain.custom_field import FieldOwner, merged, of_owner
from commerce_api.domain.ids import OrderId
from commerce_api.domain.priced_cart import PricedGroup
from commerce_api.persistence.readers.adjustments import OF_ORDERS, adjustment_rows
from commerce_api.persistence.rows import among, insert_into, upsert
from commerce_api.persistence.sql import Statement
from commerce_api.persistence.stores.order_versions import Snapshot
from commerce_api.persistence.stores.placed_orders import SUMS, charge_row, group_row, line_row, share_rows
from commerce_api.persistence.tables import buying as t
from commerce_api.persistence.tables.stock import allocations
from commerce_api.persistence.unit_of_work import UnitOfWork

_HEAD: Final = (
    *(
        "email",
        "phone",
        "billing_address",
        "attributes",
        "po_number",
        "gift",
        "fields",
        "note",
        "shipping_policy",
        *SUMS,
    ),
    *("state", "version", "revision", "updated_at"),
)
_COPIES: Final = (
    *("product_id", "sku", "name", "options", "image_url", "weight", "requires_shipping", "unit_cost"),
    *("allocated", "backordered", "canceled"),
)
"""What a placed line keeps, whatever the catalog says now (K12), and what only stock and cancellation change."""
_ORDER: Final = bindparam("order_id", type_=Uuid())
_UPDATE = Statement(
    update(t.orders)
    .where(t.orders.c.id == _ORDER)
    .values({n: bindparam(f"new_{n}", type_=t.orders.c[n].type) for n in _HEAD})
)
_DROP_LINES = Statement(delete(t.order_lines).where(t.order_lines.c.order_id == _ORDER, among(t.order_lines.c.id)))
_DROP_GROUPS = Statement(
    delete(t.order_ship_groups).where(t.order_ship_groups.c.order_id == _ORDER, among(t.order_ship_groups.c.id))
)
_OWN_GROUPS = select(t.order_ship_groups.c.id).where(t.order_ship_groups.c.order_id == _ORDER)
_DROP_SHARES = Statement(
    delete(t.order_ship_group_lines).where(t.order_ship_group_lines.c.ship_group_id.in_(_OWN_GROUPS))
)
_DROP_CHARGES = Statement(delete(t.order_charges).where(t.order_charges.c.order_id == _ORDER))
_WRITE_LINES, _WRITE_GROUPS = upsert(t.order_lines), upsert(t.order_ship_groups)
_WRITE_SHARES, _WRITE_CHARGES = insert_into(t.order_ship_group_lines), insert_into(t.order_charges)


def _found(*, owed: bool) -> Any:
    units = case(((allocations.c.source == "BACKORDER") == owed, allocations.c.quantity), else_=0)
    return (
        select(func.coalesce(func.sum(units), 0))
        .where(allocations.c.order_line_id == t.order_lines.c.id)
        .correlate(t.order_lines)
        .scalar_subquery()
    )


_COUNT = Statement(
    update(t.order_lines)
    .where(t.order_lines.c.order_id == _ORDER)
    .values(allocated=_found(owed=False), backordered=_found(owed=True))
)


def would_be(before: Snapshot, checkout: Checkout) -> Snapshot:
    """The rows of an order as its draft has it. Which stock is found for more units is not known before it is dealt."""
    priced, order = checkout.priced, before["order"]
    groups = [_group(order["id"], place, group) for place, group in enumerate(priced.groups)]
    return {
        "order": _head(order, checkout),
        "lines": list(_lines(before, checkout)),
        "groups": groups,
        "shares": share_rows(priced),
        "charges": [charge_row(order["id"], *each) for each in enumerate(priced.totals.charges)],
        "adjustments": adjustment_rows(priced.cart.adjustments, order_id=order["id"]),
        "payments": before["payments"],
    }


def _head(order: Mapping[str, Any], checkout: Checkout) -> dict[str, Any]:
    cart, totals = checkout.priced.cart, checkout.priced.totals
    return {
        **order,
        **{name: getattr(totals, name) for name in SUMS},
        "email": checkout.email,
        "phone": cart.phone,
        "billing_address": cart.bill_to,
        "attributes": dict(cart.attributes),
        "po_number": cart.particulars.po_number,
        "gift": cart.particulars.gift,
        "fields": merged(cart.particulars.fields, order["fields"], of_owner(checkout.fields, FieldOwner.ORDER)),
        "note": cart.note,
        "shipping_policy": checkout.priced.availability_choice.policy,
        "version": order["version"] + 1,
        "revision": order["revision"] + 1,
        "updated_at": checkout.at,
    }


def _lines(before: Snapshot, checkout: Checkout) -> Iterator[dict[str, Any]]:
    """Lines that were canceled whole are no part of a draft, and stay."""
    old = {row["id"]: row for row in before["lines"]}
    canceled = [row for row in before["lines"] if row["canceled"] == row["quantity"]]
    lines, fields = checkout.priced.lines, of_owner(checkout.fields, FieldOwner.ORDER_LINE)
    for place, line in enumerate(lines):
        row = line_row(before["order"]["id"], place, line, before["order"]["currency"])
        if kept := old.get(line.line.id):
            row |= {name: kept[name] for name in _COPIES}
            row["quantity"] += kept["canceled"]
            row["fields"] = merged(row["fields"], kept["fields"], fields)
            fewer = max(0, kept["allocated"] + kept["backordered"] - line.line.quantity)
            row["backordered"] = max(0, kept["backordered"] - fewer)
            row["allocated"] = min(kept["allocated"], line.line.quantity - row["backordered"])
        yield row
    for place, row in enumerate(canceled, len(lines)):
        yield {**row, "position": place}


def _group(order_id: UUID, place: int, group: PricedGroup) -> dict[str, Any]:
    row = group_row(order_id, place, group)
    if agreed := group.agreed:
        row |= {"shipping_method_id": agreed.method_id, "method_code": agreed.code, "method_name": agreed.name}
    return row


async def write(uow: UnitOfWork, before: Snapshot, after: Snapshot) -> None:
    """All but the counts of stock. The order must be locked, and what lines lost must have been given back."""
    connection, order_id = uow.connection, after["order"]["id"]
    await connection.execute(_DROP_SHARES, order_id=order_id)
    await connection.execute(_DROP_CHARGES, order_id=order_id)
    await connection.execute_many(_WRITE_GROUPS, after["groups"])
    await connection.execute_many(_WRITE_LINES, after["lines"])
    await connection.execute(_DROP_LINES, order_id=order_id, ids=_gone(before, after, "lines"))
    await connection.execute(_DROP_GROUPS, order_id=order_id, ids=_gone(before, after, "groups"))
    await connection.execute_many(_WRITE_SHARES, after["shares"])
    await connection.execute_many(_WRITE_CHARGES, after["charges"])
    await OF_ORDERS.replace(connection, order_id, after["adjustments"])
    head = {f"new_{name}": after["order"][name] for name in _HEAD}
    await connection.execute(_UPDATE, head, order_id=order_id)


async def count_stock(uow: UnitOfWork, order_id: OrderId) -> None:
    """Note at each line what was found for it."""
    await uow.connection.execute(_COUNT, order_id=order_id)


def _gone(before: Snapshot, after: Snapshot, part: str) -> list[UUID]:
    kept = {row["id"] for row in after[part]}
    return [row["id"] for row in before[part] if row["id"] not in kept]
