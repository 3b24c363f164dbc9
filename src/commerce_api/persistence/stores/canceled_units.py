"""What of an order can be canceled, under lock, and the rows that change when units of it are."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, delete, update
from sqlalchemy.dialects.postgresql import ARRAY

from commerce_api.domain.canceling import (
    LineAmounts,
    OrderedCharge,
    OrderedContent,
    OrderedLine,
    still_deducted,
    totals,
)
from commerce_api.domain.channel import RoundingLevel
from commerce_api.domain.ids import OrderId, OrderLineId, ShipGroupId
from commerce_api.domain.money import Rounding
from commerce_api.domain.tax import TaxPolicy
from commerce_api.domain.totals import ChargeKind, Portion
from commerce_api.persistence.readers.adjustments import OF_ORDERS, adjustment_of, adjustment_rows
from commerce_api.persistence.readers.agreements import rates_of
from commerce_api.persistence.readers.orders import discounts_of, tax_line
from commerce_api.persistence.sql import Statement
from commerce_api.persistence.stores.order_versions import Snapshot
from commerce_api.persistence.tables import buying as t
from commerce_api.persistence.unit_of_work import UnitOfWork

_AMOUNTS: Final = ("subtotal", "discount", "tax", "total")
_TOTALS: Final = ("subtotal", "discount_total", "shipping_total", "charge_total", "tax_total")


def _update(table: Any, key: Any, *names: str) -> Statement:
    values = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
    return Statement(update(table).where(key).values(values))


_LINE = _update(
    t.order_lines,
    t.order_lines.c.id == bindparam("line_id"),
    *("canceled", "allocated", "backordered", "taxes", "discounts", "uncanceled", *_AMOUNTS),
)
_share = t.order_ship_group_lines.c
_OF_SHARE = (_share.ship_group_id == bindparam("group_id")) & (_share.order_line_id == bindparam("line_id"))
_SHARE = _update(t.order_ship_group_lines, _OF_SHARE, "quantity")
_UNSHARE = Statement(delete(t.order_ship_group_lines).where(_OF_SHARE))
_UNCHARGE = Statement(
    delete(t.order_charges).where(t.order_charges.c.id == any_(bindparam("ids", type_=ARRAY(Uuid()))))
)
_HEAD = _update(t.orders, t.orders.c.id == bindparam("order_id"), *_TOTALS)


def content_of(rows: Snapshot) -> OrderedContent:
    """From all rows of an order."""
    head = rows["order"]
    shares: dict[ShipGroupId, dict[OrderLineId, Portion]] = {group["id"]: {} for group in rows["groups"]}
    for share in rows["shares"]:
        portion = Portion(quantity=share["quantity"], rates=rates_of(share["rates"]))
        shares[share["ship_group_id"]][share["order_line_id"]] = portion
    return OrderedContent(
        lines=tuple(_line(row) for row in rows["lines"]),
        shares=shares,
        charges=tuple(_charge(row) for row in rows["charges"]),
        policy=TaxPolicy(
            prices_include_tax=head["prices_include_tax"],
            rounding=Rounding(head["rounding"]),
            level=RoundingLevel(head["rounding_level"]),
        ),
    )


def _line(row: Mapping[str, Any]) -> OrderedLine:
    plain = ("id", "unit_price", "quantity", "canceled", "allocated", "backordered")
    amounts, kept = _amounts(row), row["uncanceled"]
    whole, fewer = (_amounts(kept["amounts"]), kept["fewer"]) if kept else (amounts, row["canceled"])
    sent = row["requires_shipping"]
    return OrderedLine(now=amounts, whole=whole, fewer=fewer, sent=sent, **{name: row[name] for name in plain})


def _amounts(document: Mapping[str, Any]) -> LineAmounts:
    plain = {name: document[name] for name in _AMOUNTS}
    taxes = tuple(tax_line(tax) for tax in document["taxes"])
    return LineAmounts(taxes=taxes, discounts=tuple(discounts_of(document)), **plain)


def _charge(row: Mapping[str, Any]) -> OrderedCharge:
    plain = {name: row[name] for name in ("id", "amount", "tax", "ship_group_id")}
    taxes = tuple(tax_line(tax) for tax in row["taxes"])
    return OrderedCharge(kind=ChargeKind(row["kind"]), original=row["original_amount"], taxes=taxes, **plain)


async def save(uow: UnitOfWork, order_id: OrderId, before: OrderedContent, after: OrderedContent) -> None:
    """Write what differs; the order's own total, version and revision are the order's."""
    connection = uow.connection
    changed = [line for line, old in zip(after.lines, before.lines, strict=True) if line != old]
    await connection.execute_many(_LINE, [_line_row(line) for line in changed])
    kept, gone = _shares(before, after)
    await connection.execute_many(_SHARE, kept)
    await connection.execute_many(_UNSHARE, gone)
    left = {charge.id for charge in after.charges}
    await connection.execute(_UNCHARGE, ids=[charge.id for charge in before.charges if charge.id not in left])
    sums = totals(after)
    await connection.execute(_HEAD, {f"new_{name}": getattr(sums, name) for name in _TOTALS}, order_id=order_id)


async def save_deductions(uow: UnitOfWork, order_id: OrderId, rows: Snapshot, after: OrderedContent) -> None:
    """What staff took off, as far as it is taken off still."""
    before = [adjustment_of(row) for row in rows["adjustments"]]
    left = still_deducted(before, after)
    if left != before:
        await OF_ORDERS.replace(uow.connection, order_id, adjustment_rows(left, order_id=order_id))


def _line_row(line: OrderedLine) -> dict[str, Any]:
    values: dict[str, Any] = {"canceled": line.canceled, "allocated": line.allocated, "backordered": line.backordered}
    values |= {
        "taxes": line.now.taxes,
        "discounts": line.now.discounts,
        "uncanceled": {"amounts": line.whole, "fewer": line.fewer},
    }
    values |= {name: getattr(line.now, name) for name in _AMOUNTS}
    return {"line_id": line.id, **{f"new_{name}": each for name, each in values.items()}}


def _shares(before: OrderedContent, after: OrderedContent) -> tuple[Sequence[dict[str, Any]], Sequence[dict[str, Any]]]:
    """Those that have fewer units now, and those that have none."""
    found: defaultdict[bool, list[dict[str, Any]]] = defaultdict(list)
    for group_id, held in before.shares.items():
        for line_id, portion in held.items():
            left = after.shares[group_id].get(line_id)
            key: dict[str, UUID] = {"group_id": group_id, "line_id": line_id}
            if left != portion:
                found[left is not None].append({**key, "new_quantity": left.quantity} if left else key)
    return found[True], found[False]
