"""What is still missing before something can be ordered, and how it is going to be paid."""

from collections.abc import Mapping
from typing import Final, Self
from uuid import UUID

import strawberry

from commerce_api.domain import checkout as domain
from commerce_api.domain.checkout import Requirement
from commerce_api.schema.cart_parts import ValueSource
from commerce_api.schema.context import Info
from commerce_api.schema.enums import described
from commerce_api.schema.node import global_id
from commerce_api.schema.payment import Card
from commerce_api.schema.payment_offers import PaymentMethodKind, PaymentObstacle
from commerce_api.schema.scalars import Money
from commerce_api.schema.wording import words_in

described(
    Requirement,
    "What an order needs.",
    LINES="Something to buy.",
    LINE_ON_SALE="A line that is on sale.",
    STOCK="Enough of a line in stock.",
    SEPARATE_ORDER="That what is still to come in of a line is moved to a cart of its own with `splitCartBackorders`, as was chosen.",
    DEDUCTIONS="That not more is taken off than the lines cost.",
    EMAIL_OR_PHONE="A way to reach the buyer.",
    SHIPPING_ADDRESS="An address for a ship group.",
    SHIPPING_METHOD="A way of sending a ship group that can be used.",
    BILLING_ADDRESS="An address for the bill.",
    PAYMENT="Payment instructions.",
    PAYMENT_AMOUNTS="Payment instructions that cover exactly what is due.",
    PAYMENT_METHOD="A payment instruction that can be carried out: with a valid card, or in a way that is offered.",
    TERMS="The terms in force, accepted.",
    BUYER_PO_NUMBER="The number of the buyer's own order.",
    FIELD="Something in a custom field.",
    PRICE_EXPIRED="Prices that still hold: those of the quote do not any more.",
    APPROVAL="Somebody's approval of what the quote gives away.",
)
SAID: Final[Mapping[Requirement, str]] = {
    Requirement.LINES: "There is nothing to order yet; add something.",
    Requirement.LINE_ON_SALE: "This is not on sale now; take it out.",
    Requirement.STOCK: "There is not enough of this in stock; take fewer.",
    Requirement.SEPARATE_ORDER: "Some of this is still to come in and was to be ordered apart; move it to a cart of its own.",
    Requirement.DEDUCTIONS: "More is taken off than this costs; take less off.",
    Requirement.EMAIL_OR_PHONE: "Say how the buyer can be reached: by email or by phone.",
    Requirement.SHIPPING_ADDRESS: "Say where this is to be sent.",
    Requirement.SHIPPING_METHOD: "Choose how this is to be sent.",
    Requirement.BILLING_ADDRESS: "Say who gets the bill.",
    Requirement.PAYMENT: "Say how this is to be paid.",
    Requirement.PAYMENT_AMOUNTS: "The payments do not add up to what is due; change their amounts.",
    Requirement.PAYMENT_METHOD: "This cannot be paid in this way; choose another one.",
    Requirement.TERMS: "Accept the terms.",
    Requirement.BUYER_PO_NUMBER: "Give the number of your own order.",
    Requirement.FIELD: "Something has to be said here.",
    Requirement.PRICE_EXPIRED: "The prices of the quote do not hold any more; ask for it to be issued again.",
    Requirement.APPROVAL: "Somebody else has to approve what the quote gives away; sending it asks for that.",
}


@strawberry.type(description="Something that is still missing before an order can be placed.")
class MissingRequirement:
    requirement: Requirement = strawberry.field(description="What.")
    line_id: strawberry.ID | None = strawberry.field(description="Of which line, if of one.")
    ship_group_id: strawberry.ID | None = strawberry.field(description="Of which ship group, if of one.")
    payment_instruction: int | None = strawberry.field(
        description="Of which payment instruction, if of one, counted from 0."
    )
    payment_obstacle: PaymentObstacle | None = strawberry.field(  # type: ignore[valid-type]  # made by a call
        description="Why that cannot be paid in this way."
    )
    field: str | None = strawberry.field(description="Code of the custom field, if it is one.")

    @strawberry.field(description="What to do about it, for people, in the language of the request.")
    def message(self, info: Info) -> str:
        return words_in(info.context.scope.language)(SAID[self.requirement])

    @classmethod
    def of(cls, lacking: domain.Missing) -> Self:
        return cls(
            requirement=lacking.requirement,
            line_id=id_or_none("cln", lacking.line_id),
            ship_group_id=id_or_none("csg", lacking.ship_group_id),
            payment_instruction=lacking.instruction,
            payment_obstacle=lacking.obstacle,
            field=lacking.field,
        )


def id_or_none(prefix: str, key: UUID | None) -> strawberry.ID | None:
    return strawberry.ID(global_id(prefix, key)) if key else None


@strawberry.type(description="How a cart is going to be paid.")
class PaymentInstruction:
    method: PaymentMethodKind = strawberry.field(description="How.")  # type: ignore[valid-type]  # made by a call
    amount: Money | None = strawberry.field(description="How much; null: whatever the other instructions leave.")
    card: Card | None = strawberry.field(
        description="The card, masked; null if its token is not known any more, or there is none."
    )
    source: ValueSource = strawberry.field(description="Who chose it.")  # type: ignore[valid-type]  # made by a call

    @classmethod
    def list_of(cls, checkout: domain.Checkout) -> list[Self]:
        """Each pays so much of what there is to pay."""
        cart = checkout.priced.cart
        return [
            cls(
                method=PaymentMethodKind(one.method),
                amount=None if one.amount is None else Money.of(one.amount, cart.currency),
                card=Card.of(card, checkout.at) if (card := checkout.cards.get(one.card_token or "")) else None,
                source=one.source,
            )
            for one in cart.payment_instructions
        ]
