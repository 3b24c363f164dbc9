"""What was ordered before, as something to be bought again."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from commerce_api.domain.address import Address
from commerce_api.domain.cart import Active, Author, Cart, CartLine, Purpose, ShipGroup
from commerce_api.domain.ids import CartId, CartLineId, OrderId, ShipGroupId
from commerce_api.domain.line_requests import LineRequests
from commerce_api.domain.order import Order
from commerce_api.domain.origin import Predecessor, PredecessorKind
from commerce_api.domain.shipping_policy import AvailabilityChoice
from commerce_api.persistence.readers.particulars import particulars_of
from commerce_api.persistence.stores.order_versions import current
from commerce_api.persistence.unit_of_work import UnitOfWork

Row: TypeAlias = Mapping[str, Any]


async def bought(uow: UnitOfWork, order: Order, by: Author) -> tuple[Cart, int]:
    """The lines that are still in the catalog, and how many are not. Nothing of what it cost, how it was paid, or what was asked for
    that one time: a date, haste, a gift message.
    """
    snapshot = await current(uow.connection, OrderId(order.id))
    lines = tuple(_lines(uow, snapshot["lines"], by))
    left, head = {line.id for line in lines}, snapshot["order"]
    cart = Cart(
        id=CartId(order.id),
        purpose=Purpose.QUOTE,
        channel_id=order.channel_id,
        customer_id=order.customer_id,
        state=Active(),
        currency=order.currency,
        language=order.language,
        email=order.email,
        phone=head["phone"],
        billing_address=Address(**head["billing_address"]) if head["billing_address"] else None,
        attributes=head["attributes"],
        particulars=particulars_of(head),
        note=head["note"],
        availability_choice=AvailabilityChoice(head["shipping_policy"]),
        lines=lines,
        ship_groups=tuple(_group(group, snapshot["shares"], left) for group in snapshot["groups"]),
        made_from=(Predecessor(kind=PredecessorKind.ORDER, id=order.id),),
        created_at=uow.by.at,
        updated_at=uow.by.at,
        expires_at=uow.by.at,
        revision=1,
    )
    return cart, len(snapshot["lines"]) - len(lines)


def _lines(uow: UnitOfWork, rows: Sequence[Row], by: Author) -> Iterator[CartLine]:
    known = {row["id"] for row in rows if row["variant_id"]}
    for row in rows:
        if row["id"] in known and row["parent_id"] in {None, *known}:
            yield CartLine(
                id=CartLineId(row["id"]),
                variant_id=row["variant_id"],
                quantity=row["quantity"],
                parent_id=row["parent_id"],
                attributes=row["attributes"],
                requests=LineRequests(instructions=row["instructions"]),
                tie_group=row["tie_group"],
                fields=row["fields"],
                added_by=by,
                added_at=uow.by.at,
            )


def _group(row: Row, shares: Sequence[Row], left: set[CartLineId]) -> ShipGroup:
    mine = (share for share in shares if share["ship_group_id"] == row["id"] and share["order_line_id"] in left)
    return ShipGroup(
        id=ShipGroupId(row["id"]),
        address=Address(**row["address"]) if row["address"] else None,
        shipping_method_id=row["shipping_method_id"],
        instructions=row["instructions"],
        quantities={share["order_line_id"]: share["quantity"] for share in mine},
    )
