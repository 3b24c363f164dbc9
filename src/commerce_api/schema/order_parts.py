"""What orders are made of: lines, ship groups, charges."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, Self
from uuid import UUID

import strawberry

from commerce_api.domain.address import Address as DomainAddress
from commerce_api.domain.adjustment import AdjustmentKind, instead_of
from commerce_api.domain.custom_field import FieldOwner, FieldValues
from commerce_api.domain.margin import Sold
from commerce_api.domain.shipping_policy import ShippingPolicy
from commerce_api.domain.tax import gathered
from commerce_api.domain.totals import ChargeKind, itemized
from commerce_api.persistence.readers.adjustments import adjustment_of
from commerce_api.persistence.readers.line_requests import requests_of
from commerce_api.persistence.readers.orders import Shares, adjustments_of, discounts_of, tax_line
from commerce_api.schema.address import Address
from commerce_api.schema.adjustment import DESK, OVERRIDE, Adjustment
from commerce_api.schema.cart_parts import KeyValue
from commerce_api.schema.catalog import ProductVariant, variant_of
from commerce_api.schema.catalog_values import AttributeValue, SelectedOption
from commerce_api.schema.context import Info
from commerce_api.schema.field_values import shown
from commerce_api.schema.margin import COSTS, Margin
from commerce_api.schema.node import Node, global_id
from commerce_api.schema.scalars import Money
from commerce_api.schema.shipping_wishes import LineRequests, ShipGroupLine
from commerce_api.schema.totals import Charge, Discount, TaxLine, Totals


@strawberry.type(description="Some of one variant in an order, as it was when it was placed.")
class OrderLine(Node):
    prefix: ClassVar[str] = "oln"

    variant_key: strawberry.Private[UUID | None]
    variant_id: strawberry.ID | None = strawberry.field(description="The variant, while the catalog still has it.")
    product_id: strawberry.ID | None = strawberry.field(description="Its product, while the catalog still has it.")
    sku: str | None = strawberry.field(description="Stock keeping unit.")
    name: str = strawberry.field(description="Name of the product.")
    options: list[SelectedOption] = strawberry.field(description="What tells this variant from others.")
    image_url: str | None = strawberry.field(description="A picture; relative addresses are on this server.")
    requires_shipping: bool = strawberry.field(description="Whether it is goods.")
    quantity: int = strawberry.field(description="How many were ordered.")
    allocated: int = strawberry.field(description="Of these, set aside on a shelf.")
    backordered: int = strawberry.field(description="Of these, still to come in.")
    canceled: int = strawberry.field(description="Of these, canceled.")
    attributes: list[KeyValue] = strawberry.field(description="What the storefront keeps of the line.")
    requests: LineRequests = strawberry.field(description="What was asked for beside it.")
    shipping_policy: ShippingPolicy | None = strawberry.field(description="When it may leave; null: as the order does.")
    tie_group: int | None = strawberry.field(description="Lines with the same number leave together.")
    said: strawberry.Private[FieldValues]
    parent_id: strawberry.ID | None = strawberry.field(description="The line that this one was added on to.")
    unit_price: Money = strawberry.field(description="Before discounts, with or without tax as in the order.")
    original_unit_price: Money = strawberry.field(description="What it was before it was changed; else the same.")
    subtotal: Money = strawberry.field(description="Unit price times quantity, before discounts.")
    discount_total: Money = strawberry.field(description="All discounts on the line.")
    discounts: list[Discount] = strawberry.field(description="The discounts one by one.")
    tax: Money = strawberry.field(description="Tax on the line, whether contained or added.")
    taxes: list[TaxLine] = strawberry.field(description="The tax by rates.")
    total: Money = strawberry.field(description="What is paid for the line: after discounts, tax included.")

    sold: strawberry.Private[Sold]
    currency: strawberry.Private[str]
    order_key: strawberry.Private[UUID]
    changed: strawberry.Private[Sequence[Mapping[str, Any]] | None]

    @strawberry.field(description=OVERRIDE, directives=DESK)
    async def price_override(self, info: Info) -> Adjustment | None:
        """Of an earlier version it is known already what staff had `changed`."""
        rows = self.changed if self.changed is not None else await info.context.load(adjustments_of, self.order_key)
        found = instead_of(map(adjustment_of, rows or ()), AdjustmentKind.LINE_PRICE, self.key)
        return Adjustment.maybe(found, self.currency, self.prefix)

    @strawberry.field(
        description="What is left of it when what it cost the shop as it was placed is taken off; null where that is not known.",
        directives=COSTS,
    )
    def margin(self) -> Margin | None:
        return Margin.of([self.sold], self.currency)

    @strawberry.field(description="What custom fields say of it, as far as you may see them.")
    async def fields(self, info: Info) -> list[AttributeValue]:
        return await shown(info, FieldOwner.ORDER_LINE, self.said)

    @strawberry.field(description="The variant as the catalog has it now; null if it is not on sale any more.")
    async def variant(self, info: Info) -> ProductVariant | None:
        return await variant_of(info, self.variant_key) if self.variant_key else None

    @classmethod
    def of(cls, row: Mapping[str, Any], currency: str, changed: Sequence[Mapping[str, Any]] | None = None) -> Self:
        def node(prefix: str, name: str) -> strawberry.ID | None:
            return strawberry.ID(global_id(prefix, row[name])) if row[name] else None

        return cls(
            key=row["id"],
            order_key=row["order_id"],
            changed=changed,
            variant_key=row["variant_id"],
            variant_id=node("var", "variant_id"),
            product_id=node("prd", "product_id"),
            parent_id=node("oln", "parent_id"),
            options=[SelectedOption(name=name, value=value) for name, value in row["options"]],
            attributes=KeyValue.list_of(row["attributes"]),
            requests=LineRequests.of(requests_of(row)),
            shipping_policy=ShippingPolicy(row["shipping_policy"]) if row["shipping_policy"] else None,
            said=row["fields"],
            unit_price=Money.of(row["unit_price"], currency),
            original_unit_price=Money.of(row["original_unit_price"], currency),
            subtotal=Money.of(row["subtotal"], currency),
            discount_total=Money.of(row["discount"], currency),
            discounts=[Discount.of(discount, currency) for discount in discounts_of(row)],
            tax=Money.of(row["tax"], currency),
            taxes=[TaxLine.of(tax_line(tax), currency) for tax in row["taxes"]],
            total=Money.of(row["total"], currency),
            sold=sold_of(row),
            currency=currency,
            **{name: row[name] for name in _PLAIN},
        )


def sold_of(row: Mapping[str, Any]) -> Sold:
    """Units that were canceled are not sold."""
    return Sold(quantity=row["quantity"] - row["canceled"], net=row["total"] - row["tax"], unit_cost=row["unit_cost"])


_PLAIN = (
    "sku",
    "name",
    "image_url",
    "requires_shipping",
    "quantity",
    "allocated",
    "backordered",
    "canceled",
    "tie_group",
)


@strawberry.type(description="What of an order goes to one address in one way.")
class OrderShipGroup(Node):
    prefix: ClassVar[str] = "osg"

    address: Address | None = strawberry.field(description="Where to.")
    method_code: str = strawberry.field(description="Code of the shipping method; empty if nothing is shipped.")
    method_name: str = strawberry.field(description="Name of the shipping method, as it was then.")
    instructions: str = strawberry.field(description="For whoever delivers.")
    requested_ship_date: date | None = strawberry.field(description="It does not leave before this day.")
    lines: list[ShipGroupLine] = strawberry.field(description="What goes there.")

    @classmethod
    def of(cls, found: tuple[Mapping[str, Any], Shares]) -> Self:
        row, shares = found
        return cls(
            key=row["id"],
            address=Address.of(DomainAddress(**row["address"])) if row["address"] else None,
            method_code=row["method_code"],
            method_name=row["method_name"],
            instructions=row["instructions"],
            requested_ship_date=row["requested_ship_date"],
            lines=[
                ShipGroupLine(line_id=strawberry.ID(global_id("oln", line_id)), quantity=quantity)
                for line_id, quantity in shares
            ],
        )


def charge_of(row: Mapping[str, Any], currency: str, *, prices_include_tax: bool) -> Charge:
    total = row["amount"] if prices_include_tax else row["amount"] + row["tax"]
    return Charge(
        id=strawberry.ID(global_id("chg", row["id"])),
        kind=ChargeKind(row["kind"]),
        name=row["name"],
        ship_group_id=strawberry.ID(global_id("osg", row["ship_group_id"])) if row["ship_group_id"] else None,
        amount=Money.of(row["amount"], currency),
        original_amount=Money.of(row["original_amount"], currency),
        refundable=row["refundable"],
        tax=Money.of(row["tax"], currency),
        taxes=[TaxLine.of(tax_line(tax), currency) for tax in row["taxes"]],
        total=Money.of(total, currency),
    )


def totals_of(
    row: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], charges: Sequence[Mapping[str, Any]], due: int
) -> Totals:
    """Those of an order's row, one by one."""
    currency, include = row["currency"], row["prices_include_tax"]
    taxes = gathered(tax_line(tax) for part in (*lines, *charges) for tax in part["taxes"])
    names = ("subtotal", "discount_total", "shipping_total", "charge_total", "tax_total", "total")
    return Totals(
        discounts=[Discount.of(each, currency) for each in itemized(d for line in lines for d in discounts_of(line))],
        charges=[charge_of(charge, currency, prices_include_tax=include) for charge in charges],
        taxes=[TaxLine.of(tax, currency) for tax in taxes],
        prices_include_tax=include,
        due=Money.of(max(due, 0), currency),
        estimated=False,
        **{name: Money.of(row[name], currency) for name in names},
    )
