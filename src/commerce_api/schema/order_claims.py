"""Taking a guest's order into an account."""

from typing import Any, Self

import strawberry

from commerce_api.domain.decision import Refused
from commerce_api.domain.intake import Intake
from commerce_api.operations.order_claims import ClaimOrder
from commerce_api.schema.errors import UserError, errors_of
from commerce_api.schema.order import Order


@strawberry.input(description="The order that was placed as a guest.")
class ClaimOrderInput:
    number: str = strawberry.field(description="Number of the order, however typed.")
    code: str | None = strawberry.field(
        default=None,
        description="From the mail of `sendOrderAccessCode`; not needed if the order has the account's confirmed mail address.",
    )

    def parse(self) -> ClaimOrder | Refused:
        intake = Intake()
        number = intake.text(self.number, "number", most=40, required=True)
        code = intake.text(self.code, "code", most=40)
        return intake.refused() if intake.problems else ClaimOrder(number=number, code=code)


@strawberry.type(description="The order as yours, or the errors that prevented it.")
class ClaimOrderPayload:
    order: Order | None = strawberry.field(description="Null if nothing happened.")
    errors: list[UserError] = strawberry.field(description="Why nothing happened.")

    @classmethod
    def of(cls, outcome: Any, order: Order | None) -> Self:
        return cls(order=order, errors=errors_of(outcome))
