"""An order as something that can be changed: its content with the prices it was placed at."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from commerce_api.domain.address import Address
from commerce_api.domain.agreement import (
    AgreedCharge,
    AgreedLine,
    AgreedShipping,
    Agreement,
    AgreementSource,
    RatesAt,
)
from commerce_api.domain.cart import Active, Author, Cart, CartLine, Purpose, ShipGroup
from commerce_api.domain.channel import Channel, RoundingLevel
from commerce_api.domain.ids import AdjustmentId, CartId, CartLineId, ShipGroupId
from commerce_api.domain.money import Rounding
from commerce_api.domain.shipping_policy import AvailabilityChoice
from commerce_api.domain.tax import TaxPolicy
from commerce_api.domain.totals import AgreedDeductions, AgreedTax, ChargeKind, Portion
from commerce_api.domain.zone import Place
from commerce_api.persistence.readers.adjustments import adjustment_of
from commerce_api.persistence.readers.agreements import rates_of
from commerce_api.persistence.readers.carts import address_of
from commerce_api.persistence.readers.line_requests import requests_of
from commerce_api.persistence.readers.orders import discounts_of, tax_line
from commerce_api.persistence.readers.particulars import particulars_of

Rows = Sequence[Mapping[str, Any]]


def draft_of(id: CartId, snapshot: Mapping[str, Any], channel: Channel, author: Author, at: datetime) -> Cart:
    """What of an order is not canceled, under the ids that its lines and ship groups have. What staff changed about its money
    goes along beside the prices that they changed.
    """
    order, lines = snapshot["order"], _living(snapshot["lines"])
    shares = _shares(snapshot, {line["id"] for line in lines})
    return Cart(
        id=id,
        purpose=Purpose.ORDER_EDIT,
        agreement=_agreement(snapshot, lines, channel),
        channel_id=channel.id,
        customer_id=order["customer_id"],
        state=Active(),
        currency=order["currency"],
        language=order["language"],
        email=order["email"],
        phone=order["phone"],
        billing_address=address_of(order["billing_address"]),
        attributes=order["attributes"],
        particulars=particulars_of(order),
        note=order["note"],
        availability_choice=AvailabilityChoice(order["shipping_policy"]),
        terms_version=order["terms_version"],
        lines=tuple(_line(row, author, order["placed_at"]) for row in lines),
        adjustments=tuple(map(adjustment_of, snapshot["adjustments"])),
        ship_groups=tuple(_group(row, shares, alone=len(snapshot["groups"]) == 1) for row in snapshot["groups"]),
        created_at=at,
        updated_at=at,
        expires_at=at,
        revision=1,
    )


def _living(lines: Rows) -> Rows:
    return [line for line in lines if line["canceled"] < line["quantity"]]


def _shares(snapshot: Mapping[str, Any], living: Collection[UUID]) -> Mapping[tuple[UUID, UUID], int]:
    """How many units of which line are in which group. Those that were canceled are in none."""
    return {
        (share["ship_group_id"], share["order_line_id"]): share["quantity"]
        for share in snapshot["shares"]
        if share["order_line_id"] in living
    }


def _line(row: Mapping[str, Any], author: Author, placed_at: datetime) -> CartLine:
    return CartLine(
        id=CartLineId(row["id"]),
        variant_id=row["variant_id"],
        quantity=row["quantity"] - row["canceled"],
        parent_id=row["parent_id"],
        attributes=row["attributes"],
        requests=requests_of(row),
        availability_choice=AvailabilityChoice(row["shipping_policy"]) if row["shipping_policy"] else None,
        tie_group=row["tie_group"],
        fields=row["fields"],
        seen_unit_price=row["unit_price"],
        added_by=author,
        added_at=placed_at,
    )


def _group(row: Mapping[str, Any], shares: Mapping[tuple[UUID, UUID], int], *, alone: bool) -> ShipGroup:
    mine = {CartLineId(line_id): units for (group_id, line_id), units in shares.items() if group_id == row["id"]}
    return ShipGroup(
        id=ShipGroupId(row["id"]),
        address=address_of(row["address"]),
        shipping_method_id=row["shipping_method_id"],
        instructions=row["instructions"],
        requested_ship_date=row["requested_ship_date"],
        quantities={} if alone else mine,
    )


def _agreement(snapshot: Mapping[str, Any], lines: Rows, channel: Channel) -> Agreement:
    order, home = snapshot["order"], Address(country=channel.countries[0])
    otherwise = address_of(order["billing_address"]) or home
    groups = {row["id"]: row for row in snapshot["groups"]}
    places = {id_: Place.of(address_of(row["address"]) or otherwise) for id_, row in groups.items()}
    shipping = [row for row in snapshot["charges"] if row["kind"] == ChargeKind.SHIPPING and row["ship_group_id"]]
    return Agreement(
        source=AgreementSource.KEPT,
        policy=TaxPolicy(
            prices_include_tax=order["prices_include_tax"],
            rounding=Rounding(order["rounding"]),
            level=RoundingLevel(order["rounding_level"]),
            cross_border=channel.cross_border,
        ),
        lines=tuple(_agreed_line(line, snapshot["shares"], places) for line in lines),
        shipping=tuple(_agreed_shipping(row, groups[row["ship_group_id"]], places) for row in shipping),
        charges=tuple(
            _agreed_charge(row, next(iter(places.values()))) for row in snapshot["charges"] if not row["ship_group_id"]
        ),
    )


def _agreed_line(row: Mapping[str, Any], shares: Rows, places: Mapping[UUID, Place]) -> AgreedLine:
    mine = [share for share in shares if share["order_line_id"] == row["id"]]
    discounts = list(discounts_of(row))
    own = tuple(one for one in discounts if one.adjustment_id is None)
    by_staff = tuple(one for one in discounts if one.adjustment_id is not None)
    portions = tuple(Portion(quantity=share["quantity"], rates=rates_of(share["rates"])) for share in mine)
    return AgreedLine(
        line_id=CartLineId(row["id"]),
        quantity=row["quantity"] - row["canceled"],
        unit_price=row["original_unit_price"],
        requires_shipping=row["requires_shipping"],
        discounts=own,
        taxes=tuple(
            RatesAt(place=places[share["ship_group_id"]], rates=portion.rates)
            for share, portion in zip(mine, portions, strict=True)
        ),
        agreed_tax=AgreedTax(
            portions=portions,
            shown=row["subtotal"] - row["discount"],
            taxes=tuple(tax_line(tax) for tax in row["taxes"]),
        ),
        deductions=AgreedDeductions(worth=row["subtotal"] - sum(one.amount for one in own), shares=by_staff),
    )


def _agreed_shipping(
    charge: Mapping[str, Any], group: Mapping[str, Any], places: Mapping[UUID, Place]
) -> AgreedShipping:
    return AgreedShipping(
        ship_group_id=ShipGroupId(group["id"]),
        method_id=group["shipping_method_id"],
        code=group["method_code"],
        name=charge["name"],
        amount=charge["original_amount"],
        tax_class_id=charge["tax_class_id"],
        taxes=RatesAt(place=places[group["id"]], rates=rates_of(charge["taxes"])),
    )


def _agreed_charge(charge: Mapping[str, Any], first: Place) -> AgreedCharge:
    alone = (Portion(quantity=1, rates=rates_of(charge["taxes"])),)
    taxes = tuple(tax_line(tax) for tax in charge["taxes"])
    return AgreedCharge(
        id=AdjustmentId(charge["id"]),
        place=first,
        tax=AgreedTax(portions=alone, shown=charge["amount"], taxes=taxes),
    )
