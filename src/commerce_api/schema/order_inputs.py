"""What guests send to read an order."""

from typing import Self

import strawberry

from commerce_api.domain.decision import Refused
from commerce_api.domain.email import parse_email
from commerce_api.domain.intake import Intake
from commerce_api.domain.order_number import read_order_number
from commerce_api.operations.order_access import AskForCode
from commerce_api.schema.errors import UserError, errors_of


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
