"""How an order leaves, read off its rows."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from commerce_api.domain.shipping_plan import PlannedShipment, Portion, latest, plan
from commerce_api.domain.shipping_policy import ShippingPolicy
from commerce_api.persistence.readers.orders import Shares

Rows = Sequence[Mapping[str, Any]]
Groups = Sequence[tuple[Mapping[str, Any], Shares]]


def order_plan(order: Mapping[str, Any], lines: Rows, groups: Groups, today: date) -> list[PlannedShipment]:
    """Units that were set aside are here; those that are canceled hold nothing."""
    goods = [line for line in lines if line["requires_shipping"]]
    return plan((portion for line in goods for portion in _portions(order, line, groups)), today)


def _portions(order: Mapping[str, Any], line: Mapping[str, Any], groups: Groups) -> Iterator[Portion]:
    """By ship groups. What is here goes to the first of them first, what was canceled is missing in the last ones."""
    left, here = line["quantity"] - line["canceled"], line["allocated"]
    for group, shares in groups:
        quantity = min(left, _share(shares, line["id"]))
        found = min(quantity, here)
        left, here = left - quantity, here - found
        yield Portion(
            line_id=line["id"],
            ship_group_id=group["id"],
            quantity=quantity,
            here=found,
            policy=ShippingPolicy(line["shipping_policy"] or order["shipping_policy"]),
            tie_group=line["tie_group"],
            not_before=latest(line["requested_ship_date"], group["requested_ship_date"]),
        )


def _share(shares: Shares, line_id: UUID) -> int:
    return next((quantity for id_, quantity in shares if id_ == line_id), 0)
