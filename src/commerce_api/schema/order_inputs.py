"""What clients send to find orders."""

from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from commerce_api.domain.decision import Refused
from commerce_api.domain.email import parse_email
from commerce_api.domain.ids import ChannelId, CustomerId
from commerce_api.domain.intake import Intake
from commerce_api.domain.order import OrderState
from commerce_api.domain.order_number import read_order_number
from commerce_api.operations.order_access import AskForCode
from commerce_api.persistence.readers.orders import OrderFilter, OrderSort
from commerce_api.schema.enums import described
from commerce_api.schema.errors import BadInput, UserError, errors_of
from commerce_api.schema.node import key_of

MOST_STATES = 8

described(
    OrderSort,
    "What a list of orders begins with.",
    NEWEST="The one placed last.",
    OLDEST="The one placed first.",
    HIGHEST_TOTAL="The most expensive; compares amounts of any currency as they are.",
    LOWEST_TOTAL="The cheapest; compares amounts of any currency as they are.",
)


@strawberry.input(description="Which orders; all that is given must hold.")
class OrderFilterInput:
    number: str | None = strawberry.field(default=None, description="A whole number, however typed, or how it begins.")
    states: list[OrderState] | None = strawberry.field(default=None, description="In one of these states.")
    email: str | None = strawberry.field(default=None, description="Placed with this mail address.")
    customer_id: strawberry.ID | None = strawberry.field(default=None, description="Of this customer.")
    channel_id: strawberry.ID | None = strawberry.field(default=None, description="Placed in this channel.")
    placed_from: datetime | None = strawberry.field(default=None, description="Placed then or later.")
    placed_until: datetime | None = strawberry.field(default=None, description="Placed before then.")

    def parse(self, sort: OrderSort) -> OrderFilter:
        number = self.number.strip() if self.number else None
        customer, channel = _key(self.customer_id, "cus"), _key(self.channel_id, "chn")
        return OrderFilter(
            number=(read_order_number(number) or number.upper()) if number else None,
            states=tuple(dict.fromkeys(self.states or ())),
            email=self.email.strip().lower() if self.email is not None else None,
            customer_id=CustomerId(customer) if customer else None,
            channel_id=ChannelId(channel) if channel else None,
            placed_from=self.placed_from,
            placed_until=self.placed_until,
            sort=sort,
        )


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
