"""Lines and ship groups of a quote as they were sent."""

from collections.abc import Mapping
from datetime import date
from typing import Self, TypeAlias

import strawberry

from commerce_api.domain.adjustment import AdjustmentKind, instead_of
from commerce_api.domain.custom_field import FieldOwner, FieldValues
from commerce_api.domain.quote.content import QuoteContent, QuotedGroup, QuotedLine
from commerce_api.domain.shipping_policy import ShippingPolicy
from commerce_api.domain.totals import LineTotal
from commerce_api.schema.address import Address
from commerce_api.schema.adjustment import DESK, OVERRIDE, Adjustment
from commerce_api.schema.cart_parts import KeyValue
from commerce_api.schema.catalog_values import AttributeValue, SelectedOption
from commerce_api.schema.context import Info
from commerce_api.schema.field_values import shown
from commerce_api.schema.node import global_id
from commerce_api.schema.scalars import Money
from commerce_api.schema.shipping_wishes import LineRequests, ShipGroupLine
from commerce_api.schema.totals import Discount, TaxLine

Waiting: TypeAlias = Mapping[str, int]
"""Units that were not on the shelf, by the ids of lines."""


@strawberry.type(description="Some of one variant in a quote, as it was offered.")
class QuoteLine:
    line_id: strawberry.ID = strawberry.field(description="To be given to `counterQuote`; the same in all versions.")
    parent_id: strawberry.ID | None = strawberry.field(description="The line that this one was added on to.")
    variant_id: strawberry.ID = strawberry.field(description="Which variant.")
    product_id: strawberry.ID | None = strawberry.field(description="Its product.")
    sku: str | None = strawberry.field(description="Stock keeping unit.")
    name: str = strawberry.field(description="Name of the product.")
    options: list[SelectedOption] = strawberry.field(description="What tells this variant from others.")
    image_url: str | None = strawberry.field(description="A picture; relative addresses are on this server.")
    requires_shipping: bool = strawberry.field(description="Whether it is goods.")
    quantity: int = strawberry.field(description="How many.")
    backordered: int = strawberry.field(description="Of these, how many had still to come in when it was sent.")
    attributes: list[KeyValue] = strawberry.field(description="What the storefront keeps of the line.")
    requests: LineRequests = strawberry.field(description="What was asked for beside it.")
    shipping_policy: ShippingPolicy | None = strawberry.field(description="When it may leave; null: as the rest does.")
    tie_group: int | None = strawberry.field(description="Lines with the same number leave together.")
    said: strawberry.Private[FieldValues]
    unit_price: Money = strawberry.field(description="Before discounts, with or without tax as in the totals.")
    original_unit_price: Money = strawberry.field(description="What it was before it was changed; else the same.")
    price_override: Adjustment | None = strawberry.field(description=OVERRIDE, directives=DESK)
    subtotal: Money = strawberry.field(description="Unit price times quantity, before discounts.")
    discounts: list[Discount] = strawberry.field(description="The discounts one by one.")
    tax: Money = strawberry.field(description="Tax on the line, whether contained or added.")
    taxes: list[TaxLine] = strawberry.field(description="The tax by rates.")
    total: Money = strawberry.field(description="What is paid for the line: after discounts, tax included.")

    @strawberry.field(description="What custom fields say of it, as far as you may see them.")
    async def fields(self, info: Info) -> list[AttributeValue]:
        return await shown(info, FieldOwner.ORDER_LINE, self.said)

    @classmethod
    def of(cls, line: QuotedLine, total: LineTotal, content: QuoteContent, waiting: Waiting) -> Self:
        currency = content.currency
        override = instead_of(content.adjustments, AdjustmentKind.LINE_PRICE, line.id)
        return cls(
            line_id=strawberry.ID(global_id("cln", line.id)),
            parent_id=strawberry.ID(global_id("cln", line.parent_id)) if line.parent_id else None,
            variant_id=strawberry.ID(global_id("var", line.variant_id)),
            product_id=strawberry.ID(global_id("prd", line.product_id)) if line.product_id else None,
            sku=line.sku,
            name=line.name,
            options=[SelectedOption(name=name, value=value) for name, value in line.options],
            image_url=line.image_url,
            requires_shipping=line.requires_shipping,
            quantity=line.quantity,
            backordered=waiting.get(str(line.id), 0),
            attributes=KeyValue.list_of(line.attributes),
            requests=LineRequests.of(line.requests),
            shipping_policy=line.shipping_policy,
            tie_group=line.tie_group,
            said=line.fields,
            unit_price=Money.of(total.unit_price, currency),
            original_unit_price=Money.of(total.original_unit_price, currency),
            price_override=Adjustment.maybe(override, currency, "cln"),
            subtotal=Money.of(total.subtotal, currency),
            discounts=[Discount.of(discount, currency) for discount in total.discounts],
            tax=Money.of(total.tax, currency),
            taxes=[TaxLine.of(tax, currency) for tax in total.taxes],
            total=Money.of(total.total, currency),
        )


@strawberry.type(description="What of a quote goes to one address in one way, as far as that was known.")
class QuoteShipGroup:
    ship_group_id: strawberry.ID = strawberry.field(description="To be given when it is ordered.")
    address: Address | None = strawberry.field(description="Where to; null: to be said when it is ordered.")
    method_code: str = strawberry.field(description="Code of the shipping method; empty: shipping is not included.")
    method_name: str = strawberry.field(description="Name of the shipping method.")
    instructions: str = strawberry.field(description="For whoever delivers.")
    requested_ship_date: date | None = strawberry.field(description="It does not leave before this day.")
    lines: list[ShipGroupLine] = strawberry.field(description="What goes there.")

    @classmethod
    def of(cls, group: QuotedGroup) -> Self:
        return cls(
            ship_group_id=strawberry.ID(global_id("csg", group.id)),
            address=Address.of(group.address) if group.address else None,
            method_code=group.method_code,
            method_name=group.method_name,
            instructions=group.instructions,
            requested_ship_date=group.requested_ship_date,
            lines=[
                ShipGroupLine(line_id=strawberry.ID(global_id("cln", line_id)), quantity=quantity)
                for line_id, quantity in group.quantities
            ],
        )
