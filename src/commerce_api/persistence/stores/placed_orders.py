"""The rows of a new order: its own copy of everything that it was placed with (K12)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from commerce_api.domain.cart import CartLine
from commerce_api.domain.channel import Channel
from commerce_api.domain.checkout import Checkout
from commerce_api.domain.ids import CartLineId
from commerce_api.domain.order import Order
from commerce_api.domain.order.keys import OrderKey
from commerce_api.domain.priced_cart import PricedCart, PricedGroup, PricedLine
from commerce_api.domain.shipping_policy import AvailabilityChoice, ShippingPolicy
from commerce_api.domain.stock import Slice, owed
from commerce_api.domain.totals import ChargeTotal
from commerce_api.persistence.readers.adjustments import adjustment_rows
from commerce_api.persistence.readers.line_requests import request_values
from commerce_api.persistence.readers.particulars import particulars_row
from commerce_api.persistence.rows import Write, inserts
from commerce_api.persistence.stores.order_keys import new_order_keys, put_order_keys, waiting_keys
from commerce_api.persistence.stores.order_versions import VersionNote, version_row
from commerce_api.persistence.stores.orders import payment_rows
from commerce_api.persistence.tables import buying as t
from commerce_api.persistence.tables.adjustments import order_adjustments
from commerce_api.persistence.unit_of_work import UnitOfWork

SUMS: Final = ("subtotal", "discount_total", "shipping_total", "charge_total", "tax_total", "total")


class PlacedOrder:
    """Lines and ship groups of an order keep the ids that they had in the cart.

    Written in two parts, each with what else there is to write at that moment, so that the shelves are locked for the
    second only.
    """

    def __init__(self, checkout: Checkout, order: Order, channel: Channel, origin: Mapping[str, Any]) -> None:
        self._checkout, self._order = checkout, order
        self._head = head_row(checkout, order, channel, origin)
        self._groups = [group_row(order.id, position, group) for position, group in enumerate(checkout.priced.groups)]
        self._skus = [line.variant.sku for line in checkout.priced.lines if line.variant]
        self._charges: list[dict[str, Any]] = []
        self._adjustments: list[Mapping[str, Any]] = []
        self._payments: list[dict[str, Any]] = []
        self._waiting: Mapping[str, str] = {}

    async def head(self, uow: UnitOfWork) -> list[Write]:
        """The order, its groups, charges and payments, and what it is found by."""
        order = self._order
        self._charges = [charge_row(order.id, *each) for each in enumerate(self._checkout.priced.totals.charges)]
        self._adjustments = adjustment_rows(self._checkout.priced.cart.adjustments, order_id=order.id)
        self._payments, entries = payment_rows(order.id, order.payments, uow.by.at)
        rows = inserts(
            {
                t.orders: [self._head],
                t.order_ship_groups: self._groups,
                t.order_charges: self._charges,
                order_adjustments: self._adjustments,
                t.payments: self._payments,
                t.payment_transactions: entries,
            }
        )
        return [*rows, await new_order_keys(uow.connection, self._head, self._groups, self._skus)]

    def lines(self, uow: UnitOfWork, dealt: Sequence[Slice]) -> list[Write]:
        """The lines with what was found for them, and the first version of the whole."""
        priced, order = self._checkout.priced, self._order
        lines = [
            {**line_row(order.id, position, line, order.currency), **_buckets(line.line.id, dealt)}
            for position, line in enumerate(priced.lines)
        ]
        shares = share_rows(priced)
        snapshot = {
            "order": self._head,
            "lines": lines,
            "groups": self._groups,
            "shares": shares,
            "charges": self._charges,
            "adjustments": self._adjustments,
            "payments": self._payments,
        }
        version = version_row(uow.by, snapshot, VersionNote())
        self._waiting = waiting_keys(lines)
        return inserts({t.order_lines: lines, t.order_ship_group_lines: shares, t.order_versions: [version]})

    async def finish(self, uow: UnitOfWork) -> None:
        """What it is found by because of what was found for its lines."""
        if self._waiting:
            await put_order_keys(uow.connection, self._order.id, OrderKey.BACKORDER, self._waiting)


def head_row(checkout: Checkout, order: Order, channel: Channel, origin: Mapping[str, Any]) -> dict[str, Any]:
    cart, totals = checkout.priced.cart, checkout.priced.totals
    return {
        "id": order.id,
        "number": order.number,
        "channel_id": order.channel_id,
        "cart_id": cart.id,
        "split_from_id": None,
        "customer_id": order.customer_id,
        "state": order.state,
        "email": order.email,
        "phone": cart.phone,
        "language": order.language,
        "currency": order.currency,
        "payment_attempt_limit": order.retries.limit,
        "payment_pause_seconds": order.retries.pause_seconds,
        "payment_reminder_hours": order.retries.reminder_hours,
        "prices_include_tax": channel.prices_include_tax,
        "rounding": channel.rounding,
        "rounding_level": channel.rounding_level,
        **{name: getattr(totals, name) for name in SUMS},
        "billing_address": cart.bill_to,
        "attributes": cart.attributes,
        **particulars_row(cart.particulars),
        "note": cart.note,
        "terms_version": checkout.terms_version,
        "origin": origin,
        "shipping_policy": order.shipping_policy,
        "placed_at": order.placed_at,
        "updated_at": order.placed_at,
        "payment_due_at": order.payment_due_at,
        "cancel_reason": None,
        "cancelable_until": order.cancelable_until,
        "editable_until": order.editable_until,
        "version": order.version,
        "payment_attempts": order.attempts,
        "revision": order.revision,
    }


def group_row(order_id: UUID, position: int, group: PricedGroup) -> dict[str, Any]:
    method = group.chosen.method if group.chosen else None
    return {
        "id": group.group.id,
        "order_id": order_id,
        "position": position,
        "address": group.group.address,
        "shipping_method_id": method.id if method else None,
        "method_code": method.code if method else "",
        "method_name": method.name if method else "",
        "instructions": group.group.instructions,
        "requested_ship_date": group.group.requested_ship_date,
    }


def charge_row(order_id: UUID, position: int, charge: ChargeTotal) -> dict[str, Any]:
    return {
        "id": charge.id,
        "order_id": order_id,
        "ship_group_id": charge.ship_group_id,
        "position": position,
        "kind": charge.kind,
        "name": charge.name,
        "amount": charge.amount,
        "original_amount": charge.original_amount,
        "tax": charge.tax,
        "taxes": charge.taxes,
        "tax_class_id": charge.tax_class_id,
        "refundable": charge.refundable,
    }


def share_rows(priced: PricedCart) -> list[dict[str, Any]]:
    return [
        {"ship_group_id": group.group.id, "order_line_id": line_id, "quantity": quantity, "rates": group.rates[line_id]}
        for group in priced.groups
        for line_id, quantity in group.quantities.items()
    ]


def line_row(order_id: UUID, position: int, priced: PricedLine, currency: str) -> dict[str, Any]:
    """Only lines that are on sale are placed. Others are shown in an edit, and cost nothing."""
    line, variant, total = priced.line, priced.variant, priced.total
    if variant is None:
        raise LookupError(f"line {line.id} has no variant")
    amounts = {name: getattr(total, name) if total else 0 for name in _AMOUNTS}
    return {
        "id": line.id,
        "order_id": order_id,
        "parent_id": line.parent_id,
        "position": position,
        "variant_id": line.variant_id,
        "product_id": variant.product_id,
        "sku": variant.sku,
        "name": variant.title,
        "options": [list(option) for option in variant.options],
        "image_url": variant.image_url,
        "weight": variant.weight,
        "requires_shipping": variant.requires_shipping,
        "attributes": dict(line.attributes),
        **request_values(line.requests),
        "shipping_policy": _own_policy(line),
        "tie_group": line.tie_group,
        "fields": dict(line.fields),
        "quantity": line.quantity,
        **amounts,
        "unit_cost": priced.unit_cost(currency),
        "discounts": total.discounts if total else (),
        "taxes": total.taxes if total else (),
        "canceled": 0,
        "uncanceled": None,
        "allocated": 0,
        "backordered": 0,
    }


def _own_policy(line: CartLine) -> ShippingPolicy | None:
    """What was to become another order has, if it is here in time, no other way than the rest."""
    choice = line.availability_choice
    return None if choice in {None, AvailabilityChoice.SEPARATE_ORDER} else choice.policy


_AMOUNTS = ("unit_price", "original_unit_price", "subtotal", "discount", "tax", "total")


def _buckets(line_id: CartLineId, dealt: Sequence[Slice]) -> dict[str, int]:
    """Each unit of the line is in one of them (C.1)."""
    mine = [part for part in dealt if part.line_id == line_id]
    backordered = owed(mine)
    return {"allocated": sum(part.quantity for part in mine) - backordered, "backordered": backordered}
