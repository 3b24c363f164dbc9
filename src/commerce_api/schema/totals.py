"""Sums of a cart, a summary or an order, and what they are made of."""

from decimal import Decimal
from typing import Self

import strawberry

from commerce_api.domain import totals as domain
from commerce_api.domain.tax import TaxLine as DomainTaxLine
from commerce_api.schema.enums import described
from commerce_api.schema.node import global_id
from commerce_api.schema.scalars import Money

described(
    domain.ChargeKind,
    "What an added amount is for.",
    SHIPPING="Sending one ship group.",
    HANDLING="Work with the order.",
    GIFT_WRAP="Wrapping as a gift.",
    SMALL_ORDER="The order is small.",
    DEPOSIT="Paid back when something is brought back.",
    DUTY="What customs ask.",
    CUSTOM="Anything else; the name tells what.",
)


@strawberry.type(description="What one tax rate makes of an amount.")
class TaxLine:
    name: str = strawberry.field(description="Name of the tax.")
    rate: Decimal = strawberry.field(description='As a fraction: `"0.19"` is 19 %.')
    base: Money = strawberry.field(description="Amount without tax that it is reckoned on.")
    amount: Money = strawberry.field(description="The tax.")

    @classmethod
    def of(cls, line: DomainTaxLine, currency: str) -> Self:
        return cls(
            name=line.name,
            rate=line.rate.normalize() + 0,
            base=Money.of(line.base, currency),
            amount=Money.of(line.amount, currency),
        )


@strawberry.type(description="One reason why something costs less.")
class Discount:
    name: str = strawberry.field(description="Name for people.")
    amount: Money = strawberry.field(description="How much less.")

    @classmethod
    def of(cls, discount: domain.Discount, currency: str) -> Self:
        return cls(name=discount.name, amount=Money.of(discount.amount, currency))


@strawberry.type(description="An added amount that is no product, such as shipping.")
class Charge:
    id: strawberry.ID = strawberry.field(description="To name it by when it is overridden or removed.")
    kind: domain.ChargeKind = strawberry.field(description="What it is for.")
    name: str = strawberry.field(description="Name for people.")
    ship_group_id: strawberry.ID | None = strawberry.field(description="Which ship group it is for, if for one.")
    amount: Money = strawberry.field(description="With or without tax, as the channel's prices are.")
    original_amount: Money = strawberry.field(description="What it was before it was changed; else the same.")
    refundable: bool = strawberry.field(description="Whether it is given back when the order is.")
    tax: Money = strawberry.field(description="Tax on it, whether contained or added.")
    taxes: list[TaxLine] = strawberry.field(description="The tax by rates.")
    total: Money = strawberry.field(description="What is paid for it, tax included.")

    @classmethod
    def of(cls, charge: domain.ChargeTotal, currency: str) -> Self:
        group = charge.ship_group_id
        return cls(
            id=strawberry.ID(global_id("chg", charge.id)),
            kind=charge.kind,
            name=charge.name,
            ship_group_id=strawberry.ID(global_id("csg", group)) if group else None,
            amount=Money.of(charge.amount, currency),
            original_amount=Money.of(charge.original_amount, currency),
            refundable=charge.refundable,
            tax=Money.of(charge.tax, currency),
            taxes=[TaxLine.of(tax, currency) for tax in charge.taxes],
            total=Money.of(charge.total, currency),
        )


@strawberry.type(
    description="Everything added up: `total = subtotal - discountTotal + shippingTotal + chargeTotal`, and `+ taxTotal` "
    "where prices do not include tax."
)
class Totals:
    subtotal: Money = strawberry.field(description="All lines before discounts.")
    discounts: list[Discount] = strawberry.field(description="The discounts one by one.")
    discount_total: Money = strawberry.field(description="All discounts together.")
    charges: list[Charge] = strawberry.field(description="What is added, one by one.")
    shipping_total: Money = strawberry.field(description="All charges for shipping together.")
    charge_total: Money = strawberry.field(description="All other charges together.")
    taxes: list[TaxLine] = strawberry.field(description="The tax by rates.")
    tax_total: Money = strawberry.field(description="All tax together.")
    prices_include_tax: bool = strawberry.field(description="Whether tax is contained in the other amounts.")
    total: Money = strawberry.field(description="What all costs together.")
    due: Money = strawberry.field(description="What remains to be paid.")
    estimated: bool = strawberry.field(
        description="An address is missing; tax is what a buyer in the channel's home country pays."
    )

    @classmethod
    def of(cls, totals: domain.Totals, currency: str, *, prices_include_tax: bool, estimated: bool) -> Self:
        def money(minor: int) -> Money:
            return Money.of(minor, currency)

        return cls(
            subtotal=money(totals.subtotal),
            discounts=[Discount.of(discount, currency) for discount in totals.discounts],
            discount_total=money(totals.discount_total),
            charges=[Charge.of(charge, currency) for charge in totals.charges],
            shipping_total=money(totals.shipping_total),
            charge_total=money(totals.charge_total),
            taxes=[TaxLine.of(tax, currency) for tax in totals.taxes],
            tax_total=money(totals.tax_total),
            prices_include_tax=prices_include_tax,
            total=money(totals.total),
            due=money(totals.due),
            estimated=estimated,
        )
