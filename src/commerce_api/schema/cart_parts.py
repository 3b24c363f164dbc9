"""What a cart consists of, priced as of now."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import ClassVar, Self
from uuid import UUID

import strawberry

from commerce_api.domain import line_changes, shipping
from commerce_api.domain import priced_cart as priced
from commerce_api.domain.cart import ValueSource as DomainSource
from commerce_api.domain.custom_field import FieldOwner, FieldValues
from commerce_api.domain.margin import Sold
from commerce_api.domain.shipping_policy import AvailabilityChoice
from commerce_api.schema.address import Address
from commerce_api.schema.adjustment import DESK, OVERRIDE, Adjustment
from commerce_api.schema.catalog import ProductVariant, variant_of
from commerce_api.schema.catalog_values import AttributeValue, Availability, SelectedOption
from commerce_api.schema.context import Info
from commerce_api.schema.enums import described
from commerce_api.schema.field_values import shown
from commerce_api.schema.margin import COSTS, OF_LINE, Margin
from commerce_api.schema.node import Node, global_id
from commerce_api.schema.price_list import LOWEST
from commerce_api.schema.scalars import Money
from commerce_api.schema.shipping_wishes import LineRequests, ShipGroupLine
from commerce_api.schema.totals import Discount, TaxLine

described(
    line_changes.ChangeKind,
    "What became of a line since its owner last saw it.",
    PRICE_INCREASED="It costs more.",
    PRICE_DECREASED="It costs less.",
    NO_LONGER_SOLD="It is not on sale any more, or has no price in the cart's currency.",
)
described(
    shipping.ShippingObstacle,
    "Why goods cannot be shipped.",
    NO_ADDRESS="The address is not known yet.",
    NOT_TO_THIS_PLACE="No method serves this address.",
    NOT_THIS_WEIGHT="No method that serves this address takes this weight.",
    NOT_THIS_SUBTOTAL="No method that serves this address takes goods of this value.",
)


ValueSource = strawberry.enum(DomainSource, name="ValueSource", description="Where something in a cart is from.")


def source_of(value: object, source: DomainSource) -> DomainSource | None:
    """Nothing that is not there has a source."""
    return source if value else None


@strawberry.type(description="A key and a value that the storefront keeps.")
class KeyValue:
    key: str = strawberry.field(description="Name of its own choice.")
    value: str = strawberry.field(description="Text.")

    @classmethod
    def list_of(cls, attributes: Mapping[str, str]) -> list[Self]:
        return [cls(key=key, value=value) for key, value in attributes.items()]


@strawberry.type(description="Some of one variant in a cart, with what it is and costs now.")
class CartLine(Node):
    prefix: ClassVar[str] = "cln"

    variant_key: strawberry.Private[UUID]
    variant_id: strawberry.ID = strawberry.field(description="Which variant.")
    sku: str | None = strawberry.field(description="Stock keeping unit.")
    title: str = strawberry.field(description="Name of the product in the caller's language.")
    options: list[SelectedOption] = strawberry.field(description="What tells this variant from others.")
    image_url: str | None = strawberry.field(description="A picture; relative addresses are on this server.")
    requires_shipping: bool = strawberry.field(description="Whether it is goods.")
    quantity: int = strawberry.field(description="How many.")
    attributes: list[KeyValue] = strawberry.field(description="What the storefront keeps of the line.")
    requests: LineRequests = strawberry.field(description="What is asked for beside it.")
    availability_choice: AvailabilityChoice | None = strawberry.field(
        description="What is wanted if it is not all here; null: as for the whole."
    )
    tie_group: int | None = strawberry.field(description="Lines with the same number leave together.")
    said: strawberry.Private[FieldValues]
    parent_id: strawberry.ID | None = strawberry.field(description="The line that this one was added on to.")
    added_at: datetime = strawberry.field(description="When it was put into the cart.")
    purchasable: bool = strawberry.field(
        description="On sale in the cart's channel and currency now; otherwise the line costs nothing and blocks placing."
    )
    availability: Availability | None = strawberry.field(description="Whether and how many can be bought now.")
    in_stock: bool = strawberry.field(description="Whether this quantity can be bought now.")
    unit_price: Money | None = strawberry.field(description="Before discounts, with or without tax as in the channel.")
    original_unit_price: Money | None = strawberry.field(
        description="What it was before it was changed; else the same."
    )
    price_override: Adjustment | None = strawberry.field(description=OVERRIDE, directives=DESK)
    compare_at_price: Money | None = strawberry.field(description="What a unit cost before.")
    lowest: Money | None = strawberry.field(description=LOWEST, directives=COSTS)
    subtotal: Money | None = strawberry.field(description="Unit price times quantity, before discounts.")
    discounts: list[Discount] = strawberry.field(description="The discounts one by one.")
    tax: Money | None = strawberry.field(description="Tax on the line, whether contained or added.")
    taxes: list[TaxLine] = strawberry.field(description="The tax by rates.")
    total: Money | None = strawberry.field(description="What is paid for the line: after discounts, tax included.")

    sold: strawberry.Private[Sold]
    currency: strawberry.Private[str]

    @strawberry.field(description=OF_LINE, directives=COSTS)
    def margin(self) -> Margin | None:
        return Margin.of([self.sold], self.currency)

    @strawberry.field(description="What custom fields say of it, as far as you may see them.")
    async def fields(self, info: Info) -> list[AttributeValue]:
        return await shown(info, FieldOwner.ORDER_LINE, self.said)

    @strawberry.field(description="The variant as the catalog has it; null if it is not on sale any more.")
    async def variant(self, info: Info) -> ProductVariant | None:
        return await variant_of(info, self.variant_key)

    @classmethod
    def of(cls, priced_line: priced.PricedLine, currency: str) -> Self:
        line, variant, price, total = priced_line.line, priced_line.variant, priced_line.price, priced_line.total

        def money(minor: int | None) -> Money | None:
            return None if minor is None else Money.of(minor, currency)

        return cls(
            key=line.id,
            variant_key=line.variant_id,
            variant_id=strawberry.ID(global_id("var", line.variant_id)),
            sku=variant.sku if variant else None,
            title=variant.title if variant else "",
            options=[SelectedOption(name=name, value=value) for name, value in (variant.options if variant else ())],
            image_url=variant.image_url if variant else None,
            requires_shipping=variant is not None and variant.requires_shipping,
            quantity=line.quantity,
            attributes=KeyValue.list_of(line.attributes),
            requests=LineRequests.of(line.requests),
            availability_choice=line.availability_choice,
            tie_group=line.tie_group,
            said=line.fields,
            parent_id=strawberry.ID(global_id("cln", line.parent_id)) if line.parent_id else None,
            added_at=line.added_at,
            purchasable=priced_line.sold,
            availability=Availability.of(variant.availability) if variant else None,
            in_stock=priced_line.in_stock,
            unit_price=money(total.unit_price if total else None),
            original_unit_price=money(total.original_unit_price if total else None),
            price_override=Adjustment.maybe(priced_line.override, currency, cls.prefix),
            compare_at_price=money(price.compare_at if price else None),
            lowest=money(priced_line.lowest),
            subtotal=money(total.subtotal if total else None),
            discounts=[Discount.of(discount, currency) for discount in (total.discounts if total else ())],
            tax=money(total.tax if total else None),
            taxes=[TaxLine.of(tax, currency) for tax in (total.taxes if total else ())],
            total=money(total.total if total else None),
            sold=sold_of(priced_line, currency),
            currency=currency,
        )


def sold_of(line: priced.PricedLine, currency: str) -> Sold:
    """What cannot be bought now is not sold."""
    total = line.total
    quantity, net = (total.quantity, total.net) if total else (0, 0)
    return Sold(quantity=quantity, net=net, unit_cost=line.unit_cost(currency))


@strawberry.type(description="A way of sending goods.")
class ShippingMethod:
    id: strawberry.ID = strawberry.field(description="To be given to `setCartShippingMethod`.")
    code: str = strawberry.field(description="Stable name.")
    name: str = strawberry.field(description="Name for people.")
    description: str = strawberry.field(description="More about it; may be empty.")
    min_days: int | None = strawberry.field(description="Days that it takes at least.")
    max_days: int | None = strawberry.field(description="Days that it takes at most.")

    @classmethod
    def of(cls, method: shipping.ShippingMethod) -> Self:
        return cls(
            id=strawberry.ID(global_id("shm", method.id)),
            code=method.code,
            name=method.name,
            description=method.description,
            min_days=method.min_days,
            max_days=method.max_days,
        )


@strawberry.type(description="A shipping method and what it costs for these goods and this address.")
class ShippingOption:
    method: ShippingMethod = strawberry.field(description="The way.")
    price: Money = strawberry.field(description="With or without tax, as the channel's prices are.")

    @classmethod
    def of(cls, option: shipping.ShippingOption, currency: str) -> Self:
        return cls(method=ShippingMethod.of(option.method), price=Money.of(option.price, currency))


@strawberry.type(description="What goes to one address in one way.")
class CartShipGroup(Node):
    prefix: ClassVar[str] = "csg"

    address: Address | None = strawberry.field(description="Where to; null while not known.")
    address_source: ValueSource | None = strawberry.field(  # type: ignore[valid-type]  # made by a call
        description="Where the address is from; null while not known."
    )
    instructions: str = strawberry.field(description="For whoever delivers.")
    requested_ship_date: date | None = strawberry.field(description="It does not leave before this day.")
    lines: list[ShipGroupLine] = strawberry.field(description="What goes there.")
    requires_shipping: bool = strawberry.field(description="Whether there are goods among it.")
    shipping_options: list[ShippingOption] = strawberry.field(description="All ways there are, the channel's first.")
    obstacle: shipping.ShippingObstacle | None = strawberry.field(description="Why there is no way, if there is none.")
    shipping_method: ShippingOption | None = strawberry.field(
        description="The chosen way; null while none is chosen, or if the chosen one cannot be used any more."
    )

    @classmethod
    def of(cls, group: priced.PricedGroup, currency: str) -> Self:
        return cls(
            key=group.group.id,
            address=Address.of(group.group.address) if group.group.address else None,
            address_source=source_of(group.group.address, group.group.source),
            instructions=group.group.instructions,
            requested_ship_date=group.group.requested_ship_date,
            lines=[
                ShipGroupLine(line_id=strawberry.ID(global_id("cln", line_id)), quantity=quantity)
                for line_id, quantity in group.quantities.items()
            ],
            requires_shipping=group.requires_shipping,
            shipping_options=[ShippingOption.of(option, currency) for option in group.options],
            obstacle=group.obstacle,
            shipping_method=ShippingOption.of(group.chosen, currency) if group.chosen else None,
        )


@strawberry.type(
    description="Something about a line that its owner has not seen yet. Acknowledge it when it was shown."
)
class CartLineChange:
    line_id: strawberry.ID = strawberry.field(description="Which line.")
    kind: line_changes.ChangeKind = strawberry.field(description="What became of it.")
    before: Money | None = strawberry.field(description="Unit price that was seen last.")
    after: Money | None = strawberry.field(description="Unit price now.")

    @classmethod
    def of(cls, change: line_changes.LineChange, currency: str) -> Self:
        return cls(
            line_id=strawberry.ID(global_id("cln", change.line_id)),
            kind=change.kind,
            before=None if change.before is None else Money.of(change.before, currency),
            after=None if change.after is None else Money.of(change.after, currency),
        )
