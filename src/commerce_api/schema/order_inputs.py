"""What clients send to find orders."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Self
from uuid import UUID

import strawberry

from commerce_api.domain.currency import DIGITS
from commerce_api.domain.decision import Refused
from commerce_api.domain.email import parse_email
from commerce_api.domain.ids import ChannelId, CustomerId
from commerce_api.domain.intake import Intake
from commerce_api.domain.money import minor_of
from commerce_api.domain.order import OrderState
from commerce_api.domain.order_number import read_order_number
from commerce_api.operations.order_access import AskForCode
from commerce_api.persistence.readers.order_list import OrderFilter, OrderSort, TotalBetween
from commerce_api.schema.enums import described
from commerce_api.schema.errors import BadInput, UserError, errors_of
from commerce_api.schema.node import key_of
from commerce_api.schema.scalars import MoneyInput

MAX_DEPTH: Final = 3
MOST_PARTS: Final = 10

described(
    OrderSort,
    "What a list of orders begins with.",
    NEWEST="The one placed last.",
    OLDEST="The one placed first.",
    HIGHEST_TOTAL="The most expensive; compares amounts of any currency as they are.",
    LOWEST_TOTAL="The cheapest; compares amounts of any currency as they are.",
)


@strawberry.input(description="What an order costs, both ends included.")
class OrderTotalFilterInput:
    min: MoneyInput | None = strawberry.field(default=None, description="At least so much.")
    max: MoneyInput | None = strawberry.field(default=None, description="At most so much, in the same currency.")

    def parse(self) -> TotalBetween | None:
        currencies = {each.currency_code for each in (self.min, self.max) if each}
        if len(currencies) > 1:
            raise BadInput("Both ends of `total` are in the same currency.")
        bounds = {"least": _minor(self.min), "most": _minor(self.max)}
        return TotalBetween(currency=currencies.pop(), **bounds) if currencies else None


@strawberry.input(description="Which orders; all that is given must hold, of several states any.")
class OrderFilterInput:
    number: str | None = strawberry.field(default=None, description="A whole number, however typed, or how it begins.")
    states: list[OrderState] | None = strawberry.field(default=None, description="In one of these states.")
    email: str | None = strawberry.field(default=None, description="Placed with this mail address.")
    customer_id: strawberry.ID | None = strawberry.field(default=None, description="Of this customer.")
    channel_id: strawberry.ID | None = strawberry.field(default=None, description="Placed in this channel.")
    placed_from: datetime | None = strawberry.field(default=None, description="Placed then or later.")
    placed_until: datetime | None = strawberry.field(default=None, description="Placed before then.")
    total: OrderTotalFilterInput | None = strawberry.field(
        default=None, description="Costs so much; orders in other currencies are left out."
    )
    and_: list["OrderFilterInput"] | None = strawberry.field(name="and", default=None, description="All of these hold.")
    or_: list["OrderFilterInput"] | None = strawberry.field(name="or", default=None, description="One of these holds.")
    not_: "OrderFilterInput | None" = strawberry.field(name="not", default=None, description="This does not hold.")

    def parse(self, depth: int = MAX_DEPTH) -> OrderFilter:
        if depth == 0:
            raise BadInput(f"Filters nest at most {MAX_DEPTH} deep.")
        number = self.number.strip() if self.number else None
        customer, channel = _key(self.customer_id, "cus"), _key(self.channel_id, "chn")
        return OrderFilter(
            number=(read_order_number(number) or number.upper()) if number else None,
            states=None if self.states is None else tuple(dict.fromkeys(self.states)),
            email=self.email.strip().lower() if self.email is not None else None,
            customer_id=CustomerId(customer) if customer else None,
            channel_id=ChannelId(channel) if channel else None,
            placed_from=self.placed_from,
            placed_until=self.placed_until,
            total=self.total.parse() if self.total else None,
            all_of=_parts(self.and_ or [], depth),
            any_of=None if self.or_ is None else _parts(self.or_, depth),
            none_of=_parts([self.not_] if self.not_ else [], depth),
        )


def _parts(filters: Sequence[OrderFilterInput], depth: int) -> tuple[OrderFilter, ...]:
    if len(filters) > MOST_PARTS:
        raise BadInput(f"At most {MOST_PARTS} filters are joined.")
    return tuple(each.parse(depth - 1) for each in filters)


def _minor(amount: MoneyInput | None) -> int | None:
    if amount is None:
        return None
    minor = minor_of(amount.amount, DIGITS[amount.currency_code])
    if minor is None:
        raise BadInput("An amount has no more digits than its currency.")
    return minor


def _key(text: str | None, prefix: str) -> UUID | None:
    key = key_of(text, prefix) if text is not None else None
    if text is not None and key is None:
        raise BadInput(f"`{text[:40]}` is not an id that begins with `{prefix}_`.")
    return key


@strawberry.input(description="The order that a guest wants to read.")
class SendOrderAccessCodeInput:
    number: str = strawberry.field(description="Number of the order, however typed.")
    email: str = strawberry.field(description="The mail address that it was placed with.")

    def parse(self) -> AskForCode | Refused:
        intake = Intake()
        number = intake.text(self.number, "number", most=40, required=True)
        email = parse_email(intake, self.email, "email")
        if intake.problems:
            return intake.refused()
        return AskForCode(number=read_order_number(number) or "", email=email)


@strawberry.type(
    description="Says only that it was asked for; whether there is such an order comes by mail, if at all."
)
class SendOrderAccessCodePayload:
    accepted: bool = strawberry.field(description="Whether it was asked for.")
    errors: list[UserError] = strawberry.field(description="What is wrong with the input, or too many attempts.")

    @classmethod
    def of(cls, outcome: Refused | None) -> Self:
        return cls(accepted=outcome is None, errors=errors_of(outcome))
