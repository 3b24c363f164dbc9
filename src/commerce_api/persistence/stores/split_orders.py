"""The rows of an order that is made two: those that stay as they are to be, and those of the new one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson

from commerce_api.domain.adjustment import Adjustment
from commerce_api.domain.canceling import OrderedCharge, OrderedContent, OrderedLine, totals
from commerce_api.domain.ids import AdjustmentId, OrderId
from commerce_api.domain.order import Order
from commerce_api.domain.splitting import InTwo, shared_adjustments
from commerce_api.domain.value import value
from commerce_api.persistence.parameters import json_of
from commerce_api.persistence.readers.adjustments import adjustment_of, adjustment_rows
from commerce_api.persistence.rows import read_back
from commerce_api.persistence.stores.order_versions import PARTS, Snapshot
from commerce_api.persistence.stores.orders import OrderStore, payment_rows
from commerce_api.persistence.stores.placed_orders import SUMS
from commerce_api.persistence.tables import buying as t
from commerce_api.persistence.unit_of_work import UnitOfWork

_AMOUNTS = ("subtotal", "discount", "tax", "total")


@value
class Rows:
    """Those that stay, and those that go."""

    left: Snapshot
    moved: Snapshot


def new_names(before: Snapshot, parts: InTwo, new_ids: Iterator[UUID]) -> Mapping[UUID, UUID]:
    """What goes is called otherwise than before: the ids that it gets by those that it had. A ship group's charge for shipping
    has the id of the group, an added one that of its adjustment: each has one new id.
    """
    return {id_: next(new_ids) for id_ in _ids(before, parts.moved)}


def rows_of(
    before: Snapshot,
    parts: InTwo,
    into: tuple[OrderId, str],
    names: Mapping[UUID, UUID],
    more: Sequence[Adjustment] = (),
) -> Rows:
    """`into` is the new order's id and its number; `more` are adjustments of its own."""
    adjustments = [adjustment_of(row) for row in before["adjustments"]]
    staying, going = shared_adjustments(adjustments, parts, names)
    into_id, number = into
    head = {**before["order"], "id": into_id, "number": number, "split_from_id": before["order"]["id"]}
    return Rows(
        left=_rows(before, parts.left, before["order"], {}, staying),
        moved=_rows(before, parts.moved, {**head, "version": 1, "revision": 1}, names, [*going, *more]),
    )


def _ids(before: Snapshot, part: OrderedContent) -> list[UUID]:
    found = [line.id for line in part.lines], list(part.shares), [charge.id for charge in part.charges]
    adjustments = [row["id"] for row in before["adjustments"]]
    return list(dict.fromkeys(id_ for ids in (*found, adjustments) for id_ in ids))


def _rows(
    before: Snapshot,
    part: OrderedContent,
    head: Mapping[str, Any],
    renamed: Mapping[UUID, UUID],
    adjustments: Sequence[Adjustment],
) -> Snapshot:
    """Whatever is not in `renamed` keeps its id."""
    order_id, names = head["id"], {id_: renamed.get(id_, id_) for id_ in _ids(before, part)}
    sums = totals(part)
    return {
        "order": {**head, **{name: getattr(sums, name) for name in SUMS}},
        "lines": [_line(row, line, order_id, names) for row, line in _of(before["lines"], part.lines)],
        "groups": [
            {**row, "id": names[row["id"]], "order_id": order_id}
            for row in before["groups"]
            if row["id"] in part.shares
        ],
        "shares": list(_shares(before, part, names)),
        "charges": [_charge(row, charge, order_id, names) for row, charge in _of(before["charges"], part.charges)],
        "adjustments": adjustment_rows(adjustments, order_id=order_id),
        "payments": before["payments"],
    }


def _of(rows: Sequence[Mapping[str, Any]], parts: Sequence[Any]) -> Iterator[tuple[Mapping[str, Any], Any]]:
    by_id = {row["id"]: row for row in rows}
    return ((by_id[part.id], part) for part in parts)


def _line(row: Mapping[str, Any], line: OrderedLine, order_id: UUID, names: Mapping[UUID, UUID]) -> dict[str, Any]:
    counts = ("quantity", "canceled", "allocated", "backordered")
    return {
        **row,
        **{name: getattr(line, name) for name in counts},
        **{name: getattr(line.now, name) for name in _AMOUNTS},
        "id": names[line.id],
        "order_id": order_id,
        "parent_id": names.get(row["parent_id"]),
        "taxes": line.now.taxes,
        "discounts": [
            replace(each, adjustment_id=AdjustmentId(names[each.adjustment_id])) if each.adjustment_id else each
            for each in line.now.discounts
        ],
        "uncanceled": None,
    }


def _shares(before: Snapshot, part: OrderedContent, names: Mapping[UUID, UUID]) -> Iterator[dict[str, Any]]:
    for row in before["shares"]:
        group_id, line_id = row["ship_group_id"], row["order_line_id"]
        if portion := part.shares.get(group_id, {}).get(line_id):
            mine = {"ship_group_id": names[group_id], "order_line_id": names[line_id]}
            yield {**row, **mine, "quantity": portion.quantity}


def _charge(
    row: Mapping[str, Any], charge: OrderedCharge, order_id: UUID, names: Mapping[UUID, UUID]
) -> dict[str, Any]:
    group_id = charge.ship_group_id
    amounts = {"amount": charge.amount, "original_amount": charge.original, "tax": charge.tax, "taxes": charge.taxes}
    return {
        **row,
        **amounts,
        "id": names[charge.id],
        "order_id": order_id,
        "ship_group_id": group_id and names[group_id],
    }


def as_read(rows: Snapshot) -> Snapshot:
    """As if they had been written and read again."""
    document: Mapping[str, Any] = orjson.loads(json_of(rows))
    return {
        "order": read_back(t.orders, document["order"]),
        **{name: [read_back(table, row) for row in document[name]] for name, table in PARTS.items()},
    }


async def write_new(uow: UnitOfWork, rows: Snapshot, order: Order) -> None:
    """All of the new order but its first version, which is told when all is written."""
    paid, entries = payment_rows(order.id, order.payments, uow.by.at)
    times = {"updated_at": uow.by.at, "payment_attempts": order.attempts}
    parts = {table: rows[name] for name, table in PARTS.items()}
    await OrderStore(uow).insert(
        {**parts, t.orders: [{**rows["order"], **times}], t.payments: paid, t.payment_transactions: entries}
    )
